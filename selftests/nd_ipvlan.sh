#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An IPv6 VIP on ipvlans: the catalogue of topology_ipvlan.sh.

# shellcheck disable=SC2034 # read by lib_topologies.sh
L2A_IPV6=1
# shellcheck source-path=SCRIPTDIR source=topology_ipvlan.sh
. "$(dirname "$0")/topology_ipvlan.sh"
