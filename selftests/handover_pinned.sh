#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A neighbour that never hears of the new holder, since its entry for the VIP is
# pinned to the old one: it is served there until the linger ends, and no longer.

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

# let_go: the old holder has fallen silent, between $before and $after. Until a
# node has been there for a lease's duration nothing is moved to it.
let_go() {
	local asked

	asked=$(now)
	if [ "$(vip_field "$HOLDER" state)" = standby ]; then
		after=$(now)
		return
	fi
	before=$asked
	return 1
}

cluster
require ping
plan 9
other=$(someone_else)

pin "$HOLDER"
check "the holder serves the neighbour" wait_for reaches
before=$(now)
check "the service moves" control "$other" move "$SERVICE" "$other"
limit=$(later "$before" $((PATIENCE * 1000)))
while ! let_go && ! past "$limit"; do
	nap
done
check_controllers "the holder lets go of it" not past "$limit"
check_controllers "another worker answers for it" wait_for taken_over
check "who is pinned to the old one is served" reaches

last=$(now)
limit=$(later "$after" $((LINGER_MS + LEASE_MS / 4)))
while reaches > /dev/null && ! past "$limit"; do
	last=$(now)
done
check "it still is: pinned" pinned "$HOLDER"
served=$(($(ms "$last") - $(ms "$before")))
# An emulator may be late to ask, and to answer.
check "until the linger ends: for $served ms" [ $served -ge $((LINGER_MS * 3 / 4)) ]
check "and no longer" not past "$limit"
on neighbor ip neigh replace "$VIP" lladdr "${MAC[$other]}" dev eth0 nud permanent
check "while the new one serves" wait_for reaches

finish
