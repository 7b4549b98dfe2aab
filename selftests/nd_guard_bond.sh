#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A bond that looks for its neighbours over IPv6 (ns_ip6_target) solicits through its
# ports, with an address of the bond's, which may be a VIP that is not held.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2034 # read by lib_topologies.sh
L2A_IPV6=1
# shellcheck source-path=SCRIPTDIR source=lib_topologies.sh
. "$(dirname "$0")/lib_topologies.sh"

begin neighbor worker1
second_port
build worker1 << END
addr flush dev eth0
link add bond1 type bond mode active-backup arp_interval 100 ns_ip6_target ${ADDRESS6[neighbor]}
link set eth0 down
link set eth0 master bond1
link set eth1 down
link set eth1 master bond1
link set bond1 up
addr add ${ADDRESS6[worker1]}/64 dev bond1 nodad
addr add $VIP/128 dev bond1 nodad
END
plan $N_MONITOR
capture_start

check_monitor bond1 "${ADDRESS6[worker1]}" "${ADDRESS6[neighbor]}"
finish
