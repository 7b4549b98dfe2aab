#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What every behaviour test shares: a small LAN, captures of it, waiting on
# conditions, and TAP. Sourced, not run.
#
#                    br0, a switch, in namespace "lan"
#         +--------------+--------------+--------------+
#      neighbor       worker1        worker2        worker3     ports of br0
#         |              |              |              |
#        eth0           eth0           eth0           eth0      each in its
#     12.0.0.1       12.0.0.11      12.0.0.12      12.0.0.13    namespace
#   02:..:00:01     02:..:00:11    02:..:00:12    02:..:00:13
#
# A capture on br0 sees each frame on the LAN once: br0 is made promiscuous by
# the capture, so that it also gets what passes from port to port. A port set
# down (ip link set worker1 down, in lan) is a cable pulled.
#
# Every test has its own namespaces under unique names, kept in the variables
# $lan, $neighbor, $worker1 ..., and removes them when it ends, however it
# ends. Tests wait with wait_until on a condition, never for a fixed time, and
# compare times with the lease's duration only.
#
# From outside:
#   L2A_KSRC   the kernel's selftests tree, or a kernel source that has it
#   L2A_OUT    folder for captures and logs that should outlive the test
#   PATH       finds l2ctl, l2announced and l2judge

# shellcheck disable=SC2034,SC2154 # variables for, and from, other files

export LC_ALL=C

# The address all tests fight over, and a second one.
VIP=12.0.0.100
VIP2=12.0.0.101

declare -A MAC=(
	[neighbor]=02:00:00:00:00:01
	[worker1]=02:00:00:00:00:11
	[worker2]=02:00:00:00:00:12
	[worker3]=02:00:00:00:00:13
)
declare -A ADDRESS=(
	[neighbor]=12.0.0.1
	[worker1]=12.0.0.11
	[worker2]=12.0.0.12
	[worker3]=12.0.0.13
)

# The device that the neighbour asks through.
ASK=eth0

# How long wait_until may wait before a test is lost: far beyond anything that
# works, since a loaded emulator can be many times slower than a machine.
PATIENCE=30

# A VIP's prefix when it is configured somewhere, the protocol it is asked for with,
# what a capture takes in, and how many frames a round of announcements has.
# lib_ipv6.sh has others.
HOST_BITS=32
ASKED_BY=arp
L2A_FILTER='arp or (vlan and arp)'
FORMS=2

# The namespaces of those on the LAN; topology fills them in.
lan='' neighbor='' worker1='' worker2='' worker3=''

L2A_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
L2A_TOP=$(dirname "$L2A_HERE")
PATH=$PATH:$L2A_TOP/build/selftests:$L2A_TOP/build/ctl

# Words for people go to descriptor 3, so that $(...) does not swallow them.
exec 3>&1

# An empty pipe to take naps on: read -t needs no process, sleep does.
exec {L2A_NAP}<> <(:)

L2A_TEST=$(basename "$0" .sh)
L2A_PIDS=()
L2A_AT_END=()
L2A_TMP=
CAPTURE=
L2A_CAPTURE_PID=
L2A_CAPTURES=0

# ---------------------------------------------------------------- TAP

skip_all() {
	echo "TAP version 13"
	echo "1..0 # SKIP $*"
	exit 4
}

l2a_source_kernel() {
	local tree

	for tree in "$L2A_KSRC" "$L2A_KSRC/tools/testing/selftests"; do
		[ -r "$tree/net/lib.sh" ] || continue
		# shellcheck source=/dev/null
		. "$tree/kselftest/ktap_helpers.sh"
		# shellcheck source=/dev/null
		. "$tree/net/lib.sh"
		return
	done
	skip_all "L2A_KSRC does not name the kernel's selftests"
}

require() {
	local tool

	[ "$(id -u)" -eq 0 ] || skip_all "needs root"
	for tool in "$@"; do
		command -v "$tool" > /dev/null || skip_all "needs $tool"
	done
}

# plan N: that many checks follow.
plan() {
	ktap_print_header
	ktap_set_plan "$1"
}

diag() {
	local line

	while IFS= read -r line; do
		printf '#   %s\n' "$line"
	done <<< "$*" >&3
}

# The newest lines of the capture: for a failed check.
diag_capture() {
	[ -s "$CAPTURE" ] || return
	diag "on the wire, about $VIP:"
	diag "$(l2judge --events --vip "$VIP" "$CAPTURE" 2>&1 | tail -n 24)"
}

pass() {
	ktap_test_pass "$1"
}

