#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The holder's controller is killed and its cable pulled: within the lease and
# its due another worker answers, and never do two; with the cable back in,
# the dead one's kernel stays silent.

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

cluster
plan 8

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
check "it announced itself, in both forms" \
	saw --since "$killed" --announcer "${MAC[$next]}" -- 'rounds_whole>=1'

on lan ip link set "$HOLDER" up
back=$(now)
wait_for sees --since "$back" -- 'requests>=10' > /dev/null
check "its cable back in, the dead one stays silent" \
	saw --since "$back" -- "sequence=${MAC[$next]}"
check "never two answers" saw dual_answers=0 \
	"sequence=${MAC[$HOLDER]},${MAC[$next]}"

finish
