#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The holder's controller dies and starts again within its lease, on the same
# boot: it goes on where it was, and nobody on the LAN notices.

# Long enough for a controller to start on a slow machine.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

cluster
plan 5

start=$(now)
before=$(service_field token)
controller_signal "$HOLDER" KILL
controller_start "$HOLDER"
check_controllers "it is back" wait_for node_is "$HOLDER" ready
wait_for past "$(later "$start" $((2 * LEASE_MS)))"
check_controllers "it still holds the service" holder_is "$HOLDER"
check "under the same token" test "$(service_field token)" = "$before"
check_controllers "no request went unanswered" \
	saw --since "$start" -- unanswered=0 'requests>=20'
check "and nobody else answered" saw "sequence=${MAC[$HOLDER]}"

finish
