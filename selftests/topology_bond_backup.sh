#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The VIP on a bond in active-backup mode, whose address follows the active port,
# then one whose address stays: after failover it is announced, and answered, from
# the new one, or from the same. Over IPv6 this is behind a switch that snoops.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_topologies.sh
. "$(dirname "$0")/lib_topologies.sh"

BOND=bond1

active_is() {
	ip -n "$worker1" -d link show "$BOND" | grep "active_slave $1 "
}

begin neighbor worker1
second_port
build worker1 << 'END'
addr flush dev eth0
link add bond1 type bond mode active-backup miimon 20 fail_over_mac active
link set eth0 down
link set eth0 master bond1
link set eth1 master bond1
link set bond1 up
END
plan $((1 + N_SNOOPING + N_ALL + N_ND + 2 * (N_ANSWERS + N_FAILOVER)))
wait_for active_is eth0 > /dev/null
capture_start

check_port eth1 bond1
check_snooping eth0 lan br0
check_all bond1 "${MAC[worker1]}"
check_nd bond1 "${MAC[worker1]}"
check_answers bond1 "${MAC[worker1]}"
check_failover bond1 worker1 "$MAC_B" active_is eth1

# One address, whichever port is active: all that says so is bonding's own word.
plug worker1
BOND=bond2
build worker1 << 'END'
link del bond1
link add bond2 address 02:00:00:00:00:61 type bond mode active-backup miimon 20
link set eth0 down
link set eth1 down
link set eth0 master bond2
link set eth1 master bond2
link set bond2 up
END
wait_for active_is eth0 > /dev/null
check_answers bond2 02:00:00:00:00:61
check_failover bond2 worker1 02:00:00:00:00:61 active_is eth1
finish
