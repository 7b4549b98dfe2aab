#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The VIP on VLAN 10 over a bond over veth: question, answer and announcement
# are tagged, and after failover of the bond the VLAN speaks from its new port.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_topologies.sh
. "$(dirname "$0")/lib_topologies.sh"

active_is() {
	ip -n "$worker1" -d link show bond1 | grep "active_slave $1 "
}

# about_vip FILTER: a frame of that kind about the VIP.
about_vip() {
	capture_sync
	tcpdump -r "$CAPTURE" -nn "$1" 2> /dev/null | grep -F "$VIP"
}

begin neighbor worker1
second_port
build neighbor << END
link add link eth0 name eth0.10 type vlan id 10
addr add 12.0.10.1/24 dev eth0.10
link set eth0.10 up
END
build worker1 << 'END'
addr flush dev eth0
link add bond1 type bond mode active-backup miimon 20 fail_over_mac active
link set eth0 down
link set eth0 master bond1
link set eth1 master bond1
link set bond1 up
link add link bond1 name bond1.10 type vlan id 10
link set bond1.10 up
END
plan $((N_ALL + N_ND + N_ANSWERS + N_FAILOVER + 4))
ASK=eth0.10
wait_for active_is eth0 > /dev/null
capture_start

check_all bond1.10 "${MAC[worker1]}"
check_nd bond1.10 "${MAC[worker1]}"
check_answers bond1.10 "${MAC[worker1]}"
check_failover bond1.10 worker1 "$MAC_B" active_is eth1
check "all this was of VLAN 10" about_vip "vlan 10 and $ASKED_BY"
check "and nothing without a tag" not about_vip "$ASKED_BY"

# The same address on the bond itself is another LAN's.
ASK=eth0
start=$(now)
ask 2
check "the bond does not answer for its VLAN" \
	saw --since "$start" -- requests=2 replies=0
check "and that question was seen to have no tag" about_vip "$ASKED_BY"
finish
