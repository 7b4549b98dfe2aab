#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A controller told to stop (SIGTERM) hands over first: at ten requests a second
# every asker gets its answer, and none gets two. The old holder falls silent
# before the new one speaks, so one request may fall between; the new holder's
# announcement, which follows at once, is its answer.

# Longer than the hand-over takes on any machine: who takes over here does so
# since he was told to, and not since a lease ran out.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

controller_extra() {
	echo "linger: 1s" >> "$L2A_TMP/$1.yaml"
}

cluster
plan 7

start=$(now)
controller_signal "$HOLDER" TERM
check_controllers "another worker takes over" wait_for taken_over
next=$(answerer 1)
check "the stopped one ends by itself" wait_for gone "${CONTROLLER[$HOLDER]}"
wait "${CONTROLLER[$HOLDER]}"
check "with exit status 0" test $? -eq 0
check "its kernel is left as a standby" vip_is "$HOLDER" state standby
check_controllers "at most one request got no reply of its own" \
	saw --since "$start" -- 'unanswered<=1'
unanswered=$(judge --since "$start" --get unanswered)
check_controllers "and that one was met by the announcement" \
	saw --since "$start" -- "told=$unanswered"
check "never two answers" saw dual_answers=0 \
	"sequence=${MAC[$HOLDER]},${MAC[$next]}"

finish
