#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A service with an IPv6 VIP leaves a neighbour whose entry is pinned: the
# hand-over of handover_pinned.sh.

# shellcheck disable=SC2034 # read by lib_controllers.sh
L2A_IPV6=1
# shellcheck source-path=SCRIPTDIR source=handover_pinned.sh
. "$(dirname "$0")/handover_pinned.sh"
