#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What VIPs take: 256 bytes each at most beside their counters, charged to the memory
# cgroup of whoever adds them. A group at its limit gets no more of them, and what
# it did get is whole; others are not concerned.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

N=40000
GROUPS_DIR=/sys/fs/cgroup
SLAB=/sys/kernel/slab/l2announce_vip

object_size() {
	local size

	size=$(< $SLAB/object_size)
	diag "a VIP takes $size bytes"
	[ "$size" -le 256 ]
}

# as GROUP COMMAND...: on worker1, in that group from its first page on.
as() {
	local group=$1
	shift

	(echo "$BASHPID" > "$GROUPS_DIR/$group/cgroup.procs" &&
	 exec ip netns exec "$worker1" "$@")
}

# kernel_memory GROUP KIND: bytes of it that are the kernel's: slab or percpu.
kernel_memory() {
	awk -v kind="$2" '$1 == kind { print $2 }' "$GROUPS_DIR/$1/memory.stat"
}

# charged GROUP KIND EACH: so many bytes a VIP at the least.
charged() {
	local seen

	seen=$(kernel_memory "$1" "$2")
	diag "$((seen / N)) bytes of $2 a VIP"
	[ "$seen" -ge $((N * $3)) ]
}

uncharged() {
	local seen

	seen=$(kernel_memory "$1" "$2")
	[ "$seen" -lt $((N * $3)) ] || { echo "$seen bytes"; return 1; }
}

vips() {
	quietly worker1 l2ctl -j stats | field vips
}

# Each VIP that is counted is listed, and can be removed by its name.
whole() {
	local n

	n=$(vips)
	[ "$n" = "$(quietly worker1 l2ctl -j vip show | jq length)" ] || return
	echo "$n of $N VIPs fit"
	[ "$n" -lt $N ] && [ "$n" -gt 0 ]
}

full() {
	! as tight l2ctl -force -b "$L2A_TMP/script"
}

drop_groups() {
	local group

	for group in roomy tight; do
		[ -d "$GROUPS_DIR/$group" ] || continue
		echo 1 > "$GROUPS_DIR/$group/cgroup.kill"
		wait_for rmdir "$GROUPS_DIR/$group" > /dev/null 2>&1
	done
}

begin neighbor worker1
require jq l2many
grep -qw memory $GROUPS_DIR/cgroup.controllers 2> /dev/null ||
	skip_all "needs the memory controller of cgroup v2"
at_end drop_groups
echo +memory > $GROUPS_DIR/cgroup.subtree_control
mkdir $GROUPS_DIR/roomy $GROUPS_DIR/tight
plan 12

on worker1 l2ctl vip add "$VIP" dev eth0
check "a VIP is small" object_size

check "$N VIPs are added by one group" as roomy l2many add -s eth0 10.0.0.1 $N
check "and charged to it" charged roomy slab 190
check "their counters too" charged roomy percpu 16
on worker1 l2ctl vip flush
check "flushed, the charge goes" wait_for uncharged roomy slab 40
check "and that of the counters" wait_for uncharged roomy percpu 8

# Room for the program and for a part of the VIPs.
for ((i = 1; i <= N; i++)); do
	echo "vip add 10.0.$((i / 256)).$((i % 256)) dev eth0 state standby"
done > "$L2A_TMP/script"
echo $((10 * 1024 * 1024)) > $GROUPS_DIR/tight/memory.max
echo 0 > $GROUPS_DIR/tight/memory.swap.max 2> /dev/null
check "a group that has not the room for them is stopped" full
check "what it added is whole" whole
check "another group adds more" as roomy l2many add -s eth0 11.0.0.1 100
check "a VIP of the first is removed by its name" \
	on worker1 l2ctl vip del 10.0.0.1 dev eth0
check "and a new one takes its place" on worker1 l2ctl vip add "$VIP" dev eth0
capture_start
ask 3
check "which is answered" saw answered=3
on worker1 l2ctl vip flush

finish
