#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The library that l2ctl and l2announced share, against the module itself:
# batches, dumps while the table changes, more events than can be read. The
# tests are ctl/tests/kernel_genl.c; this gives them a device of their own.

here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:$here/../build/ctl/tests

echo "TAP version 13"
program=$(command -v kernel_genl) || {
	echo "1..0 # SKIP kernel_genl is not built: make -C ctl tests"
	exit 4
}
# shellcheck disable=SC2016 # $0 is the inner shell's
CMOCKA_MESSAGE_OUTPUT=TAP unshare --net bash -ec '
	ip link add eth0 type veth peer name eth1
	ip link set eth0 up
	ip link set eth1 up
	exec "$0" eth0 2>&1' "$program" | sed '/^TAP version/d'
exit "${PIPESTATUS[0]}"
