# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables for, and from, other files
#
# The faults: do_KIND NODE begins one, undo_KIND NODE heals it. Each succeeds only
# where it took effect. Sourced, not run.

do_kill() { controller_signal "$1" KILL; }
undo_kill() { controller_start "$1"; }

do_freeze() { controller_signal "$1" STOP; }
undo_freeze() { controller_signal "$1" CONT; }

do_restart() { controller_signal "$1" TERM; }
undo_restart() {
	local status

	wait_for gone "${CONTROLLER[$1]}" || return
	wait "${CONTROLLER[$1]}"
	status=$?
	controller_start "$1"
	[ $status = 0 ] || diag "$1: l2announced ended with exit status $status"
	return $status
}

do_link() { pull_cable "$1" down; }
undo_link() { pull_cable "$1" up; }

# From etcd alone.
do_partition() { pull_cable "$1-s" down; }
undo_partition() { pull_cable "$1-s" up; }

pull_cable() {
	ip -n "$lan" link set "$1" "$2"
}

# Of what is asked, answered and announced.
do_loss() { netem "$1" "$1" eth0 loss 30%; }
undo_loss() { netem_off "$1" "$1" eth0; }

# What goes to etcd and what comes from it.
do_slow() { netem "$1-s" "$1" eth1 delay 150ms 100ms loss 10%; }
undo_slow() { netem_off "$1-s" "$1" eth1; }

# netem PORT NODE DEVICE WORDS...: both ends of a cable, since each shapes only what
# it sends.
netem() {
	in_lan tc qdisc add dev "$1" root netem "${@:4}" &&
		quietly "$2" tc qdisc add dev "$3" root netem "${@:4}"
}

netem_off() {
	in_lan tc qdisc del dev "$1" root &&
		quietly "$2" tc qdisc del dev "$3" root
}

do_drain() { tell draining "$1" node drain "$1"; }
undo_drain() { tell ready "$1" node undrain "$1"; }

draining() { node_is "$2" draining "$1"; }
ready() { node_is "$2" ready "$1"; }

# A service that the node does not hold yet, nor one that the other fault is about.
do_move() {
	local service

	service=$(elsewhere) || return
	printf '# %s moves to %s\n' "$service" "$1" >&3
	tell holds "$1" move "$service" "$1"
}
undo_move() { :; }

# holds ASKED NODE move SERVICE
holds() {
	[ "$(holder_of "$4" "$1")" = "$2" ]
}

holder_of() {
	control "$2" -j service show "$1" | field holder
}

elsewhere() {
	local name service holder

	name=$(asked) || return
	for service in "${SERVICES[@]}"; do
		holder=$(holder_of "$service" "$name")
		case $holder in
		'' | null) continue ;;
		esac
		struck "$holder" || { echo "$service"; return; }
	done
	return 1
}

do_churn() {
	tell known default/churn service add default/churn vip "$CHURN_VIP" dev eth0 &&
		SERVED+=("$CHURN_VIP")
}
undo_churn() {
	SERVED=("${VIPS[@]}")
	tell unknown default/churn service del default/churn
}

known() { control "$1" service show "$2"; }
unknown() { ! known "$@"; }

do_clock() { set_clock 86400; }
undo_clock() { set_clock -86400; }

set_clock() {
	local at=$EPOCHREALTIME

	date -s "@$((${at%.*} + $1)).${at#*.}" > /dev/null || return
	new_capture "$at"
}

do_leader() {
	local name

	name=$(wait_for leads) && down_members "$name"
}
undo_leader() { up_members; }

leads() {
	etcd_leader in_lan | grep -m 1 .
}

do_quorum() { down_members etcd1 etcd2; }
undo_quorum() { up_members; }

down_members() {
	local name

	for name in "$@"; do
		etcd_signal "$name" KILL || return
	done
}

up_members() {
	local name

	for name in "${ETCD_NAMES[@]}"; do
		[ -n "${ETCD_PID[$name]}" ] || etcd_run "$name"
	done
	for name in "${ETCD_NAMES[@]}"; do
		wait_for etcd_healthy "$name" in_lan ||
			lost "$name comes back"
	done
}

# ---------------------------------------------------------------- by l2ctl

# struck NAME: that node has a fault now.
struck() {
	[[ " ${VICTIMS[*]} " = *" $1 "* ]]
}

# asked: a node without a fault, whose controller can be asked.
asked() {
	local name

	for name in "${WORKERS[@]}"; do
		struck "$name" && continue
		control "$name" node show > /dev/null 2>&1 || continue
		echo "$name"
		return
	done
	return 1
}

# tell EFFECT WHAT WORDS...: l2ctl WORDS, until EFFECT ASKED WHAT WORDS... is seen.
# Not at once while etcd elects a leader.
tell() {
	local said status

	said=$(wait_for told "$@")
	status=$?
	[ $status = 0 ] || diag "l2ctl ${*:3}: $said"
	return $status
}

# The same again may well be refused: what was done decides.
told() {
	local name

	name=$(asked) || { echo "nobody can be asked"; return 1; }
	control "$name" "${@:3}"
	"$1" "$name" "${@:2}"
}
