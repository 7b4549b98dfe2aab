#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The first use of the family loads the module. Where the kernel may not, l2ctl
# says what to do.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

loaded() {
	grep -q '^l2announce ' /proc/modules
}

unload() {
	! loaded || rmmod l2announce
}

MODPROBE=$(cat /proc/sys/kernel/modprobe)

# The kernel's helper that loads modules, back as it was.
restore() {
	echo "$MODPROBE" > /proc/sys/kernel/modprobe
}

begin neighbor worker1
at_end restore
plan 6

check "not loaded at first" wait_for unload
check "a look at the VIPs succeeds" on worker1 l2ctl vip show
check "and has loaded the module" loaded

check "unloaded again" wait_for unload
echo /bin/false > /proc/sys/kernel/modprobe
refused "where it cannot be loaded, l2ctl says how to" 'modprobe l2announce' \
	on worker1 l2ctl vip show
restore
check "and works once it can" on worker1 l2ctl vip add "$VIP" dev eth0

finish
