#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An IPv6 VIP on a device in a VRF: the catalogue of topology_vrf.sh.

# shellcheck disable=SC2034 # read by lib_topologies.sh
L2A_IPV6=1
# shellcheck source-path=SCRIPTDIR source=topology_vrf.sh
. "$(dirname "$0")/topology_vrf.sh"
