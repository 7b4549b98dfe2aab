#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A request with a priority tag (VLAN 0, IEEE 802.1Q) is answered. The answer has no
# tag, as the stack's own has none: the core takes such a tag off before ARP.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# tagged WHAT: frames with a tag of VLAN 0 that say so.
tagged() {
	capture_sync
	tcpdump -r "$CAPTURE" -nn 'vlan 0 and arp' 2> /dev/null | grep "$1"
}

untagged() {
	capture_sync
	tcpdump -r "$CAPTURE" -nn arp 2> /dev/null | grep "$1"
}

# priority_ask: one request for the address. Its answer does not come to the
# device that asks, since it has no tag.
priority_ask() {
	ask 1 "$1" -i eth0.0
}

begin neighbor worker1
on neighbor ip link add link eth0 name eth0.0 type vlan id 0
on neighbor ip addr add 12.0.9.1/24 dev eth0.0
on neighbor ip link set eth0.0 up
plan 6
capture_start
on worker1 ip route add 12.0.9.0/24 dev eth0

priority_ask "${ADDRESS[worker1]}"
check "a request for the host's own address has the tag" \
	tagged "who-has ${ADDRESS[worker1]} tell 12.0.9.1"
check "the stack's answer has none" \
	untagged "Reply ${ADDRESS[worker1]} is-at ${MAC[worker1]}"
on worker1 l2ctl vip add "$VIP" dev eth0 announce 0
priority_ask "$VIP"
check "a request for the VIP has the tag" tagged "who-has $VIP tell 12.0.9.1"
check "it is answered, once" \
	saw requests=1 answered=1 replies=1 "sequence=${MAC[worker1]}"
check "the answer has no tag" untagged "Reply $VIP is-at ${MAC[worker1]}"
check "and no other answer has one" not tagged Reply
finish
