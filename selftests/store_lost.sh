#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The store goes away: leases run out and every worker is silent within one. It
# comes back: somebody answers by himself, and that the others could not renew
# meanwhile is held against nobody. Never do two answer.

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"
# shellcheck source-path=SCRIPTDIR source=lib_metrics.sh
. "$(dirname "$0")/lib_metrics.sh"

# A folder of its own, which can be moved out of the way whole.
store_config() {
	echo "  type: sqlite"
	echo "  path: $L2A_TMP/store/store.db"
}

store_is() {
	local seen

	seen=$(control worker1 -j status | tr -d ' \n' |
		grep -oE '"store":\{[^}]*\}' | field state)
	[ "$seen" = "$1" ] || { echo "the store is '$seen', expected '$1'"; return 1; }
}

said() {
	local times

	times=$(grep -c "$1" "$L2A_TMP/worker1.log")
	[ "$times" -eq 1 ] || { echo "worker1 said $times times: $1"; return 1; }
}

# Every worker lives on as the one it was: nobody was fenced.
incarnations() {
	control worker1 -j node show | tr -d ' \n' | grep -o '"incarnation":[0-9]*'
}

require curl
cluster
plan 14
check "the store is up, Prometheus is told" metric_is worker1 store_up 1
before=$(incarnations)

printf '# the store is moved away\n' >&3
mv "$L2A_TMP/store" "$L2A_TMP/aside"
lost=$(now)
check_controllers "it is noticed" wait_for store_is unreachable
# Silent a margin before the lease's end; a tenth of it for a slow machine.
silent=$(later "$lost" $((LEASE_MS + LEASE_MS / 10)))
wait_for past "$(later "$silent" $((2 * LEASE_MS)))"
check "within a lease everybody is silent" \
	saw --since "$silent" -- 'requests>=10' replies=0
check "Prometheus is told" metric_is worker1 store_up 0
check "and that its lease has run out" metric_above worker1 lease_expirations_total 0
check "and of calls that failed" \
	metric_above worker1 'store_errors_total{result="failed"}' 0
check "it was said, once" said "store unreachable node=worker1"
check "no new store was begun" test ! -e "$L2A_TMP/store"

printf '# the store is back\n' >&3
mv "$L2A_TMP/aside" "$L2A_TMP/store"
back=$(now)
answers_again() {
	sees --since "$back" -- 'answered>=3'
}
check_controllers "somebody answers by himself" wait_for answers_again
check "the store is said to be back" said "store back node=worker1"
check "Prometheus is told that too" metric_is worker1 store_up 1
check "the holder is the one it was" holder_is "$HOLDER"
check "nobody was fenced" test "$(incarnations)" = "$before"
check "never two answers" saw dual_answers=0 "sequence=${MAC[$HOLDER]}"

finish
