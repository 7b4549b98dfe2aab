#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Unsolicited advertisements: one a round to all nodes, never closer than a second
# (RFC 4861, section 7.2.6), again whenever the VIP begins to answer anew, and as
# the defence against who claims it.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ipv6.sh
. "$(dirname "$0")/lib_ipv6.sh"

COUNT=2
INTERVAL=1000
ROUNDS="announce $COUNT/${INTERVAL}ms"

# exactly SINCE N: so many rounds came since then, all of them whole.
exactly() {
	saw --since "$1" -- "announcements=$2" "rounds_whole=$2" \
		announcements_unaccepted=0 other_source=0
}

# announced DESCRIPTION SINCE: COUNT rounds come, and for another interval and a
# half no more.
announced() {
	local last

	if ! wait_for sees --since "$2" -- "rounds_whole=$COUNT" > /dev/null; then
		fail "$1" "$(sees --since "$2" -- "rounds_whole=$COUNT" 2>&1)"
		return
	fi
	last=$(now)
	wait_for past "$(later "$last" $((INTERVAL * 3 / 2)))"
	check "$1" exactly "$2" "$COUNT"
}

# unannounced DESCRIPTION SINCE: nothing comes for longer than a set of rounds.
unannounced() {
	wait_for past "$(later "$(now)" $((COUNT * INTERVAL)))"
	check "$1" saw --since "$2" -- announcements=0
}

monitoring() {
	quietly worker2 l2ctl vip add "$VIP2" dev eth0 state standby
	quietly worker2 l2ctl vip del "$VIP2" dev eth0
	[ -s "$L2A_TMP/events" ]
}

# event: the conflict, as the monitor told of it.
event() {
	jq -se "any(.[]; .event == \"conflict\" and .address == \"$VIP\" and
		.lladdr == \"${MAC[neighbor]}\")" "$L2A_TMP/events" > /dev/null ||
		{ tail -n 3 "$L2A_TMP/events"; return 1; }
}

# few_defences SINCE: no more rounds than DEFEND_INTERVAL, 10 s, allows in the
# time that has passed, however slow this machine is.
few_defences() {
	local passed

	passed=$(($(ms "$(now)") - $(ms "$1")))
	saw --since "$1" --announcer "${MAC[worker2]}" -- \
		"rounds<=$((1 + passed / 10000))"
}

begin neighbor worker1 worker2
require jq
plan 23
capture_start

start=$(now)
# shellcheck disable=SC2086 # options
on worker1 l2ctl vip add "$VIP" dev eth0 state standby $ROUNDS
unannounced "a standby announces nothing" "$start"

start=$(now)
on worker1 l2ctl vip set "$VIP" dev eth0 state active
announced "made active, it announces $COUNT times" "$start"
check "never closer than the interval" \
	saw --since "$start" -- "round_gap_min_ms>=$INTERVAL"
check "from the device's MAC" saw --since "$start" -- \
	"round.0.mac=${MAC[worker1]}"
check "the counter of announcements agrees" \
	vip_is worker1 announcements "$COUNT"

start=$(now)
on worker1 l2ctl announce "$VIP"
announced "on demand it announces again" "$start"

start=$(now)
for _ in 1 2 3; do
	on worker1 l2ctl announce "$VIP"
done
check "however often it is asked to" \
	wait_for sees --since "$start" -- 'rounds_whole>=2' announcements_unaccepted=0
check "it does not more often than once a second" \
	saw --since "$start" -- 'round_gap_min_ms>=1000'

start=$(now)
on lan ip link set worker1 down
on lan ip link set worker1 up
check "and when the carrier is back" \
	wait_for sees --since "$start" -- "rounds_whole>=$((COUNT - 1))" \
	announcements_unaccepted=0

start=$(now)
on worker1 ip link set eth0 address 02:00:00:00:00:aa
check "and when the device's address changes, with the new one" \
	wait_for sees --since "$start" --announcer 02:00:00:00:00:aa -- \
	"rounds_whole>=1" announcements_unaccepted=0
on worker1 ip link set eth0 address "${MAC[worker1]}"
on worker1 l2ctl vip del "$VIP" dev eth0

on worker1 l2ctl lease renew 1 ttl 10m
on worker1 l2ctl lease release 1
start=$(now)
# shellcheck disable=SC2086 # options
on worker1 l2ctl vip add "$VIP" dev eth0 lease 1 $ROUNDS
unannounced "an expired lease announces nothing" "$start"
start=$(now)
on worker1 l2ctl lease renew 1 ttl 10m
announced "valid again, it announces" "$start"
on worker1 l2ctl vip del "$VIP" dev eth0

refused "more often than once a second is refused" 'second|1000' \
	on worker1 l2ctl vip add "$VIP" dev eth0 announce 3/999ms
start=$(now)
on worker1 l2ctl vip add "$VIP" dev eth0 announce 0
unannounced "announce 0 is silent" "$start"
on worker1 l2ctl vip del "$VIP" dev eth0
start=$(now)
on worker1 l2ctl vip add "$VIP" dev eth0 announce 1 refresh 1s
check "refresh goes on after the rounds" \
	wait_for sees --since "$start" -- 'rounds_whole>=3' \
	'round_gap_min_ms>=1000'
on worker1 l2ctl vip del "$VIP" dev eth0

# A neighbour that is sure of the old holder follows the new one's announcement.
on worker1 l2ctl vip add "$VIP" dev eth0 announce 0
on neighbor ip -6 neigh replace "$VIP" lladdr "${MAC[worker1]}" dev eth0 \
	nud reachable
on worker1 l2ctl vip set "$VIP" dev eth0 state standby
start=$(now)
on worker2 l2ctl vip add "$VIP" dev eth0 announce 1
check "a neighbour that was sure of the old holder follows the next" \
	wait_for follows neighbor "${MAC[worker2]}"
check "without having asked" saw --since "$start" -- requests=0
on worker1 l2ctl vip del "$VIP" dev eth0

# The neighbour says that the VIP is its own.
ip netns exec "$worker2" l2ctl -j monitor > "$L2A_TMP/events" &
started $!
wait_for monitoring > /dev/null
start=$(now)
claim
check "a foreign advertisement is a conflict" \
	wait_for vip_is worker2 conflicts 1
check "told of with its address" wait_for event
check "met by an announcement" wait_for sees --since "$start" \
	--announcer "${MAC[worker2]}" -- rounds_whole=1
claim
check "another is a conflict too" wait_for vip_is worker2 conflicts 2
solicit neighbor eth0 "${ADDRESS6[worker2]}" "from=$VIP"
check "and so is a question asked in the VIP's name" \
	wait_for vip_is worker2 conflicts 3
check "but not every one is met" few_defences "$start"

finish
