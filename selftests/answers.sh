#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A VIP is answered for, with the device's own MAC, also on a device without
# an address; whoever asked is learned as the stack learns, so that the first
# packet back needs no ARP of its own.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# A packet from a node to the neighbour's discard port.
send_to_neighbor() {
	# shellcheck disable=SC2016 # for the inner shell
	on "$1" bash -c 'echo > "/dev/udp/$0/9"' "${ADDRESS[neighbor]}"
}

asked_for_neighbor() {
	capture_sync
	l2judge --vip "${ADDRESS[neighbor]}" --client "${MAC[$1]}" \
		--since "$2" --expect "requests$3" "$CAPTURE"
}

learned() {
	local state

	state=$(neighbour_state worker1 "${ADDRESS[neighbor]}")
	[ "$state" = STALE ] || { echo "state '$state', expected STALE"; return 1; }
}

begin neighbor worker1 worker2
plan 9
capture_start

ask 2
check "nobody answers before there is a VIP" saw 'requests=2' 'replies=0'

on worker1 l2ctl vip add "$VIP" dev eth0
ask 5
check "every request is answered once, from the device's MAC" \
	saw 'requests=7' 'answered=5' 'replies=5' \
	"sequence=${MAC[worker1]}" 'malformed=0'
check "the counter of replies agrees" vip_is worker1 replies 5
check "it is shown as answering" vip_is worker1 answering true

check "the asker is learned, as STALE" learned
start=$(now)
send_to_neighbor worker1
check "the first packet back needs no ARP" \
	asked_for_neighbor worker1 "$start" =0
send_to_neighbor worker2
check "one whom nobody asked needs it" \
	asked_for_neighbor worker2 "$start" '>=1'

on worker1 l2ctl vip del "$VIP" dev eth0
on worker1 ip addr flush dev eth0
on worker1 l2ctl vip add "$VIP" dev eth0
start=$(now)
ask 3
check "a device without an IPv4 address answers too" \
	saw --since "$start" -- answered=3 "sequence=${MAC[worker1]}"

on worker1 l2ctl vip del "$VIP" dev eth0
start=$(now)
ask 3
check "a removed VIP is answered no more" \
	saw --since "$start" -- requests=3 replies=0

finish
