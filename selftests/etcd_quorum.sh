#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two of three etcd members are killed: leases run out, every worker is silent
# within one and stays so. One comes back: somebody answers by himself within a
# renewal, and nobody has been fenced for what nobody could write.

LEASE_MS=3000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"
# shellcheck source-path=SCRIPTDIR source=lib_etcd.sh
. "$(dirname "$0")/lib_etcd.sh"

store_is() {
	local seen

	seen=$(control worker1 -j status | tr -d ' \n' |
		grep -oE '"store":\{[^}]*\}' | field state)
	[ "$seen" = "$1" ] || { echo "the store is '$seen', expected '$1'"; return 1; }
}

incarnations() {
	control worker1 -j node show | tr -d ' \n' | grep -o '"incarnation":[0-9]*'
}

answers_since() {
	sees --since "$1" -- 'answered>=3'
}

cluster
plan 8
before=$(incarnations)

printf '# etcd1 and etcd2 are killed\n' >&3
etcd_signal etcd1 KILL
etcd_signal etcd2 KILL
lost=$(now)
check_controllers "it is noticed" wait_for store_is unreachable
# Silent a margin before the lease's end; a tenth of it for a slow machine.
silent=$(later "$lost" $((LEASE_MS + LEASE_MS / 10)))
wait_for past "$(later "$silent" $((2 * LEASE_MS)))"
check "within a lease everybody is silent" \
	saw --since "$silent" -- 'requests>=10' replies=0

etcd_run etcd1
check "etcd has a quorum again" wait_for etcd_healthy etcd3 in_lan
back=$(now)
check_controllers "somebody answers by himself" wait_for answers_since "$back"
# A renewal, and half of one for a request that was under way.
check "within a renewal of the store's return" \
	saw --since "$silent" -- \
	"answerer.0.first<=$(later "$back" $((LEASE_MS * 3 / 8)))"
check "the holder is the one it was" holder_is "$HOLDER"
check "nobody was fenced" test "$(incarnations)" = "$before"
check "never two answers" saw dual_answers=0 "sequence=${MAC[$HOLDER]}"

finish