# fail DESCRIPTION SEEN...: not ok, with what was seen instead.
fail() {
	ktap_test_fail "$1"
	shift
	[ -z "$*" ] || diag "$*"
	diag_capture
	return 1
}

# check DESCRIPTION COMMAND...: ok where the command succeeds. What it printed
# is shown where it does not.
check() {
	local description=$1 out status
	shift

	out=$("$@" 2>&1)
	status=$?
	if [ $status -eq 0 ]; then
		pass "$description"
		return
	fi
	fail "$description" "$* (exit status $status)${out:+: $out}"
}

# refused DESCRIPTION PATTERN COMMAND...: ok where the command exits 1 and says
# one line on stderr, which the extended regular expression PATTERN matches.
refused() {
	local description=$1 pattern=$2 err status
	shift 2

	err=$("$@" 2>&1 > /dev/null)
	status=$?
	if [ $status -ne 1 ]; then
		fail "$description" "$*: exit status $status, expected 1: $err"
	elif [ "$(grep -c '' <<< "$err")" -ne 1 ] ||
	     ! grep -Eq -e "$pattern" <<< "$err"; then
		fail "$description" "$*: expected one line with '$pattern': $err"
	else
		pass "$description"
	fi
}

# misused DESCRIPTION PATTERN COMMAND...: ok where the command exits 2, and what
# it says matches PATTERN.
misused() {
	local description=$1 pattern=$2 err status
	shift 2

	err=$("$@" 2>&1 > /dev/null)
	status=$?
	if [ $status -ne 2 ]; then
		fail "$description" "$*: exit status $status, expected 2: $err"
	elif ! grep -Eq -e "$pattern" <<< "$err"; then
		fail "$description" "$*: expected '$pattern': $err"
	else
		pass "$description"
	fi
}

# finish: the end of every test.
finish() {
	ktap_finished
}

# ---------------------------------------------------------------- waiting

# nap [MS]: let that time pass.
nap() {
	local ms=${1:-30} seconds

	printf -v seconds '%d.%03d' $((ms / 1000)) $((ms % 1000))
	read -rt "$seconds" -u "$L2A_NAP"
	return 0
}

# now: seconds since 1970 with a fraction, as captures have it.
now() {
	echo "$EPOCHREALTIME"
}

