#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The measuring rod itself: what lib_ipv6.sh asks and l2judge counts, with the
# kernel's own answers for an address of its own, which are known to be right.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ipv6.sh
. "$(dirname "$0")/lib_ipv6.sh"

# unanswered DESCRIPTION KEY=VALUE...: a solicitation with that fault is seen as
# invalid, by the kernel and by the judge.
unanswered() {
	local description=$1 start
	shift

	start=$(now)
	solicit neighbor eth0 "$VIP" "from=${ADDRESS6[neighbor]}" "$@"
	check "$description: invalid, and not answered" \
		saw --since "$start" -- invalid=1 requests=0 replies=0
}

begin neighbor worker1
plan 18
capture_start

start=$(now)
on worker1 ip addr add "$VIP/64" dev eth0 nodad
check "an address makes its host join the solicited-node group" \
	wait_for sees --since "$start" -- 'mld_joins>=1'

start=$(now)
ask 3
check "three questions, three answers" \
	saw --since "$start" -- requests=3 answered=3 replies=3 malformed=0 \
	invalid=0 "sequence=${MAC[worker1]}" dual_answers=0 routers=0
start=$(now)
check "and an echo comes back" ping_vip
check "for which the neighbour table learned the address" \
	follows neighbor "${MAC[worker1]}"

start=$(now)
on worker1 sysctl -qw net.ipv6.conf.eth0.forwarding=1
ask 1
check "a router says so" saw --since "$start" -- routers=1 malformed=0
on worker1 sysctl -qw net.ipv6.conf.eth0.forwarding=0

start=$(now)
dad_on neighbor eth0
on neighbor ip addr add "$VIP/64" dev eth0
check "duplicate address detection finds the address in use" \
	wait_for address_is neighbor dadfailed
check "by a probe that was answered" saw --since "$start" -- \
	'probes>=1' 'probes_answered>=1' malformed=0 announcements=0
on neighbor ip addr del "$VIP/64" dev eth0

start=$(now)
solicit neighbor eth0 "$VIP" "from=${ADDRESS6[neighbor]}"
check "a solicitation made by hand is answered" \
	saw --since "$start" -- requests=1 answered=1 malformed=0
unanswered "hop limit 254" hops=254
unanswered "code 1" code=1
unanswered "wrong checksum" sum=bad
unanswered "an option without length" more=0100000000000000
unanswered "an option beyond the end" more=0e02000000000000
unanswered "from :: with a link-layer address" from=::
unanswered "from :: to one host" from=:: option=none to="$VIP" \
	to_mac="${MAC[worker1]}"

start=$(now)
advertise worker1 eth0 "$VIP" "from=${ADDRESS6[worker1]}"
check "an advertisement made by hand announces" saw --since "$start" -- \
	announcements=1 announcements_unaccepted=0 rounds_whole=1 replies=0

start=$(now)
on worker1 ip addr del "$VIP/64" dev eth0
check "without the address its host leaves the group" \
	wait_for sees --since "$start" -- 'mld_leaves>=1'
start=$(now)
ask 2
check "and nobody answers" \
	saw --since "$start" -- requests=2 answered=0 replies=0
finish
