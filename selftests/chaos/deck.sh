# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables for, and from, other files
#
# Which faults come, to whom and for how long, all of it from the seed. Sourced,
# not run.
#
# The kinds are a shuffled deck of cards: each comes once before any comes again.

# Faults that leave a quorum of the store and nodes to go on with, also two at a
# time: the others make them good while they last. And those that do not.
BORNE=(kill freeze restart link partition leader drain move churn clock)
BROAD=(loss slow quorum)

DECK=()
# What pick has chosen: kinds, the node of each ('' where a kind is about none), how
# long, ms.
KINDS=()
VICTIMS=()
HOLD=0

# rand N: R is a number below N. Not in a subshell, which would forget it.
rand() {
	STATE=$(((STATE * 1103515245 + 12345) & 0x7fffffff))
	R=$(((STATE >> 8) % $1))
}

shuffle() {
	local i card

	DECK=("${BORNE[@]}" "${BROAD[@]}")
	for ((i = ${#DECK[@]} - 1; i > 0; i--)); do
		rand $((i + 1))
		card=${DECK[i]}
		DECK[i]=${DECK[R]}
		DECK[R]=$card
	done
}

# deal N: the N-th card goes to a node that has none yet.
deal() {
	local kind=${DECK[$1]} name free=()

	DECK=("${DECK[@]:0:$1}" "${DECK[@]:$1 + 1}")
	for name in "${WORKERS[@]}"; do
		[ "$name" = "${VICTIMS[0]}" ] || free+=("$name")
	done
	rand ${#free[@]}
	KINDS+=("$kind")
	case $kind in
	leader | quorum | churn | clock) VICTIMS+=('') ;;
	*) VICTIMS+=("${free[R]}") ;;
	esac
}

# together KIND KIND: they may come at once. The clock's captures begin in the middle;
# without a quorum there is no leader to kill and nothing to be told to the store.
together() {
	[[ $1+$2 != *clock* ]] || return
	[[ $1+$2 != *quorum* || $1+$2 != *@(leader|drain|move|churn)* ]]
}

# borne: what comes now is made good by the others while it lasts.
borne() {
	local kind

	for kind in "${KINDS[@]}"; do
		[[ " ${BORNE[*]} " = *" $kind "* ]] || return
	done
}

# deal_second: the next card that may come with the first, where there is one.
deal_second() {
	local i

	for i in "${!DECK[@]}"; do
		together "${KINDS[0]}" "${DECK[i]}" || continue
		deal "$i"
		return
	done
}

# pick: KINDS, VICTIMS and HOLD of the next step. What is borne lasts for two
# durations to make it good, and for one more to see that it is.
pick() {
	[ ${#DECK[@]} -gt 0 ] || shuffle
	KINDS=()
	VICTIMS=()
	deal 0
	rand 3
	[ $R != 0 ] || deal_second
	if borne; then
		rand "$LEASE_MS"
		HOLD=$((3 * LEASE_MS + R))
	else
		rand $((3 * LEASE_MS))
		HOLD=$((LEASE_MS + R))
	fi
}
