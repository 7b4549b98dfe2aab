#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What l2ctl status warns of: proxy_arp on a device of a standby, rules that drop ARP,
# a device that belongs to a bridge; each is said while it lasts, and only where it is.

# A holder changes only where the test changes it.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

# The guest's clock source is what the machine offers: not this test's business.
warnings() {
	control "$1" -j status | jq -r '.[0].warnings[]' | grep -v 'clock source'
}

# warns NAME PATTERN: in one line.
warns() {
	local seen

	seen=$(warnings "$1" | grep -E -c -e "$2")
	[ "$seen" = 1 ] || { warnings "$1"; return 1; }
}

# warns_not NAME: of nothing at all.
warns_not() {
	local seen

	seen=$(warnings "$1")
	[ -z "$seen" ] || { echo "$1: $seen"; return 1; }
}

all_well() {
	local name

	for name in "${WORKERS[@]}"; do
		warns_not "$name" || return
	done
}

cluster
require jq nft
plan 12

other=$(someone_else)
check_controllers "nothing to warn of" wait_for all_well

on "$other" sysctl -qw net.ipv4.conf.eth0.proxy_arp=1
on "$HOLDER" sysctl -qw net.ipv4.conf.eth0.proxy_arp=1
check "proxy_arp on a standby's device" \
	warns "$other" 'eth0: proxy_arp is on \(net\.ipv4\.conf\.eth0\.proxy_arp\)'
check "in text too" grep -E '^warning: eth0: proxy_arp' <(control "$other" status)
check "not on the holder's" warns_not "$HOLDER"
on "$other" sysctl -qw net.ipv4.conf.eth0.proxy_arp=0
on "$other" sysctl -qw net.ipv4.conf.all.proxy_arp=1
check "on all its devices" \
	warns "$other" 'eth0: proxy_arp is on \(net\.ipv4\.conf\.all\.proxy_arp\)'
on "$other" sysctl -qw net.ipv4.conf.all.proxy_arp=0

on "$HOLDER" nft add table arp own
on "$HOLDER" nft add chain arp own inward '{ type filter hook input priority 0; }'
on "$HOLDER" nft add rule arp own inward arp daddr ip 12.0.0.199 accept
check "rules that drop nothing" warns_not "$HOLDER"
on "$HOLDER" nft add rule arp own inward arp daddr ip 12.0.0.198 drop
check "a rule that drops ARP" \
	warns "$HOLDER" 'nftables: table arp own, chain inward drops ARP'
check "is that host's alone" warns_not "$other"
on "$HOLDER" nft flush chain arp own inward
on "$HOLDER" nft add chain arp own inward '{ policy drop; }'
check "so does a policy" \
	warns "$HOLDER" 'nftables: table arp own, chain inward drops ARP'
on "$HOLDER" nft delete table arp own

on "$other" ip link add br9 type bridge
# It is born a port: the service has no other device here.
on "$other" ip link add port9 master br9 type veth peer name peer9
control "$other" service add default/port vip "$VIP2" dev port9
check_controllers "a device that belongs to a bridge" \
	wait_for warns "$other" 'port9: belongs to br9, .* service default/port'
on "$other" ip link set port9 nomaster
check_controllers "no more, once it is free" wait_for warns_not "$other"
check "then all is well again" all_well

finish
