#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A controller told to stop (SIGTERM) hands over first: at ten requests a second
# not one goes unanswered, and none is answered twice.

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

cluster
plan 6

start=$(now)
controller_signal "$HOLDER" TERM
check_controllers "another worker takes over" wait_for taken_over
next=$(answerer 1)
check "the stopped one ends by itself" wait_for gone "${CONTROLLER[$HOLDER]}"
wait "${CONTROLLER[$HOLDER]}"
check "with exit status 0" test $? -eq 0
check "its kernel is left as a standby" vip_is "$HOLDER" state standby
check_controllers "no request went unanswered" \
	saw --since "$start" -- unanswered=0
check "never two answers" saw dual_answers=0 \
	"sequence=${MAC[$HOLDER]},${MAC[$next]}"

finish
