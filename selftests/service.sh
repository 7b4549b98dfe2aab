#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Services through the controllers: add, show, del, nodes and status, and what
# is refused.

# Longer than a slow machine ever keeps a controller waiting: the holder of the
# first check is that of the last. Nothing here waits for a lease to run out.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"
# shellcheck source-path=SCRIPTDIR source=lib_probes.sh
. "$(dirname "$0")/lib_probes.sh"

listed() {
	control "$1" -j service show | grep "\"$SERVICE\""
}

no_vip() {
	local seen

	seen=$(quietly "$1" l2ctl -j vip show | tr -d ' \n')
	[ "$seen" = "[]" ] || { echo "$1: $seen"; return 1; }
}

nobody_has_it() {
	local name

	for name in "${WORKERS[@]}"; do
		no_vip "$name" || return
	done
}

# shape FILE KEY...: a list of objects with these keys, in this order.
shape() {
	python3 - "$@" << 'END'
import json, sys
data = json.load(open(sys.argv[1]))
if not isinstance(data, list) or not data:
    sys.exit("not a list with something in it: %r" % data)
for item in data:
    if list(item) != sys.argv[2:]:
        sys.exit("keys %s" % list(item))
END
}

delivered() {
	ip -n "${!HOLDER}" route get "$VIP" | grep -w local
}

# What the kernel is asked to do, in the order it is asked.
trace_start() {
	at_end trace_stop
	echo > "$L2A_TRACING/trace"
	probe vip_goes l2announce:l2a_vip_remove
	probe route_goes fib_table_delete
}

trace_stop() {
	unprobe vip_goes
	unprobe route_goes
}

# route_first PID: of a service's end, by the controller PID. The VIP may have been
# standby on other devices.
route_first() {
	local seen

	seen=$(sed -n "s/^.*-$1 .*: \(vip_goes\|route_goes\): .*/\1/p" \
		"$L2A_TRACING/trace" | xargs)
	[[ $seen =~ ^route_goes( vip_goes)+$ ]] || { echo "$seen"; return 1; }
}

# has_vips NAME ADDRESS...: these and no others, in its kernel, on eth0.
has_vips() {
	local name=$1 seen
	shift

	seen=$(quietly "$name" l2ctl -j vip show dev eth0 |
		jq -r '.[].address' | sort | xargs)
	[ "$seen" = "$*" ] || { echo "$name: $seen"; return 1; }
}

all_have_vips() {
	local name

	for name in "${WORKERS[@]}"; do
		has_vips "$name" "$@" || return
	done
}

service_has() {
	local seen

	seen=$(control "$other" -j service show "$SERVICE" | jq -c ".[0].$1")
	[ "$seen" = "$2" ] || { echo "$1: $seen"; return 1; }
}

can_probe || skip_all "the kernel has no CONFIG_KPROBE_EVENTS"
cluster
require python3 jq
plan 28

other=$(someone_else)
check_controllers "every worker knows the service" wait_for listed "$other"
check "the holder answers, and no one else" \
	saw "sequence=${MAC[$HOLDER]}" 'answered>=3'
check "the holder's kernel has it active under a lease" \
	vip_is "$HOLDER" state active
check "the holder accepts what is sent to the VIP" delivered
control worker1 -j service show > "$L2A_TMP/services"
check "service show: keys" shape "$L2A_TMP/services" \
	name vips devs holder token since transitions state
control worker1 -j node show > "$L2A_TMP/nodes"
check "node show: keys" shape "$L2A_TMP/nodes" \
	name state weight services devs last_seen_ms
check "status tells of the service" \
	grep "$SERVICE" <(control worker1 status)

refused "the same service again" "$SERVICE.*exists|exists.*$SERVICE" \
	control worker1 service add "$SERVICE" vip "$VIP2" dev eth0
refused "a service nobody knows" 'no/such' control worker1 service show no/such
refused "deleting it" 'no/such' control worker1 service del no/such
refused "a name that a path has another use for" 'service "\.\.": .* not "\." or "\.\."' \
	control worker1 service add .. vip "$VIP2" dev eth0
refused "and showing what has it" 'service \.\.: no such service' \
	control worker1 service show ..
misused "a VIP that is no address" '12\.0\.0\.300' \
	control worker1 service add bad vip 12.0.0.300 dev eth0
refused "a controller that is not there" 'nowhere' \
	l2ctl --socket "$L2A_TMP/nowhere" service show
misused "a service without a VIP" 'vip' \
	control worker1 service add bad dev eth0

# Changed, also through one that does not hold it.
control "$other" service set "$SERVICE" vip "$VIP" "$VIP2"
check_controllers "set: a second VIP is every kernel's" \
	wait_for all_have_vips "$VIP" "$VIP2"
check_controllers "and active where the first is" \
	wait_for vip_is "$HOLDER" state active "$VIP2"
check "and the rest is as it was" service_has devs '["eth0"]'
control "$other" service set "$SERVICE" vip "$VIP" prefer "$HOLDER"
check_controllers "set again, the second VIP is gone from every kernel" \
	wait_for all_have_vips "$VIP"
check "the holder holds on" saw "sequence=${MAC[$HOLDER]}"
refused "a change of a service nobody knows" 'no/such' \
	control worker1 service set no/such vip "$VIP"
misused "a change of nothing" 'vip, dev, node' \
	control worker1 service set "$SERVICE"

# Deleted through one that does not hold it.
trace_start
control "$other" service del "$SERVICE"
check_controllers "deleted, it is gone from every kernel" \
	wait_for nobody_has_it
# Without a VIP the module leaves the stack to itself, which answers for any
# local route.
check "the holder's route went before its VIP" route_first "${CONTROLLER[$HOLDER]}"
trace_stop
start=$(now)
wait_for sees --since "$start" -- 'requests>=5' > /dev/null
check "and answered by nobody" saw --since "$start" -- replies=0
check "and delivered nowhere" not delivered

control "$other" service add "$SERVICE" vip "$VIP" dev 'eth*' deliver none
start=$(now)
check_controllers "added again, with a pattern, it is answered again" \
	wait_for sees --since "$start" -- 'answered>=3'
check "never two answers" saw dual_answers=0

finish
