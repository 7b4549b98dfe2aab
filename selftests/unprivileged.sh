#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The controller with a user of its own and CAP_NET_ADMIN, as its unit starts it: it
# holds a service, delivers it, and tells the service manager how it is, also when
# its renewals get nowhere. Members of its group may read from its socket and change
# nothing. Started as root it becomes that user by itself.

# Long enough for a disk to stand still and go on within it.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

# After which time without a sign of life a manager would end it.
WATCHDOG_MS=1000

USER_NAME=l2announce
DIR=
TOLD=

controller_socket() {
	echo "$DIR/$1.sock"
}

store_config() {
	echo "  type: sqlite"
	echo "  path: $DIR/disk/$1.db"
}

# A disk that can be frozen: what writes to it waits, and the loop turns on.
disk_start() {
	modprobe -a loop ext4
	truncate -s 64M "$L2A_TMP/image"
	mkdir "$DIR/disk"
	mkfs.ext4 -q "$L2A_TMP/image" || lost "a file system"
	mount -o loop "$L2A_TMP/image" "$DIR/disk" || lost "a disk"
	chown "$USER_NAME" "$DIR/disk"
}

disk_end() {
	fsfreeze --unfreeze "$DIR/disk" 2> /dev/null
	[ -z "${CONTROLLER[worker1]}" ] || l2a_end "${CONTROLLER[worker1]}"
	umount -l "$DIR/disk"
}

# as NAME GROUPS COMMAND...: somebody, in the groups of the given names.
as() {
	local who=$1 groups=$2
	shift 2

	setpriv --reuid "$who" --regid nogroup --groups "$groups" \
		--inh-caps=-all --bounding-set=-all "$@"
}

member() {
	as nobody "$USER_NAME" "$@"
}

stranger() {
	as nobody nogroup "$@"
}

