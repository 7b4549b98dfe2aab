#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All devices of the holder go while its controller and the store are well: it
# hands over at once, and the next one is there in less than 300 ms, whatever the
# lease. They are set down, their cable is pulled, they are renamed, or removed.

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

# moves_at_once N WHAT: whoever is the N-th is there soon enough. $GONE is the one
# whose device went at $since.
moves_at_once() {
	local next took

	check_controllers "$2: another takes over" wait_for there "$1"
	next=$(answerer "$1")
	took=$(first_word "$next" "$since")
	diag "$next took $took ms"
	check "at once" [ "$took" -lt $AT_ONCE_MS ]
	check_controllers "both say so" wait_for holder_is "$next" "$GONE"
	HOLDER=$next
}

# goes NAMESPACE COMMAND...: the holder's device does.
goes() {
	GONE=$HOLDER
	since=$(now)
	on "$@"
}

# counts_again: who lost its device has it back, and may be the next.
counts_again() {
	check_controllers "it is back" wait_for devs_are "$GONE" eth0 "$HOLDER"
}

cluster
require jq
plan 17

goes "$HOLDER" ip link set eth0 down
moves_at_once 1 "set down"
on "$GONE" ip link set eth0 up
counts_again

goes lan ip link set "$HOLDER" down
moves_at_once 2 "its cable pulled"
on lan ip link set "$GONE" up
counts_again

# Up as it was, but by a name that only another service has.
control "$HOLDER" service add default/renamed vip "$VIP2" dev lan9
goes "$HOLDER" bash -c \
	"ip link set eth0 down; ip link set eth0 name lan9; ip link set lan9 up"
moves_at_once 3 "renamed"
check_controllers "and has the new name alone" wait_for devs_are "$GONE" lan9 "$HOLDER"
on "$GONE" bash -c \
	"ip link set lan9 down; ip link set lan9 name eth0; ip link set eth0 up"
counts_again

goes "$HOLDER" ip link del eth0
moves_at_once 4 "removed"

check "never two answers" saw dual_answers=0

finish
