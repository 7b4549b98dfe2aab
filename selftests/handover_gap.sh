#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Asked a hundred times a second, a service is handed over in every way there is:
# moved by hand, off a node that is drained, back to it when it is undrained, off one
# that stops, back to it when it joins. No request waits longer for an answer than a
# round trip to the store and 50 ms.

# Nothing here waits for a lease to run out.
LEASE_MS=8000
ASK_MS=10
# The guest's clock counts its instructions, so this is no matter of how busy the
# machine below is.
GRACE_MS=50

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

! slow_kernel || GRACE_MS=$((4 * GRACE_MS))

ask_on_and_on() {
	quietly neighbor arping -q -i "$ASK" -W "0.0$ASK_MS" "$VIP" > /dev/null 2>&1 &
	started $!
}

# moved N: an N-th change of who answers has been seen to last.
moved() {
	sees "moves>=$1" "answerer.$1.answers>=10"
}

# round_trip: the longest to the store that a node tells of, whole ms.
round_trip() {
	local name

	for name in "${WORKERS[@]}"; do
		control "$name" -j status
	done 2> /dev/null | jq -s 'map(.[0].store.rtt_ms) | max | ceil'
}

# gap N TIME: the time without an answer at the N-th move, ms.
gap() {
	local ms

	ms=$(judge --get "answerer.$1.gap_ms")
	echo "${ms%.*}"
}

# hands_over N WHAT COMMAND...: by that command the service goes elsewhere.
hands_over() {
	local n=$1 what=$2 gap most
	shift 2

	most=$(($(round_trip) + GRACE_MS + ASK_MS))
	"$@" || diag "$*: exit status $?"
	check_controllers "$what: it goes elsewhere" wait_for moved "$n"
	gap=$(gap "$n")
	diag "to $(answerer "$n"), silent for $gap ms, of $most"
	check "$what: no request waited" [ "$gap" -le $most ]
}

controller_extra() {
	echo "linger: 1s" >> "$L2A_TMP/$1.yaml"
}

cluster
require jq
plan 11
first=$HOLDER
# It is preferred from the move on, so that it is handed the service when it can be.
other=$(someone_else)

hands_over 1 move control "$first" move "$SERVICE" "$other"
hands_over 2 drain control "$first" node drain "$other"
hands_over 3 undrain control "$first" node undrain "$other"
hands_over 4 stop controller_signal "$other" TERM
wait_for gone "${CONTROLLER[$other]}"
wait "${CONTROLLER[$other]}"
hands_over 5 join controller_start "$other"
check "never two answers" saw dual_answers=0

finish
