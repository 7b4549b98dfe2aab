#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An IPv6 VIP in a VLAN on a bond, which fails over: the catalogue of topology_vlan_bond.sh.

# shellcheck disable=SC2034 # read by lib_topologies.sh
L2A_IPV6=1
# shellcheck source-path=SCRIPTDIR source=topology_vlan_bond.sh
. "$(dirname "$0")/topology_vlan_bond.sh"
