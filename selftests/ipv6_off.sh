#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A host with IPv6 switched off (ipv6.disable=1): an IPv6 VIP is refused with the
# reason, an IPv4 VIP is answered for.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

[ ! -d /proc/sys/net/ipv6 ] || skip_all "this host has IPv6"
begin neighbor worker1
plan 4
capture_start

refused "an IPv6 VIP is refused, and the line says why" "ipv6.disable" \
	on worker1 l2ctl vip add 2001:db8::100 dev eth0
check "nothing of it is left" \
	test -z "$(quietly worker1 l2ctl vip show)"
check "an IPv4 VIP is taken" on worker1 l2ctl vip add "$VIP" dev eth0
start=$(now)
ask 2
check "and each request answered once" \
	saw --since "$start" -- requests=2 answered=2 "sequence=${MAC[worker1]}"

finish
