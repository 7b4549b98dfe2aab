#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One VIP and several services: two that share it are held by one worker, and go
# together to where either is moved, or neither does; and where a service gives it to
# another, never do two workers answer.

# Longer than a slow machine ever keeps a controller waiting: a holder changes
# only where the test changes it.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

holder_of() {
	control worker1 -j service show "$1" | field holder
}

same_holder() {
	local one two

	one=$(holder_of "$1")
	two=$(holder_of "$2")
	[[ -n $one && $one != null && $one = "$two" ]] ||
		{ echo "$1: '$one', $2: '$two'"; return 1; }
}

answers() {
	sees --since "$since" -- 'answered>=3'
}

# both_at NAME: that is who holds both, as it says itself.
both_at() {
	holder_is "$1" && same_holder "$SERVICE" default/second
}

# in_the_way NAME: what the first needs keeps the second from that worker.
in_the_way() {
	control "$1" why default/second |
		grep "$SERVICE, of the same unit: its checks fail"
}

# A worker is well where it has this file.
controller_extra() {
	cat >> "$L2A_TMP/$1.yaml" << END
checks:
- {name: well, command: [/bin/test, -e, $L2A_TMP/$1.well]}
END
}

cluster
plan 13
other=$(someone_else)

control worker1 service add default/second vip "$VIP" dev eth0
check_controllers "who shares the VIP shares the holder" \
	wait_for same_holder "$SERVICE" default/second
check "who is the one it was" holder_is "$HOLDER"

# Of one unit, or not at all.
refused "who shares the VIP has the same devices" \
	"other/third: vips: $VIP is also in service .* other devs" \
	control worker1 service add other/third vip "$VIP" dev eth1
refused "and the same nodes" "$VIP is also in service .* other nodes" \
	control worker1 service add other/third vip "$VIP2" "$VIP" dev eth0 \
	node worker1
refused "also afterwards" "$VIP is also in service" \
	control worker1 service set default/second dev 'eth*'
check "and nothing of it was written" \
	not grep -e other/third -e 'eth\*' <(control worker1 service show)

# The first prefers where it is: that must not hold the other back.
control worker1 move "$SERVICE" "$HOLDER"
check "the second is moved" control worker1 move default/second "$other"
check_controllers "both go" wait_for both_at "$other"
# A slow machine must not look like a failed check.
touch "$L2A_TMP/$other.well"
control worker1 service set "$SERVICE" \
	check command well interval 2s timeout 20s rise 1 fall 1
wait_for in_the_way "$HOLDER" > /dev/null
refused "where the first one's check fails, the second cannot go" \
	"node $HOLDER cannot hold it: service $SERVICE, of the same unit: its checks fail" \
	control "$HOLDER" move default/second "$HOLDER"
check "so they stay" both_at "$other"

# Away from its holder: the worker that others would choose may be another.
control worker1 service del default/second
control worker1 service del "$SERVICE"
control worker1 service add other/third vip "$VIP" dev eth0
since=$(now)
check_controllers "the VIP is answered for its new service" wait_for answers
for ((i = 0; i < 5; i++)); do
	control worker1 service del other/third
	control worker1 service add other/third vip "$VIP" dev eth0 prefer \
		"${WORKERS[i % 3]}"
	since=$(now)
	wait_for answers > /dev/null
done
check_controllers "and each time it is added again" answers
check "never two answers" saw dual_answers=0 'answered>=10'

finish
