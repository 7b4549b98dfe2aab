#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The VIP on a slave of a VRF, which is no port: it sees its own ARP. The VRF
# itself does none.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_topologies.sh
. "$(dirname "$0")/lib_topologies.sh"

begin neighbor worker1
build worker1 << END
link add vrf1 type vrf table 100
link set vrf1 up
link set eth0 master vrf1
END
plan $((N_ALL + 1))
capture_start

refused "vrf1: refused, since it does no ARP" 'does no ARP' \
	on worker1 l2ctl vip add "$VIP" dev vrf1
check_all eth0 "${MAC[worker1]}"
finish
