# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Counts how often a function of the kernel runs, by kprobes: what no counter
# of ours can say. Sourced after lib.sh.

L2A_TRACING=/sys/kernel/tracing
L2A_PROBES=l2a_test

# can_probe: this kernel has kprobes.
can_probe() {
	[ -w "$L2A_TRACING/kprobe_events" ]
}

# probe NAME SYMBOL: count the calls of that function from now on. A function of
# a module is MODULE:FUNCTION.
probe() {
	echo "p:$L2A_PROBES/$1 $2" >> "$L2A_TRACING/kprobe_events" &&
		echo 1 > "$L2A_TRACING/events/$L2A_PROBES/$1/enable"
}

# hits NAME: how many there were.
hits() {
	awk -v name="$1" '$1 == name { print $2 }' "$L2A_TRACING/kprobe_profile"
}

# unprobe NAME: count no more.
unprobe() {
	[ -d "$L2A_TRACING/events/$L2A_PROBES/$1" ] || return 0
	echo 0 > "$L2A_TRACING/events/$L2A_PROBES/$1/enable"
	echo "-:$L2A_PROBES/$1" >> "$L2A_TRACING/kprobe_events"
}
