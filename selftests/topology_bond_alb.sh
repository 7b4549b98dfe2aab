#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The VIP on a bond in balance-alb mode, and on a VLAN over it. Bonding spreads
# its peers over its ports by ARP replies of its own making (rlb), also long
# after the answer they repeat: while the VIP is held they are no second voice,
# and once it is not they stay unsent.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_topologies.sh
. "$(dirname "$0")/lib_topologies.sh"

# answered_by_ports SINCE COUNT [MORE...]: all requests, each from one port, which
# may say it more than once.
answered_by_ports() {
	local since=$1 count=$2
	shift 2

	saw --since "$since" -- "requests=$count" "answered=$count" \
		dual_answers=0 malformed=0 "$@"
}

from_ports() {
	local mac

	mac=$(judge --since "$1" --get answerer.0.mac)
	[ "$mac" = "${MAC[worker1]}" ] || [ "$mac" = "$MAC_B" ] ||
		{ echo "answered from $mac"; return 1; }
}

guarded() {
	[ "$(quietly worker1 l2ctl -j stats | field guarded)" -gt "$1" ]
}

# rlb_speaks SINCE: a reply from the VIP that nobody asked for.
rlb_speaks() {
	sees --since "$1" -- 'unsolicited>=1'
}

# The port that the neighbour is not assigned to, by its MAC.
port_of() {
	[ "$1" = "$MAC_B" ] && echo worker1b || echo worker1
}

# assigned: the port whose MAC the neighbour was last told.
assigned() {
	port_of "$(judge --since "$1" --get answerer.0.mac)"
}

# knows_other PORT: the neighbour's cache has the MAC that the other port has now:
# bonding may have exchanged the two.
knows_other() {
	local dev=eth1 mac

	[ "$1" = worker1 ] || dev=eth0
	mac=$(quietly worker1 cat "/sys/class/net/$dev/address")
	quietly neighbor ip neigh show "$VIP" dev "$ASK" | grep -i "$mac" || {
		echo "$dev has $mac"
		quietly neighbor ip neigh show "$VIP"
		return 1
	}
}

# on_device DEVICE: the checks on one device; what it answers binds the
# neighbour to a port, whose loss makes bonding speak up.
on_device() {
	local dev=$1 start port before

	start=$(now)
	vip_on "$dev"
	check "$dev: announced in both forms" \
		wait_for sees --since "$start" -- 'rounds_whole>=1'
	start=$(now)
	ask 2
	check "$dev: answered, from one port" answered_by_ports "$start" 2 macs=1
	check "$dev: which is the bond's" from_ports "$start"

	# Its stack has to know the VIP, not arping alone.
	quietly neighbor ping -I "$ASK" -c 1 -W 0.1 "$VIP" > /dev/null
	port=$(assigned "$start")
	start=$(now)
	pull "$port"
	check "$dev: $port pulled: bonding moves the holder's peer" \
		wait_for rlb_speaks "$start"
	check "$dev: to the port that is left, by its MAC" \
		wait_for knows_other "$port"
	plug "$port"
	wait_for usable "$port" > /dev/null

	start=$(now)
	ask 2
	# Bonding may move the neighbour to the port that is back, once.
	if answered_by_ports "$start" 2 macs=2 > /dev/null; then
		start=$(now)
		ask 2
	fi
	check "$dev: answered after that" answered_by_ports "$start" 2 macs=1
	port=$(assigned "$start")
	capture_sync
	on worker1 l2ctl vip set "$VIP" dev "$dev" state standby
	before=$(quietly worker1 l2ctl -j stats | field guarded)
	start=$(now)
	pull "$port"
	check "$dev: $port pulled, standby: bonding is kept from claiming the VIP" \
		wait_for guarded "$before"
	check "$dev: and nothing of the kind is on the wire" \
		saw --since "$start" -- replies=0 unsolicited=0 announcements=0
	plug "$port"
	wait_for usable "$port" > /dev/null
	on worker1 l2ctl vip del "$VIP" dev "$dev"
}

# usable PORT: bonding has it back.
usable() {
	local dev=eth0

	[ "$1" = worker1 ] || dev=eth1
	ip -n "$worker1" -d link show "$dev" | grep 'mii_status UP'
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
link add bond1 type bond mode balance-alb miimon 20
link set eth0 down
link set eth0 master bond1
link set eth1 master bond1
link set bond1 up
link add link bond1 name bond1.10 type vlan id 10
link set bond1.10 up
END
plan $((2 * 8 + 1 + N_ITSELF + N_FOREIGN + N_STANDBY))
wait_for usable worker1 > /dev/null
wait_for usable worker1b > /dev/null
capture_start

check_port eth0 bond1
on_device bond1
vip_on bond1
check_itself bond1
capture_start
check_foreign bond1
check_standby bond1
on worker1 l2ctl vip del "$VIP" dev bond1
ASK=eth0.10
on_device bond1.10
finish
