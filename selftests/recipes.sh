#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel half under other lease controllers, by the very files of
# deploy/recipes: a lock in etcd, and keepalived. The holder is frozen: another
# answers, and never do two.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_etcd.sh
. "$(dirname "$0")/lib_etcd.sh"

RECIPES=${L2A_TREE:-$L2A_TOP}/deploy/recipes
WORKERS=(worker1 worker2)
declare -A GROUP LEASE=([worker1]=7 [worker2]=8)

# A VIP that waits for its lease, as the recipes say.
prepare() {
	on "$1" l2ctl lease renew "${LEASE[$1]}" ttl 1ms
	on "$1" l2ctl vip add "$VIP" dev eth0 state standby lease "${LEASE[$1]}"
}

# run NAME COMMAND...: in its namespace, with a process group of its own.
run() {
	local name=$1
	shift

	setsid ip netns exec "${!name}" "$@" >> "$L2A_TMP/$name.log" 2>&1 &
	GROUP[$name]=$!
	started $!
}

locked() {
	run "$1" env ETCDCTL_API=3 ETCDCTL_ENDPOINTS="${ETCD_CLIENT[e]}" \
		etcdctl lock --ttl 5 vip/web \
		"$RECIPES/hold-with-lock" "${LEASE[$1]}" "$RECIPES/etcd-lock-held"
}

# The configuration as it stands, with this tree's script and the node's lease.
elected() {
	local no_bfd=()

	sed "s,/usr/local/sbin/vrrp 7,$L2A_TMP/vrrp ${LEASE[$1]}," \
		"$RECIPES/keepalived.conf" > "$L2A_TMP/$1.conf"
	chmod 600 "$L2A_TMP/$1.conf"
	# What it has for BFD has one file of the machine's to say that it runs.
	! keepalived --help 2>&1 | grep -q -- --no_bfd || no_bfd=(--no_bfd)
	run "$1" keepalived -n -l -D -P -f "$L2A_TMP/$1.conf" \
		-p "$L2A_TMP/$1.pid" -r "$L2A_TMP/$1.vrrp.pid" "${no_bfd[@]}"
}

# answering: NAME of whom the kernel lets answer, at most one.
answering() {
	local name list=()

	for name in "${WORKERS[@]}"; do
		! vip_is "$name" answering true > /dev/null || list+=("$name")
	done
	[ ${#list[@]} -eq 1 ] || { echo "answering: ${list[*]:-nobody}"; return 1; }
	echo "${list[0]}"
}

other() {
	[ "$1" = worker1 ] && echo worker2 || echo worker1
}

logs() {
	diag "$(tail -n 12 "$L2A_TMP"/worker*.log)"
}

# by WHAT STARTER AFTER: the story, told once for each controller. AFTER has
# holder and successor, and more to check, if any.
by() {
	local what=$1 starter=$2 after=$3 holder next name start

	capture_start
	ask_on_and_on
	for name in "${WORKERS[@]}"; do
		prepare "$name"
		$starter "$name"
	done
	if ! holder=$(wait_for answering); then
		echo "Bail out! $what: $holder"
		logs
		exit 1
	fi
	# Who begins first may have answered before.
	start=$(now)
	check "$what: one of two answers" \
		wait_for sees --since "$start" -- 'answered>=3' || logs
	next=$(other "$holder")
	kill -STOP -- "-${GROUP[$holder]}"
	check "$what: $holder frozen, $next answers" wait_for sees \
		--since "$start" -- "sequence=${MAC[$holder]},${MAC[$next]}" || logs
	check "$what: no request had two answers" saw dual_answers=0
	$after "$holder" "$next"
	for name in "${WORKERS[@]}"; do
		kill -KILL -- "-${GROUP[$name]}"
		wait_for gone "${GROUP[$name]}"
		on "$name" l2ctl vip flush
	done
	capture_stop
}

# What was frozen goes on: under a lock it finds that it has lost it. VRRP has no
# such judge, and l2announce's own controllers do: not asked of it.
thawed() {
	kill -CONT -- "-${GROUP[$1]}"
	check "etcd: $1 thawed, it ends as a standby" \
		wait_for vip_is "$1" state standby || logs
	start=$(now)
	check "etcd: and $2 goes on answering" \
		wait_for sees --since "$start" -- 'answered>=3' "sequence=${MAC[$2]}"
	check "etcd: still no request had two answers" saw dual_answers=0
}

# What was frozen as the master is killed, and starts anew: until VRRP says so it
# is none, whatever it was told last.
restarted() {
	kill -KILL -- "-${GROUP[$1]}"
	wait_for gone "${GROUP[$1]}"
	: > "$L2A_TMP/$1.log"
	start=$(now)
	elected "$1"
	check "keepalived: $1 starts anew, as a backup" \
		wait_for grep -q 'Entering BACKUP STATE' "$L2A_TMP/$1.log" || logs
	check "keepalived: and $2 alone goes on answering" \
		wait_for sees --since "$start" -- 'answered>=20' "sequence=${MAC[$2]}"
	check "keepalived: $1 did not take itself for the master even for a moment" \
		saw --since "$start" --announcer "${MAC[$1]}" -- announcements=0
	check "keepalived: still no request had two answers" saw dual_answers=0
}

by_etcd() {
	ETCD_DIR=$L2A_TMP/etcd
	mkdir "$ETCD_DIR"
	on lan ip link set lo up
	on lan ip addr add 12.0.0.250/24 dev br0
	etcd_member e 12.0.0.250 2379 2380
	etcd_start e ip netns exec "$lan"
	started "${ETCD_PID[e]}"
	wait_for etcd_healthy e ip netns exec "$lan" > /dev/null
	by etcd locked thawed
}

begin neighbor "${WORKERS[@]}"
require etcd etcdctl curl keepalived
# A lock's holder is told its key since 3.4.
if etcd_known; then
	plan 13
	by_etcd
else
	plan 7
	diag "without the lock in etcd, which needs 3.4"
fi

# Scripts that keepalived trusts: root's, in a folder that is root's.
chmod 755 "$L2A_TMP"
cp "$RECIPES/vrrp" "$L2A_TMP/vrrp"
at_end rm -f "/run/l2announce-vrrp.${LEASE[worker1]}" "/run/l2announce-vrrp.${LEASE[worker2]}"
by keepalived elected restarted

finish
