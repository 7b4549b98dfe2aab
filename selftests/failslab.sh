#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No memory: of every command that changes something each allocation fails in
# turn, and what is left behind is all of the change or nothing. The same for
# loading the module. The walk itself is tools/failwalk.c.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

DEBUGFS=/sys/kernel/debug
loglevel=

# Allocations that may wait fail too, and the log stays readable.
fail_all() {
	local what

	for what in failslab fail_page_alloc; do
		[ -d "$DEBUGFS/$what" ] || continue
		echo N > "$DEBUGFS/$what/ignore-gfp-wait"
		echo 0 > "$DEBUGFS/$what/verbose"
	done
	[ ! -d $DEBUGFS/fail_page_alloc ] ||
		echo 0 > $DEBUGFS/fail_page_alloc/min-order
}

# What the kernel's detectors say of us is looked up below: on the console it
# would stand among what the kernel says of its own, when it finds no memory to
# describe a tracepoint while it loads the module.
hush() {
	loglevel=$(cut -f 1 /proc/sys/kernel/printk)
	dmesg -C
	dmesg -n 1
}

restore() {
	[ -z "$loglevel" ] || dmesg -n "$loglevel"
}

complaints() {
	dmesg | grep -E 'WARNING: |BUG: |KASAN|UBSAN|ODEBUG|kmemleak.*disabled' |
		grep -v 'at kernel/trace/trace_events.c'
}

walked() {
	local status

	"$@" > "$L2A_TMP/walk.log" 2>&1
	status=$?
	# Its points, for whoever reads along.
	sed 's/^/# | /' "$L2A_TMP/walk.log" >&3
	[ $status -eq 0 ] && ! grep -Eq '^(not ok|Bail)' "$L2A_TMP/walk.log"
}

begin worker1
require failwalk modinfo dmesg
[ -d $DEBUGFS/failslab ] || skip_all "the kernel has no CONFIG_FAILSLAB"
[ -w /proc/self/fail-nth ] || skip_all "the kernel has no CONFIG_FAULT_INJECTION"
at_end restore
plan 5
fail_all
hush

check "commands: all or nothing, whichever allocation fails" \
	walked quietly worker1 failwalk eth0
wait_for rmmod l2announce
check "loading: all or nothing" \
	walked failwalk -m "$(modinfo -n l2announce)"
check "no detector has anything to say" not complaints
check "and it loads after all that" modprobe l2announce
on worker1 l2ctl vip add "$VIP" dev eth0
check "and answers" vip_is worker1 answering true

finish
