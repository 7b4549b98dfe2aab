#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every refusal is one line that names what was refused and why, exit status 1;
# what l2ctl itself cannot read is a usage error, exit status 2. Nothing is
# applied by half.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# A row: what is refused | regular expression of the message | l2ctl's words.
# Devices: eth0, fine; lo; noarp0, a dummy, which does no ARP; tun0, no Ethernet;
# quiet0, told to do none; gre1 and ipip1, tunnels from point to point;
# port0, a port of bridge lan0; slave0, a port of bond bond0.
TABLE='
loopback device         | loopback                  | vip add 12.0.0.100 dev lo
device without ARP      | no ARP                    | vip add 12.0.0.100 dev noarp0
device without Ethernet | not an Ethernet           | vip add 12.0.0.100 dev tun0
Ethernet with ARP off   | no ARP                    | vip add 12.0.0.100 dev quiet0
GRE tunnel              | not an Ethernet           | vip add 12.0.0.100 dev gre1
IPIP tunnel             | not an Ethernet           | vip add 12.0.0.100 dev ipip1
bridge port             | port of lan0              | vip add 12.0.0.100 dev port0
bond port               | port of bond0             | vip add 12.0.0.100 dev slave0
unknown device          | nosuch0                   | vip add 12.0.0.100 dev nosuch0
multicast address       | multicast                 | vip add 224.0.0.1 dev eth0
zero address            | 0\.0\.0\.0|zero           | vip add 0.0.0.0 dev eth0
broadcast address       | broadcast                 | vip add 255.255.255.255 dev eth0
loopback address        | loopback                  | vip add 127.0.0.1 dev eth0
IPv6 zero address       | ::                        | vip add :: dev eth0
IPv6 loopback address   | loopback                  | vip add ::1 dev eth0
IPv6 multicast address  | multicast                 | vip add ff02::1 dev eth0
IPv4-mapped address     | IPv4 address              | vip add ::ffff:12.0.0.1 dev eth0
interval too short      | IPv6 .*1000 ms            | vip add 2001:db8::1 dev eth0 announce 3/999ms
VIP that exists         | exists                    | vip add 12.0.0.101 dev eth0
change of no VIP        | no such VIP               | vip set 12.0.0.100 dev eth0 state standby
removal of no VIP       | no such VIP               | vip del 12.0.0.100 dev eth0
show of no VIP          | no such VIP               | vip show 12.0.0.100 dev eth0
announcing no VIP       | no such VIP               | announce 12.0.0.100
announcing a standby    | not answering             | announce 12.0.0.101
lease never renewed     | lease 9                   | vip add 12.0.0.100 dev eth0 lease 9
release of no lease     | no such lease             | lease release 9
stale token             | token 1: .*2              | lease renew 1 ttl 1m token 1
long stale token        | 9000000000000000006\.?$   | lease renew 2 ttl 1m token 9000000000000000005
stale token of a VIP    | token 1 .*2               | vip add 12.0.0.100 dev eth0 lease 1 token 1
rounds out of range     | announce count.*255       | vip add 12.0.0.100 dev eth0 announce 256
interval out of range   | interval                  | vip add 12.0.0.100 dev eth0 announce 3/9ms
refresh out of range    | refresh                   | vip add 12.0.0.100 dev eth0 refresh 999ms
token without a lease   | token                     | vip add 12.0.0.100 dev eth0 token 1
'

# What is not a command line: status 2, and the word that is wrong is named.
MISUSE='
unknown noun            | vips                      | vips show
unknown verb            | frobnicate                | vip frobnicate
missing verb            | vip                       | vip
missing device          | dev                       | vip add 12.0.0.100
malformed address       | 12\.0\.0                  | vip add 12.0.0 dev eth0
malformed state         | perhaps                   | vip add 12.0.0.100 dev eth0 state perhaps
malformed duration      | "3".*units                | lease renew 1 ttl 3
missing unit of a round | 3/300                     | vip add 12.0.0.100 dev eth0 announce 3/300
malformed instant       | "1\.".*/proc/uptime      | lease renew 1 ttl 1s since 1.
instant to come         | "9999999".*past         | lease renew 1 ttl 1s since 9999999
lease 0                 | 0                         | lease renew 0 ttl 1s
malformed token         | x1                        | lease renew 1 ttl 1s token x1
words left over         | more                      | vip del 12.0.0.101 dev eth0 more
'

rows() {
	grep -c '|' <<< "$1"
}

# trim TEXT: without blanks at its ends.
trim() {
	sed -E 's/^ +//; s/ +$//' <<< "$1"
}

# each CHECK TABLE: the check on every row.
each() {
	local row rest words

	while read -r -u 4 row; do
		[ -n "$row" ] || continue
		rest=${row#*|}
		read -ra words <<< "${rest##*|}"
		$1 "$(trim "${row%%|*}")" "$(trim "${rest%|*}")" \
			on worker1 l2ctl "${words[@]}"
	done 4<<< "$2"
}

vips() {
	quietly worker1 l2ctl -j vip show
}

unchanged() {
	[ "$(vips)" = "$before" ] || diff <(echo "$before") <(vips)
}

begin neighbor worker1
plan $(($(rows "$TABLE") + $(rows "$MISUSE") + 5))

modprobe tun
ip -n "$worker1" -batch - << 'END'
link add noarp0 type dummy
link set noarp0 up
tuntap add tun0 mode tun
link add quiet0 type veth peer name quiet1
link set quiet0 arp off
link add gre1 type gre local 12.0.0.11 remote 12.0.0.1
link add ipip1 type ipip local 12.0.0.11 remote 12.0.0.1
link add lan0 type bridge
link add port0 type veth peer name port1
link set port0 master lan0
link add bond0 type bond
link add slave0 type veth peer name slave1
link set slave0 master bond0
END
on worker1 l2ctl vip add "$VIP2" dev eth0 state standby
on worker1 l2ctl lease renew 1 ttl 10m token 2
on worker1 l2ctl lease renew 2 ttl 10m token 9000000000000000006
before=$(vips)

each refused "$TABLE"
each misused "$MISUSE"
check "nothing was added or changed by all these" unchanged

# The master of a port is the device to name, and takes the VIP.
check "the bridge itself is a fine device" \
	on worker1 l2ctl vip add "$VIP" dev lan0
check "and so is the bond" on worker1 l2ctl vip add "$VIP" dev bond0

on worker1 l2ctl vip flush
on worker1 l2ctl settings set max-vips 1
on worker1 l2ctl vip add "$VIP" dev eth0
refused "one VIP more than the limit" 'limit of 1' \
	on worker1 l2ctl vip add "$VIP2" dev eth0
on worker1 l2ctl settings set max-vips 2
check "the limit raised, it is taken" on worker1 l2ctl vip add "$VIP2" dev eth0

finish
