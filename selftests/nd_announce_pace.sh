#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Thousands of IPv6 VIPs become answering at once: their advertisements go out at the
# rate, in the order the VIPs were added, and every VIP has had its first before any
# has its second. Nothing else waits for them.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_pace.sh
. "$(dirname "$0")/lib_pace.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ipv6.sh
. "$(dirname "$0")/lib_ipv6.sh"

FIRST=2001:db8:0:1::1
N=2000
RATE=1000
BURST=100
# The least there is.
INTERVAL=1000
! slow_kernel || N=400 RATE=200

begin neighbor worker1
require python3 l2many
plan 8
paced
finish
