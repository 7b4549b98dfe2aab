#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An IPv6 VIP on VXLANs, of one network and in external mode: the catalogue of
# topology_vxlan.sh.

# shellcheck disable=SC2034 # read by lib_topologies.sh
L2A_IPV6=1
# shellcheck source-path=SCRIPTDIR source=topology_vxlan.sh
. "$(dirname "$0")/topology_vxlan.sh"
