#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# l2ctl takes and shows IPv6 addresses wherever it does IPv4 ones: one by one, in
# batches, in filters, in events, and many at once, each with a group of its own.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ipv6.sh
. "$(dirname "$0")/lib_ipv6.sh"

OLD=12.0.0.100
MANY=300

# has ADDRESS...: exactly these VIPs are there, in the order they were added.
has() {
	local seen

	seen=$(quietly worker1 l2ctl -j vip show | jq -r 'map(.address) | join(" ")')
	[ "$seen" = "$*" ] || { echo "VIPs '$seen', expected '$*'"; return 1; }
}

# shows FILTER... -- ADDRESS...: what vip show lists with that filter.
shows() {
	local filter=() seen

	while [ "$1" != -- ]; do
		filter+=("$1")
		shift
	done
	shift
	seen=$(quietly worker1 l2ctl -j vip show "${filter[@]}" |
		jq -r 'map(.address) | join(" ")')
	[ "$seen" = "$*" ] || { echo "VIPs '$seen', expected '$*'"; return 1; }
}

# event NAME: of the VIP, as the monitor told of it.
event() {
	jq -se "any(.[]; .event == \"$1\" and .address == \"$VIP\")" \
		"$L2A_TMP/events" > /dev/null ||
		{ tail -n 3 "$L2A_TMP/events"; return 1; }
}

monitoring() {
	quietly worker1 l2ctl vip add "$OLD" dev eth0 state standby
	quietly worker1 l2ctl vip del "$OLD" dev eth0
	[ -s "$L2A_TMP/events" ]
}

# many VERB [WORDS...]: a batch about MANY addresses.
many() {
	local i

	for ((i = 0; i < MANY; i++)); do
		printf 'vip %s 2001:db8:2::1:%x dev eth0 %s\n' "$1" $((i + 1)) \
			"${*:2}"
	done | quietly worker1 l2ctl -force -b -
}

# groups COUNT: eth0 is a member of so many groups that only many's VIPs have.
groups() {
	local seen

	seen=$(ip -n "$worker1" -6 maddr show dev eth0 |
		grep -cE 'ff02::1:ff01:[0-9a-f]+( |$)')
	[ "$seen" -eq "$1" ] || { echo "$seen groups, expected $1"; return 1; }
}

count_is() {
	local seen

	seen=$(quietly worker1 l2ctl -j stats | field vips)
	[ "$seen" = "$1" ] || { echo "$seen VIPs, expected $1"; return 1; }
}

begin neighbor worker1
require jq
plan 22
ip netns exec "$worker1" l2ctl -j monitor > "$L2A_TMP/events" &
started $!
wait_for monitoring > /dev/null

on worker1 l2ctl vip add 2001:DB8:0:0::0100 dev eth0 announce 0
check "an address has one text, however it was written" has "$VIP"
refused "and is there once" 'exists' on worker1 l2ctl vip add "$VIP" dev eth0
check "the monitor tells of it" wait_for event vip
on worker1 l2ctl vip add "$OLD" dev eth0 announce 0
check "both families stand side by side" has "$VIP" "$OLD"
check "a filter finds the one" shows "$VIP" -- "$VIP"
check "and the other" shows "$OLD" -- "$OLD"
check "with its device it is that one VIP" shows "$VIP" dev eth0 -- "$VIP"
check "a table has room for it" grep -E "^$VIP  +eth0 " \
	<(quietly worker1 l2ctl vip show)
capture_start
start=$(now)
ask 1
on neighbor arping -q -i eth0 -c 1 -W 1 "$OLD"
check "each is answered by its protocol" saw --since "$start" -- answered=1
check "the older one too" \
	l2judge --vip "$OLD" --expect answered=1 "$CAPTURE"
on worker1 l2ctl vip set "$VIP" dev eth0 announce 1
start=$(now)
on worker1 l2ctl announce "$VIP"
check "announce takes it" wait_for sees --since "$start" -- 'rounds_whole>=1'

misused "a prefix length is no part of a VIP" 'prefix length' \
	on worker1 l2ctl vip add "$VIP/64" dev eth0
misused "nor is a zone" 'zone' on worker1 l2ctl vip add fe80::1%eth0 dev eth0
misused "half an address is none" 'not an IPv4 or IPv6 address' \
	on worker1 l2ctl vip add 2001:db8 dev eth0
refused "a VIP nobody knows" "." on worker1 l2ctl vip del "$VIP2" dev eth0

on worker1 l2ctl lease renew 1 ttl 10m
on worker1 l2ctl vip set "$VIP" dev eth0 lease 1
check "a lease's VIPs are found by it" shows lease 1 -- "$VIP"
on worker1 l2ctl vip set lease 1 state standby
check "and changed by it" vip_is worker1 state standby
on worker1 l2ctl vip del "$VIP" dev eth0
check "the monitor tells of the removal" wait_for event vip-del
on worker1 l2ctl vip flush

check "$MANY addresses in one batch" many add state standby
check "are there" count_is $MANY
check "each with its group" wait_for groups $MANY
on worker1 l2ctl vip flush
check "flushed, they leave no group behind" wait_for groups 0

finish
