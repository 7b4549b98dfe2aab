#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What bonding says of its own accord, through its ports: the ARP monitor asks with
# an address of the bond's, which may be a VIP that is not held, and balance-alb
# repeats what a bridge above the bond once answered.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_topologies.sh
. "$(dirname "$0")/lib_topologies.sh"

guarded() {
	[ "$(quietly worker1 l2ctl -j stats | field guarded)" -gt "$1" ]
}

guarded_now() {
	quietly worker1 l2ctl -j stats | field guarded
}

usable() {
	ip -n "$worker1" -d link show "$1" | grep 'mii_status UP'
}

begin neighbor worker1
second_port
build worker1 << END
addr flush dev eth0
link add bond1 type bond mode active-backup arp_interval 100 arp_ip_target ${ADDRESS[neighbor]}
link set eth0 down
link set eth0 master bond1
link set eth1 down
link set eth1 master bond1
link set bond1 up
addr add $VIP/24 dev bond1
addr add ${ADDRESS[worker1]}/24 dev bond1
END
plan $((N_MONITOR + 4))
capture_start

check_monitor bond1 "${ADDRESS[worker1]}" "${ADDRESS[neighbor]}"

build worker1 << 'END'
link del bond1
link add bond2 type bond mode balance-alb miimon 20
link set eth0 down
link set eth0 master bond2
link set eth1 down
link set eth1 master bond2
link add br1 type bridge
link set bond2 master br1
link set bond2 up
link set br1 up
END
wait_for usable eth0 > /dev/null
wait_for usable eth1 > /dev/null
on worker1 l2ctl vip add "$VIP" dev br1 announce 0
start=$(now)
ask 2
check "a bridge over a balance-alb bond answers" \
	saw --since "$start" -- answered=2 dual_answers=0 macs=1
mac=$(judge --since "$start" --get answerer.0.mac)
port=worker1
[ "$mac" = "${MAC[worker1]}" ] || port=worker1b
on worker1 l2ctl vip set "$VIP" dev br1 state standby
before=$(guarded_now)
start=$(now)
pull "$port"
check "$port pulled, standby: bonding is kept from repeating it" \
	wait_for guarded "$before"
check "and nothing of the kind is on the wire" \
	saw --since "$start" -- replies=0 unsolicited=0 announcements=0
on worker1 l2ctl vip set "$VIP" dev br1 state active
start=$(now)
check "active: it may" wait_for sees --since "$start" -- 'unsolicited>=1'
finish
