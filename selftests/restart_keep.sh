#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The holder's controller is restarted so that everything is kept: by SIGUSR1, and
# by SIGTERM where it was started with --keep. It goes on where it was, its local route
# stays, and nobody on the LAN notices. A plain SIGTERM then does hand over. And where
# the service has moved to other devices meanwhile, what was kept is no second answer.

# Long enough for a controller to start on a slow machine.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

# The kernel's VIPs are compared by themselves less often than this test takes.
controller_extra() {
	printf 'reconcile: 1m\nlinger: 1s\n' >> "$L2A_TMP/$1.yaml"
}

# start_keeping NAME: its controller, with --keep.
start_keeping() {
	printf '# %s: l2announced --keep starts\n' "$1" >&3
	ip netns exec "${!1}" l2announced --keep -c "$L2A_TMP/$1.yaml" \
		2>> "$L2A_TMP/$1.log" &
	CONTROLLER[$1]=$!
	started $!
}

# end_by SIGNAL: the holder's controller, and how it ended in $STATUS.
end_by() {
	controller_signal "$HOLDER" "$1"
	wait_for gone "${CONTROLLER[$HOLDER]}" || lost "$HOLDER ends"
	wait "${CONTROLLER[$HOLDER]}"
	STATUS=$?
}

remaining() {
	quietly "$HOLDER" l2ctl -j lease show | field remaining_ms
}

# fresh: the lease in the holder's kernel is nearly a whole one: it was renewed
# just before the end.
fresh() {
	local left

	left=$(remaining)
	[ "$left" -gt $((LEASE_MS / 2)) ] || { echo "$left ms left"; return 1; }
}

# route_events: what happened to the VIP's local route since the watch began.
route_events() {
	grep "$VIP" "$L2A_TMP/routes"
}

watching() {
	[ -s "$L2A_TMP/routes" ]
}

# The first event shows that it listens.
watch_routes() {
	ip -n "${!HOLDER}" -o monitor route > "$L2A_TMP/routes" &
	started $!
	while ! watching; do
		ip -n "${!HOLDER}" route replace local 198.18.0.1 dev lo
		nap
		ip -n "${!HOLDER}" route del local 198.18.0.1 dev lo
	done
}

# another_device NAME: one more on the same LAN, for the service alone.
another_device() {
	on "$1" ip link add lan9 link eth0 address 02:00:00:00:00:99 \
		type macvlan mode bridge
	on "$1" ip link set lan9 up
}

answered_there() {
	sees --since "$start" -- 'answered>=3' sequence=02:00:00:00:00:99
}

cluster
plan 15

start=$(now)
before=$(service_field token)
watch_routes
end_by USR1
check_controllers "SIGUSR1: it ends well" test $STATUS -eq 0
check "its lease was renewed for the last time just then" fresh
check "the VIP is still active" vip_is "$HOLDER" state active
start_keeping "$HOLDER"
check_controllers "and is back" wait_for node_is "$HOLDER" ready

end_by TERM
check_controllers "SIGTERM with --keep: it ends well" test $STATUS -eq 0
check "the VIP is still active" vip_is "$HOLDER" state active
controller_start "$HOLDER"
check_controllers "and is back" wait_for node_is "$HOLDER" ready
wait_for past "$(later "$start" $((2 * LEASE_MS)))"
check_controllers "it still holds the service, under the same token" \
	test "$(service_field holder) $(service_field token)" = "$HOLDER $before"
check "its local route was there all the time" not route_events
check_controllers "no request went unanswered, and nobody else answered" \
	saw --since "$start" -- unanswered=0 'requests>=20' "sequence=${MAC[$HOLDER]}"

end_by TERM
check_controllers "SIGTERM without it: another takes over" wait_for taken_over
check "never two answers" saw dual_answers=0

old=$HOLDER
HOLDER=$(answerer 1)
controller_start "$old"
wait_for node_is "$old" ready > /dev/null || lost "$old is back"
another_device "$old"
end_by USR1
check_controllers "the next holder ends as well" test $STATUS -eq 0
on "$old" l2ctl --socket "$(controller_socket "$old")" \
	service set "$SERVICE" dev lan9 deliver none
controller_start "$HOLDER"
wait_for node_is "$HOLDER" ready > /dev/null || lost "$HOLDER is back"
wait_for past "$(later "$(now)" "$LEASE_MS")"
start=$(now)
check_controllers "the service is answered where its devices are now" \
	wait_for answered_there
check "never two answers" saw dual_answers=0

finish
