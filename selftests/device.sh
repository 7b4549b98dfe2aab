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

# event NAME: the monitor has told of it, for the VIP.
event() {
	grep -E "\"event\": ?\"$1\"" "$L2A_TMP/events" | grep "\"$VIP\""
}

monitoring() {
	quietly worker1 l2ctl vip add "$VIP2" dev eth0 state standby
	quietly worker1 l2ctl vip del "$VIP2" dev eth0
	[ -s "$L2A_TMP/events" ]
}

begin neighbor worker1
plan 13
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

on worker1 ip link del lan0
check "removed: the VIP is gone" no_vips
check "removed: an event says so" wait_for event device-gone
start=$(now)
ask 2
check "removed: nothing is answered" \
	saw --since "$start" -- requests=2 replies=0
check "removed: the device is really gone" \
	not ip -n "$worker1" link show lan0

finish
