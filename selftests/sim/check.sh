#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run the simulation as TAP: all seeds in two halves at a time, then each fault,
# two at a time, of which some history must break the promise that it is to break.
#
#   check.sh SIM SEEDS SECONDS FAULT_SEEDS
set -u

sim=$1 seeds=$2 seconds=$3 fault_seeds=$4
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
n=0 failed=0

result() { # STATUS DESCRIPTION FILE
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n $2"
	else
		echo "not ok $n $2"
		failed=$((failed + 1))
	fi
	sed 's/^/# /' "$3"
}

"$sim" --faults > "$out/faults" || exit 1
echo "TAP version 13"
echo "1..$((2 + $(wc -l < "$out/faults")))"
half=$((seeds / 2))
SECONDS=0
"$sim" --seeds "1-$half" --seconds "$seconds" > "$out/1" 2>&1 & first=$!
"$sim" --seeds "$((half + 1))-$seeds" --seconds "$seconds" > "$out/2" 2>&1 & second=$!
wait "$first"
result $? "seeds 1 to $half" "$out/1"
wait "$second"
result $? "seeds $((half + 1)) to $seeds" "$out/2"
echo "# $seeds seeds took $SECONDS s"

# broken FAULT: its status is left in a file, for the results go in order.
broken()
{
	"$sim" --seeds "1-$fault_seeds" --seconds "$seconds" --fault "$1" \
		> "$out/$1" 2>&1
	echo $? > "$out/$1.status"
}

running=0
while read -r fault _; do
	[ $((running++)) -lt 2 ] || wait -n
	broken "$fault" &
done < "$out/faults"
wait
while read -r fault promise; do
	result "$(cat "$out/$fault.status")" "fault $fault breaks $promise" \
		"$out/$fault"
done < "$out/faults"
echo "# $((n - failed)) passed, $failed failed"
[ $failed = 0 ]
