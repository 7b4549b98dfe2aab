#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Reading needs nothing, changing needs CAP_NET_ADMIN in the user namespace
# that owns the network namespace: one's own is enough for one's own.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# Root without any capability.
capless() {
	quietly worker1 setpriv --bounding-set=-all --inh-caps=-all "$@"
}

# Root of a user namespace of its own, in the worker's network namespace.
foreign_root() {
	quietly worker1 unshare --user --map-root-user "$@"
}

# In a user and network namespace of its own, with a device. It prints what
# the VIP there is like.
own_world() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare --user --map-root-user --net bash -ec '
		ip link add veth0 type veth peer name veth1
		ip link set veth0 up
		ip link set veth1 up
		l2ctl lease renew 1 ttl 10m
		l2ctl vip add "$0" dev veth0 lease 1
		l2ctl -j vip show "$0"' "$VIP"
}

own_vip() {
	local seen

	seen=$(own_world 2>&1)
	[ "$(field answering <<< "$seen")" = true ] || { echo "$seen"; return 1; }
}

shows() {
	local who=$1
	shift

	"$who" l2ctl -j "$@" | grep -q '{'
}

begin neighbor worker1
plan 20
capture_start
on worker1 l2ctl lease renew 1 ttl 10m
on worker1 l2ctl vip add "$VIP" dev eth0 lease 1

for who in capless foreign_root; do
	check "$who reads VIPs" shows $who vip show
	check "$who reads leases" shows $who lease show
	check "$who reads totals" shows $who stats
	refused "$who adds no VIP" 'not permitted' \
		$who l2ctl vip add "$VIP2" dev eth0
	refused "$who changes none" 'not permitted' \
		$who l2ctl vip set "$VIP" dev eth0 state standby
	refused "$who removes none" 'not permitted' \
		$who l2ctl vip del "$VIP" dev eth0
	refused "$who flushes none" 'not permitted' $who l2ctl vip flush
	refused "$who renews no lease" 'not permitted' \
		$who l2ctl lease renew 1 ttl 1s
	refused "$who announces nothing" 'not permitted' \
		$who l2ctl announce "$VIP"
done

start=$(now)
ask 3
check "nothing was changed: the VIP is answered" \
	saw --since "$start" -- answered=3
check "root of its own namespaces may do all there" own_vip

finish
