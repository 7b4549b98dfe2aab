#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is nobody's business of ours: other addresses, the VIP's address on
# another device. The stack goes on answering for its own addresses.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

saw_of() {
	local address=$1 rule rules=()
	shift

	capture_sync
	for rule in "$@"; do
		rules+=(--expect "$rule")
	done
	l2judge --vip "$address" "${rules[@]}" "$CAPTURE"
}

begin neighbor worker1
plan 6
capture_start
on worker1 l2ctl vip add "$VIP" dev eth0

ask 3 "$VIP2"
check "another address is not answered" saw_of "$VIP2" requests=3 replies=0
ask 3 12.0.1.100
check "nor the same address of another network" \
	saw_of 12.0.1.100 requests=3 replies=0
ask 3 "${ADDRESS[worker1]}"
check "the stack still answers for the host's own address" \
	saw_of "${ADDRESS[worker1]}" answered=3 replies=3
ask 3
check "and we for the VIP, once" saw answered=3 replies=3

# A second device on the same LAN, with a VIP of its own.
ip -n "$lan" -batch - << END
link add worker1b type veth peer name eth1 address 02:00:00:00:00:21 netns $worker1
link set worker1b master br0
link set worker1b up
END
on worker1 ip link set eth1 up
on worker1 l2ctl vip add "$VIP2" dev eth1
start=$(now)
ask 3
check "a VIP is answered on its device only" \
	saw --since "$start" -- answered=3 replies=3 "sequence=${MAC[worker1]}"
ask 3 "$VIP2"
check "and the other's on the other" saw_of "$VIP2" answered=3 replies=3 \
	sequence=02:00:00:00:00:21

finish
