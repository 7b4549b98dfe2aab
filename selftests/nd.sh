#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Neighbour solicitations for a VIP: who is answered and how, who is learned, and
# what is left to the stack.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ipv6.sh
. "$(dirname "$0")/lib_ipv6.sh"

LINKLOCAL=fe80::100

# once SINCE [RULE...]: one question, one answer with nothing wrong, from worker1.
once() {
	saw --since "$1" -- requests=1 answered=1 replies=1 malformed=0 \
		other_source=0 "sequence=${MAC[worker1]}" "${@:2}"
}

# unanswered DESCRIPTION KEY=VALUE...: a solicitation with that fault.
unanswered() {
	local description=$1 start
	shift

	start=$(now)
	solicit neighbor eth0 "$VIP" "from=${ADDRESS6[neighbor]}" "$@"
	check "$description: not answered" \
		saw --since "$start" -- invalid=1 requests=0 replies=0
}

# behind DESCRIPTION NUMBER,...: a solicitation behind extension headers, in which the
# judge sees none.
behind() {
	local start

	start=$(now)
	solicit neighbor eth0 "$VIP" "from=${ADDRESS6[neighbor]}" "behind=$2"
	check "behind $1: answered" saw --since "$start" -- requests=0 replies=1 \
		malformed=0 other_source=0 "sequence=${MAC[worker1]}"
}

# hears_itself: worker1 advertises the VIP to all nodes through a raw socket, without
# a link-layer address, and gets what the stack loops back.
hears_itself() {
	quietly worker1 python3 - "$VIP" << 'END'
import ipaddress, socket, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.settimeout(20)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF,
             socket.if_nametoindex("eth0"))
vip = ipaddress.IPv6Address(sys.argv[1]).packed
s.sendto(bytes([136, 0, 0, 0, 0x20, 0, 0, 0]) + vip, ("ff02::1", 0))
while True:
    heard = s.recv(1500)
    if heard[0] == 136 and heard[8:24] == vip:
        break
END
}

# entered: worker1's neighbour table has one for who has no address.
entered() {
	ip -n "$worker1" -6 neigh show nud all dev eth0 | grep '^:: '
}

# counter KEY: of the VIP, with counters.
counter() {
	vip_field worker1 "$1"
}

# passed: packets left to the stack.
passed() {
	quietly worker1 l2ctl -j stats | field passed
}

# tcpdump_agrees: another judge, that is not ours, finds every advertisement of the
# VIP's whole and right, and some of either kind.
tcpdump_agrees() {
	local seen right

	right="hlim 255, .* $VIP > [0-9a-f:]+: \[icmp6 sum ok\] ICMP6, "
	right+="neighbor advertisement, length 32, tgt is $VIP, "
	right+="Flags \[(router, )?(solicited, )?override\] "
	right+="destination link-address option \(2\), length 8 \(1\): ${MAC[worker1]}"
	seen=$(tcpdump -nvv -r "$CAPTURE" \
		"icmp6 and src $VIP and ip6[40] == 136" 2> /dev/null |
		sed -E ':a; N; $!ba; s/\n\s+/ /g')
	! grep -vE "$right" <<< "$seen" && grep -q 'solicited,' <<< "$seen" &&
		grep -q '> ff02::1: ' <<< "$seen"
}

# heard: solicitations that worker1's stack has got, whatever it did with them.
heard() {
	quietly worker1 sed -n 's/^Icmp6InNeighborSolicits\s*//p' /proc/net/snmp6
}

# track: worker1 looks at connections, which takes fragments together. tracked: it
# has seen a solicitation as a whole.
track() {
	on worker1 nft -f - <<- 'END'
		table ip6 track {
			chain pre {
				type filter hook prerouting priority 0;
				ct state untracked,new,established,invalid icmpv6 type nd-neighbor-solicit counter
			}
		}
	END
}

tracked() {
	quietly worker1 nft list table ip6 track | grep 'packets [1-9]'
}

begin neighbor worker1
plan 49
capture_start

check "an IPv6 address is taken" on worker1 l2ctl vip add "$VIP" dev eth0 \
	announce 0
check "and shown" vip_is worker1 answering true
start=$(now)
ask 3
check "each question answered once, by all of RFC 4861's rules" \
	saw --since "$start" -- requests=3 answered=3 replies=3 malformed=0 \
	other_source=0 "sequence=${MAC[worker1]}" dual_answers=0 unsolicited=0
check "the Router flag is not set on a host" saw --since "$start" -- routers=0
check "the counter of replies agrees" vip_is worker1 replies 3

on worker1 sysctl -qw net.ipv6.conf.eth0.forwarding=1
start=$(now)
ask 1
check "and is on a router" once "$start" routers=1
on worker1 sysctl -qw net.ipv6.conf.eth0.forwarding=0

forget worker1 "${ADDRESS6[neighbor]}"
start=$(now)
solicit neighbor eth0 "$VIP" "from=${ADDRESS6[neighbor]}"
check "an asker with a global address is answered there" once "$start"
check "and learned, as the stack would" \
	neighbour_is worker1 "${ADDRESS6[neighbor]}" "lladdr ${MAC[neighbor]} STALE"
on worker1 ip -6 neigh replace "${ADDRESS6[neighbor]}" dev eth0 \
	lladdr 02:00:00:00:00:99 nud reachable
