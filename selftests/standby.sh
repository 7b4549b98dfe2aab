#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A standby stays silent wherever its host has the VIP configured: on lo, on a
# dummy, on the very device. That the stack would have answered is shown first.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# suppressed_more COUNT: the standby's counter has grown to at least that.
suppressed() {
	local seen

	seen=$(vip_field worker1 suppressed)
	[ "$seen" -ge "$1" ] || { echo "suppressed $seen, expected $1"; return 1; }
}

# where DEVICE: the VIP configured there.
where() {
	on worker1 ip addr add "$VIP/32" dev "$1"
}

# silent_with PLACE: no VIP yet: the stack answers; with a standby: nobody.
silent_with() {
	local start

	start=$(now)
	ask 2
	check "VIP on $1, no module's word: the stack answers" \
		saw --since "$start" -- answered=2
	on worker1 l2ctl vip add "$VIP" dev eth0 state standby
	start=$(now)
	ask 3
	check "VIP on $1, standby: silent" \
		saw --since "$start" -- requests=3 replies=0
	check "VIP on $1: what was kept from the stack is counted" suppressed 3
}

begin neighbor worker1 worker2
plan 14
capture_start
on worker1 ip link add dummy0 type dummy
on worker1 ip link set dummy0 up

for device in lo dummy0 eth0; do
	where $device
	silent_with $device
	on worker1 l2ctl vip del "$VIP" dev eth0
	on worker1 ip addr del "$VIP/32" dev $device
done

where lo
on worker1 l2ctl vip add "$VIP" dev eth0 state standby
on worker2 l2ctl vip add "$VIP" dev eth0
start=$(now)
ask 5
check "a holder beside it is the only one heard" \
	saw --since "$start" -- answered=5 replies=5 "sequence=${MAC[worker2]}" \
	dual_answers=0
check "the standby is not shown as answering" vip_is worker1 answering false

on worker2 l2ctl vip set "$VIP" dev eth0 state standby
on worker1 l2ctl vip set "$VIP" dev eth0 state active
start=$(now)
ask 3
check "made active, it answers, once a request" \
	saw --since "$start" -- answered=3 replies=3 "sequence=${MAC[worker1]}"

# Its own neighbour table follows the holder: the stack gets to see gratuitous
# requests. The entry is there before, as for any host that talks to the VIP.
on worker1 ip addr del "$VIP/32" dev lo
on worker1 l2ctl vip set "$VIP" dev eth0 state standby
on worker1 ip neigh replace "$VIP" lladdr "${MAC[worker3]}" dev eth0 nud stale
on worker2 l2ctl vip set "$VIP" dev eth0 state active
check "a standby's own neighbour entry follows the holder" \
	wait_for follows worker1 "${MAC[worker2]}"

on worker1 l2ctl vip del "$VIP" dev eth0
on worker2 l2ctl vip del "$VIP" dev eth0
where lo
start=$(now)
ask 2
check "with the standby removed the stack answers again" \
	saw --since "$start" -- answered=2 "sequence=${MAC[worker1]}"

finish
