#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A service with an IPv6 VIP is moved by hand: the hand-over of handover_move.sh.

# shellcheck disable=SC2034 # read by lib_controllers.sh
L2A_IPV6=1
# shellcheck source-path=SCRIPTDIR source=handover_move.sh
. "$(dirname "$0")/handover_move.sh"
