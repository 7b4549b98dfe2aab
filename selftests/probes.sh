#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A probe (RFC 5227, sender address 0.0.0.0) is answered, and leaves no trace in
# the neighbour table; an ordinary request does.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# Of the asker or of 0.0.0.0, in whatever state.
neighbours() {
	ip -n "$worker1" neigh show nud all dev eth0 |
		grep -E "^(0\.0\.0\.0|${ADDRESS[neighbor]//./\\.}) "
}

begin neighbor worker1
plan 5
capture_start
on worker1 l2ctl vip add "$VIP" dev eth0

ask 4 "$VIP" -0
check "every probe is answered" saw probes=4 probes_answered=4 replies=4 \
	"sequence=${MAC[worker1]}" malformed=0
check "a probe makes no neighbour entry" not neighbours

ask 1
check "an ordinary request does" neighbours

on worker1 l2ctl vip set "$VIP" dev eth0 state standby
start=$(now)
ask 3 "$VIP" -0
check "a standby answers no probe" \
	saw --since "$start" -- probes=3 replies=0

# Whoever probes for an address of its own must not be kept from it.
ask 3 "$VIP2" -0
capture_sync
check "a probe for another address is not answered" \
	l2judge --vip "$VIP2" --expect 'probes=3' --expect 'replies=0' "$CAPTURE"

finish
