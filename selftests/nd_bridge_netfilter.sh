#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An IPv6 VIP on a bridge that takes what it forwards through IPv6's netfilter too
# (br_netfilter): questions are answered once, and those that a standby's bridge
# forwards to the holder get there.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ipv6.sh
. "$(dirname "$0")/lib_ipv6.sh"

BRIDGE=02:00:00:00:00:31
GROUP2=ff02::1:ff00:101

# calls: bridged IPv6 goes through netfilter.
calls() {
	quietly worker1 sysctl -qw net.bridge.bridge-nf-call-ip6tables=1 &&
		[ "$(quietly worker1 sysctl -n net.bridge.bridge-nf-call-ip6tables)" = 1 ]
}

# hears DEVICE [GROUP]: worker1's stack takes in there what is sent to the VIP's group.
hears() {
	ip -n "$worker1" -6 maddr show dev "$1" | grep -w "${2:-$GROUP}" &&
		ip -n "$worker1" -6 route show table local dev "$1" \
			type multicast | grep ff00::/8
}

inner=''
modprobe -q br_netfilter || skip_all "needs the kernel's br_netfilter"
begin neighbor worker1 worker2
setup_ns inner
sysctl_in inner {all,default}.accept_dad=0
ip -n "$worker1" -batch - << END
addr flush dev eth0
link add br1 address $BRIDGE type bridge mcast_snooping 0
link set eth0 master br1
link add port1 type veth peer name eth0 netns $inner
link set port1 master br1
link set port1 up
link set br1 up
END
ip -n "$inner" link set eth0 up
plan 8
capture_start

check "bridged IPv6 goes through netfilter" calls
on worker1 l2ctl vip add "$VIP" dev br1 announce 0
# What the bridge passes up goes by the stack's groups, and by its route for them,
# which stands once the bridge has had its carrier.
wait_for hears br1 > /dev/null
start=$(now)
ask 2
check "asked from the LAN it answers once" saw --since "$start" -- \
	answered=2 replies=2 malformed=0 "sequence=$BRIDGE"
on worker1 ip -6 route add local "$VIP" dev br1 table local
on neighbor ip -6 neigh replace "$VIP" lladdr $BRIDGE dev eth0 nud probe
check "and a doubt of the neighbour's, where the VIP is delivered" \
	wait_for neighbour_is neighbor "$VIP" REACHABLE

on worker2 l2ctl vip add "$VIP" dev eth0 announce 0
on worker1 l2ctl vip set "$VIP" dev br1 state standby
start=$(now)
ask_on inner 2 "$VIP"
check "as a standby it lets pass what it forwards: the holder answers" \
	saw --since "$start" -- answered=2 replies=2 "sequence=${MAC[worker2]}"
start=$(now)
ask 2
check "and is silent itself" saw --since "$start" -- answered=2 replies=2 \
	"sequence=${MAC[worker2]}"
claim
on worker1 l2ctl vip set "$VIP" dev br1 state active
claim
check "active, it sees a claim that the bridge takes in" \
	wait_for vip_is worker1 conflicts 1

# The bridge tells VLANs apart after netfilter has seen a frame: inner is in another
# than the bridge, and the neighbour's.
on worker1 ip link set br1 type bridge vlan_filtering 1
on worker1 bridge vlan add vid 20 dev port1 pvid untagged
on worker1 bridge vlan del vid 1 dev port1
on worker1 bridge vlan add vid 20 dev br1 self
ip -n "$worker1" link add link br1 name br1.20 type vlan id 20
ip -n "$worker1" link set br1.20 up
on worker1 l2ctl vip add "$VIP2" dev br1.20 announce 0
wait_for hears br1.20 "$GROUP2" > /dev/null
advertise inner eth0 "$VIP" from=fe80::20
advertise inner eth0 "$VIP2" from=fe80::20
check "a claim in a VLAN over the bridge is that VLAN's" \
	wait_for vip_is worker1 conflicts 1 "$VIP2"
check "one of the same address in another VLAN is no conflict of the bridge's" \
	vip_is worker1 conflicts 1

finish
