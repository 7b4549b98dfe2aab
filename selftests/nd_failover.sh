#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A service with an IPv6 address: its holder is killed and its cable pulled, the
# next one is frozen; each time another worker answers within the lease, the
# neighbour's table follows, and never do two answer.

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ipv6.sh
. "$(dirname "$0")/lib_ipv6.sh"

# delivered NAME: it accepts what is sent to the VIP.
delivered() {
	ip -n "${!1}" -6 route show table local "$VIP" | grep -w 'dev eth0'
}

# heard N: the N-th worker to answer has been heard three times.
heard() {
	sees "answerer.$1.answers>=3"
}

reaches() {
	quietly neighbor ping -6 -n -q -c 1 -W 1 "${1:-$VIP}"
}

cluster
plan 19

check "the answers are right by RFC 4861" saw malformed=0 'answered>=3'
check_controllers "the holder accepts what is sent to the VIP" \
	wait_for delivered "$HOLDER"
check "and the neighbour reaches it" wait_for reaches
check "service show has the address" \
	grep -F "\"$VIP\"" <(control worker1 -j service show)
refused "an address that no host can own" 'ff02::1.*no host' \
	control worker1 service add bad vip ff02::1 dev eth0
refused "the same address in other words" \
	"2001:db8::101 is there twice" \
	control worker1 service add bad vip 2001:db8::101 2001:DB8:0::101 dev eth0

controller_signal "$HOLDER" KILL
on lan ip link set "$HOLDER" down
killed=$(now)
check_controllers "another worker takes over" wait_for heard 1
second=$(answerer 1)
check "the holder was not heard after its death" \
	saw "answerer.0.last<=$killed"
check "within the lease and a tenth of it" in_due 1
check_controllers "$second says it holds the service" \
	wait_for holder_is "$second"
check "it announced itself" saw --since "$killed" \
	--announcer "${MAC[$second]}" -- 'rounds_whole>=1' \
	announcements_unaccepted=0
check "the neighbour's table follows" \
	wait_for follows neighbor "${MAC[$second]}"
check "and the neighbour reaches it" wait_for reaches

controller_signal "$second" STOP
frozen=$(now)
check_controllers "frozen, it loses the service to a third" wait_for heard 2
third=$(answerer 2)
check "having been silent from the end of its lease on" \
	saw "answerer.1.last<=$(later "$frozen" "$LEASE_MS")"
check "the neighbour reaches the third" wait_for reaches
check "never two answers, never a wrong one" saw dual_answers=0 malformed=0 \
	"sequence=${MAC[$HOLDER]},${MAC[$second]},${MAC[$third]}"

control "$third" service del "$SERVICE"
check_controllers "the service deleted, its route goes with it" \
	wait_for not delivered "$third"
on "$third" l2ctl --socket "$(controller_socket "$third")" \
	service add default/link vip fe80::100 dev eth0 deliver route
check_controllers "a service's link-local address is reached, on its device" \
	wait_for reaches fe80::100%eth0

finish
