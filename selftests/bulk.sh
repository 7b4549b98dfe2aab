#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Very many VIPs (a hundred thousand with L2A_FULL): added, shown, changed and deleted, each by one l2ctl. And
# a listing made while the table changes under it: a VIP that was there all the time
# is listed once, and one that never was is not listed.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# L2A_FULL, as "make check FULL=1" has it: all of them, minutes in an emulator.
N=10000
[ -z "$L2A_FULL" ] || slow_kernel || N=100000
LISTED=$((N / 5))
ROUNDS=5
VLANS=200
LEASE=1

# addresses FIRST COUNT: from 10.0.0.0 on.
addresses() {
	awk -v first="$1" -v n="$2" 'BEGIN {
		for (i = first; i < first + n; i++)
			printf "10.%d.%d.%d\n", i / 65536, i / 256 % 256, i % 256
	}'
}

# commands VERB WORDS FIRST COUNT
commands() {
	addresses "$3" "$4" | sed "s/.*/vip $1 & dev eth0 $2/"
}

# total KEY VALUE: of the namespace.
total() {
	local seen

	seen=$(quietly worker1 l2ctl -j stats | jq ".[0].$1")
	[ "$seen" = "$2" ] || { echo "$1: $seen, expected $2"; return 1; }
}

# shows FILTER COUNT: so many of what is shown match.
shows() {
	local seen

	seen=$(quietly worker1 l2ctl -j vip show | jq "map(select($1)) | length")
	[ "$seen" = "$2" ] || { echo "$seen VIPs with $1, expected $2"; return 1; }
}

in_order() {
	diff <(quietly worker1 l2ctl -j vip show | jq -r '.[].address') \
		<(addresses 1 $N) | head -n 3
	[ "${PIPESTATUS[0]}" = 0 ]
}

batch_of() {
	commands "$@" | on worker1 l2ctl -force -b -
}

# Every second VIP goes and comes again, until the listings are over.
churn() {
	commands del '' 1 $((LISTED / 2)) | awk 'NR % 2' > "$L2A_TMP/del"
	commands add 'state standby' 1 $((LISTED / 2)) | awk 'NR % 2' > "$L2A_TMP/add"
	while [ ! -e "$L2A_TMP/enough" ]; do
		quietly worker1 l2ctl -force -b "$L2A_TMP/del" || return
		quietly worker1 l2ctl -force -b "$L2A_TMP/add" || return
		echo >> "$L2A_TMP/churned"
	done
}

# A listing, or none where the table changed in each of its tries: never a wrong one.
list_once() {
	quietly worker1 l2ctl -j vip show > "$L2A_TMP/list" 2> "$L2A_TMP/list.err" || {
		grep -q 'the list changed' "$L2A_TMP/list.err" && return 2
		cat "$L2A_TMP/list.err"
		return 1
	}
	jq -r '.[].address' "$L2A_TMP/list" | sort > "$L2A_TMP/listed"
	uniq -d "$L2A_TMP/listed" | head -n 3 > "$L2A_TMP/twice"
	comm -13 "$L2A_TMP/listed" "$L2A_TMP/always" | head -n 3 > "$L2A_TMP/lacking"
	comm -23 "$L2A_TMP/listed" "$L2A_TMP/ever" | head -n 3 > "$L2A_TMP/invented"
	[ ! -s "$L2A_TMP/twice" ] && [ ! -s "$L2A_TMP/lacking" ] &&
		[ ! -s "$L2A_TMP/invented" ] && return
	echo "twice: $(tr '\n' ' ' < "$L2A_TMP/twice")" \
	     "lacking: $(tr '\n' ' ' < "$L2A_TMP/lacking")" \
	     "invented: $(tr '\n' ' ' < "$L2A_TMP/invented")"
	return 1
}

