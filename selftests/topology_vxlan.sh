#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The VIP on a VXLAN, with the LAN as its underlay; and on one in external mode,
# which takes the network and the peer of each frame from the frame's metadata:
# an answer goes back into the network that the question came from.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_topologies.sh
. "$(dirname "$0")/lib_topologies.sh"

# The one in external mode.
OUTER=vxlan1

# answers_in VNI: how many answers went over the underlay in that network.
answers_in() {
	tcpdump -r "$UNDERLAY" -nn -T vxlan 2> /dev/null |
		grep -A 1 "IP ${ADDRESS[worker1]}\..*vni $1\$" |
		grep -cE "Reply $VIP is-at 02:00:00:00:00:41|advertisement, tgt is $VIP,"
}

only_in() {
	local in43 in44

	in43=$(answers_in 43) in44=$(answers_in 44)
	[ "$in43 $in44" = "$1 $2" ] ||
		{ echo "$in43 answers in 43, $in44 in 44"; return 1; }
}

capture_underlay() {
	UNDERLAY=$L2A_TMP/underlay.pcap
	ip netns exec "$lan" tcpdump -i br0 -Z root -U --immediate-mode \
		-w "$UNDERLAY" udp port 4789 2> "$L2A_TMP/underlay" &
	started $!
	wait_for listening "$L2A_TMP/underlay"
}

begin neighbor worker1
build neighbor << END
link add vxlan0 type vxlan id 42 dstport 8472 remote ${ADDRESS[worker1]} dev eth0
addr add 12.0.42.1/24 dev vxlan0
link set vxlan0 up
link add vxlan43 type vxlan id 43 dstport 4789 remote ${ADDRESS[worker1]} dev eth0
addr add 12.0.43.1/24 dev vxlan43
link set vxlan43 up
link add vxlan44 type vxlan id 44 dstport 4789 remote ${ADDRESS[worker1]} dev eth0
addr add 12.0.44.1/24 dev vxlan44
link set vxlan44 up
END
build worker1 << END
link add vxlan0 address 02:00:00:00:00:31 type vxlan id 42 dstport 8472 remote ${ADDRESS[neighbor]} dev eth0
link set vxlan0 up
link add $OUTER address 02:00:00:00:00:41 type vxlan external dstport 4789
link set $OUTER up
END
plan $((N_ANSWERS + N_FOREIGN + N_STANDBY + 4))

ASK=vxlan0
capture_on neighbor vxlan0
check_answers vxlan0 02:00:00:00:00:31
check_foreign vxlan0
check_standby vxlan0
on worker1 l2ctl vip del "$VIP" dev vxlan0

capture_underlay
on worker1 l2ctl vip add "$VIP" dev $OUTER announce 0
ASK=vxlan43
capture_on neighbor vxlan43
start=$(now)
ask 2
check "$OUTER: asked in network 43 it answers" \
	answered_by 02:00:00:00:00:41 "$start" 2
check "$OUTER: there, and not in 44" wait_for only_in 2 0
ASK=vxlan44
capture_on neighbor vxlan44
start=$(now)
ask 3
check "$OUTER: asked in network 44 it answers" \
	answered_by 02:00:00:00:00:41 "$start" 3
check "$OUTER: there" wait_for only_in 2 3
finish
