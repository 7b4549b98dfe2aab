#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The store is far away: a tenth of a second there, and one back. A service that is
# handed over is silent while its holder writes that it is another's, and that one
# hears of it: a single round trip, for both have one way of it.

# Nothing here waits for a lease to run out.
LEASE_MS=8000
FAR_MS=100

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"
# shellcheck source-path=SCRIPTDIR source=lib_etcd.sh
. "$(dirname "$0")/lib_etcd.sh"
# shellcheck source-path=SCRIPTDIR source=lib_gap.sh
. "$(dirname "$0")/lib_gap.sh"

ETCD_NAMES=(etcd1)

# On both ends of each cable to the store: each end delays what it sends.
move_away() {
	local name

	for name in "${WORKERS[@]}"; do
		in_lan tc qdisc add dev "$name-s" root netem delay ${FAR_MS}ms || return
		on "$name" tc qdisc add dev eth1 root netem delay ${FAR_MS}ms || return
	done
}

far() {
	[ "$(round_trip)" -ge $((2 * FAR_MS)) ] || { round_trip; return 1; }
}

# How often the record of who holds the service was written.
written() {
	in_lan curl -fsS "${ETCD_CLIENT[etcd1]}/v3/kv/range" -d \
		"{\"key\":\"$(printf %s "/l2announce/holder/$SERVICE" | base64)\"}" |
		jq -r '.kvs[0].version'
}

written_times() {
	[ "$(written)" = "$1" ] || { echo "$(written), not $1"; return 1; }
}

controller_extra() {
	echo "linger: 1s" >> "$L2A_TMP/$1.yaml"
}

cluster
require jq
modprobe -q sch_netem || skip_all "needs netem"
plan 9
first=$HOLDER
before=$(written)
other=$(someone_else)

move_away || lost "the store moves away"
check_controllers "each renewal takes a round trip" wait_for far
hands_over 1 move control "$first" move "$SERVICE" "$other"
hands_over 2 drain control "$first" node drain "$other"
hands_over 3 stop controller_signal "$(answerer 2)" TERM
check "its record was written once for each" written_times $((before + 3))
check "never two answers" saw dual_answers=0

finish
