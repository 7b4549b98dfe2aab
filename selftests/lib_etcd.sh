# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables from other files
#
# Real etcd members for tests, of any number, on any addresses: started,
# killed, frozen, waited for. Sourced, not run.
#
# Their data is in $ETCD_DIR; so is what they logged. Nothing outlives
# etcd_end.

ETCD_DIR=${ETCD_DIR:-}
declare -A ETCD_PID ETCD_CLIENT ETCD_PEER
ETCD_MEMBERS=()
# More arguments, for all: TLS and others.
ETCD_ARGS=()
ETCD_SCHEME=http
# How curl and etcdctl reach them.
ETCD_CURL=()

# etcd_member NAME ADDRESS CLIENT-PORT PEER-PORT: there will be one.
etcd_member() {
	ETCD_MEMBERS+=("$1")
	ETCD_CLIENT[$1]=$ETCD_SCHEME://$2:$3
	ETCD_PEER[$1]=http://$2:$4
}

# etcd_start NAME [COMMAND...]: run it, by that command (ip netns exec ...).
# The first members together make the cluster; a restart takes up its data.
etcd_start() {
	local name=$1 other list=
	shift

	for other in "${ETCD_MEMBERS[@]}"; do
		list+=${list:+,}$other=${ETCD_PEER[$other]}
	done
	"$@" etcd --name "$name" --data-dir "$ETCD_DIR/$name" \
		--listen-client-urls "${ETCD_CLIENT[$name]}" \
		--advertise-client-urls "${ETCD_CLIENT[$name]}" \
		--listen-peer-urls "${ETCD_PEER[$name]}" \
		--initial-advertise-peer-urls "${ETCD_PEER[$name]}" \
		--initial-cluster "$list" --logger zap \
		"${ETCD_ARGS[@]}" >> "$ETCD_DIR/$name.log" 2>&1 &
	ETCD_PID[$name]=$!
}

# etcd_signal NAME SIGNAL
etcd_signal() {
	kill "-$2" "${ETCD_PID[$1]}" || return
	[ "$2" != KILL ] || { wait "${ETCD_PID[$1]}" 2> /dev/null; unset "ETCD_PID[$1]"; }
	return 0
}

# etcd_healthy NAME [COMMAND...]: it answers, and has a leader.
etcd_healthy() {
	local name=$1
	shift

	"$@" curl -fsS -m 2 "${ETCD_CURL[@]}" "${ETCD_CLIENT[$name]}/health" 2>&1 |
		grep -q '"health": *"true"'
}

# etcd_leader [COMMAND...]: the name of the member that leads.
etcd_leader() {
	local name id

	for name in "${ETCD_MEMBERS[@]}"; do
		[ -n "${ETCD_PID[$name]}" ] || continue
		id=$("$@" curl -fsS -m 2 "${ETCD_CURL[@]}" -d '{}' \
			"${ETCD_CLIENT[$name]}/v3/maintenance/status" 2> /dev/null) || continue
		[ "$(etcd_id leader <<< "$id")" != "$(etcd_id member_id <<< "$id")" ] ||
			echo "$name"
	done
}

# etcd_elected NAME TIME: ms from then to the next leader that this member heard of.
etcd_elected() {
	local ts

	while read -r ts; do
		ts=$(date -d "$ts" +%s.%3N) || return
		[ "$(ms "$ts")" -gt "$(ms "$2")" ] || continue
		echo $(($(ms "$ts") - $(ms "$2")))
		return
	done < <(grep 'elected leader' "$ETCD_DIR/$1.log" |
		grep -o '"ts":"[^"]*"' | cut -d '"' -f 4)
	return 1
}

etcd_id() {
	grep -o "\"$1\":\"[0-9]*\"" | cut -d '"' -f 4
}

etcd_end() {
	local name

	for name in "${!ETCD_PID[@]}"; do
		etcd_signal "$name" KILL
	done
}

# ---------------------------------------------------------------- on the LAN

# For the tests of three controllers: etcd in namespace lan, which each worker
# reaches over a network of its own. After lib_controllers.sh.
#
#    lan: etcd1 10.77.0.1   etcd2 10.77.0.2   etcd3 10.77.0.3    on br1
#         worker1           worker2           worker3
#     eth1 10.77.0.11      10.77.0.12        10.77.0.13

ETCD_NAMES=(etcd1 etcd2 etcd3)

# What a test makes of lib_controllers.sh's store.
store_start() {
	etcd_network || lost "etcd's network"
	etcd_cluster
}

store_config() {
	local name list=

	for name in "${ETCD_MEMBERS[@]}"; do
		list+="${list:+, }\"${ETCD_CLIENT[$name]}\""
	done
	echo "  type: etcd"
	echo "  endpoints: [$list]"
}

etcd_network() {
	local name n=0

	ip -n "$lan" -batch - <<- END || return
		link set lo up
		link add br1 type bridge
		link set br1 up
	END
	for name in "${ETCD_NAMES[@]}"; do
		ip -n "$lan" addr add "10.77.0.$((++n))/24" dev br1 || return
	done
	for name in "${WORKERS[@]}"; do
		ip -n "$lan" -batch - <<- END || return
			link add $name-s type veth peer name eth1 netns ${!name}
			link set $name-s master br1
			link set $name-s up
		END
		ip -n "${!name}" -batch - <<- END || return
			addr add 10.77.0.1${name#worker}/24 dev eth1
			link set eth1 up
		END
	done
}

in_lan() {
	ip netns exec "$lan" "$@"
}

# etcd_run NAME: in namespace lan, until the test ends.
etcd_run() {
	printf '# %s starts\n' "$1" >&3
	etcd_start "$1" ip netns exec "$lan"
	started "${ETCD_PID[$1]}"
}

# Debian 11 has one from before what l2announce asks of etcd.
etcd_known() {
	! etcd --version | grep -qE 'Version: 3\.[0-3]\.'
}

etcd_cluster() {
	local name n=0

	require etcd curl
	etcd_known || skip_all "needs etcd 3.4"
	ETCD_DIR=$L2A_TMP/etcd
	# What l2announced.yaml(5) advises, so that a leader's death fits into
	# the lease.
	ETCD_ARGS=(--heartbeat-interval 50 --election-timeout 500)
	mkdir "$ETCD_DIR"
	for name in "${ETCD_NAMES[@]}"; do
		etcd_member "$name" "10.77.0.$((++n))" 2379 2380
	done
	for name in "${ETCD_NAMES[@]}"; do
		etcd_run "$name"
	done
	for name in "${ETCD_NAMES[@]}"; do
		wait_for etcd_healthy "$name" in_lan || lost "$name starts"
	done
}
