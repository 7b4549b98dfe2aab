#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An answer is made of the question, in its own buffer, unless somebody else has a
# share in that: a capture on the device that reads late sees the questions as
# they came, and the answers as they are on the wire.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_late.sh
. "$(dirname "$0")/lib_late.sh"

require python3
begin neighbor worker1
capture_start
wire=$CAPTURE
on worker1 l2ctl vip add "$VIP" dev eth0 announce 0
late_start eth0 || skip_all "no late capture: $(cat "$L2A_TMP/late")"
plan 3
ask 3
check "on the wire: each request answered once" \
	saw requests=3 answered=3 replies=3 "sequence=${MAC[worker1]}"
late_stop
check "on the device: the same three requests, and their answers" \
	sees requests=3 answered=3 replies=3 "sequence=${MAC[worker1]}" \
	unsolicited=0 malformed=0
check "both tell the same story" same_story "$wire" "$CAPTURE"
finish
