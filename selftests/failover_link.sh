#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The holder's cable is pulled while its controller and the store are well: it
# must let go of what it cannot serve, and not take it back by force when the
# cable is back.

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

cluster
plan 6

on lan ip link set "$HOLDER" down
pulled=$(now)

check_controllers "another worker takes over" wait_for taken_over
next=$(answerer 1)
check "within a lease" \
	saw "answerer.1.first<=$(later "$pulled" "$LEASE_MS")"
check_controllers "both say who holds the service" \
	wait_for holder_is "$next" "$HOLDER"
check "the one without cable is alive all the while" \
	node_is "$HOLDER" ready "$next"

on lan ip link set "$HOLDER" up
back=$(now)
wait_for sees --since "$back" -- 'requests>=30' > /dev/null
check_controllers "the cable back in, nothing moves" \
	saw --since "$back" -- "sequence=${MAC[$next]}" unanswered=0
check "never two answers" saw dual_answers=0

finish
