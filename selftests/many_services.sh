#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A node with very many services (a thousand with L2A_FULL) dies: the others answer
# for all of them within the lease and a second, and of none do two. What it costs the
# store when nothing happens is one record a node and renewal, whatever the number of
# services.

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

N=150
[ -z "$L2A_FULL" ] || slow_kernel || N=1000
# From the lease's end to the last answer: half a lease, which is a second. A
# kernel with detectors has a lease of its own.
LIMIT_MS=$((LEASE_MS + LEASE_MS / 2))

# The N services, which prefer one node.
services() {
	local i

	echo "services:"
	for ((i = 0; i < N; i++)); do
		printf -- '- {name: many/%d, vips: [12.0.%d.%d], devs: [eth0], prefer: [%s]}\n' \
			$i $((1 + i / 256)) $((i % 256)) "$1"
	done
}

# ask_for_all: a neighbour asks for one after the other, round and round.
ask_for_all() {
	ip netns exec "$neighbor" l2flood -p 10000 eth0 "${ADDRESS[neighbor]}" \
		12.0.1.0 $N > "$L2A_TMP/flood" &
	started $!
}

# all_answered SINCE: each of them has been, since, and never by two.
all_answered() {
	local seen

	seen=$(l2judge --json --since "$1" "$CAPTURE" | jq -r '
		map(select(.vip | test("^12\\.0\\.[1-9]"))) |
		"\(map(select(.answered > 0)) | length) answered, " +
		"\(map(select(.dual_answers > 0)) | length) by two"')
	[ "$seen" = "$N answered, 0 by two" ] || { echo "$seen"; return 1; }
}

# answering NAMES...: how many VIPs these kernels answer for.
answering() {
	local name

	for name in "$@"; do
		quietly "$name" l2ctl -j vip show dev eth0
	done | grep -o '"answering": *true' | wc -l
}

# answer_for COUNT NAMES...: for so many at the least.
answer_for() {
	local seen

	seen=$(answering "${@:2}")
	[ "$seen" -ge "$1" ] || { echo "$seen of $1 answer"; return 1; }
}

# stored QUERY
stored() {
	sqlite3 -readonly "$L2A_TMP/store.db" "$1"
}

# Writes that were no renewals, and renewals, at one instant.
RENEWALS="SELECT SUM(json_extract(value, '$.seq')) FROM record WHERE key LIKE 'node/%'"
OTHER_WRITES="SELECT revision - ($RENEWALS) FROM store"

# renewed SINCE: that many times by all nodes, since.
renewed() {
	[ "$(stored "$RENEWALS")" -ge $(($1 + 4 * ${#WORKERS[@]})) ]
}

# renews_alone: for four renewals of each node nothing else is written.
renews_alone() {
	local before after

	before=$(stored "$OTHER_WRITES")
	wait_for renewed "$(stored "$RENEWALS")" || return
	after=$(stored "$OTHER_WRITES")
	[ "$before" = "$after" ] || { echo "$((after - before)) other writes"; return 1; }
}

cluster
require sqlite3 jq
plan 9
services "$HOLDER" > "$L2A_TMP/services.yaml"
check "$N services are added" \
	control "$HOLDER" apply -f "$L2A_TMP/services.yaml"
# The first one goes elsewhere, to even out.
check_controllers "$HOLDER answers for them all" \
	wait_for answer_for "$N" "$HOLDER"
check_controllers "and the store is written for nothing but renewals" \
	wait_for renews_alone

# acquired NAMES...: how often they have said to answer for one of the many, which
# they say once their kernel does. On one CPU that all share, the logs cost far less
# to read than the kernels to ask, which would be most of the time measured.
acquired() {
	local logs=("${@/%/.log}") counts

	counts=$(grep -ch 'acquired service=many/' "${logs[@]/#/$L2A_TMP/}")
	echo $((${counts//$'\n'/+}))
}

# acquired_all BEFORE NAMES...: all of them since it was so many.
acquired_all() {
	[ "$(acquired "${@:2}")" -ge $(($1 + N)) ]
}

survivors=()
for name in "${WORKERS[@]}"; do
	[ "$name" = "$HOLDER" ] || survivors+=("$name")
done
asked=$(now)
ask_for_all
check "a neighbour asks for all, and is answered" wait_for all_answered "$asked"
before=$(acquired "${survivors[@]}")
controller_signal "$HOLDER" KILL
on lan ip link set "$HOLDER" down
killed=$(now)
wait_for acquired_all "$before" "${survivors[@]}"
took=$(($(ms "$(now)") - $(ms "$killed")))
check_controllers "it dies: the others answer for all" \
	wait_for answer_for $((N + 1)) "${survivors[@]}"
diag "after $took ms, with a lease of $LEASE_MS ms"
check "within the lease and a second" [ $took -le $LIMIT_MS ]
check "a neighbour finds each of them" wait_for all_answered "$(now)"
check "and at no time did two answer" all_answered "$asked"
check "nor for another service's" saw dual_answers=0

finish
