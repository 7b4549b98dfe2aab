#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The library that l2ctl and l2announced share, against the module itself: batches,
# dumps while the table changes, more events than can be read; and what the module's
# family makes of flags and of thousands of requests at once. The tests are
# ctl/tests/kernel_*.c; this gives each a device of its own.

here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:$here/../build/ctl/tests
programs=(kernel_genl kernel_netlink)

# shellcheck disable=SC2016 # $0 is the inner shell's
with_device() {
	CMOCKA_MESSAGE_OUTPUT=TAP unshare --net bash -ec '
		ip link add eth0 type veth peer name eth1
		ip link set eth0 up
		ip link set eth1 up
		exec "$0" eth0 2>&1' "$1"
}

# one_by_one: each program; the exit status of one that failed.
one_by_one() {
	local program status=0

	for program in "${programs[@]}"; do
		with_device "$program" || status=$?
	done
	return $status
}

echo "TAP version 13"
for program in "${programs[@]}"; do
	command -v "$program" > /dev/null && continue
	echo "1..0 # SKIP $program is not built: make -C ctl kernel-tests"
	exit 4
done
# As one, with one plan.
one_by_one | awk '
	/^TAP version|^1\.\./ { next }
	/^(not )?ok / { sub(/ok [0-9]+/, "ok " ++n) }
	{ print }
	END { print "1.." n }'
exit "${PIPESTATUS[0]}"