# ms TIME: the same in whole milliseconds.
ms() {
	local fraction=${1#*.}000

	echo $((10#${1%.*} * 1000 + 10#${fraction:0:3}))
}

# later TIME MILLISECONDS: the time that much later.
later() {
	local us=$((10#${1%.*} * 1000000))
	local fraction=${1#*.}000000

	us=$((us + 10#${fraction:0:6} + $2 * 1000))
	printf '%d.%06d\n' $((us / 1000000)) $((us % 1000000))
}

# wait_until SECONDS COMMAND...: try again until it succeeds or time is up.
# The output is that of the last try.
wait_until() {
	# The command sees these: names that no test has.
	local l2a_start=${EPOCHREALTIME/./} l2a_ms end out status
	end=$((l2a_start + $1 * 1000000))
	shift

	while true; do
		out=$("$@" 2>&1)
		status=$?
		[ $status -ne 0 ] || break
		if [ "${EPOCHREALTIME/./}" -ge $end ]; then
			status=1
			break
		fi
		# What takes long is asked for less often: each look costs an
		# emulated machine, whose clock is slow while it works.
		l2a_ms=$(((${EPOCHREALTIME/./} - l2a_start) / 4000))
		nap $((l2a_ms < 30 ? 30 : l2a_ms > 300 ? 300 : l2a_ms))
	done
	[ -z "$out" ] || printf '%s\n' "$out"
	return $status
}

# wait_for COMMAND...: wait as long as patience lasts.
wait_for() {
	wait_until "$PATIENCE" "$@"
}

# slow_kernel: this one has detectors in it, and takes many times as long.
slow_kernel() {
	[ -e /sys/kernel/debug/kmemleak ]
}

# past TIME: that time is over.
past() {
	[ "${EPOCHREALTIME/./}" -gt "$(($(ms "$1") * 1000))" ]
}

# not COMMAND...: for check and wait_until.
not() {
	! "$@"
}

# ---------------------------------------------------------------- processes

# gone PID: it runs no more.
gone() {
	! kill -0 "$1" 2> /dev/null
}

# started PID: end it with the test.
started() {
	L2A_PIDS+=("$1")
}

# A process in SIGSTOP does not notice SIGTERM, hence SIGKILL. Who leads a group
# takes it along: a child left in SIGSTOP would hold the test's output open.
l2a_end() {
	kill -KILL -- "-$1" 2> /dev/null || kill -KILL "$1" 2> /dev/null
	wait "$1" 2> /dev/null
}

# Captures and logs go to whoever wants them only now: the folder may be slow.
l2a_keep() {
	local file

	[ -n "$L2A_OUT" ] || return 0
	mkdir -p "$L2A_OUT"
	for file in "$L2A_TMP"/*.pcap "$L2A_TMP"/*.log; do
		[ ! -s "$file" ] || cp "$file" "$L2A_OUT/$L2A_TEST-${file##*/}"
	done
}

# at_end COMMAND...: run it when the test ends, before its processes are ended.
at_end() {
	L2A_AT_END+=("$*")
}

l2a_cleanup() {
	local status=$? pid command

	trap '' INT TERM
	for command in "${L2A_AT_END[@]}"; do
		$command
	done
	for pid in "${L2A_PIDS[@]}"; do
		l2a_end "$pid"
	done
	cleanup_all_ns > /dev/null 2>&1
	if [ -n "$L2A_TMP" ]; then
		l2a_keep
		rm -rf "$L2A_TMP"
	fi
	exit $status
}

# ---------------------------------------------------------------- the LAN

# on NAME COMMAND...: run it in a namespace, and say so.
on() {
	printf '# %s: %s\n' "$1" "${*:2}" >&3
	quietly "$@"
}

# quietly NAME COMMAND...: the same unsaid, for what polls.
quietly() {
	local ns=${!1}
	shift

	ip netns exec "$ns" "$@"
}

# host_wired NAME: a host is on the LAN; for those who need more of it.
host_wired() {
	:
}

l2a_wire() {
	local name

	ip -n "$lan" -batch - <<- END || return
		link add br0 type bridge
		link set br0 up
	END
	for name in "$@"; do
		ip -n "$lan" -batch - <<- END || return
			link add $name type veth peer name eth0 address ${MAC[$name]} netns ${!name}
			link set $name master br0
			link set $name up
		END
		ip -n "${!name}" -batch - <<- END || return
			addr add ${ADDRESS[$name]}/24 dev eth0
			link set eth0 up
		END
		host_wired "$name" || return
	done
}

# topology [NAME...]: build the LAN with these on it (all four by default).
topology() {
	local hosts=("$@")

	[ $# -gt 0 ] || hosts=(neighbor worker1 worker2 worker3)
	printf '# br0 in lan, with %s on it\n' "${hosts[*]}" >&3
	setup_ns lan "${hosts[@]}" || return
	l2a_wire "${hosts[@]}"
}

# begin [NAME...]: everything a test needs: tools, a folder, the LAN.
begin() {
	require ip tcpdump arping l2judge l2ctl
	trap l2a_cleanup EXIT
	trap 'exit 1' INT TERM
	L2A_TMP=$(mktemp -d)
	if ! topology "$@"; then
		echo "Bail out! the LAN could not be built"
		exit 1
	fi
}

# ---------------------------------------------------------------- captures

listening() {
	grep -qs 'listening on' "$1"
}

# capture_on NAMESPACE DEVICE [OPTION...]: capture ARP there until the test ends, with
# these options of tcpdump's, which says "listening on" when its socket is in place:
# in a file of its own, for what the one before it said is no word of this one. By its
# own choice it has room for 32 frames of the longest kind, which a burst fills before
# it gets to run.
capture_on() {
	local ns=$1 dev=$2
	shift 2

	capture_stop
	CAPTURE=$L2A_TMP/$((++L2A_CAPTURES))-$ns-$dev.pcap
	ip netns exec "${!ns}" tcpdump -i "$dev" -Z root -U -s 2048 -B 8192 \
		--immediate-mode -w "$CAPTURE" "$@" "$L2A_FILTER" \
		2> "$CAPTURE.err" &
	L2A_CAPTURE_PID=$!
	started $L2A_CAPTURE_PID
	if ! wait_for listening "$CAPTURE.err"; then
		echo "Bail out! tcpdump: $(cat "$CAPTURE.err")"
		exit 1
	fi
}

# capture_start: capture the LAN.
capture_start() {
	capture_on lan br0
}

marked() {
	l2judge --vip "$1" --expect 'requests>=1' "$CAPTURE"
}

# capture_sync: everything sent until now is in the file. A request for an
# address of its own follows it through the kernel and tcpdump.
capture_sync() {
	local mark=198.18.$((RANDOM % 256)).$((RANDOM % 256))

	quietly neighbor arping -q -i "$ASK" -c 1 -W 0.01 "$mark" > /dev/null
	if ! wait_for marked "$mark" > /dev/null; then
		echo "Bail out! the capture does not follow"
		exit 1
	fi
}

capture_stop() {
	[ -n "$L2A_CAPTURE_PID" ] || return 0
	kill -INT "$L2A_CAPTURE_PID" 2> /dev/null
	wait "$L2A_CAPTURE_PID" 2> /dev/null
	L2A_CAPTURE_PID=
}

# judge ARGUMENTS...: ask l2judge about $VIP, with all that was sent until now.
judge() {
	capture_sync
	l2judge --vip "$VIP" "$@" "$CAPTURE"
}

# sees [OPTIONS --] RULE...: what the capture has got meets every rule (see
# l2judge --help). For polling; saw makes sure of the last frame.
sees() {
	local options=() rules=() rule

	if [[ $1 == -* ]]; then
		while [ "$1" != -- ]; do
			options+=("$1")
			shift
		done
		shift
	fi
	for rule in "$@"; do
		rules+=(--expect "$rule")
	done
	l2judge --vip "$VIP" "${options[@]}" "${rules[@]}" "$CAPTURE"
}

# saw [OPTIONS --] RULE...: all that was sent until now meets every rule.
saw() {
	capture_sync
	sees "$@"
}

# ---------------------------------------------------------------- asking

# ask COUNT [ADDRESS [ARPING OPTIONS...]]: the neighbour asks, ten times a
# second. What arping prints is shown as it comes.
ask() {
	local count=$1 address=${2:-$VIP}
	shift $(($# < 2 ? $# : 2))

	on neighbor arping -i "$ASK" -c "$count" -W 0.1 "$@" "$address" |
		sed -u 's/^/# | /' >&3
	return 0
}

# ask_on NAME COUNT ADDRESS [ARPING OPTIONS...]: the same from elsewhere.
ask_on() {
	local name=$1 count=$2 address=$3
	shift 3

	on "$name" arping -i eth0 -c "$count" -W 0.1 "$@" "$address" |
		sed -u 's/^/# | /' >&3
	return 0
}

# ask_on_and_on: the neighbour asks in the background until the test ends.
ask_on_and_on() {
	quietly neighbor arping -q -i "$ASK" -W 0.1 "$VIP" > /dev/null 2>&1 &
	started $!
}

# ---------------------------------------------------------------- JSON

# field KEY: the first value of that scalar key in the JSON on stdin, bare.
field() {
	local text value

	text=$(< /dev/stdin)
	[[ $text =~ \"$1\":[[:space:]]*(\"[^\"]*\"|[^],}[:space:]]*) ]] || return 0
	value=${BASH_REMATCH[1]}
	value=${value#\"}
	printf '%s\n' "${value%\"}"
}

# vip_field NAME KEY [ADDRESS]: of the VIP on a node.
vip_field() {
	quietly "$1" l2ctl -j vip show "${3:-$VIP}" | field "$2"
}

# vip_is NAME KEY VALUE [ADDRESS]: that field has that value.
vip_is() {
	local seen

	seen=$(vip_field "$1" "$2" "$4")
	[ "$seen" = "$3" ] || { echo "$1: $2 of ${4:-$VIP} is '$seen', expected '$3'"; return 1; }
}

# ---------------------------------------------------------------- neighbour tables

# neighbour_state NAME ADDRESS: what a node's neighbour table says, STALE ...
neighbour_state() {
	ip -n "${!1}" neigh show "$2" dev eth0 | awk '{ print $NF }'
}

# neighbour_is NAME ADDRESS PATTERN [DEVICE]: it says that of an address.
neighbour_is() {
	local seen

	seen=$(ip -n "${!1}" neigh show "$2" dev "${4:-eth0}")
	echo "$1 has of $2: '$seen', asked for: $3"
	[[ $seen =~ $3 ]]
}

# follows NAME MAC [DEVICE]: it has the VIP at that MAC.
follows() {
	neighbour_is "$1" "$VIP" "lladdr $2" "${3:-$ASK}"
}

# forget NAME ADDRESS [DEVICE]: it has no entry.
forget() {
	quietly "$1" ip neigh flush to "$2" dev "${3:-eth0}" nud all
	quietly "$1" ip neigh del "$2" dev "${3:-eth0}" 2> /dev/null
	return 0
}

l2a_source_kernel
