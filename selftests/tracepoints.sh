#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tracepoints tell the truth to trace-cmd, to perf and to a BPF program, all
# at once: each event with every field, as text and byte by byte. What a script
# may rely on, the list of fields, stays as it is.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

EVENTS=/sys/kernel/tracing/events/l2announce
LEASE=7
TOKEN=5
# One that runs out, and one that is given up.
SHORT=8
ENDED=9
VIP6=2001:db8::100
# L2ANNOUNCE_A_STATS_SUPPRESSED_STANDBY: part of the interface.
SUPPRESSED_STANDBY=5

# The fields of an event, as the kernel tells them: type, name and size.
declare -A FIELDS=(
	[reply]='__data_loc char[] dev;4
		__u8 addr[28];28
		__u8 asker_ip[28];28
		__u8 asker[6];6'
	[suppress]='__data_loc char[] dev;4
		__u8 addr[28];28
		int reason;4'
	[announce]='__data_loc char[] dev;4
		__u8 addr[28];28
		int op;4'
	[conflict]='__data_loc char[] dev;4
		__u8 addr[28];28
		__u8 own[6];6
		__u8 other[6];6'
	[lease]='unsigned int netns;4
		u32 id;4
		u64 deadline;8
		u64 token;8
		bool valid;1'
)

fields() {
	local wanted seen

	# How an array's length is spelled is the kernel's own affair.
	wanted=$(tr -d '\t' <<< "${FIELDS[$1]}" | sed 's/\[.*\]/[]/')
	seen=$(sed -n 's/\[.*\]/[]/; s/^\tfield:\(.*;\)\toffset:[0-9]*;\tsize:\([0-9]*\);.*/\1\2/p' \
		"$EVENTS/$1/format" | grep -v ' common_')
	[ "$seen" = "$wanted" ] || { echo "$seen"; return 1; }
}

# Bytes as they are, since a program reads them so; 4 to 7 of addr and asker_ip
# are an IPv4 address.
PROGRAM='
tracepoint:l2announce:reply { printf("reply addr=%d.%d.%d.%d asker=%x:%x:%x:%x:%x:%x asker_ip=%d.%d.%d.%d.\n",
	args->addr[4], args->addr[5], args->addr[6], args->addr[7],
	args->asker[0], args->asker[1], args->asker[2], args->asker[3], args->asker[4], args->asker[5],
	args->asker_ip[4], args->asker_ip[5], args->asker_ip[6], args->asker_ip[7]) }
tracepoint:l2announce:suppress { printf("suppress addr=%d.%d.%d.%d reason=%d.\n",
	args->addr[4], args->addr[5], args->addr[6], args->addr[7], args->reason) }
tracepoint:l2announce:announce { printf("announce addr=%d.%d.%d.%d op=%d.\n",
	args->addr[4], args->addr[5], args->addr[6], args->addr[7], args->op) }
tracepoint:l2announce:conflict { printf("conflict own=%x:%x:%x:%x:%x:%x other=%x:%x:%x:%x:%x:%x.\n",
	args->own[0], args->own[1], args->own[2], args->own[3], args->own[4], args->own[5],
	args->other[0], args->other[1], args->other[2], args->other[3], args->other[4], args->other[5]) }
tracepoint:l2announce:lease { printf("lease netns=%u id=%d token=%d valid=%d.\n",
	args->netns, args->id, args->token, args->valid) }
'

# What a tool runs while it records: says so, and lasts until all is done.
attend() {
	# shellcheck disable=SC2016 # for sh
	echo 'touch "$0.ready"; until [ -e "$0.done" ]; do sleep 0.1; done'
}

declare -A RECORDER

# record TOOL COMMAND...: begin, where the tool is there.
record() {
	local tool=$1
	shift

	command -v "$tool" > /dev/null || { missing[$tool]="no $tool"; return; }
	"$@" > "$L2A_TMP/$tool.out" 2> "$L2A_TMP/$tool.log" &
	RECORDER[$tool]=$!
	started $!
	wait_until 120 tool_ready "$tool" ||
		missing[$tool]="$tool cannot record here: $(tail -n 1 "$L2A_TMP/$tool.log")"
}

tool_ready() {
	[ -e "$L2A_TMP/$1.ready" ] || gone "${RECORDER[$1]}"
	[ -e "$L2A_TMP/$1.ready" ]
}

record_all() {
	record trace-cmd trace-cmd record -q -e l2announce \
		-o "$L2A_TMP/trace.dat" sh -c "$(attend)" "$L2A_TMP/trace-cmd"
	record perf perf record -q -B -N -a -e 'l2announce:*' \
		-o "$L2A_TMP/perf.data" sh -c "$(attend)" "$L2A_TMP/perf"
	record bpftrace bpftrace -e "$PROGRAM" \
		-c "/bin/sh $L2A_TMP/bpftrace"
}

