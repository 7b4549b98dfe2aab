#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# l2ctl monitor: every event there is, as it happens, as text and as JSON; and what
# it says where events come faster than they are read.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# watch NAME OPTIONS...: a monitor that writes into a file of that name.
watch() {
	local name=$1
	shift

	ip netns exec "$worker1" l2ctl "$@" monitor > "$L2A_TMP/$name" \
		2> "$L2A_TMP/$name.err" &
	MONITOR=$!
	started $MONITOR
	wait_for watching "$name"
}

watching() {
	quietly worker1 l2ctl vip add 12.0.0.199 dev eth0 state standby
	quietly worker1 l2ctl vip del 12.0.0.199 dev eth0
	[ -s "$L2A_TMP/$1" ]
}

# told JQ: an object that JSON's monitor wrote is so.
told() {
	jq -se "any(.[]; $1)" "$L2A_TMP/json" > /dev/null || {
		tail -n 5 "$L2A_TMP/json"
		return 1
	}
}

# said PATTERN...: a line of the text has all of these.
said() {
	local lines pattern

	lines=$(< "$L2A_TMP/text")
	for pattern; do
		lines=$(grep -E -- "$pattern" <<< "$lines") || {
			tail -n 5 "$L2A_TMP/text"
			return 1
		}
	done
}

# event NAME JQ PATTERN...: both have it.
event() {
	local name=$1 jq=$2
	shift 2

	wait_for told ".event == \"$name\" and $jq" && wait_for said "$name" "$@"
}

# Each line is an object by itself, with the time and the event first.
lines_are_objects() {
	local line

	while IFS= read -r line; do
		jq -e '(keys_unsorted[:2] == ["time", "event"]) and
		       (.time | test("^[0-9]{4}-.*T.*[.][0-9]{6}Z$"))' \
			<<< "$line" > /dev/null || { echo "$line"; return 1; }
	done < "$L2A_TMP/json"
}

claimed() {
	quietly neighbor arping -q -i eth0 -c 1 -W 0.01 -P -U -S "$VIP" "$VIP"
	told '.event == "conflict"'
}

ended() {
	! kill -0 "$1" 2> /dev/null
}

begin neighbor worker1
require jq
plan 15
watch json -j
watch text
text=$MONITOR

on worker1 l2ctl lease renew 5 ttl 10m token 9
check "a lease that becomes known" \
	event lease '.id == 5 and .token == 9 and .valid' 'id=5|id: 5|\b5\b'
on worker1 l2ctl vip add "$VIP" dev eth0 state standby lease 5
check "a VIP added" event vip \
	".address == \"$VIP\" and .state == \"standby\" and .lease == 5" \
	"$VIP" standby
on worker1 l2ctl vip set lease 5 state active announce 0
check "a VIP changed" event vip \
	".address == \"$VIP\" and .state == \"active\" and .answering" \
	"$VIP" active
check "another station claims it" wait_for claimed
check "with its address" event conflict \
	".address == \"$VIP\" and .lladdr == \"${MAC[neighbor]}\"" \
	"$VIP" "${MAC[neighbor]}"
on worker1 l2ctl lease renew 5 ttl 10m token 10
check "a lease that moves to a newer token" \
	event lease '.id == 5 and .token == 10' 10
on worker1 l2ctl lease release 5
check "a lease released" \
	event lease '.id == 5 and .token == 10 and (.valid | not)' 5
on worker1 l2ctl lease renew 6 ttl 1s token 1
check "a lease that runs out" event expired '.id == 6 and (.valid | not)' 6
on worker1 l2ctl vip del "$VIP" dev eth0
check "a VIP removed" event vip-del ".address == \"$VIP\"" "$VIP"
on worker1 ip link add away0 type dummy
on worker1 ip link set away0 arp on up
on worker1 l2ctl vip add "$VIP2" dev away0 state standby
on worker1 ip link del away0
check "a VIP whose device goes" \
	event device-gone ".address == \"$VIP2\"" "$VIP2"
check "JSON is one object a line" lines_are_objects

# A renewal that only moves the deadline is no news.
on worker1 l2ctl lease renew 7 ttl 10m token 1
event lease '.id == 7' > /dev/null
before=$(jq -s 'map(select(.event == "lease" and .id == 7)) | length' "$L2A_TMP/json")
for _ in 1 2 3; do
	on worker1 l2ctl lease renew 7 ttl 10m token 1
done
on worker1 l2ctl lease renew 8 ttl 10m token 1
event lease '.id == 8' > /dev/null
check "three renewals more are no event" \
	[ "$before" = "$(jq -s 'map(select(.event == "lease" and .id == 7)) | length' "$L2A_TMP/json")" ]

# Who does not read misses some, is told so, and goes on.
kill -STOP "$text"
quietly worker1 l2many add -s eth0 10.0.0.1 20000
kill -CONT "$text"
check "who reads too slowly is told that some are lost" \
	wait_for grep -q 'lost' "$L2A_TMP/text.err"
on worker1 l2ctl lease renew 11 ttl 10m token 77
check "and goes on" wait_for said lease 77
kill "$text"
check "it ends when it is told to" wait_for ended "$text"

finish
