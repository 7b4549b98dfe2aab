#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Another station claims the address: counted, told, and met with one
# announcement, but not with one for every claim (RFC 5227, section 2.4). Our
# own frames come back to us are no conflict, nor is what a standby hears.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# claim NAME [OPTIONS...]: a gratuitous frame for the VIP, as arping sends it.
claim() {
	local name=$1
	shift

	on "$name" arping -q -i eth0 -c 1 -W 0.01 -U -S "$VIP" "$@" "$VIP"
	return 0
}

conflicts() {
	vip_is worker1 conflicts "$1"
}

# defences SINCE: our own announcements since then are one round.
defences() {
	saw --since "$1" --announcer "${MAC[worker1]}" -- rounds=1 rounds_whole=1
}

# few_defences SINCE: no more rounds than DEFEND_INTERVAL, 10 s, allows in the
# time that has passed, however slow this machine is.
few_defences() {
	local passed

	passed=$(($(ms "$(now)") - $(ms "$1")))
	saw --since "$1" --announcer "${MAC[worker1]}" -- \
		"rounds<=$((1 + passed / 10000))"
}

event() {
	grep -E '"event": ?"conflict"' "$L2A_TMP/events" |
		grep -i "${MAC[worker2]}"
}

monitoring() {
	quietly worker1 l2ctl vip add "$VIP2" dev eth0 state standby
	quietly worker1 l2ctl vip del "$VIP2" dev eth0
	[ -s "$L2A_TMP/events" ]
}

begin neighbor worker1 worker2
plan 13
capture_start
ip netns exec "$worker1" l2ctl -j monitor > "$L2A_TMP/events" &
started $!
check "the monitor runs" wait_for monitoring

on worker1 l2ctl vip add "$VIP" dev eth0 state standby announce 1
claim worker2
capture_sync
check "a standby sees no conflict in a claim" conflicts 0

on worker1 l2ctl vip set "$VIP" dev eth0 state active
check "made active, it announces" \
	wait_for sees --announcer "${MAC[worker1]}" -- rounds_whole=1

# The bridge sends everything back where it came from, so that the device sees
# each frame of the round twice.
on lan bridge link set dev worker1 hairpin on
capture_on worker1 eth0
on worker1 l2ctl announce "$VIP"
check "our own frames come back" wait_for sees announcements=4
check "and are no conflict" conflicts 0
on lan bridge link set dev worker1 hairpin off
capture_start

start=$(now)
claim worker2 -P
check "a foreign reply that claims it is counted" wait_for conflicts 1
check "and told, with who it was" wait_for event
check "and met with one announcement, in both forms" \
	wait_for defences "$start"
claim worker2
check "a foreign request that claims it is counted too" \
	wait_for conflicts 2
for _ in 1 2 3; do
	claim worker2
done
check "and further ones" wait_for conflicts 5
check "which are not each met with one" few_defences "$start"

# From the last defence there can have been: DEFEND_INTERVAL in whole seconds, of which
# one may be cut short at each end.
wait_for past "$(later "$(now)" 12000)"
later_claim=$(now)
claim worker2
check "but one that comes when the interval is over is met again" \
	wait_for defences "$later_claim"

start=$(now)
ask 3
check "requests are answered all the same" \
	saw --since "$start" -- answered=3

finish
