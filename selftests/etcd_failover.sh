#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Three controllers meet in etcd. The holder is killed and its cable pulled:
# another answers within the lease and its due, and never do two. What a node
# writes for this is one record a renewal, however many services it has.

LEASE_MS=3000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"
# shellcheck source-path=SCRIPTDIR source=lib_etcd.sh
. "$(dirname "$0")/lib_etcd.sh"

ETCD_NAMES=(etcd1)
SERVICES=20

# The nodes' records as etcd has them, at one revision: it grows by one with
# every write, whatever is written, and each record's version with its own.
count_writes() {
	local seen

	seen=$(in_lan curl -fsS "${ETCD_CLIENT[etcd1]}/v3/kv/range" -d \
		"{\"key\":\"$(printf /l2announce/node/ | base64)\",
		  \"range_end\":\"$(printf /l2announce/node0 | base64)\"}") || return
	REVISION=$(grep -o '"revision":"[0-9]*"' <<< "$seen" | tr -dc 0-9)
	RENEWALS=$(grep -o '"version":"[0-9]*"' <<< "$seen" | tr -dc '0-9\n' |
		awk '{ sum += $1 } END { print sum }')
}

# Over that many renewals etcd has written as often, and not once more.
only_renewals() {
	local revision renewals

	count_writes || return
	revision=$REVISION renewals=$RENEWALS
	while [ $((RENEWALS - renewals)) -lt "$1" ]; do
		nap
		count_writes || return
	done
	[ $((REVISION - revision)) -eq $((RENEWALS - renewals)) ] ||
		{ echo "$((REVISION - revision)) writes, $((RENEWALS - renewals)) renewals"; return 1; }
}

all_held() {
	[ "$(control worker1 -j service show | grep -o '"state": *"held"' | wc -l)" \
		-eq $((SERVICES + 1)) ]
}

cluster
plan 8

for ((i = 0; i < SERVICES; i++)); do
	control worker1 service add "many/$i" vip "12.0.0.$((150 + i))" dev eth0
done
check_controllers "$((SERVICES + 1)) services are held" wait_for all_held
# First some move to where they belong.
check "then etcd writes the nodes' renewals and nothing else" \
	wait_for only_renewals $((3 * 4))

controller_signal "$HOLDER" KILL
on lan ip link set "$HOLDER" down
killed=$(now)
check_controllers "another worker takes over" wait_for taken_over
next=$(answerer 1)
check "the holder was not heard after its death" \
	saw "answerer.0.last<=$killed"
check "within the lease and a tenth of it" in_due 1
check_controllers "$next says it holds the service" \
	wait_for holder_is "$next"
check "and knows the dead one as fenced" node_is "$HOLDER" fenced "$next"
check "never two answers" saw dual_answers=0 \
	"sequence=${MAC[$HOLDER]},${MAC[$next]}"

finish
