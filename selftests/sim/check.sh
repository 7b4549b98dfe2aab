#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run the simulation as TAP: all seeds in two halves at a time, then each fault,
# two at a time, which some history must show.
#
#   check.sh SIM SEEDS SECONDS FAULT_SEEDS FAULT...
set -u

sim=$1 seeds=$2 seconds=$3 fault_seeds=$4
shift 4
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
n=0 failed=0

result() { # STATUS DESCRIPTION FILE
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n $2"
	else
		echo "not ok $n $2"
		failed=1
	fi
	sed 's/^/# /' "$3"
}

echo "TAP version 13"
echo "1..$((2 + $#))"
half=$((seeds / 2))
"$sim" --seeds "1-$half" --seconds "$seconds" > "$out/1" 2>&1 & first=$!
"$sim" --seeds "$((half + 1))-$seeds" --seconds "$seconds" > "$out/2" 2>&1 & second=$!
wait "$first"
result $? "seeds 1 to $half" "$out/1"
wait "$second"
result $? "seeds $((half + 1)) to $seeds" "$out/2"

# noticed FAULT: its status is left in a file, for the results go in order.
noticed()
{
	"$sim" --seeds "1-$fault_seeds" --seconds "$seconds" --fault "$1" \
		> "$out/$1" 2>&1
	echo $? > "$out/$1.status"
}

running=0
for fault in "$@"; do
	[ $((running++)) -lt 2 ] || wait -n
	noticed "$fault" &
done
wait
for fault in "$@"; do
	result "$(cat "$out/$fault.status")" "fault $fault is noticed" "$out/$fault"
done
exit $failed
