#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A TCP client bound to the VIP connects to a neighbour whose MAC its host has to
# ask for. On a standby the question goes out with the address that the stack
# would choose for the device, not with the VIP; a holder may ask as the VIP, and
# its connection comes about.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

PORT=9000
SERVER='' CLIENT=''

# listen: the neighbour takes connections, one after the other. One that it still
# waits for would make it ask for the VIP, and so tell its own MAC: it forgets
# those of before.
listen() {
	[ -z "$SERVER" ] || l2a_end "$SERVER"
	on neighbor ip neigh flush dev eth0
	# What the last one said is no word of this one.
	rm -f "$L2A_TMP/server"
	ip netns exec "$neighbor" python3 -c '
import socket, sys
s = socket.create_server((sys.argv[1], int(sys.argv[2])))
print("listening on", flush=True)
while True:
    c, peer = s.accept()
    print("connected from", peer[0], flush=True)
' "${ADDRESS[neighbor]}" $PORT > "$L2A_TMP/server" 2>&1 &
	SERVER=$!
	started $SERVER
	wait_for listening "$L2A_TMP/server"
}

# connect: from the VIP, in the background; the stack goes on trying.
connect() {
	on worker1 ip neigh flush dev eth0
	rm -f "$L2A_TMP/client"
	ip netns exec "$worker1" python3 -c '
import socket, sys
s = socket.socket()
s.bind((sys.argv[1], 0))
s.connect((sys.argv[2], int(sys.argv[3])))
print("connected", flush=True)
' "$VIP" "${ADDRESS[neighbor]}" $PORT > "$L2A_TMP/client" 2>&1 &
	CLIENT=$!
	started "$CLIENT"
}

disconnect() {
	l2a_end "$CLIENT"
	listen
}

# asked_as ADDRESS SINCE: worker1 asked for the neighbour with that sender.
asked_as() {
	l2judge --vip "${ADDRESS[neighbor]}" --since "$2" --events "$CAPTURE" |
		grep -E "request +${MAC[worker1]} \($1\)"
}

connected() {
	grep -qs connected "$L2A_TMP/client" &&
		grep -s "connected from $VIP" "$L2A_TMP/server"
}

# resolved: the neighbour's MAC is known, so that the SYN is on its way.
resolved() {
	ip -n "$worker1" neigh show "${ADDRESS[neighbor]}" dev eth0 |
		grep lladdr
}

# bound: the neighbour has the VIP at worker1's MAC.
bound() {
	ip -n "$neighbor" neigh show "$VIP" dev eth0 | grep "${MAC[worker1]}"
}

require python3
begin neighbor worker1
plan 8
capture_start
listen
on worker1 ip addr add "$VIP/32" dev lo
# The address the stack would choose for the neighbour is not the first.
on worker1 ip addr flush dev eth0
on worker1 ip addr add 10.9.9.1/24 dev eth0
on worker1 ip addr add "${ADDRESS[worker1]}/24" dev eth0

start=$(now)
connect
check "left to itself the stack asks as the VIP" \
	wait_for asked_as "$VIP" "$start"
disconnect

on worker1 l2ctl vip add "$VIP" dev eth0 state standby announce 0
start=$(now)
connect
check "a standby asks with the device's address on that network" \
	wait_for asked_as "${ADDRESS[worker1]}" "$start"
check "and learns the answer" wait_for resolved
check "it never asked as the VIP" saw --since "$start" -- sourced=0
check "and the neighbour was not bound" not bound
disconnect

on worker1 l2ctl vip set "$VIP" dev eth0 state active
start=$(now)
connect
check "a holder's connection comes about" wait_for connected
check "it asked as the VIP" asked_as "$VIP" "$start"
check "by which the neighbour knows where the VIP is" bound
finish
