#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# l2ctl -j: a list always, with exactly the keys that scripts rely on, and the
# types they expect.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# well_formed FILE KEY:TYPE...: the file is a list of objects with these keys,
# in this order. One TYPE may stand for several: number|null.
well_formed() {
	python3 - "$@" << 'END'
import json, sys

TYPES = {str: "string", bool: "bool", int: "number", type(None): "null",
         list: "list", float: "float"}
data = json.load(open(sys.argv[1]))
wanted = [pair.split(":") for pair in sys.argv[2:]]
if not isinstance(data, list) or not data:
    sys.exit("not a list with something in it: %r" % data)
for item in data:
    if list(item) != [key for key, _ in wanted]:
        sys.exit("keys %s" % list(item))
    for key, kinds in wanted:
        if TYPES[type(item[key])] not in kinds.split("|"):
            sys.exit("%s is %r, expected %s" % (key, item[key], kinds))
END
}

# events FILE NAME KEY...: lines of that event have these keys.
events() {
	python3 - "$@" << 'END'
import json, re, sys

name, wanted = sys.argv[2], sys.argv[3:]
seen = [line for line in map(json.loads, open(sys.argv[1]))
        if line["event"] == name]
if not seen:
    sys.exit("no event %s" % name)
for event in seen:
    if sorted(event) != sorted(["event", "time"] + wanted):
        sys.exit("keys %s" % list(event))
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",
                        event["time"]):
        sys.exit("time %s" % event["time"])
END
}

is_empty_list() {
	local seen

	seen=$("$@" | tr -d ' \n')
	[ "$seen" = "[]" ] || { echo "$seen"; return 1; }
}

monitoring() {
	quietly worker1 l2ctl vip add "$VIP2" dev eth0 state standby
	quietly worker1 l2ctl vip del "$VIP2" dev eth0
	grep vip-del "$L2A_TMP/events"
}

VIP_KEYS=(address:string dev:string ifindex:number state:string
	'lease:number|null' answering:bool replies:number suppressed:number
	announcements:number conflicts:number)
LEASE_KEYS=(id:number token:number remaining_ms:number valid:bool)

begin neighbor worker1
require python3
plan 11

check "no VIPs are an empty list" is_empty_list quietly worker1 l2ctl -j vip show
check "no leases too" is_empty_list quietly worker1 l2ctl -j lease show

ip netns exec "$worker1" l2ctl -j monitor > "$L2A_TMP/events" &
started $!
wait_for monitoring > /dev/null
on worker1 l2ctl lease renew 1 ttl 1s token 3
on worker1 l2ctl vip add "$VIP" dev eth0 lease 1
on worker1 l2ctl vip add "$VIP2" dev eth0 state standby

on worker1 l2ctl -j vip show > "$L2A_TMP/vips"
on worker1 l2ctl -j lease show > "$L2A_TMP/leases"
on worker1 l2ctl -j -p vip show > "$L2A_TMP/pretty"
on worker1 l2ctl -j stats > "$L2A_TMP/stats"
check "vip show" well_formed "$L2A_TMP/vips" "${VIP_KEYS[@]}"
check "vip show -p has the same" well_formed "$L2A_TMP/pretty" "${VIP_KEYS[@]}"
check "lease show" well_formed "$L2A_TMP/leases" "${LEASE_KEYS[@]}"
check "stats are a list of one" grep -q '^ *\[ *{' \
	<(tr -d '\n' < "$L2A_TMP/stats")
check "a VIP without a lease has null there" \
	grep -Eq '"lease": ?null' "$L2A_TMP/vips"

wait_for grep -q expired "$L2A_TMP/events"
check "monitor: vip" events "$L2A_TMP/events" vip "${VIP_KEYS[@]%%:*}"
check "monitor: vip-del" events "$L2A_TMP/events" vip-del "${VIP_KEYS[@]%%:*}"
check "monitor: lease" events "$L2A_TMP/events" lease "${LEASE_KEYS[@]%%:*}"
check "monitor: expired" events "$L2A_TMP/events" expired "${LEASE_KEYS[@]%%:*}"

finish
