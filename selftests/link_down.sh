#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All devices of the holder go down while its controller and the store are well: it
# hands over at once, and the next one is there in less than 300 ms, whatever the
# lease. By an administrator's hand and by a cable pulled.

# Renewals are far apart: what goes faster has not waited for one.
LEASE_MS=8000
# The guest's clock counts its instructions, so this is no matter of how busy the
# machine below is.
AT_ONCE_MS=300

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

! slow_kernel || AT_ONCE_MS=$((4 * AT_ONCE_MS))

# there N: the N-th change of who answers has been seen to last.
there() {
	sees "moves>=$1" "answerer.$1.answers>=3"
}

# first_word NAME TIME: ms from then to that worker's first announcement, which
# comes after its kernel answers.
first_word() {
	local told

	told=$(judge --since "$2" --announcer "${MAC[$1]}" --get announcement.0.time)
	echo $(($(ms "$told") - $(ms "$2")))
}

# moves_at_once N TIME WHAT: whoever is the N-th is there soon enough.
moves_at_once() {
	local next took

	check_controllers "$3: another takes over" wait_for there "$1"
	next=$(answerer "$1")
	took=$(first_word "$next" "$2")
	diag "$next took $took ms"
	check "at once" [ "$took" -lt $AT_ONCE_MS ]
	check_controllers "both say so" wait_for holder_is "$next" "$HOLDER"
	HOLDER=$next
}

cluster
plan 7

since=$(now)
on "$HOLDER" ip link set eth0 down
moves_at_once 1 "$since" "set down"

since=$(now)
on lan ip link set "$HOLDER" down
moves_at_once 2 "$since" "its cable pulled"

check "never two answers" saw dual_answers=0

finish
