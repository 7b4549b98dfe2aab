#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# l2ctl move gives a service to a node, which it prefers from then on: there and
# back, within a lease and without a request unanswered but by the announcement. Its
# checks stay as they were. A node that cannot hold it is refused, and nothing changes.

# Nothing here waits for a lease to run out: a takeover within one is a hand-over.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

controller_extra() {
	cat >> "$L2A_TMP/$1.yaml" << END
checks:
- {name: fine, command: [/bin/true]}
END
}

# checks_of ASKED: what is checked of the service, as that controller has it.
checks_of() {
	curl -sS --unix-socket "$(controller_socket "$1")" \
		"http://localhost/v1/service/${SERVICE//\//%2F}" |
		jq -c '.[0].checks'
}

# checks_are ASKED CHECKS
checks_are() {
	local seen

	seen=$(checks_of "$1")
	[ "$seen" = "$2" ] || { echo "$1: $seen, expected $2"; return 1; }
}

# held_by ASKED NODE: that controller says who holds it.
held_by() {
	local seen

	seen=$(control "$1" -j service show "$SERVICE" | field holder)
	[ "$seen" = "$2" ]
}

# moved N NODE: the N-th move was to that node.
moved() {
	sees "moves>=$1" "answerer.$1.answers>=3" && [ "$(answerer "$1")" = "$2" ]
}

cluster
require curl jq
plan 15
first=$HOLDER
other=$(someone_else)

# A slow machine must not look like a failed check.
control "$other" service set "$SERVICE" \
	check command fine interval 2s timeout 20s rise 1 fall 4
checks=$(checks_of "$other")
check "the service has a check" [ "$(jq -r '.[].command' <<< "$checks")" = fine ]
start=$(now)
# Not before its own check has passed.
check_controllers "a move asked of the node that is to have it" \
	wait_for control "$other" move "$SERVICE" "$other"
check_controllers "it takes over" wait_for moved 1 "$other"
check_controllers "both say so" wait_for held_by "$first" "$other"
check "with the check it had" checks_are "$first" "$checks"
check_controllers "at most one request got no reply of its own" \
	saw --since "$start" -- 'unanswered<=1'
unanswered=$(judge --since "$start" --get unanswered)
check_controllers "and that one was met by the announcement" \
	saw --since "$start" -- "told=$unanswered"
check_controllers "and back, asked of anybody" \
	wait_for control "$other" move "$SERVICE" "$first"
check_controllers "the first has it again" wait_for moved 2 "$first"
check "and still its check" checks_are "$other" "$checks"

refused "a node nobody knows" 'node nobody cannot hold it' \
	control "$other" move "$SERVICE" nobody
control "$other" node drain "$other"
wait_for node_is "$other" draining "$first" > /dev/null
refused "a drained one" "node $other cannot hold it" \
	control "$first" move "$SERVICE" "$other"
refused "a service nobody knows" 'no such service' \
	control "$first" move default/nothing "$first"
check "it is where it was" held_by "$first" "$first"
check "never two answers" saw dual_answers=0

finish
