#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Thousands of VIPs become answering at once: their first frames go out in the
# time the rate allows, in the order the VIPs were added, and every VIP has had
# its first round before any has its second. Nothing else waits for them, and
# what ceases to answer meanwhile is announced no more.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_pace.sh
. "$(dirname "$0")/lib_pace.sh"

FIRST=10.0.0.1

# How many, frames a second, and frames at once. The interval between rounds is
# much shorter than what the first ones take.
N=10000
RATE=4000
BURST=400
! slow_kernel || N=1000 RATE=200 BURST=100
INTERVAL=200

# rest_is_dropped DESCRIPTION COMMAND...: which ends what is being announced. What the
# guard dropped would be counted.
rest_is_dropped() {
	local description=$1 end counted
	shift

	"$@"
	end=$(now)
	counted=$(frames_sent)
	# Longer than all that is left would take, and another round.
	wait_for past "$(later "$end" $((BURST * 1000 / RATE + 2 * INTERVAL)))"
	unwatch
	check "$description, the rest is not" wire stopped $N "$end"
	check "not even tried" [ "$(frames_sent)" = "$counted" ]
}

begin neighbor worker1
require python3 l2many
plan 16
paced
check "each round in both forms" wire both $N

on worker1 l2many state $LEASE standby
watch
on worker1 l2many state $LEASE active
check "made active in one command, they are announced again" \
	wait_for announced $((4 * N + BURST))
rest_is_dropped "back to standby" on worker1 l2many state $LEASE standby
check "and nothing waits" vip_is worker1 answering false $FIRST

sent=$(frames_sent)
watch
on worker1 l2many state $LEASE active
check "active once more, they are announced" \
	wait_for announced $((sent + BURST))
rest_is_dropped "with the lease's end" on worker1 l2ctl lease release $LEASE

finish