lists() {
	local i status

	addresses 1 $LISTED | sort > "$L2A_TMP/ever"
	addresses 1 $((LISTED / 2)) | awk 'NR % 2' | sort |
		comm -23 "$L2A_TMP/ever" - > "$L2A_TMP/always"
	for ((i = 0; i < ROUNDS; i++)); do
		list_once
		status=$?
		[ $status = 0 ] && echo >> "$L2A_TMP/whole"
		[ $status != 1 ] || return
	done
}

# dumped HOW COMMAND...: how a dump ends that has the command in its middle.
dumped() {
	local seen

	seen=$(quietly worker1 python3 "$L2A_HERE/dump_changed.py" "${@:2}") ||
		return
	[ "$seen" = "$1" ] || { echo "the dump says '$seen'"; return 1; }
}

ran() {
	[ -s "$1" ] || { echo "not once"; return 1; }
}

answered() {
	ask 1 "$1"
	judge --vip "$1" --expect 'answered=1'
}

# each_vlan WORDS...: for each of the VLANs a line, with its number for "&".
each_vlan() {
	seq $VLANS | sed "s/.*/$*/"
}

# vlans VERB [WORDS...]: the same VIP on all of them, in one batch.
vlans() {
	each_vlan vip "$1" "$VIP" dev 'v&' "${@:2}" > "$L2A_TMP/vips"
	quietly worker1 l2ctl -b "$L2A_TMP/vips"
}

begin neighbor worker1
require jq awk python3
plan 27
each_vlan link add link eth0 name 'v&' type vlan id '&' |
	quietly worker1 ip -batch -
check "one address on $VLANS devices" vlans add announce 0
check "each has it" total vips $VLANS
check "and loses it" vlans del
on worker1 l2ctl settings set max-vips $N
on worker1 l2ctl lease renew $LEASE ttl 1h token 1

# Fewer here: each listing is compared with what may be in it, name by name.
commands add 'state standby' 1 $LISTED | on worker1 l2ctl -force -b -
churn &
churner=$!
started $churner
check "listed while others change the table" lists
: > "$L2A_TMP/enough"
wait $churner
check "they did, and were refused nothing" [ $? = 0 ]
check "the table was changed" ran "$L2A_TMP/churned"
check "once it is quiet again it lists what is there" list_once

on worker1 l2ctl vip flush

check "$N VIPs added" batch_of add "lease $LEASE announce 0" 1 $N
check "they are all there" total vips $N
check "and shown, in the order they were added" in_order
refused "one more than the limit" "limit of $N" \
	on worker1 l2ctl vip add 11.0.0.1 dev eth0
check "a dump that nothing disturbs is whole" dumped whole true
check "one that a VIP is changed in says that it was interrupted" \
	dumped interrupted l2ctl vip set "$(addresses 1 1)" dev eth0 announce 1
check "also one that a lease is released in" \
	dumped interrupted l2ctl lease release $LEASE
check "or comes to life again in" \
	dumped interrupted l2ctl lease renew $LEASE ttl 1h
check "a mere renewal changes nothing" \
	dumped whole l2ctl lease renew $LEASE ttl 1h
check "but its end does" dumped interrupted bash -c "
	l2ctl lease renew $LEASE ttl 1s
	until l2ctl -j lease show | jq -e 'all(.valid | not)' > /dev/null; do
		:
	done"
on worker1 l2ctl lease renew $LEASE ttl 1h
capture_start
check "the last one is answered" answered "$(addresses $N 1)"

check "all made standby by one command" \
	on worker1 l2ctl vip set lease $LEASE state standby
check "they are" shows '.state == "standby"' $N
check "made active again, one line each" batch_of set 'state active' 1 $N
check "they are" shows '.answering' $N
check "they share a lease: one renewal holds for all" \
	on worker1 l2ctl lease renew $LEASE ttl 1ms token 1
check "and so does its end" wait_for shows '.answering' 0

check "all deleted" batch_of del '' 1 $N
check "none is left" total vips 0
check "and none is shown" shows true 0

finish
