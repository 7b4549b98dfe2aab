#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Announcements: as many rounds as asked for, both forms in each, never closer
# than the interval; again whenever the VIP begins to answer anew, and never
# while it does not.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# Rounds of most VIPs here, and ms between them: short, so that the test is.
COUNT=3
INTERVAL=300
ROUNDS="announce $COUNT/${INTERVAL}ms"

# rounds SINCE N: whole rounds seen since then, and both forms in each.
rounds() {
	saw --since "$1" -- "rounds=$2" "rounds_whole=$2" \
		"announcements=$((2 * $2))" announcements_unaccepted=0
}

# announced DESCRIPTION SINCE [N]: so many rounds come, evenly spaced, and for
# another two intervals no more.
announced() {
	local n=${3:-$COUNT} last

	if ! wait_for sees --since "$2" -- "rounds_whole=$n" > /dev/null; then
		fail "$1" "$(sees --since "$2" -- "rounds_whole=$n" 2>&1)"
		return
	fi
	last=$(now)
	wait_for past "$(later "$last" $((2 * INTERVAL)))"
	check "$1" rounds "$2" "$n"
}

# announced_through_switch DESCRIPTION SINCE: the same after a link came up: the
# switch's port may not forward the first round yet, and "up" and "carrier"
# may each begin the rounds anew.
announced_through_switch() {
	local least=$((COUNT - 1)) most=$((COUNT + 1)) last

	wait_for sees --since "$2" -- "rounds_whole>=$least" > /dev/null
	last=$(now)
	wait_for past "$(later "$last" $((2 * INTERVAL)))"
	check "$1" saw --since "$2" -- "rounds_whole>=$least" "rounds<=$most" \
		announcements_unaccepted=0
}

# unannounced DESCRIPTION SINCE: nothing comes for a whole set of rounds.
unannounced() {
	wait_for past "$(later "$(now)" $((COUNT * INTERVAL)))"
	check "$1" saw --since "$2" -- announcements=0
}

lladdr() {
	on worker1 ip link set eth0 address "$1"
}

begin neighbor worker1 worker2
plan 21
capture_start

start=$(now)
# The words that are meant to be split are options.
# shellcheck disable=SC2086
on worker1 l2ctl vip add "$VIP" dev eth0 state standby $ROUNDS
unannounced "a standby announces nothing" "$start"

start=$(now)
on worker1 l2ctl vip set "$VIP" dev eth0 state active
announced "made active, it announces $COUNT rounds in both forms" "$start"
check "never closer than the interval" \
	saw --since "$start" -- "round_gap_min_ms>=$INTERVAL"
check "from the device's MAC" saw --since "$start" -- \
	"round.0.mac=${MAC[worker1]}" "round.2.mac=${MAC[worker1]}"
check "the counter of announcements agrees" \
	vip_is worker1 announcements $((2 * COUNT))

start=$(now)
on worker1 l2ctl announce "$VIP"
announced "on demand it announces again" "$start"

start=$(now)
on worker1 ip link set eth0 down
on worker1 ip link set eth0 up
announced_through_switch "and when the device comes up" "$start"

start=$(now)
on lan ip link set worker1 down
on lan ip link set worker1 up
announced_through_switch "and when the carrier is back" "$start"

start=$(now)
lladdr 02:00:00:00:00:aa
announced "and when the device's address changes" "$start"
check "with the new address" saw --since "$start" -- \
	round.0.mac=02:00:00:00:00:aa
lladdr "${MAC[worker1]}"

on worker1 l2ctl vip del "$VIP" dev eth0
on worker1 l2ctl lease renew 1 ttl 10m
on worker1 l2ctl lease release 1
start=$(now)
# shellcheck disable=SC2086
on worker1 l2ctl vip add "$VIP" dev eth0 lease 1 $ROUNDS
unannounced "an expired lease announces nothing" "$start"
refused "nor on demand" 'not answering' on worker1 l2ctl announce "$VIP"
start=$(now)
on worker1 l2ctl lease renew 1 ttl 10m
announced "valid again, it announces" "$start"
start=$(now)
on worker1 l2ctl lease renew 1 ttl 10m
unannounced "a renewal of a valid lease announces nothing" "$start"
on worker1 l2ctl vip del "$VIP" dev eth0

on worker1 ip link add m0 link eth0 type macvlan mode bridge
on worker1 ip link set m0 up
start=$(now)
# shellcheck disable=SC2086
on worker1 l2ctl vip add "$VIP" dev m0 $ROUNDS
announced "it announces on a macvlan" "$start"
on worker1 ip link set m0 down
start=$(now)
on worker1 ip link set m0 up
announced "and when that comes up, whose carrier was there all the time" "$start"
on worker1 ip link del m0

start=$(now)
on worker1 l2ctl vip add "$VIP" dev eth0 announce 0
unannounced "announce 0 is silent" "$start"
on worker1 l2ctl vip del "$VIP" dev eth0

start=$(now)
on worker1 l2ctl vip add "$VIP" dev eth0 announce 1 refresh 1s
check "refresh goes on after the rounds" \
	wait_for sees --since "$start" -- 'rounds_whole>=4' \
	'round_gap_min_ms>=1000'
on worker1 l2ctl vip del "$VIP" dev eth0

# Long enough apart for a cache that ignores changes within a second.
start=$(now)
on worker1 l2ctl vip add "$VIP" dev eth0
check "by default there are 3 rounds, more than a second apart" \
	wait_for sees --since "$start" -- rounds_whole=3 \
	'round_gap_min_ms>=1100'

# A neighbour that knows the old holder follows the new one's announcement.
ask 1
on neighbor ip neigh replace "$VIP" lladdr "${MAC[worker1]}" dev eth0 nud stale
check "the neighbour knows the holder" follows neighbor "${MAC[worker1]}"
on worker1 l2ctl vip set "$VIP" dev eth0 state standby
on worker2 l2ctl vip add "$VIP" dev eth0
check "and follows the announcement of the next" \
	wait_for follows neighbor "${MAC[worker2]}"

finish
