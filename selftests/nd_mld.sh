#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The solicited-node group of a VIP: joined on its device, told to switches by MLD,
# joined again when the device comes back, left with its last VIP; and a switch that
# snoops lets the questions through, to those ports alone.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ipv6.sh
. "$(dirname "$0")/lib_ipv6.sh"

# Of the same group as VIP, since its last 24 bits are the same.
SAME=2001:db8:1::100

# member NAME: its eth0 listens to the group, down to the device's filter.
member() {
	local have

	have=$(ip -n "${!1}" maddr show dev eth0)
	grep -qw "$GROUP" <<< "$have" || { echo "$have"; return 1; }
	grep -qw "$GROUP_MAC" <<< "$have" || { echo "$have"; return 1; }
}

begin neighbor worker1 worker2
require bridge
plan 27
capture_start

start=$(now)
on worker1 l2ctl vip add "$VIP" dev eth0 state standby
check "a VIP's device joins its group" wait_for member worker1
check "and says so to the switches" \
	wait_for sees --since "$start" -- 'mld_joins>=1'
on worker1 l2ctl vip add "$SAME" dev eth0
on worker1 l2ctl vip del "$VIP" dev eth0
capture_sync
check "one of two VIPs of a group gone, it stays" member worker1
check "and no leaving is told" saw --since "$start" -- mld_leaves=0
start=$(now)
on worker1 l2ctl vip del "$SAME" dev eth0
check "with the last VIP it is left" wait_for not member worker1
check "and the switches hear of it" \
	wait_for sees --since "$start" -- 'mld_leaves>=1'

# An address of the host's own in the same group does not lose it.
on worker1 ip addr add "$SAME/64" dev eth0 nodad
on worker1 l2ctl vip add "$VIP" dev eth0
on worker1 l2ctl vip del "$VIP" dev eth0
start=$(now)
ask 1 "$SAME"
capture_sync
check "the group stays for an address of the host's own" member worker1
on worker1 ip addr del "$SAME/64" dev eth0
check "and goes with that" wait_for not member worker1

# A switch that snoops.
snoop lan br0
capture_on worker2 eth0
check "the switch forwards no group that nobody joined" wait_for snooping

on worker1 l2ctl vip add "$VIP" dev eth0
check "the switch learns of the VIP's group" wait_for snooped lan br0 worker1
start=$(now)
capture_start
ask 3
check "and passes the questions: each is answered" \
	saw --since "$start" -- requests=3 answered=3 malformed=0 \
	"sequence=${MAC[worker1]}"
capture_on worker2 eth0
start=$(now)
ask 2
check "a port that did not join hears none of it" \
	saw --since "$start" -- requests=0
on worker2 l2ctl vip add "$VIP" dev eth0 state standby
check "as a standby it joins" wait_for snooped lan br0 worker2
start=$(now)
ask 2
check "and hears" saw --since "$start" -- 'requests>=2'

capture_start
on lan ip link set worker1 down
check "a cable pulled, the switch forgets the port" \
	wait_for not snooped lan br0 worker1
on lan ip link set worker1 up
check "plugged in, it knows it again" wait_for snooped lan br0 worker1
start=$(now)
on worker1 ip link set eth0 down
on worker1 ip link set eth0 up
check "the device down and up, it is a member again" wait_for member worker1
check "and the switch knows" wait_for snooped lan br0 worker1
start=$(now)
ask 2
check "and the VIP answers" saw --since "$start" -- answered=2 \
	"sequence=${MAC[worker1]}"

# Taking over is no reason to wait for anybody's report.
on worker1 l2ctl vip set "$VIP" dev eth0 state standby
on worker2 l2ctl vip set "$VIP" dev eth0 state active
start=$(now)
ask 1
check "the standby that takes over hears the first question" \
	saw --since "$start" -- answered=1 "sequence=${MAC[worker2]}"

# Without IPv6 the device hears nobody ask: it must not draw them to itself.
on worker2 sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1
# Its rounds are still under way.
start=$(now)
check "IPv6 switched off on the device, the VIP does not answer" \
	vip_is worker2 answering false
refused "nor is it announced" 'not answering' on worker2 l2ctl announce "$VIP"
on worker2 ip link set eth0 down
on worker2 ip link set eth0 up
capture_sync
check "the device down and up neither" saw --since "$start" -- announcements=0
on worker2 sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0
check "on again, it does" vip_is worker2 answering true
on worker2 l2ctl announce "$VIP"
check "and is" wait_for sees --since "$start" -- 'announcements>=1'

# Below IPv6's least MTU the stack drops IPv6 from the device, groups and all.
on worker1 ip link set eth0 mtu 1200
check "IPv6 gone from the device, the group is too" wait_for not member worker1
on worker1 ip link set eth0 mtu 1500
check "and back with it" wait_for member worker1

finish
