#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Under a flood of requests for a hundred thousand VIPs: the module does not unload,
# unloads the moment they are flushed, and a namespace dies with all of them while
# they are being announced. That the kernel takes no harm is what the guest's
# console is read for.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

N=100000
! slow_kernel || N=10000
ROUNDS=2

loaded() {
	grep -q '^l2announce ' /proc/modules
}

unload() {
	on lan rmmod l2announce
}

add_all() {
	on worker1 l2many add -a "$1" eth0 10.0.0.1 $N
}

flooded() {
	local packets

	packets=$(ip -n "$worker1" -j -s link show eth0 | jq '.[0].stats64.rx.packets')
	[ "$packets" -gt "$1" ]
}

# flood_goes_on: frames still arrive.
flood_goes_on() {
	local packets

	packets=$(ip -n "$worker1" -j -s link show eth0 | jq '.[0].stats64.rx.packets')
	wait_for flooded "$packets"
}

all_shown() {
	[ "$(quietly worker1 l2ctl -j vip show | grep -o '"address"' | wc -l)" = $N ]
}

# each_time WHAT: flushed, unloaded, loaded and filled again, under the flood.
unloads() {
	on worker1 l2ctl vip flush && unload && not loaded
}

begin neighbor worker1
require l2many l2flood jq
plan $((5 + 3 * ROUNDS))
on worker1 l2ctl settings set max-vips $N
check "$N VIPs" add_all 0
check "all of them are shown" all_shown
ip netns exec "$neighbor" l2flood eth0 12.0.0.1 10.0.0.1 $N > /dev/null &
started $!

for ((round = 0; round < ROUNDS; round++)); do
	check "under a flood it does not unload" not unload
	check "flushed, it does at once" unloads
	on worker1 l2ctl settings set max-vips $N
	check "and is loaded and filled again, under the flood" add_all 1
done
check "the flood has gone on" flood_goes_on
cleanup_ns "$worker1"
check "a namespace dies with its VIPs, under flood and announced" \
	wait_for not ip -n "$lan" link show worker1
check "and then it unloads" wait_for unload

finish
