#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two controllers, one name: the second refuses to start and says who is there,
# whether it finds out from the lock file, from the kernel's lease or from the
# store. The first is not disturbed.

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

# second FILE NAMESPACE SED...: a controller with a changed configuration.
second() {
	local file=$L2A_TMP/$1.yaml name=$2
	shift 2

	sed "$@" "$L2A_TMP/worker1.yaml" > "$file"
	quietly "$name" l2announced -c "$file" 2>&1 > /dev/null | tail -n 1
	return "${PIPESTATUS[0]}"
}

# says PATTERN FILE NAMESPACE SED...: the second is refused like that.
says() {
	local pattern=$1 line status
	shift

	line=$(second "$@")
	status=$?
	[ $status -eq 1 ] || { echo "exit status $status, expected 1: $line"; return 1; }
	grep -Eq -e "$pattern" <<< "$line" ||
		{ echo "expected '$pattern': $line"; return 1; }
}

cluster
plan 5
start=$(now)

check_controllers "the same node twice on one machine" \
	says "node worker1: already run by process [0-9]+" \
	again worker1 -e "s/worker1.sock/again.sock/"
check_controllers "another node over the same kernel's lease" \
	says "lease 1: another controller drives it" \
	other worker1 -e "s/^node: .*/node: other/" -e "s/worker1.sock/other.sock/"
check_controllers "the same name elsewhere" \
	says "node worker1 is alive on .*, process [0-9]+" \
	elsewhere neighbor -e "s,/lock$,/lock2," -e "s/worker1.sock/else.sock/"
# A refusal may take less than ten requests do.
wait_for sees --since "$start" -- 'requests>=10' > /dev/null
check "no request went unanswered" \
	saw --since "$start" -- unanswered=0 'requests>=10'
check "and nobody else answered" saw "sequence=${MAC[$HOLDER]}"

finish
