#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A neighbour that never hears of the new holder, since its entry for the VIP is
# pinned to the old one: it is served there until the linger ends, and no longer;
# also where the old one has been told to stop.

# Nothing here waits for a lease to run out.
LEASE_MS=8000
LINGER_MS=6000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

! slow_kernel || LINGER_MS=$((4 * LINGER_MS))

controller_extra() {
	echo "linger: ${LINGER_MS}ms" >> "$L2A_TMP/$1.yaml"
}

pin() {
	on neighbor ip neigh replace "$VIP" lladdr "${MAC[$1]}" dev eth0 nud permanent
}

# pinned NAME: and nothing has changed that.
pinned() {
	quietly neighbor ip neigh show "$VIP" dev eth0 |
		grep -iw "${MAC[$1]}" | grep -w PERMANENT
}

# reaches: it sends there and is answered.
reaches() {
	quietly neighbor ping -n -q -c 1 -W 1 "$VIP"
}

# let_go NAME: it has fallen silent, between $before and $after. Until a node has been
# there for a lease's duration nothing is moved to it.
let_go() {
	local asked

	asked=$(now)
	if [ "$(vip_field "$1" state)" = standby ]; then
		after=$(now)
		return
	fi
	before=$asked
	return 1
}

N_PINNED=9

# check_pinned N WHAT NAME COMMAND...: NAME holds the service, and COMMAND is why it
# hands it over, which is the N-th time.
check_pinned() {
	local n=$1 what=$2 old=$3 limit last served
	shift 3

	pin "$old"
	check "$what: the holder serves the neighbour" wait_for reaches
	before=$(now)
	check "$what: the holder is told to" "$@"
	limit=$(later "$before" $((PATIENCE * 1000)))
	while ! let_go "$old" && ! past "$limit"; do
		nap
	done
	check_controllers "$what: it lets go of the VIP" not past "$limit"
	check_controllers "$what: another worker answers for it" \
		wait_for sees "moves>=$n" "answerer.$n.answers>=3"
	check "$what: who is pinned to the old one is served" reaches

	last=$(now)
	limit=$(later "$after" $((LINGER_MS + LEASE_MS / 4)))
	while reaches > /dev/null && ! past "$limit"; do
		last=$(now)
	done
	check "$what: it still is: pinned" pinned "$old"
	served=$(($(ms "$last") - $(ms "$before")))
	# An emulator may be late to ask, and to answer.
	check "$what: until the linger ends: for $served ms" \
		[ $served -ge $((LINGER_MS * 3 / 4)) ]
	check "$what: and no longer" not past "$limit"
	pin "$(answerer "$n")"
	check "$what: while the new one serves" wait_for reaches
}

cluster
require ping
plan $((2 * N_PINNED + 2))
other=$(someone_else)

check_pinned 1 move "$HOLDER" control "$HOLDER" move "$SERVICE" "$other"
holder=$(answerer 1)
check_pinned 2 stop "$holder" controller_signal "$holder" TERM
check "which then ends by itself" wait_for gone "${CONTROLLER[$holder]}"
wait "${CONTROLLER[$holder]}"
check "with exit status 0" test $? -eq 0

finish