# start [KEY: VALUE]: worker1's, as its unit would; with a line for its
# configuration, as root.
start() {
	local caps=-all,+net_admin
	local become=(setpriv --reuid "$USER_NAME" --regid "$USER_NAME"
		--init-groups --inh-caps="$caps" --ambient-caps="$caps"
		--bounding-set="$caps")

	controller_config worker1
	sed -i "s,^lockdir:.*,lockdir: $DIR/lock," "$L2A_TMP/worker1.yaml"
	if [ $# -gt 0 ]; then
		echo "$1" >> "$L2A_TMP/worker1.yaml"
		become=()
	fi
	NOTIFY_SOCKET=$L2A_TMP/notify WATCHDOG_USEC=$((WATCHDOG_MS * 1000)) \
		ip netns exec "$worker1" "${become[@]}" \
		l2announced -c "$L2A_TMP/worker1.yaml" 2>> "$L2A_TMP/worker1.log" &
	CONTROLLER[worker1]=$!
	started $!
}

told() {
	grep -q "$1" "$TOLD" || { echo "told: $(tail -n 3 "$TOLD")"; return 1; }
}

signs() {
	grep -c WATCHDOG=1 "$TOLD"
}

# signs_above N
signs_above() {
	local seen

	seen=$(signs)
	[ "$seen" -gt "$1" ] || { echo "$seen signs of life"; return 1; }
}

logged() {
	grep -q "$1" "$L2A_TMP/worker1.log"
}

delivers() {
	ip -n "$worker1" route show table local "$VIP" | grep -q dev
}

answers() {
	sees --since "$1" -- 'answered>=3'
}

# runs_as FIELD VALUE...: of the process's status.
runs_as() {
	local seen

	seen=$(sed -n "s/^$1:[[:space:]]*//p" "/proc/${CONTROLLER[worker1]}/status")
	shift
	[ "$(tr '\t' ' ' <<< "$seen")" = "$*" ] || { echo "is '$seen', expected '$*'"; return 1; }
}

# large_file FILE: services that make more than who may only read may send along.
large_file() {
	local i

	{
		echo "services:"
		for ((i = 0; i < 1000; i++)); do
			echo "  - {name: large/service$i, vips: [198.51.100.1], devs: [eth0]}"
		done
	} > "$1"
	chmod 644 "$1"
}

refuses_to_start() {
	local config=$L2A_TMP/refused.yaml
	local line=$1 pattern=$2
	shift 2

	{ cat "$L2A_TMP/worker1.yaml"; echo "$line"; } > "$config"
	refused "$line: refused" "$pattern" "$@" l2announced -c "$config"
}

begin neighbor worker1
require l2announced setpriv systemd-sysusers mkfs.ext4 fsfreeze python3
DIR=$L2A_TMP/own
TOLD=$L2A_TMP/told.log
systemd-sysusers "${L2A_TREE:-$L2A_TOP}/ctl/systemd/l2announce.sysusers" ||
	lost "the user"
chmod 711 "$L2A_TMP"
install -d -o "$USER_NAME" -g "$USER_NAME" "$DIR"
touch "$TOLD"
at_end disk_end
disk_start
python3 "$L2A_HERE/notify_listen.py" "$L2A_TMP/notify" "$TOLD" &
started $!
wait_for test -S "$L2A_TMP/notify" > /dev/null || lost "a service manager"
capture_start
plan 30

uid=$(id -u "$USER_NAME")
gid=$(id -g "$USER_NAME")
net_admin=0000000000001000
none=0000000000000000

start
check_controllers "it joins, and the manager is told" wait_for told READY=1
check "its user is $USER_NAME" runs_as Uid "$uid" "$uid" "$uid" "$uid"
check "its only capability is CAP_NET_ADMIN" runs_as CapPrm $net_admin
check "root adds a service" control worker1 \
	service add "$SERVICE" vip "$VIP" dev eth0 deliver route
ask_on_and_on
check_controllers "its VIP is answered" wait_for answers "$(now)"
check_controllers "and delivered" wait_for delivers
check "the manager is told what it holds" wait_for told \
	'STATUS=worker1: in, holds 1 of 1 services'

check "a member of the group reads services" \
	member l2ctl --socket "$(controller_socket worker1)" service show
check "and the status" \
	member l2ctl --socket "$(controller_socket worker1)" status
refused "he adds none" 'not permitted' member \
	l2ctl --socket "$(controller_socket worker1)" service add other vip "$VIP2" dev eth0
refused "he removes none" 'not permitted' member \
	l2ctl --socket "$(controller_socket worker1)" service del "$SERVICE"
large_file "$L2A_TMP/large.yaml"
refused "he applies no file, however large" 'not permitted' member \
	l2ctl --socket "$(controller_socket worker1)" apply -f "$L2A_TMP/large.yaml"
refused "he moves none" 'not permitted' member \
	l2ctl --socket "$(controller_socket worker1)" move "$SERVICE" worker1
refused "he drains no node" 'not permitted' member \
	l2ctl --socket "$(controller_socket worker1)" node drain worker1
refused "he changes no VIP" 'not permitted' \
	quietly worker1 setpriv --reuid nobody --regid nogroup --groups "$USER_NAME" \
	--inh-caps=-all --bounding-set=-all l2ctl vip del "$VIP" dev eth0
refused "a stranger does not even read" 'Permission denied' stranger \
	l2ctl --socket "$(controller_socket worker1)" status
check "its own user may change things" as "$USER_NAME" nogroup \
	l2ctl --socket "$(controller_socket worker1)" service add own vip "$VIP2" dev eth0

check "it gives signs of life" wait_for signs_above "$(signs)"
fsfreeze --freeze "$DIR/disk"
check_controllers "renewals that get nowhere are noticed" wait_for logged 'get nowhere'
before=$(signs)
check "it still answers on its socket" control worker1 status
wait_for past "$(later "$(now)" $((2 * WATCHDOG_MS)))" > /dev/null
check "but gives no sign of life any more" test "$(signs)" -eq "$before"
fsfreeze --unfreeze "$DIR/disk"
check_controllers "and again once they do" wait_for signs_above "$before"
kill "${CONTROLLER[worker1]}"
wait "${CONTROLLER[worker1]}"
check_controllers "it ends as it is told" test $? -eq 0
check "the manager is told" told STOPPING=1

start "user: $USER_NAME"
check_controllers "started as root it becomes $USER_NAME" \
	wait_for runs_as Uid "$uid" "$uid" "$uid" "$uid"
check "and its group" runs_as Gid "$gid" "$gid" "$gid" "$gid"
check "with CAP_NET_ADMIN alone" runs_as CapPrm $net_admin
check "and none for what it may start" runs_as CapBnd $none
sed -i '/^user:/d' "$L2A_TMP/worker1.yaml"
refuses_to_start "user: nosuchuser" 'user: there is no "nosuchuser"' \
	quietly worker1
chmod 644 "$L2A_TMP"/*.yaml
refuses_to_start "user: $USER_NAME" "only root can become" \
	quietly worker1 setpriv --reuid nobody --regid nogroup --clear-groups

finish
