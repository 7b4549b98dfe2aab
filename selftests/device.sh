#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What becomes of a VIP as its device goes down, comes up, is renamed, and is
# removed.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

no_vips() {
	local seen

	seen=$(quietly worker1 l2ctl -j vip show | tr -d ' \n')
	[ "$seen" = "[]" ] || { echo "$seen"; return 1; }
}

# event NAME [DEV]: the monitor has told of it, for the VIP.
event() {
	grep -E "\"event\": ?\"$1\"" "$L2A_TMP/events" | grep "\"$VIP\"" |
		grep "\"dev\": *\"${2:-}"
}

monitoring() {
	quietly worker1 l2ctl vip add "$VIP2" dev eth0 state standby
	quietly worker1 l2ctl vip del "$VIP2" dev eth0
	[ -s "$L2A_TMP/events" ]
}

# not_a_port MASTER: the device does not become one, and the line says why.
not_a_port() {
	local said

	said=$(ip -n "$worker1" link set lan0 master "$1" 2>&1) &&
		{ echo "it is one"; return 1; }
	grep 'has active VIPs' <<< "$said" || { echo "$said"; return 1; }
}

begin neighbor worker1
plan 27
capture_start
ip netns exec "$worker1" l2ctl -j monitor > "$L2A_TMP/events" &
started $!
check "the monitor runs" wait_for monitoring

on worker1 l2ctl vip add "$VIP" dev eth0
ask 2
check "answering" saw answered=2
check "the monitor tells of the VIP" wait_for event vip

on worker1 ip link set eth0 down
check "device down: not answering" vip_is worker1 answering false
start=$(now)
ask 2
check "device down: nothing is answered" \
	saw --since "$start" -- requests=2 replies=0

on worker1 ip link set eth0 up
check "device up: answering" vip_is worker1 answering true
start=$(now)
ask 2
check "device up: answered" saw --since "$start" -- answered=2

on worker1 ip link set eth0 down
on worker1 ip link set eth0 name lan0
on worker1 ip link set lan0 up
check "renamed: the VIP goes by the new name" vip_is worker1 dev lan0
start=$(now)
ask 2
check "renamed: answered" saw --since "$start" -- answered=2

# Its ARP would pass the VIP by.
on worker1 ip link add br1 type bridge
on worker1 ip link add bond1 type bond
on worker1 ip link set lan0 down
for master in br1 bond1; do
	check "with an active VIP it does not become a port of $master" \
		not_a_port $master
done
on worker1 ip link add vrf1 type vrf table 100
check "though it may be a VRF's" on worker1 ip link set lan0 master vrf1
on worker1 ip link set lan0 nomaster
on worker1 ip link set lan0 up
start=$(now)
ask 2
check "and is answered as before" saw --since "$start" -- answered=2

on worker1 ip link del lan0
check "removed: the VIP is gone" no_vips
check "removed: an event says so" wait_for event device-gone lan0
start=$(now)
ask 2
check "removed: nothing is answered" \
	saw --since "$start" -- requests=2 replies=0
check "removed: the device is really gone" \
	not ip -n "$worker1" link show lan0

# Whatever runs containers makes ports of new devices, which a standby VIP may be on.
for master in br1 bond1; do
	dev=of$master
	on worker1 ip link add $dev type veth peer name to$master
	on worker1 l2ctl vip add "$VIP" dev $dev state standby
	check "with a standby VIP it becomes a port of $master" \
		on worker1 ip link set $dev master $master
	refused "where the VIP is not made active" "a port of $master" \
		on worker1 l2ctl vip set "$VIP" dev $dev state active
	on worker1 l2ctl lease renew 7 ttl 1m
	on worker1 l2ctl vip set "$VIP" dev $dev lease 7
	refused "nor with all of a lease" "a port of $master" \
		on worker1 l2ctl vip set lease 7 state active
	check "which has changed nothing" vip_is worker1 state standby
	on worker1 ip link set $dev nomaster
	check "it becomes active once the device is free" \
		on worker1 l2ctl vip set lease 7 state active
	on worker1 ip link del $dev
done

finish