solicit neighbor eth0 "$VIP" "from=${ADDRESS6[neighbor]}"
check "and again where it was known by another, and for sure" \
	neighbour_is worker1 "${ADDRESS6[neighbor]}" "lladdr ${MAC[neighbor]} STALE"

start=$(now)
solicit neighbor eth0 "$VIP" "from=${ADDRESS6[neighbor]}" \
	more=0e01112233445566
check "a nonce beside the address is no obstacle" once "$start"
start=$(now)
solicit neighbor eth0 "$VIP" "from=${ADDRESS6[neighbor]}" option=none
check "nor is an asker who tells no link-layer address" once "$start"

# The neighbour's own doubts: the entry is asked about at its MAC, not the group's.
start=$(now)
on neighbor ip -6 neigh replace "$VIP" lladdr "${MAC[worker1]}" dev eth0 nud probe
check "a unicast solicitation is answered" \
	wait_for sees --since "$start" -- 'answered>=1' malformed=0
check "to the neighbour table's content" \
	wait_for neighbour_is neighbor "$VIP" REACHABLE

start=$(now)
forget neighbor "$VIP"
on worker1 ip -6 route add local "$VIP" dev eth0 table local
check "ping -6 reaches the VIP" ping_vip
check "at the MAC that answered" follows neighbor "${MAC[worker1]}"

# The holder is in the way of whoever wants the address for itself.
start=$(now)
dad_on neighbor eth0
on neighbor ip addr add "$VIP/64" dev eth0
check "another host's duplicate address detection fails" \
	wait_for address_is neighbor dadfailed
check "since its probe was answered, to all nodes" saw --since "$start" -- \
	'probes>=1' 'probes_answered>=1' malformed=0 other_source=0
check "and entered nobody in the neighbour table" not entered
check "nor was it a conflict" vip_is worker1 conflicts 0
on neighbor ip addr del "$VIP/64" dev eth0
check "the stack loops back what this host itself advertises" hears_itself
check "which is no conflict: it has no frame around it" vip_is worker1 conflicts 0

before=$(counter replies)
passed_before=$(passed)
unanswered "hop limit 254" hops=254
unanswered "code 1" code=1
unanswered "a wrong checksum" sum=bad
unanswered "an option without length" more=0e00000000000000
unanswered "an option beyond the end" more=0e02000000000000
unanswered "half an option" more=0e01
unanswered "from :: with a link-layer address" from=::
unanswered "from :: with one of another length" from=:: option=none \
	more=01020000000000000000000000000000
unanswered "from :: to one host" from=:: option=none to="$VIP" \
	to_mac="${MAC[worker1]}"
unanswered "from a group" from=ff02::1
check "none of these was counted" vip_is worker1 replies "$before"
# From a group is what IPv6 itself drops; with another hop limit it is no discovery.
check "all the others were left to the stack" \
	[ "$(passed)" -ge $((passed_before + 8)) ]

# Too short for a target, or for the whole of it: no solicitation to the judge either.
before=$(heard)
for octets in 8 23; do
	start=$(now)
	solicit neighbor eth0 "$VIP" "from=${ADDRESS6[neighbor]}" length=$octets
	check "cut to $octets octets: not answered" saw --since "$start" -- \
		requests=0 replies=0 announcements=0
done
check "both were left to the stack" [ "$(heard)" -ge $((before + 2)) ]

behind "a routing header" 43
behind "an authentication header" 51
behind "destination options" 60
behind "three headers" 60,43,0
start=$(now)
solicit neighbor eth0 "$VIP" "from=${ADDRESS6[neighbor]}" behind=0
check "behind hop-by-hop options, which the judge reads, too" once "$start"

start=$(now)
solicit neighbor eth0 "$VIP" fragment=64
check "in a fragment: not answered" saw --since "$start" -- replies=0
if track; then
	start=$(now)
	solicit neighbor eth0 "$VIP" fragment=16
	check "nor where connection tracking puts them together" \
		saw --since "$start" -- replies=0
	check "which it did" tracked
	on worker1 nft delete table ip6 track
else
	ktap_test_skip "nor where connection tracking puts them together: none here"
	ktap_test_skip "which it did"
fi

start=$(now)
ask 2 "${ADDRESS6[worker1]}"
capture_sync
check "the host's own address is the stack's to answer" \
	l2judge --vip "${ADDRESS6[worker1]}" --since "$start" \
	--expect answered=2 --expect replies=2 "$CAPTURE"
start=$(now)
ask 2 "$VIP2"
capture_sync
check "an address that is nobody's is not answered" \
	l2judge --vip "$VIP2" --since "$start" --expect requests=2 \
	--expect replies=0 "$CAPTURE"

on worker1 l2ctl vip add "$LINKLOCAL" dev eth0 announce 0
start=$(now)
ask 2 "$LINKLOCAL"
capture_sync
check "a link-local VIP is answered on its device" \
	l2judge --vip "$LINKLOCAL" --since "$start" --expect answered=2 \
	--expect replies=2 --expect malformed=0 "$CAPTURE"

check "tcpdump finds nothing wrong with what was said of the VIP" tcpdump_agrees

on worker1 l2ctl vip flush
on worker1 ip -6 route del local "$VIP" dev eth0 table local
start=$(now)
ask 2
check "without the VIP nobody answers" \
	saw --since "$start" -- requests=2 replies=0

finish
