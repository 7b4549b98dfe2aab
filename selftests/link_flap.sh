#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A loose plug: the service leaves at once, and comes back to the node it prefers
# only when the plug has held for as long as it must, not with every contact.

# Renewals are far apart: what goes faster has not waited for one.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

STEADY_MS=$LEASE_MS

eval "plain_$(declare -f controller_config)"

controller_config() {
	plain_controller_config "$1"
	echo "link_up: ${STEADY_MS}ms" >> "$L2A_TMP/$1.yaml"
}

cluster
require jq
plan 7

control worker1 service set "$SERVICE" prefer "$HOLDER"

pulled=$(now)
on lan ip link set "$HOLDER" down
check_controllers "the plug is out: another takes over" wait_for taken_over
next=$(answerer 1)
check "at once, not at the next renewal" \
	saw "answerer.1.first<=$(later "$pulled" $((LEASE_MS / 4)))"

for _ in 1 2 3 4 5; do
	on lan ip link set "$HOLDER" up
	start=$(now)
	wait_for sees --since "$start" -- 'requests>=3' > /dev/null
	on lan ip link set "$HOLDER" down
	start=$(now)
	wait_for sees --since "$start" -- 'requests>=3' > /dev/null
done
check_controllers "it flaps: nobody follows" \
	saw "sequence=${MAC[$HOLDER]},${MAC[$next]}"

up=$(now)
on lan ip link set "$HOLDER" up
check "the plug is in: not yet" devs_are "$HOLDER" "" "$next"
check_controllers "when it has held, the service comes back" \
	wait_for sees 'moves>=2' 'answerer.2.answers>=3'
check "and no sooner" \
	saw "answerer.2.mac=${MAC[$HOLDER]}" \
	"answerer.2.first>=$(later "$up" "$STEADY_MS")"
check "never two answers" saw dual_answers=0

finish
