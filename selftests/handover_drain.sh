#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A drained node hands over what it holds and takes nothing until it is undrained,
# also when its controller starts anew. At ten requests a second every asker gets
# its answer: the old holder is silent before the new one speaks, so one request may
# fall between, and is met by the announcement. Nobody holds what all are drained of.

# Nothing here waits for a lease to run out: a takeover within one is a hand-over.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"
# shellcheck source-path=SCRIPTDIR source=lib_metrics.sh
. "$(dirname "$0")/lib_metrics.sh"

# delivers NAME: that node takes what is sent to the VIP for its own.
delivers() {
	ip -n "${!1}" route get "$VIP" | grep -qw local
}

holds_nothing() {
	[ "$(quietly "$1" l2ctl -j vip show "$VIP" dev eth0 | field state)" = standby ]
}

require curl
cluster
plan 20
other=$(someone_else)

start=$(now)
check "asked of another node's controller" control "$other" node drain "$HOLDER"
check_controllers "another worker takes over" wait_for taken_over
next=$(answerer 1)
check_controllers "and tells that it was handed over" wait_for metric_is "$next" \
	'takeovers_total{reason="handover"}' 1
took_ms=$(judge --get answerer.1.gap_ms)
check "well before the lease has run out: after $took_ms ms" \
	[ "${took_ms%.*}" -lt "$LEASE_MS" ]
check_controllers "at most one request got no reply of its own" \
	saw --since "$start" -- 'unanswered<=1'
unanswered=$(judge --since "$start" --get unanswered)
check_controllers "and that one was met by the announcement" \
	saw --since "$start" -- "told=$unanswered"
check "the drained one's kernel is left as a standby" holds_nothing "$HOLDER"
check "and goes on delivering for who has not heard" delivers "$HOLDER"
check "it is shown as draining" wait_for node_is "$HOLDER" draining "$other"
check "draining it again is fine" control "$other" node drain "$HOLDER"
refused "a node nobody knows" 'node nobody: no such node' \
	control "$other" node drain nobody

controller_signal "$HOLDER" QUIT
wait_for gone "${CONTROLLER[$HOLDER]}"
wait "${CONTROLLER[$HOLDER]}"
controller_start "$HOLDER"
check_controllers "a new start does not undrain it" \
	wait_for node_is "$HOLDER" draining "$other"
check "nor does it take anything" holds_nothing "$HOLDER"

check "undrained by its own controller, without its name" \
	control "$HOLDER" node undrain
check "it is ready again" wait_for node_is "$HOLDER" ready "$other"
control "$other" node drain "$next"
check_controllers "and can be asked to hold again" wait_for sees 'moves>=2'

last=$(service_field holder "$other")
check "who holds now has not returned yet" metric_is "$last" \
	'takeovers_total{reason="return"}' 0
for name in "${WORKERS[@]}"; do
	[ "$name" = "$last" ] || control "$other" node drain "$name"
done
control "$other" node drain "$last"
check_controllers "all of them drained, nobody holds" wait_for not held
control "$other" node undrain "$last"
check_controllers "the last one takes it again, and tells that it returned" wait_for \
	metric_is "$last" 'takeovers_total{reason="return"}' 1
check "never two answers" saw dual_answers=0

finish
