#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who does not hold an IPv6 VIP is silent about it, in every way: where the address
# is configured, under a lease that ran out, and in what the host says of its own
# accord. And the host's own duplicate address detection leaves it alone.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ipv6.sh
. "$(dirname "$0")/lib_ipv6.sh"

# silent DESCRIPTION: nothing is said of the VIP, though it is asked for.
silent() {
	local start

	start=$(now)
	ask 2
	check "$1" saw --since "$start" -- requests=2 replies=0 announcements=0
}

# place DEVICE, unplace DEVICE: the VIP is configured there.
place() {
	on worker1 ip addr add "$VIP/128" dev "$1"
}

unplace() {
	on worker1 ip addr del "$VIP/128" dev "$1"
}

suppressed_grew() {
	local seen

	seen=$(vip_field worker1 suppressed)
	[ "$seen" -gt "$1" ] || { echo "suppressed: $seen, before $1"; return 1; }
}

suppressed_down() {
	local seen

	seen=$(quietly worker1 l2ctl -j stats | field suppressed_down)
	[ "$seen" = "$1" ] || { echo "suppressed_down: $seen, expected $1"; return 1; }
}

# to_routers: worker1 sends what hosts and routers say to each other, a router
# solicitation, a router advertisement and a redirect, from the VIP.
to_routers() {
	on worker1 python3 - "$VIP" << 'END'
import socket, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.bind((sys.argv[1], 0))
for option, value in ((socket.IPV6_MULTICAST_HOPS, 255),
                      (socket.IPV6_MULTICAST_IF, socket.if_nametoindex("eth0"))):
    s.setsockopt(socket.IPPROTO_IPV6, option, value)
for kind, length in ((133, 8), (134, 16), (137, 40)):
    try:
        s.sendto(bytes([kind]) + bytes(length - 1), ("ff02::1", 0))
    except PermissionError:
        pass    # what netfilter says of a packet that it drops
END
	capture_sync
}

# told_routers: the messages of these that were seen.
told_routers() {
	tcpdump -nr "$CAPTURE" "icmp6 and src $VIP and \
		(ip6[40] == 133 or ip6[40] == 134 or ip6[40] == 137)" \
		2> /dev/null | wc -l
}

begin neighbor worker1 worker2
plan 23
capture_start
on worker1 ip link add dummy0 type dummy
on worker1 ip link set dummy0 up

on worker1 l2ctl vip add "$VIP" dev eth0 state standby
silent "a standby is silent"
for place in lo dummy0 eth0; do
	place $place
	silent "and so with the VIP on $place"
	unplace $place
done
check "the questions were counted" suppressed_grew 7

# What would have been answered goes unanswered when the lease is over.
on worker1 l2ctl lease renew 1 ttl 10m
on worker1 l2ctl vip set "$VIP" dev eth0 state active lease 1
start=$(now)
ask 1
check "under a valid lease it answers" \
	saw --since "$start" -- answered=1 malformed=0
on worker1 l2ctl lease release 1
place eth0
silent "the lease over, it is silent, with the VIP on eth0 too"
on worker1 ip addr del "$VIP/128" dev eth0
on worker1 l2ctl vip set "$VIP" dev eth0 lease none state standby

# Its own neighbour table goes by what the holder says, as everybody's.
on worker1 ip -6 neigh replace "$VIP" lladdr "${MAC[worker3]}" dev eth0 nud stale
on worker2 l2ctl vip add "$VIP" dev eth0 announce 1
check "a standby's own neighbour entry follows the holder" \
	wait_for follows worker1 "${MAC[worker2]}" eth0

# The holder would answer the probe, and the stack give the address up.
dad_on worker1 eth0
# Long enough for the holder to be heard meanwhile.
sysctl_in worker1 eth0.dad_transmits=5
start=$(now)
place eth0
on worker2 l2ctl announce "$VIP"
check "a standby's own duplicate address detection finds no duplicate" \
	wait_for address_is worker1 usable
check "and does not ask for one" saw --since "$start" -- probes=0
start=$(now)
on worker2 l2ctl announce "$VIP"
check "the holder announces" \
	wait_for sees --since "$start" -- 'rounds_whole>=1'
capture_sync
check "and the address stays usable" address_is worker1 usable
dad_on worker2 eth0
on worker2 ip addr add "$VIP/128" dev eth0
check "as the holder's own becomes when it is configured there" \
	wait_for address_is worker2 usable

# worker1 talks from the VIP: its solicitations must not say so.
forget neighbor "$VIP"
forget worker1 "${ADDRESS6[neighbor]}"
on worker2 l2ctl vip set "$VIP" dev eth0 state standby
start=$(now)
on worker1 ping -6 -n -c 1 -W 1 -I "$VIP" "${ADDRESS6[neighbor]}" > /dev/null
capture_sync
check "a standby that talks from the VIP asks in its own name" \
	saw --since "$start" -- sourced=0
check "so that nobody learns it" not follows neighbor ""
check "it was asked, and answered" \
	l2judge --vip "${ADDRESS6[neighbor]}" --since "$start" \
	--client "${MAC[worker1]}" --expect 'answered>=1' "$CAPTURE"

to_routers
check "nor does it speak to routers as the VIP" [ "$(told_routers)" = 0 ]

on worker1 sysctl -qw net.ipv6.conf.eth0.ndisc_notify=1
start=$(now)
on worker1 ip link set eth0 down
place eth0 2> /dev/null
on worker1 ip link set eth0 up
on worker1 ip addr add "${ADDRESS6[worker1]}/64" dev eth0 nodad
wait_for address_is worker1 usable > /dev/null
check "the stack's own announcements are dropped" \
	saw --since "$start" -- announcements=0 replies=0
unplace eth0

on worker1 l2ctl vip set "$VIP" dev eth0 state active
start=$(now)
ask 1
check "active, it answers" saw --since "$start" -- answered=1 \
	"sequence=${MAC[worker1]}" malformed=0
place eth0
wait_for address_is worker1 usable > /dev/null
to_routers
check "and speaks to routers" [ "$(told_routers)" = 3 ]
unplace eth0
on worker1 ip link set eth0 arp off
silent "on a device that is to do no discovery it is silent"
check "which is counted as such" suppressed_down 2
on worker1 ip link set eth0 arp on
on worker1 l2ctl vip del "$VIP" dev eth0
on worker2 ip addr del "$VIP/128" dev eth0
start=$(now)
place eth0
wait_for address_is worker1 usable > /dev/null
ask 1
check "without a VIP the stack may answer again" \
	wait_for sees --since "$start" -- 'answered>=1' \
	"sequence=${MAC[worker1]}"

finish
