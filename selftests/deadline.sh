#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The deadline in the kernel needs nobody's help: with whoever renews frozen,
# answers end with the lease, though the VIP is configured on lo. A deadline
# that is past when it arrives never lets anything be answered.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

LEASE_MS=4000
! slow_kernel || LEASE_MS=20000

renew_on_and_on() {
	# shellcheck disable=SC2016 # for the inner shell
	exec ip netns exec "$worker1" setsid bash -c '
		while l2ctl lease renew 1 ttl "$0"; do
			:
		done' "${LEASE_MS}ms"
}

# The renewer and what it started, at once.
freeze() {
	kill -STOP -- "-$1"
}

lease_is() {
	local seen

	seen=$(quietly worker1 l2ctl -j lease show | field "$1")
	[ "$seen" = "$2" ] || { echo "$1 is '$seen', expected '$2'"; return 1; }
}

begin neighbor worker1
plan 13
capture_start
on worker1 ip addr add "$VIP/32" dev lo

renew_on_and_on &
renewer=$!
started $renewer
wait_for lease_is valid true > /dev/null
on worker1 l2ctl vip add "$VIP" dev eth0 state active lease 1
ip netns exec "$worker1" l2ctl -j monitor > "$L2A_TMP/events" &
started $!

ask_on_and_on
start=$(now)
wait_for past "$(later "$start" $((2 * LEASE_MS)))"
check "while renewed, the lease outlasts its duration" \
	saw --since "$start" -- unanswered=0 'answered>=10'

freeze $renewer
frozen=$(now)
deadline=$(later "$frozen" $LEASE_MS)
wait_for past "$deadline"
over=$(now)
check "frozen: answers go on for the rest of the lease" \
	saw --since "$frozen" -- 'answered>=1'
wait_for sees --since "$over" -- 'requests>=10' > /dev/null
check "and end with it" saw "last_answer<=$deadline"
check "nothing is answered after the deadline" \
	saw --since "$over" -- 'requests>=10' replies=0 announcements=0
check "the VIP is shown as not answering" vip_is worker1 answering false
check "the lease is shown as run out" lease_is valid false
check "with no time remaining" lease_is remaining_ms 0
check "an event says so" \
	wait_for grep -E '"event": ?"expired"' "$L2A_TMP/events"

kill -CONT -- "-$renewer"
resumed=$(now)
check "renewed again, it is answered again" \
	wait_for sees --since "$resumed" -- 'answered>=1' \
	"sequence=${MAC[worker1]}"
freeze $renewer

# A second that began one second after the boot is over.
on worker1 l2ctl lease renew 2 ttl 1s since 1
on worker1 l2ctl vip add "$VIP2" dev eth0 state active lease 2
ask 5 "$VIP2"
capture_sync
check "under a deadline already past nothing is answered or announced" \
	l2judge --vip "$VIP2" --expect 'requests=5' --expect 'replies=0' \
	--expect 'announcements=0' "$CAPTURE"
check "and the VIP is shown as not answering" \
	vip_is worker1 answering false "$VIP2"

on worker1 l2ctl lease renew 2 ttl 1m since "$(cut -d ' ' -f 1 /proc/uptime)"
ask 3 "$VIP2"
capture_sync
check "a deadline ahead revives it" \
	l2judge --vip "$VIP2" --expect 'answered=3' "$CAPTURE"

# The clock of whoever renews from there is not the one that ends the lease.
if unshare --time --boottime 3600 --fork true 2> /dev/null; then
	refused "another boot time than the kernel's is not counted from" \
		'time namespace' on worker1 \
		unshare --time --boottime 3600 --fork l2ctl lease renew 2 ttl 1m
else
	ktap_test_skip "another boot time than the kernel's is not counted from"
fi

finish
