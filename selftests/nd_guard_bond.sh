#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A bond that looks for its neighbours over IPv6 (ns_ip6_target) solicits through its
# ports, with an address of the bond's, which may be a VIP that is not held.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2034 # read by lib_topologies.sh
L2A_IPV6=1
# shellcheck source-path=SCRIPTDIR source=lib_topologies.sh
. "$(dirname "$0")/lib_topologies.sh"

# asked_as ADDRESS SINCE: the bond asked for the neighbour from there.
asked_as() {
	l2judge --vip "${ADDRESS6[neighbor]}" --since "$2" --events "$CAPTURE" |
		grep -E "request +[0-9a-f:]+ \($1\)"
}

begin neighbor worker1
second_port
build worker1 << END
addr flush dev eth0
link add bond1 type bond mode active-backup arp_interval 100 ns_ip6_target ${ADDRESS6[neighbor]}
link set eth0 down
link set eth0 master bond1
link set eth1 down
link set eth1 master bond1
link set bond1 up
addr add ${ADDRESS6[worker1]}/64 dev bond1 nodad
addr add $VIP/128 dev bond1 nodad
END
plan 4
capture_start

start=$(now)
check "left to itself the monitor asks as the VIP" \
	wait_for asked_as "$VIP" "$start"
on worker1 l2ctl vip add "$VIP" dev bond1 state standby announce 0
start=$(now)
check "standby: it asks with the bond's other address" \
	wait_for asked_as "${ADDRESS6[worker1]}" "$start"
check "standby: not as the VIP" saw --since "$start" -- sourced=0
on worker1 l2ctl vip set "$VIP" dev bond1 state active
start=$(now)
check "active: it may ask as the VIP" wait_for asked_as "$VIP" "$start"
finish
