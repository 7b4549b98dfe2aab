#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No memory for a packet: an answer or an announcement that cannot be made is
# counted as that, the next one is made, and nothing half made is on the wire.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_late.sh
. "$(dirname "$0")/lib_late.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ipv6.sh
. "$(dirname "$0")/lib_ipv6.sh"

FAULT=/sys/kernel/debug/failslab
CACHE=/sys/kernel/slab/kmalloc-512/failslab
VIP4=12.0.0.100
COUNT=100

# fault KEY=VALUE...: of the kernel's fault injection.
fault() {
	local setting

	for setting in "$@"; do
		echo "${setting#*=}" > "$FAULT/${setting%%=*}"
	done
}

# starve: every other packet finds no memory for its data, where it may not wait: as
# it is received, answered or announced. Who asks may wait, and gets it. What is
# refused the kernel's command line has chosen (slub_debug=A,kmalloc-512): a small
# frame's data with what the kernel keeps behind them.
starve() {
	fault ignore-gfp-wait=Y cache-filter=Y interval=1 times=-1 verbose=0 \
		probability=50
}

feed() {
	fault probability=0 cache-filter=N
}

total() {
	quietly worker1 l2ctl -j stats | field "$1"
}

# counted MADE UNMADE N: as many as N were tried since these were what they are in
# $was_made and $was_unmade; some came to be, some did not.
counted() {
	local made unmade

	made=$(($(total "$1") - was_made))
	unmade=$(($(total "$2") - was_unmade))
	if [ $((made + unmade)) != "$3" ] || [ $made = 0 ] || [ $unmade = 0 ]; then
		echo "$made made, $unmade not, expected all of $3, and some of each"
		return 1
	fi
}

# starved VIP: asked for so often; all are answered, or counted.
starved() {
	was_made=$(total replies)
	was_unmade=$(total reply_errors)
	starve
	quietly neighbor python3 "$L2A_HERE/ask_many.py" eth0 "$1" $COUNT || return
	wait_for counted replies reply_errors $COUNT
}

failed_to_announce() {
	[ "$(total announce_errors)" -gt 0 ]
}

# announced ROUNDS: of the VIP, some of them without memory.
announced() {
	was_made=$(total announcements)
	was_unmade=$(total announce_errors)
	starve
	quietly worker1 l2ctl announce "$VIP4" || return
	wait_for failed_to_announce || return
	feed
	wait_for counted announcements announce_errors $((2 * $1))
}

begin neighbor worker1
require arping python3
[ -d $FAULT ] || skip_all "the kernel has no CONFIG_FAILSLAB"
[ "$(cat $CACHE 2> /dev/null)" = 1 ] ||
	skip_all "the kernel is not told which memory to refuse (slub_debug=A,kmalloc-512)"
at_end feed
plan 7
capture_start
# While that holds on to a request, its answer takes memory.
late_start eth0 || skip_all "no late capture: $(cat "$L2A_TMP/late")"
on worker1 l2ctl vip add "$VIP4" dev eth0 announce 0
on worker1 l2ctl vip add "$VIP" dev eth0 announce 0
check "ARP: some requests are answered, the others are reply_errors" \
	starved "$VIP4"
arp=$(total replies)
check "IPv6: some solicitations are answered, the others are reply_errors" \
	starved "$VIP"
feed
on worker1 l2ctl vip set "$VIP4" dev eth0 announce 200/10ms
check "announcements: some are sent, the others are announce_errors" \
	announced 200
check "what is on the wire is what was counted: answers" \
	saw --vip "$VIP4" -- "replies=$arp" malformed=0
check "solicited advertisements" \
	saw "replies=$(($(total replies) - arp))" malformed=0
check "announcements" saw --vip "$VIP4" -- \
	"announcements=$(total announcements)"
quietly neighbor arping -q -i eth0 -c 3 -W 0.1 "$VIP4"
check "with memory each request is answered again" \
	saw --vip "$VIP4" -- "replies=$((arp + 3))"

finish
