#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# l2ctl why: each worker says why it holds the service or does not, and all agree on
# who should. And l2ctl status: from whom it came, and why.

# A holder changes only where the test changes it.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

# why NAME KEY [SERVICE]: of what this worker says.
why() {
	control "$1" -j why "${3:-$SERVICE}" | jq -r ".[0].$2"
}

# why_is NAME KEY PATTERN
why_is() {
	local seen

	seen=$(why "$1" "$2")
	[[ $seen =~ $3 ]] || { echo "$1: $2 is '$seen', expected '$3'"; return 1; }
}

# node_why NAME NODE KEY: what this worker says of that one.
node_why() {
	control "$1" -j why "$SERVICE" |
		jq -r --arg node "$2" ".[0].nodes[] | select(.name == \$node) | .$3"
}

node_why_is() {
	local seen

	seen=$(node_why "$1" "$2" "$3")
	[ "$seen" = "$4" ] || { echo "$1: $3 of $2 is '$seen', expected '$4'"; return 1; }
}

# moved_from_is TEXT: what status says of the service's last move.
moved_from_is() {
	local seen

	seen=$(control "$HOLDER" -j status | jq -r --arg service "$SERVICE" \
		'.[0].services[] | select(.name == $service) | "\(.last) \(.why)"')
	[ "$seen" = "$1" ] || { echo "'$seen', expected '$1'"; return 1; }
}

# all_say KEY EXPRESSION: all the same.
all_say() {
	local name seen

	seen=$(for name in "${WORKERS[@]}"; do why "$name" "$1"; done | sort -u)
	[[ $seen =~ ^($2)$ ]] || { echo "$seen"; return 1; }
}

cluster
require jq
plan 15

other=$(someone_else)
check_controllers "all agree on who should hold it" wait_for all_say assigned "$HOLDER"
check "and on the scores" wait_for all_say 'nodes | map(.score) | @json' '\[.*\]'
check "the holder says that it holds it" \
	wait_for why_is "$HOLDER" here 'this node holds it$'
check "and why" why_is "$HOLDER" choice \
	'holds it, and none that could has so much less for its weight'
check "another, who is the better one" \
	why_is "$other" here "this node could hold it; $HOLDER is the better one"
check "in text, with a line for each node" \
	grep -E "^$HOLDER +yes .* yes +yes" <(control "$other" why "$SERVICE")

control worker1 service set "$SERVICE" prefer "$other" "$HOLDER"
check_controllers "preferred, it is given the service" wait_for holder_is "$other"
check_controllers "and knows why" wait_for why_is "$other" choice 'of those it prefers'
check "at its place in the list" node_why_is "$other" "$other" prefer 1

control worker1 node drain "$other"
check_controllers "drained, it gives it back" wait_for holder_is "$HOLDER"
check "and says why" wait_for why_is "$other" here 'cannot hold it: is drained'
check "as the others do" \
	wait_for node_why_is "$HOLDER" "$other" hindrance 'is drained'
check_controllers "and status has the last move, and why" wait_for moved_from_is \
	"$other is drained"
check "in text too" grep -E "^$SERVICE .* $other +is drained" <(control "$HOLDER" status)
refused "a service nobody knows" 'no/such: no such service' control worker1 why no/such

finish
