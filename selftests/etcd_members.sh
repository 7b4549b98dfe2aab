#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Three etcd members, three controllers. A member is killed and comes back,
# then the leader is killed: at the default lease the VIP is silent at neither,
# nobody is fenced, and the holder is the same all along. The members elect as
# l2announced.yaml(5) advises; how long they took is told where this fails.

LEASE_MS=3000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"
# shellcheck source-path=SCRIPTDIR source=lib_etcd.sh
. "$(dirname "$0")/lib_etcd.sh"

# follower: a member that does not lead.
follower() {
	local name leader

	leader=$(etcd_leader in_lan)
	for name in "${ETCD_NAMES[@]}"; do
		[ "$name" = "$leader" ] || { echo "$name"; return; }
	done
}

incarnations() {
	control worker1 -j node show | tr -d ' \n' | grep -o '"incarnation":[0-9]*'
}

# leader_but NAME: a member leads, and it is another.
leader_but() {
	local leader

	leader=$(etcd_leader in_lan)
	[ -n "$leader" ] && [ "$leader" != "$1" ]
}

# leaderless TIME: for how long nobody led, for a check that failed.
leaderless() {
	local name after

	for name in "${ETCD_NAMES[@]}"; do
		[ -n "${ETCD_PID[$name]}" ] || continue
		after=$(etcd_elected "$name" "$1") || after='(not yet)'
		diag "$name heard of the next leader after $after ms"
	done
}

asked_since() {
	sees --since "$1" -- "requests>=$2"
}

kill_member() {
	printf '# %s is killed\n' "$1" >&3
	etcd_signal "$1" KILL
}

# Each arping of two leases' time is answered.
two_leases() {
	wait_for past "$(later "$1" $((2 * LEASE_MS)))"
	wait_for asked_since "$1" 10 > /dev/null
}

cluster
plan 8
before=$(incarnations)
leader=$(etcd_leader in_lan)
check "etcd has a leader" test -n "$leader"

member=$(follower)
since=$(now)
kill_member "$member"
two_leases "$since"
check "a member killed: every request is answered" \
	saw --since "$since" -- 'requests>=10' unanswered=0
etcd_run "$member"
check "it comes back" wait_for etcd_healthy "$member" in_lan

leader=$(etcd_leader in_lan)
since=$(now)
kill_member "$leader"
check "the leader killed: another is elected" wait_for leader_but "$leader"
two_leases "$since"
check_controllers "every request is answered" \
	saw --since "$since" -- 'requests>=10' unanswered=0 ||
	leaderless "$since"
check "the holder is the one it was" holder_is "$HOLDER"
check "nobody was fenced" test "$(incarnations)" = "$before"
check "never two answers" saw dual_answers=0 "sequence=${MAC[$HOLDER]}"

finish
