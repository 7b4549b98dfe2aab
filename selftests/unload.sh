#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# While VIPs exist the module stays: without it the stack would answer for
# them. After a flush it goes, and so it does when the namespace that had the
# last VIPs is deleted.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

loaded() {
	grep -q '^l2announce ' /proc/modules
}

unload() {
	on lan rmmod l2announce
}

begin neighbor worker1
plan 10
capture_start
on worker1 ip addr add "$VIP/32" dev lo

on worker1 l2ctl vip add "$VIP" dev eth0 state standby
check "with a VIP it does not unload" not unload
start=$(now)
ask 3
check "and keeps the standby silent" \
	saw --since "$start" -- requests=3 replies=0

on worker1 l2ctl vip flush
check "after a flush it unloads" unload
check "it is gone" not loaded
start=$(now)
ask 3
check "the stack is left to its own" \
	saw --since "$start" -- answered=3 "sequence=${MAC[worker1]}"

on worker1 l2ctl vip add "$VIP" dev eth0
on worker1 l2ctl lease renew 1 ttl 10m
check "it is back with the next VIP, and held" not unload
on worker1 l2ctl vip del "$VIP" dev eth0
check "a lease without VIPs does not hold it" unload

on worker1 l2ctl vip add "$VIP" dev eth0
on worker1 l2ctl vip add "$VIP2" dev eth0
check "two VIPs hold it" not unload
cleanup_ns "$worker1"
check "when their namespace dies it unloads" wait_for unload

on lan l2ctl vip show
check "and it loads again" loaded

finish
