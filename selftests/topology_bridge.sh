#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The VIP on a bridge: br1 in worker1, whose only way out is its port eth0. The
# port itself is refused.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_topologies.sh
. "$(dirname "$0")/lib_topologies.sh"

begin neighbor worker1
build worker1 << 'END'
addr flush dev eth0
link add br1 address 02:00:00:00:00:31 type bridge
link set eth0 master br1
link set br1 up
END
plan $((N_ALL + 1))
capture_start

check_port eth0 br1
check_all br1 02:00:00:00:00:31
finish