# Everything that a tracepoint tells of, once.
happen() {
	on worker1 l2ctl lease renew $LEASE ttl 10m token $TOKEN
	on worker1 l2ctl vip add "$VIP" dev eth0 lease $LEASE announce 1
	on worker1 l2ctl vip add "$VIP2" dev eth0 state standby
	wait_for sees announcements=2 > /dev/null
	ask 1
	ask 1 "$VIP2"
	on worker2 arping -q -i eth0 -c 1 -W 0.01 -U -S "$VIP" -P "$VIP"
	wait_for vip_is worker1 conflicts 1
	on worker1 l2ctl lease renew $SHORT ttl 1ms
	wait_for ran_out > /dev/null
	on worker1 l2ctl lease renew $ENDED ttl 10m
	on worker1 l2ctl lease release $ENDED
	[ ! -d /proc/sys/net/ipv6 ] || advertise
}

# ran_out: the timer of the short lease has told of it.
ran_out() {
	[ "$(quietly worker1 l2ctl -j stats | field expiries)" = 1 ]
}

advertise() {
	on worker1 l2ctl vip add $VIP6 dev eth0 announce 1
	wait_for vip_is worker1 announcements 1 $VIP6 > /dev/null
}

# One after another: a BPF program that goes takes its names from kallsyms, which
# trace-cmd saves at its end and does not want changed meanwhile.
end_all() {
	local tool

	for tool in "${!RECORDER[@]}"; do
		touch "$L2A_TMP/$tool.done"
		wait_for gone "${RECORDER[$tool]}"
		wait "${RECORDER[$tool]}" 2>> "$L2A_TMP/$tool.log"
	done
	trace-cmd report -i "$L2A_TMP/trace.dat" > "$L2A_TMP/trace-cmd.out" 2>&1
	perf script -i "$L2A_TMP/perf.data" > "$L2A_TMP/perf.out" 2>&1
}

told() {
	local pattern

	for pattern in "${@:2}"; do
		grep -Eq -e "$pattern" "$L2A_TMP/$1.out" && continue
		echo "no '$pattern' in:"
		tail -n 20 "$L2A_TMP/$1.out" "$L2A_TMP/$1.log"
		return 1
	done
}

# point TOOL DESCRIPTION PATTERN...: what the tool told matches every pattern.
point() {
	local tool=$1 description="$1: $2"
	shift 2

	if [ -n "${missing[$tool]}" ]; then
		ktap_test_skip "$description: ${missing[$tool]}"
	else
		check "$description" told "$tool" "$@"
	fi
}

# Bare bytes of a MAC, without the leading zeros.
bytes() {
	sed -E 's/(^|:)0/\1/g' <<< "$1"
}

begin neighbor worker1 worker2
declare -A missing
plan 24
capture_start
attend > "$L2A_TMP/bpftrace"

modprobe l2announce
for event in reply suppress announce conflict lease; do
	check "the fields of $event" fields $event
done

record_all
happen
end_all
netns=$(stat -L -c %i "/run/netns/$worker1" || stat -L -c %i "/var/run/netns/$worker1")

for tool in trace-cmd perf; do
	point $tool reply "reply: .*dev=eth0 addr=$VIP asker=${MAC[neighbor]} asker_ip=${ADDRESS[neighbor]}\$"
	point $tool suppress "suppress: .*dev=eth0 addr=$VIP2 reason=standby\$"
	point $tool "announce, both forms" \
		"announce: .*dev=eth0 addr=$VIP form=request\$" \
		"announce: .*dev=eth0 addr=$VIP form=reply\$"
	point $tool "conflict, with both MACs" \
		"conflict: .*dev=eth0 addr=$VIP own=${MAC[worker1]} other=${MAC[worker2]}\$"
	point $tool lease "lease: .*netns=$netns id=$LEASE deadline=[0-9]+ token=$TOKEN valid=1\$"
	point $tool "a lease's end" "lease: .*id=$SHORT .*valid=0\$" \
		"lease: .*id=$ENDED .*valid=0\$"
	if [ -d /proc/sys/net/ipv6 ]; then
		point $tool "an IPv6 VIP's announcement" \
			"announce: .*dev=eth0 addr=$VIP6 form=advertisement\$"
	else
		ktap_test_skip "$tool: no IPv6 here"
	fi
done

point bpftrace reply "^reply addr=$VIP asker=$(bytes "${MAC[neighbor]}") asker_ip=${ADDRESS[neighbor]}\\.\$"
point bpftrace suppress "^suppress addr=$VIP2 reason=$SUPPRESSED_STANDBY\\.\$"
point bpftrace "announce, both forms" "^announce addr=$VIP op=1\\.\$" \
	"^announce addr=$VIP op=2\\.\$"
point bpftrace "conflict, with both MACs" \
	"^conflict own=$(bytes "${MAC[worker1]}") other=$(bytes "${MAC[worker2]}")\\.\$"
point bpftrace lease "^lease netns=$netns id=$LEASE token=$TOKEN valid=1\\.\$"

finish
