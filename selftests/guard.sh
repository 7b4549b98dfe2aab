#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a host says of its own accord must not claim a VIP it does not hold: a
# request that would go out with the VIP as its sender gets the device's own
# address, an announcement of the stack's does not go out. A holder may do both.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

PEER=${ADDRESS[worker2]}

# A packet from the VIP to a peer whose MAC the node has to ask for.
speak_as_vip() {
	on worker1 ip neigh flush dev eth0
	# shellcheck disable=SC2016 # for the inner shell
	on worker1 bash -c 'echo > "/dev/udp/$0/9"' "$PEER"
}

# asked_as ADDRESS SINCE: the node asked for the peer with that sender.
asked_as() {
	l2judge --vip "$PEER" --since "$2" --events "$CAPTURE" |
		grep -E "request +${MAC[worker1]} \($1\)"
}

# The stack announces the addresses of a device whose MAC changes, where
# arp_notify says so.
renumber() {
	on worker1 ip link set eth0 address 02:00:00:00:00:aa
	on worker1 ip link set eth0 address "${MAC[worker1]}"
}

begin neighbor worker1 worker2
plan 8
capture_start
on worker1 sysctl -q net.ipv4.conf.eth0.arp_notify=1
on worker1 ip addr add "$VIP/32" dev eth0
on worker1 ip route add "$PEER/32" dev eth0 src "$VIP"

start=$(now)
renumber
check "left to itself the stack announces the address" \
	wait_for sees --since "$start" -- 'announcements>=1'
start=$(now)
speak_as_vip
check "and asks with it as sender" wait_for asked_as "$VIP" "$start"

on worker1 l2ctl vip add "$VIP" dev eth0 state standby announce 0
start=$(now)
renumber
speak_as_vip
check "a standby asks with its own address" \
	wait_for asked_as "${ADDRESS[worker1]}" "$start"
check "never with the VIP" saw --since "$start" -- sourced=0
check "and announces nothing" saw --since "$start" -- announcements=0
guarded() {
	[ "$(quietly worker1 l2ctl -j stats | field guarded)" -ge 2 ]
}
check "both are counted" guarded

on worker1 l2ctl vip set "$VIP" dev eth0 state active
start=$(now)
renumber
check "a holder's stack may announce" \
	wait_for sees --since "$start" -- 'announcements>=1'
start=$(now)
speak_as_vip
check "and ask" wait_for asked_as "$VIP" "$start"

finish
