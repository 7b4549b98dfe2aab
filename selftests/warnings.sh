#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What l2ctl status warns of: proxy_arp on a device of a standby, rules that drop ARP,
# a device that belongs to a bridge, a kernel that disagrees with the store, a slow
# clock source; each is said while it lasts, and only where it is.

# A holder changes only where the test changes it.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

CLOCKS=/sys/devices/system/clocksource/clocksource0

# What the test does behind a controller's back is not mended before it has looked.
controller_extra() {
	echo "reconcile: 1m" >> "$L2A_TMP/$1.yaml"
}

# The guest's clock source is what the machine offers: only clock_is asks for it.
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

# clock_is [NAME]: the clock source that worker1 warns of, if any.
clock_is() {
	local seen

	seen=$(control worker1 -j status |
		jq -r '.[0].warnings[] | capture("^the clock source (?<name>.*) is slow,").name')
	[ "$seen" = "$1" ] || { echo "warns of '$seen', expected '$1'"; return 1; }
}

# clock_source KIND: the first of these that the machine has: slow ones, or good ones.
clock_source() {
	tr ' ' '\n' < $CLOCKS/available_clocksource | grep -Ex -m 1 -e "$1"
}

clock_back() {
	echo "$CLOCK" > $CLOCKS/current_clocksource
}

# disagrees: the holder's kernel does not answer, and it says so. Its own look at the
# kernel may come in between, once a minute.
disagrees() {
	quietly "$HOLDER" l2ctl vip set "$VIP" dev eth0 state standby
	warns "$HOLDER" "^$VIP: .* but its kernel does not answer for it"
}

cluster
require jq nft python3
plan 18

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

if modprobe -q arptable_filter; then
	on "$other" python3 "$L2A_HERE/arp_policy.py" ACCEPT
	check "a policy of the old arptables that accepts" warns_not "$other"
	on "$other" python3 "$L2A_HERE/arp_policy.py" DROP
	check "one that drops" warns "$other" '^arptables: table filter drops ARP'
	on "$other" python3 "$L2A_HERE/arp_policy.py" ACCEPT
else
	ktap_test_skip "a policy of the old arptables that accepts: no arptables here"
	ktap_test_skip "one that drops: no arptables here"
fi

token=$(service_field token)
check "the kernel does not do what the store says" wait_for disagrees
on "$HOLDER" l2ctl vip set "$VIP" dev eth0 state active lease 1 token "$token"
check "no more, once it does" warns_not "$HOLDER"

CLOCK=$(cat $CLOCKS/current_clocksource)
slow=$(clock_source 'hpet|acpi_pm')
good=$(clock_source 'tsc|kvm-clock|arch_sys_counter')
if [ -n "$slow" ] && [ -n "$good" ]; then
	at_end clock_back
	echo "$slow" > $CLOCKS/current_clocksource
	check "a slow clock source" clock_is "$slow"
	echo "$good" > $CLOCKS/current_clocksource
	check "no more, with a good one" clock_is ""
	clock_back
else
	ktap_test_skip "a slow clock source: there is no choice here"
	ktap_test_skip "no more, with a good one: there is no choice here"
fi

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
