#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The configuration of a running controller is read again, by signal and by command:
# what can change does, what cannot is refused with its key, a broken file changes
# nothing; and the holder answers all along.

# A holder changes only where the test changes it.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

# config LINE...: the holder's, with these lines more.
config() {
	controller_config "$HOLDER"
	printf '%s\n' "$@" >> "$L2A_TMP/$HOLDER.yaml"
}

logged() {
	grep -E -e "$1" "$L2A_TMP/$HOLDER.log"
}

refusals() {
	logged 'not reloaded' | grep -c ''
}

# logged_more COUNT: refusals than that.
logged_more() {
	[ "$(refusals)" -gt "$1" ]
}

changed() {
	local seen

	seen=$(control "$HOLDER" -j reload | jq -r '.[].key' | xargs)
	[ "$seen" = "$1" ] || { echo "$seen"; return 1; }
}

cluster
require jq
plan 13

before=$(service_field token)
start=$(now)
check "an unchanged file changes nothing" changed ""
config "log: debug" "linger: 3s"
check "what can change does" changed "linger log"
check "once" changed ""
config "log: notice" "rebalance: off" "reconcile: 500ms" "margin: 50ms"
controller_signal "$HOLDER" HUP
check_controllers "by SIGHUP too, and it is logged" wait_for logged \
	'reloaded .*: changed margin, linger, reconcile, rebalance, log'

config "log: debug" "lease: 7"
refused "what cannot is refused with its line" \
	"$HOLDER.yaml:[0-9]+: lease: cannot change while l2announced runs: restart it" \
	control "$HOLDER" reload
config "log: debug" "lease: 7" "lockdir: $L2A_TMP"
sed -i "s/^duration:.*/duration: $((LEASE_MS + 1000))ms/; /^lockdir:.*lock$/d" "$L2A_TMP/$HOLDER.yaml"
refused "all of it" "lease: cannot .*, nor can duration, lockdir: restart" \
	control "$HOLDER" reload
config "log: debug" "colour: red"
refused "a key that is none" "yaml:[0-9]+: colour: unknown key" control "$HOLDER" reload
echo ' - [' >> "$L2A_TMP/$HOLDER.yaml"
lines=$(refusals)
controller_signal "$HOLDER" HUP
check_controllers "a broken file by SIGHUP is logged" \
	wait_for logged_more "$lines"
rm "$L2A_TMP/$HOLDER.yaml"
refused "a file that is gone" "No such file" control "$HOLDER" reload
misused "a word too many" '"now"' control "$HOLDER" reload now

config "log: notice" "rebalance: off" "reconcile: 500ms" "margin: 50ms"
check "nothing of them was taken over" changed ""

wait_for past "$(later "$start" "$LEASE_MS")"
check_controllers "no request went unanswered, by the one holder" \
	saw --since "$start" -- unanswered=0 'requests>=20' "sequence=${MAC[$HOLDER]}"
check "under the same token" test "$(service_field token)" = "$before"

finish
