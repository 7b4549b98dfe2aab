#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The holder's controller freezes (SIGSTOP): its kernel falls silent with the
# lease, by itself, though the VIP is deliverable there; another worker takes
# over only then. Thawed (SIGCONT), it has to join anew and disturbs nobody.

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

cluster
plan 8

controller_signal "$HOLDER" STOP
frozen=$(now)

check_controllers "another worker takes over" wait_for taken_over
next=$(answerer 1)
check "the frozen one answered no longer than its lease" \
	saw "answerer.0.last<=$(later "$frozen" "$LEASE_MS")"
check "and the takeover came within the lease and a tenth of it" \
	saw "answerer.1.first<=$(later "$frozen" $DUE_MS)"
diag "$(judge --get answerer.1.gap_ms) ms without an answer"
check "its kernel shows it as not answering" \
	vip_is "$HOLDER" answering false
check_controllers "$next says it holds the service" \
	wait_for holder_is "$next"

controller_signal "$HOLDER" CONT
thawed=$(now)
check_controllers "thawed, it joins anew" \
	wait_for node_is "$HOLDER" ready "$next"
wait_for sees --since "$thawed" -- 'requests>=30' > /dev/null
check "and disturbs nobody" \
	saw --since "$thawed" -- "sequence=${MAC[$next]}" unanswered=0
check "never two answers" saw dual_answers=0 \
	"sequence=${MAC[$HOLDER]},${MAC[$next]}"

finish
