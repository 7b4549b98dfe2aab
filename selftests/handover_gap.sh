#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Asked a hundred times a second, a service is handed over in every way there is:
# moved by hand, off a node that is drained, back to it when it is undrained, off one
# that stops, back to it when it joins. No request waits longer for an answer than a
# round trip to the store and 50 ms; and since who leaves falls silent right behind an
# answer, and the store is at hand, none waits for the next.

# Nothing here waits for a lease to run out.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"
# shellcheck source-path=SCRIPTDIR source=lib_gap.sh
. "$(dirname "$0")/lib_gap.sh"

controller_extra() {
	echo "linger: 1s" >> "$L2A_TMP/$1.yaml"
}

cluster
require jq
# In a debug kernel no store is at hand within a pace of 10 ms.
if slow_kernel; then plan 11; else plan 12; fi
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
slow_kernel ||
	check "no request waited for the next" saw unanswered=0

finish
