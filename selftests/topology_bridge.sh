#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The VIP on a bridge: br1 in worker1, whose only way out is its port eth0. The
# port itself is refused. Over IPv6 br1 snoops and asks, then the switch before it too.

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
# With br_netfilter, which a kernel may have built in, questions to the bridge's own
# address take another way: that of nd_bridge_netfilter.sh.
quietly worker1 sysctl -qw net.bridge.bridge-nf-call-ip6tables=0 2> /dev/null
# Of two who ask who joined, the one with the lower address goes on.
build lan << 'END'
link set br0 address 02:00:00:00:00:0a
END
plan $((1 + N_SNOOPING + N_ALL + N_SNOOPING + N_ND))
capture_start

check_port eth0 br1
check_snooping br1 worker1 br1
check_all br1 02:00:00:00:00:31
check_snooping eth0 lan br0
check_nd br1 02:00:00:00:00:31
finish
