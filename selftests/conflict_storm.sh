#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Another station claims our addresses without end: every claim is counted, but
# what each makes us do is bounded: events (one a second for each VIP),
# defences (one in 10 s for each VIP), and looks through the list of devices.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_probes.sh
. "$(dirname "$0")/lib_probes.sh"

FIRST=12.0.0.100
VIPS=8
BURST=2000

# How long a storm lasts, ms: several times what is allowed once a second.
LASTS=4000

# storm [OPTIONS]: bursts of claims, until that time is over.
storm() {
	local end

	start=$(now)
	end=$(later "$start" $LASTS)
	sent=0
	until past "$end"; do
		sent=$((sent + $(quietly worker2 l2flood -c "$@" -n $BURST \
			eth0 0.0.0.0 $FIRST $VIPS)))
	done
	capture_sync
	passed=$(($(ms "$(now)") - $(ms "$start")))
	diag "$sent claims in $passed ms"
}

conflicts() {
	quietly worker1 l2ctl -j stats | field conflicts
}

counted() {
	local seen

	seen=$(($(conflicts) - $1))
	[ $seen -eq "$sent" ] || { echo "counted $seen of $sent"; return 1; }
}

# told VIP: events about it since the monitor was last asked.
told() {
	grep -E '"event": ?"conflict"' "$L2A_TMP/events" | grep -c "\"$1\""
}

# few_events: at least one, and at most one a second, for each VIP.
few_events() {
	local i n most=$((1 + passed / 1000))

	for ((i = 0; i < VIPS; i++)); do
		n=$(told "12.0.0.$((100 + i))")
		[ "$n" -ge 1 ] && [ "$n" -le $most ] && continue
		echo "12.0.0.$((100 + i)): $n events in $passed ms"
		return 1
	done
}

# few_defences SINCE MS: a round at least, and one in 10 s at most, for each VIP.
few_defences() {
	local i

	for ((i = 0; i < VIPS; i++)); do
		VIP=12.0.0.$((100 + i)) sees --since "$1" \
			--announcer "${MAC[worker1]}" -- 'rounds>=1' \
			"rounds<=$((1 + $2 / 10000))" || return
	done
}

# few_walks: at most 100 a second.
few_walks() {
	local n

	n=$(hits walks)
	diag "$n walks over all devices"
	[ "$n" -ge 1 ] && [ "$n" -le $((100 * (2 + passed / 1000))) ]
}

monitoring() {
	quietly worker1 l2ctl vip add 12.0.0.99 dev eth0 state standby
	quietly worker1 l2ctl vip del 12.0.0.99 dev eth0
	[ -s "$L2A_TMP/events" ]
}

begin neighbor worker1 worker2
at_end unprobe walks
require l2flood
plan 8
capture_start
ip netns exec "$worker1" l2ctl -j monitor > "$L2A_TMP/events" &
started $!
wait_for monitoring > /dev/null

for ((i = 0; i < VIPS; i++)); do
	on worker1 l2ctl vip add "12.0.0.$((100 + i))" dev eth0 announce 0
done

before=$(conflicts)
storm
first=$start
check "every claim of a storm is counted" wait_for counted "$before"
check "events: one a second for each VIP at most" few_events
check "defences: one in 10 s for each VIP at most" \
	few_defences "$start" $passed

# Each frame of this storm comes from an address never seen before.
before=$(conflicts)
if can_probe; then
	check "a probe counts walks over all devices" \
		probe walks dev_getbyhwaddr_rcu
	storm -r
	check "a storm of strangers: few walks over all devices" few_walks
else
	storm -r
	ktap_test_skip "a probe counts walks over all devices: no kprobes"
	ktap_test_skip "a storm of strangers: few walks: no kprobes"
fi
check "and yet every claim is counted" wait_for counted "$before"
passed=$(($(ms "$(now)") - $(ms "$first")))
check "and defences are as few as ever" few_defences "$first" $passed

start=$(now)
ask 3
check "requests are answered all the same" saw --since "$start" -- answered=3

finish
