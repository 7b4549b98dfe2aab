# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables for and from other files
#
# Asked a hundred times a second, and how long a question waits while a service is
# handed over: no longer than a round trip to the store and 50 ms. Sourced after
# lib_controllers.sh.

ASK_MS=10
# The guest's clock counts its instructions, so this is no matter of how busy the
# machine below is.
GRACE_MS=50
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
