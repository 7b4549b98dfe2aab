#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A probe (RFC 5227, sender address 0.0.0.0) is answered, and leaves no trace in
# the neighbour table; an ordinary request does.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

neighbours() {
	ip -n "$worker1" neigh show dev eth0
}

no_neighbours() {
	local seen

	seen=$(neighbours)
	[ -z "$seen" ] || { echo "$seen"; return 1; }
}

begin neighbor worker1
plan 5
capture_start
on worker1 l2ctl vip add "$VIP" dev eth0

ask 4 "$VIP" -0
check "every probe is answered" saw probes=4 probes_answered=4 replies=4 \
	"sequence=${MAC[worker1]}" malformed=0
check "a probe makes no neighbour entry" no_neighbours

ask 1
check "an ordinary request does" not no_neighbours

on worker1 l2ctl vip set "$VIP" dev eth0 state standby
start=$(now)
ask 3 "$VIP" -0
check "a standby answers no probe" \
	saw --since "$start" -- probes=3 replies=0

# Two hosts that want the address: a probe whose sender wants to have it is
# the neighbour's question, not ours, where nobody holds it here.
ask 3 "$VIP2" -0
check "a probe for another address is not answered" \
	l2judge --vip "$VIP2" --expect 'probes=3' --expect 'replies=0' "$CAPTURE"

finish
