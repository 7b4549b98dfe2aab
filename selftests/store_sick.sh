#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The disk under the store is full, then the file is read-only, then garbage. Each
# time it is said what is wrong, leases run out and nobody answers; mended, somebody
# answers by himself, and no controller has been restarted.

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

# A disk of its own: small, with room for the log beside the file (4 MB).
store_start() {
	DISK=$L2A_TMP/disk
	mkdir "$DISK"
	mount -t tmpfs -o size=16M tmpfs "$DISK" || lost "a small disk"
	mkdir "$DISK/store" "$L2A_TMP/ro"
	mount -t tmpfs -o size=8M tmpfs "$L2A_TMP/ro" || lost "another disk"
}

store_config() {
	echo "  type: sqlite"
	echo "  path: $L2A_TMP/disk/store/store.db"
}

store_is() {
	local name seen

	for name in "${WORKERS[@]}"; do
		seen=$(control "$name" -j status | tr -d ' \n' |
			grep -oE '"store":\{[^}]*\}' | field state)
		[ "$seen" = "$1" ] || { echo "$name: the store is '$seen', expected '$1'"; return 1; }
	done
}

# said PATTERN: what the holder's status gives as the reason.
said() {
	local seen

	seen=$(control "$HOLDER" -j status | tr -d '\n' |
		grep -oE '"store": *\{[^}]*\}' | field error)
	[[ $seen =~ $1 ]] || { echo "$HOLDER says '$seen', expected '$1'"; return 1; }
}

# times_said: how often the holder has logged it.
times_said() {
	grep -c 'store unreachable' "$L2A_TMP/$HOLDER.log"
}

# said_once_more: it has been logged once since it was $SAID times.
said_once_more() {
	local times

	times=$(times_said)
	[ "$times" -eq $((SAID + 1)) ] && return
	echo "$HOLDER has said it $times times, $SAID of them before"
	return 1
}

answers_since() {
	sees --since "$1" -- 'answered>=3'
}

asked_since() {
	sees --since "$1" -- 'requests>=10'
}

# sick WHAT PATTERN: it is noticed, told, and everybody is silent a lease after the
# last has noticed.
sick() {
	local silent

	check_controllers "$1: noticed by all" wait_for store_is unreachable
	silent=$(later "$(now)" $((LEASE_MS + LEASE_MS / 10)))
	check_controllers "and said" wait_for said "$2"
	wait_for past "$(later "$silent" "$LEASE_MS")"
	wait_for asked_since "$silent" > /dev/null
	check_controllers "it was logged once" said_once_more
	check "everybody is silent" saw --since "$silent" -- 'requests>=10' replies=0
}

# well WHAT: somebody answers, and all say that the store is back.
well() {
	local since

	since=$(now)
	check_controllers "$1: somebody answers by himself" wait_for answers_since "$since"
	check_controllers "all say that it is back" wait_for store_is ok
}

# What SQLite frees when it closes the file goes the same way.
fill() {
	while [ -e "$L2A_TMP/fill" ]; do
		cat /dev/zero >> "$DISK/filler"
		nap
	done 2> /dev/null
}

# instead FOLDER: it has taken the store's place, which is kept aside.
instead() {
	mv "$DISK/store" "$DISK/aside" && ln -s "$1" "$DISK/store"
}

back() {
	rm "$DISK/store" && mv "$DISK/aside" "$DISK/store"
}

alive() {
	local name

	for name in "${WORKERS[@]}"; do
		kill -0 "${CONTROLLER[$name]}" || return
	done
}

unmount_all() {
	umount -l "$L2A_TMP/ro" "$L2A_TMP/disk" 2> /dev/null
}

cluster
at_end unmount_all
plan 20

printf '# the disk is full\n' >&3
SAID=$(times_said)
touch "$L2A_TMP/fill"
fill &
filler=$!
# When writing fails; and when the file is opened anew.
sick "full disk" "full|No space left"
rm "$L2A_TMP/fill"
wait $filler
rm "$DISK/filler"
well "room again"

printf '# the file is read-only\n' >&3
sqlite3 "$DISK/store/store.db" ".backup '$L2A_TMP/ro/store.db'"
mount -o remount,ro "$L2A_TMP/ro" || lost "a read-only file"
SAID=$(times_said)
instead "$L2A_TMP/ro"
sick "read-only file" "is read-only"
back
well "writable again"

printf '# the file is garbage\n' >&3
mkdir "$L2A_TMP/garbage"
head -c 65536 /dev/urandom > "$L2A_TMP/garbage/store.db"
SAID=$(times_said)
instead "$L2A_TMP/garbage"
sick "garbage" "not a database"
back
well "the file is back"

check "no controller has ended" alive
check "never two answers" saw dual_answers=0

finish
