#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Three controllers, one on each worker, over one SQLite store: what the
# failover tests share beside lib.sh. Sourced, not run. With L2A_IPV6 set, the
# service has an IPv6 VIP.
#
#     worker1          worker2          worker3       network namespaces
#   l2announced      l2announced      l2announced
#        |                |                |
#        +----------------+----------------+---------- store.db

# shellcheck disable=SC2034,SC2154 # variables for, and from, other files

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SERVICE=default/deathstar
WORKERS=(worker1 worker2 worker3)

# Duration of a node's lease, ms. Renewed four times as often, as by default.
LEASE_MS=${LEASE_MS:-2000}
if slow_kernel; then
	LEASE_MS=$((4 * LEASE_MS))
	PATIENCE=$((4 * PATIENCE))
fi
# From the last answer of a holder that crashed to the first of the next, at most:
# the lease, a tenth of it (0.2 s of the default's two), and the time between two
# requests.
DUE_MS=$((LEASE_MS + LEASE_MS / 10 + 100))

# The process of each worker's controller.
declare -A CONTROLLER

controller_socket() {
	echo "$L2A_TMP/$1.sock"
}

# control NAME WORDS...: l2ctl to that worker's controller.
control() {
	local name=$1
	shift

	l2ctl --socket "$(controller_socket "$name")" "$@"
}

# The store they meet in: how it is started, once there is the LAN, and what
# is said of it below "store:". Tests with another define these anew.
store_start() {
	:
}

store_config() {
	echo "  type: sqlite"
	echo "  path: $L2A_TMP/store.db"
}

controller_config() {
	cat > "$L2A_TMP/$1.yaml" << END
node: $1
socket: $(controller_socket "$1")
lockdir: $L2A_TMP/lock
store:
$(store_config "$1")
duration: ${LEASE_MS}ms
renew: $((LEASE_MS / 4))ms
END
	controller_extra "$1"
}

# controller_extra NAME: more for that worker's configuration. For tests that have it.
controller_extra() {
	:
}

controller_start() {
	local name=$1

	printf '# %s: l2announced starts\n' "$name" >&3
	controller_config "$name"
	ip netns exec "${!name}" l2announced -c "$L2A_TMP/$name.yaml" \
		2>> "$L2A_TMP/$name.log" &
	CONTROLLER[$name]=$!
	started $!
}

# controller_signal NAME SIGNAL
controller_signal() {
	printf '# %s: kill -%s l2announced\n' "$1" "$2" >&3
	kill "-$2" "${CONTROLLER[$1]}" || return
	# Reaped here, lest bash says aloud that it was killed.
	[ "$2" != KILL ] || wait "${CONTROLLER[$1]}" 2> /dev/null
	return 0
}

# vip_field NAME KEY [ADDRESS]: of the VIP on a node's eth0. What is delivered by
# a route is standby on every other device, and some kernel modules bring a device
# to each namespace.
vip_field() {
	quietly "$1" l2ctl -j vip show "${3:-$VIP}" dev eth0 | field "$2"
}

# node_is NAME STATE [ASKED]: what the controllers know of a node.
node_is() {
	local seen

	seen=$(control "${3:-$1}" -j node show |
		tr -d ' \n' | tr '}' '\n' | grep "\"name\":\"$1\"" |
		field state)
	[ "$seen" = "$2" ] || { echo "$1 is '$seen', expected '$2'"; return 1; }
}

# devs_are NAME DEVICES ASKED: what a node says it has. Needs jq.
devs_are() {
	local seen

	seen=$(control "$3" -j node show |
		jq -r ".[] | select(.name == \"$1\") | .devs | join(\" \")")
	[ "$seen" = "$2" ] || { echo "$1 has '$seen', expected '$2'"; return 1; }
}

# service_field KEY [ASKED]
service_field() {
	control "${2:-worker1}" -j service show "$SERVICE" | field "$1"
}

# holder_is NAME [ASKED]
holder_is() {
	local seen

	seen=$(service_field holder "${2:-$1}")
	[ "$seen" = "$1" ] || { echo "held by '$seen', expected '$1'"; return 1; }
}

# held: somebody holds the service.
held() {
	[ "$(service_field state)" = held ]
}

diag_logs() {
	local name

	for name in "${WORKERS[@]}"; do
		[ -s "$L2A_TMP/$name.log" ] || continue
		diag "$name's log:"
		diag "$(tail -n 12 "$L2A_TMP/$name.log")"
	done
}

# The node that has the MAC of the n-th run of answers, from 0.
answerer() {
	local name mac

	mac=$(l2judge --vip "$VIP" --get "answerer.$1.mac" "$CAPTURE" 2> /dev/null)
	for name in "${WORKERS[@]}"; do
		[ "${MAC[$name]}" != "$mac" ] || echo "$name"
	done
}

# Whoever has the service is heard by the neighbour, and says so itself.
l2a_settled() {
	local name

	sees 'answered>=3' || return
	name=$(answerer 0)
	[ -n "$name" ] && holder_is "$name"
}

# cluster: the LAN, a capture, three controllers, one service, a neighbour who
# asks ten times a second, and someone who answers: that is $HOLDER.
cluster() {
	local name

	begin neighbor "${WORKERS[@]}"
	require l2announced
	store_start
	capture_start
	for name in "${WORKERS[@]}"; do
		controller_start "$name"
	done
	for name in "${WORKERS[@]}"; do
		wait_for node_is "$name" ready > /dev/null || lost "$name starts"
	done
	on worker1 l2ctl --socket "$(controller_socket worker1)" \
		service add "$SERVICE" vip "$VIP" dev eth0 deliver route
	ask_on_and_on
	wait_for l2a_settled > /dev/null || lost "someone answers"
	HOLDER=$(answerer 0)
	printf '# %s holds %s\n' "$HOLDER" "$VIP" >&3
}

# in_due N: the N-th answerer was there in time after the one before it had crashed.
in_due() {
	diag "$(judge --get "answerer.$1.gap_ms") ms without an answer, with a lease of $LEASE_MS ms"
	saw "answerer.$1.gap_ms<=$DUE_MS"
}

# lost WHAT: what the test builds on has not come about.
lost() {
	diag_logs
	diag_capture
	echo "Bail out! waited in vain: $1"
	exit 1
}

# check_controllers DESCRIPTION COMMAND...: check, with the logs where it fails.
check_controllers() {
	check "$@" && return
	diag_logs
	return 1
}

# someone_else: a worker that is not the holder.
someone_else() {
	local name

	for name in "${WORKERS[@]}"; do
		[ "$name" = "$HOLDER" ] || break
	done
	echo "$name"
}

# taken_over: a second worker answers.
taken_over() {
	sees 'moves>=1' 'answerer.1.answers>=3'
}

if [ -n "$L2A_IPV6" ]; then
	# shellcheck source-path=SCRIPTDIR source=lib_ipv6.sh
	. "$L2A_HERE/lib_ipv6.sh"
fi
