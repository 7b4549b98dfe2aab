#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Network namespaces know nothing of each other: VIPs, leases, events and
# totals are each one's own, and one namespace's end leaves the other alone.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

empty() {
	local seen

	seen=$(quietly "$1" l2ctl -j "$2" show | tr -d ' \n')
	[ "$seen" = "[]" ] || { echo "$1: $seen"; return 1; }
}

monitoring() {
	quietly "$1" l2ctl vip add "$VIP2" dev eth0 state standby
	quietly "$1" l2ctl vip del "$VIP2" dev eth0
	grep "$VIP2" "$L2A_TMP/$1.events"
}

monitor() {
	ip netns exec "${!1}" l2ctl -j monitor > "$L2A_TMP/$1.events" &
	MONITOR=$!
	started $MONITOR
	check "$1 is watched" wait_for monitoring "$1"
}

begin neighbor worker1 worker2
plan 12
capture_start
monitor worker1
monitor worker2

on worker1 l2ctl lease renew 1 ttl 10m token 7
on worker1 l2ctl vip add "$VIP" dev eth0 lease 1
ask 3
check "only the namespace that has the VIP answers" \
	saw answered=3 replies=3 "sequence=${MAC[worker1]}"
check "the other shows no VIP" empty worker2 vip
check "and no lease" empty worker2 lease
check "one's event is told there" \
	wait_for grep "\"$VIP\"" "$L2A_TMP/worker1.events"
check "and not in the other" not grep "\"$VIP\"" "$L2A_TMP/worker2.events"

on worker2 l2ctl lease renew 1 ttl 10m token 3
check "the same lease number is another lease there" \
	vip_is worker1 answering true
on worker2 l2ctl vip add "$VIP" dev eth0 lease 1
on worker2 l2ctl lease release 1
start=$(now)
ask 3
check "whose end silences nobody here" \
	saw --since "$start" -- answered=3 replies=3 "sequence=${MAC[worker1]}"

on worker2 l2ctl vip flush
check "a flush is the namespace's own" vip_is worker1 answering true

on worker2 l2ctl vip add "$VIP2" dev eth0
# A namespace lives as long as a process does in it.
kill -KILL "$MONITOR"
cleanup_ns "$worker2"
wait_for not ip -n "$lan" link show worker2
start=$(now)
ask 3
check "with the other namespace deleted answers go on" \
	saw --since "$start" -- answered=3 "sequence=${MAC[worker1]}"
capture_sync
ask 2 "$VIP2"
capture_sync
check "and what the deleted one held is answered no more" \
	l2judge --vip "$VIP2" --since "$start" --expect 'requests=2' \
	--expect 'replies=0' "$CAPTURE"

finish
