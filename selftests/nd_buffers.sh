#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An advertisement is made of the solicitation, in its own buffer, whatever that is
# like: one that a capture has a share in, one in pieces with the message beyond the
# first, one that claims to be a segment of something else.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ipv6.sh
. "$(dirname "$0")/lib_ipv6.sh"
# shellcheck source-path=SCRIPTDIR source=lib_late.sh
. "$(dirname "$0")/lib_late.sh"

made() {
	grep made "$L2A_TMP/tap"
}

# machine: a virtual machine behind tap1 of worker1, which solicit_as feeds.
machine() {
	mkfifo "$L2A_TMP/lines"
	ip netns exec "$worker1" python3 "$L2A_HERE/tap_solicit.py" tap1 "$VIP" \
		< "$L2A_TMP/lines" > "$L2A_TMP/tap" 2>&1 &
	started $!
	exec {LINES_TO}> "$L2A_TMP/lines"
	wait_for made
}

# solicit_as KEY=VALUE...: one solicitation, in a buffer of that kind.
solicit_as() {
	echo "$*" >&"$LINES_TO"
}

begin neighbor worker1
plan 8
capture_start
wire=$CAPTURE
on worker1 l2ctl vip add "$VIP" dev eth0 announce 0
late_start eth0 || skip_all "no late capture: $(cat "$L2A_TMP/late")"
ask 3
check "on the wire: each solicitation answered once" \
	saw requests=3 answered=3 replies=3 malformed=0 "sequence=${MAC[worker1]}"
late_stop
check "on the device: the same three, and their answers" \
	sees requests=3 answered=3 replies=3 "sequence=${MAC[worker1]}" \
	unsolicited=0 malformed=0
check "both tell the same story" same_story "$wire" "$CAPTURE"

modprobe -q tun
machine > /dev/null || skip_all "no tap: $(cat "$L2A_TMP/tap")"
on worker1 sysctl -qw net.ipv6.conf.tap1.accept_dad=0
on worker1 ip link set tap1 address 02:00:00:00:00:31 up
on worker1 l2ctl vip flush
on worker1 l2ctl vip add "$VIP" dev tap1 announce 0
capture_on worker1 tap1

solicit_as
check "a virtual machine asks: answered" \
	wait_for vip_is worker1 replies 1
solicit_as headers=3 linear=54
check "in pieces, the message beyond the first: answered" \
	wait_for vip_is worker1 replies 2
solicit_as segment=8
check "as a segment of TCP: answered" \
	wait_for vip_is worker1 replies 3
solicit_as
check "and the next one" wait_for vip_is worker1 replies 4
check "all on the wire, as RFC 4861 has them" \
	wait_for sees replies=4 malformed=0 "sequence=02:00:00:00:00:31"

finish
