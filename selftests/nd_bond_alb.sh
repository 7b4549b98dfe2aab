#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An IPv6 VIP on a bond in balance-alb mode. Bonding spreads peers over its ports by
# ARP alone: an advertisement gives the bond's own MAC. A failover takes that MAC to
# the other port, and bonding tells the switch: there is nothing to announce.

# shellcheck disable=SC2034 # read by lib_topologies.sh
L2A_IPV6=1
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_topologies.sh
. "$(dirname "$0")/lib_topologies.sh"

bond_field() {
	ip -n "$worker1" -d link show bond1 | grep -oE "$1 [^ ]+" | cut -d ' ' -f 2
}

active_is() {
	[ "$(bond_field active_slave)" = "$1" ]
}

begin neighbor worker1
second_port
build worker1 << 'END'
addr flush dev eth0
link add bond1 type bond mode balance-alb miimon 20
link set eth0 down
link set eth0 master bond1
link set eth1 master bond1
link set bond1 up
addr add 2001:db8::11/64 dev bond1 nodad
END
plan $((1 + N_ALL + N_ANSWERS + 3))
wait_for active_is eth0 > /dev/null
mac=$(bond_field link/ether)
capture_start

check_port eth0 bond1
check_all bond1 "$mac"
check_answers bond1 "$mac"

on worker1 ip addr add "$VIP/$HOST_BITS" dev lo
pull worker1
check "worker1 pulled, the other port takes over" wait_for active_is eth1
start=$(now)
ask 2
check "answered once, from the same MAC" answered_by "$mac" "$start" 2
check "and packets to it arrive" wait_for ping_vip

finish
