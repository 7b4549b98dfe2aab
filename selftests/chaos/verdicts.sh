# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables for, and from, other files
#
# What l2judge says of a step's captures. Sourced, not run.

# Captures of this step; until when each goes by one clock, '' for its end.
CAPTURES=()
ENDS=()

# new_capture [END]: another capture, which begins before the one so far ends: no
# frame is in neither.
new_capture() {
	local before=$L2A_CAPTURE_PID after

	[ ${#CAPTURES[@]} -eq 0 ] || ENDS[-1]=$1
	L2A_CAPTURE_PID=
	capture_start
	after=$L2A_CAPTURE_PID
	L2A_CAPTURE_PID=$before
	capture_stop
	L2A_CAPTURE_PID=$after
	CAPTURES+=("$CAPTURE")
	ENDS+=('')
}

# complaints FILTER ARGUMENTS...: what a filter of jq's says of any VIP of SERVED, by
# l2judge with these arguments. It is to say nothing. What was never asked for has no
# requests.
complaints() {
	local said status

	said=$(
		set -o pipefail
		l2judge --json "${@:2}" | jq -r 'INDEX(.vip) as $seen |
			$ARGS.positional[] | $seen[.] // {vip: ., requests: 0} |
			'"$1" --args "${SERVED[@]}"
	)
	status=$?
	[ -z "$said" ] || { echo "$said"; return 1; }
	return $status
}

# all_answered SINCE UNTIL: each request; one that fell into a hand-over was met by
# the next holder's announcement.
all_answered() {
	complaints 'select(.requests < 3 or .unanswered > .told) |
		"\(.vip): of \(.requests) requests \(.unanswered // 0) got no answer, \(.told // 0) of them an announcement"' \
		--since "$1" --until "$2" "$CAPTURE" && unserved "$1" "$2"
}

# unserved SINCE UNTIL: nobody answers for the service that is not there.
unserved() {
	[[ " ${SERVED[*]} " != *" $CHURN_VIP "* ]] || return 0
	l2judge --vip "$CHURN_VIP" --since "$1" --until "$2" "$CAPTURE" \
		--expect 'requests>=3' --expect replies=0
}

never_two() {
	local SERVED=("${VIPS[@]}" "$CHURN_VIP") file status=0

	for file in "${CAPTURES[@]}"; do
		complaints 'select(.dual_answers > 0) | "\(.vip): \(.dual)"' \
			"$file" || status=1
	done
	return $status
}

# longest_silence: of any VIP in this step, ms. A VIP that nobody answered for in
# a whole capture was silent for as long as it lasted, which all_answered tells.
longest_silence() {
	local i

	for i in "${!CAPTURES[@]}"; do
		l2judge --json ${ENDS[i]:+--until "${ENDS[i]}"} "${CAPTURES[i]}"
	done | jq -s '[.[][] | select(IN(.vip; $ARGS.positional[])).longest_gap_ms] |
		max | floor' --args "${VIPS[@]}"
}
