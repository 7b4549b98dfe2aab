# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables for, and from, other files
#
# A capture on worker1 that holds on to the very buffers the stack works with, and
# looks at them late (late_capture.py). Sourced after lib.sh.

# late_start DEVICE, late_stop: a late capture in worker1, of whose file CAPTURE
# is then the name.
late_start() {
	mkfifo "$L2A_TMP/end"
	ip netns exec "$worker1" python3 "$L2A_HERE/late_capture.py" "$1" \
		"$L2A_TMP/late.pcap" < "$L2A_TMP/end" > "$L2A_TMP/late" 2>&1 &
	LATE=$!
	started "$LATE"
	exec {LATE_END}> "$L2A_TMP/end"
	wait_for listening "$L2A_TMP/late"
}

late_stop() {
	exec {LATE_END}>&-
	wait "$LATE"
	CAPTURE=$L2A_TMP/late.pcap
}

# story: what the capture tells about the VIP, without the times.
story() {
	l2judge --vip "$VIP" --events "$1" | sed 's/^[^ ]* *//'
}

same_story() {
	diff <(story "$1") <(story "$2")
}
