#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What somebody does to the kernel behind the controller's back is mended: a VIP
# removed, one made standby, one too many, all flushed and the module reloaded.

# Longer than a slow machine ever keeps a controller waiting: a holder changes
# only where the test changes it.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

answers() {
	sees --since "$since" -- 'answered>=3'
}

answers_again() {
	since=$(now)
	wait_for answers
}

no_extra() {
	! quietly "$HOLDER" l2ctl vip show "$1" | grep -F "$1"
}

mends() {
	grep -c mended "$L2A_TMP/$HOLDER.log"
}

mended() {
	grep -F "mended vip=$1 dev=eth0: $2" "$L2A_TMP/$HOLDER.log"
}

each_has_it() {
	local name

	for name in "${WORKERS[@]}"; do
		vip_is "$name" address "$VIP" || return
	done
}

cluster
plan 14

on "$HOLDER" l2ctl vip del "$VIP" dev eth0
# Meanwhile the local route has the stack answer: the log tells, not the wire.
check_controllers "removed, it is put back, and that is said" \
	wait_for mended "$VIP" "was missing"
check "and answers" answers_again

on "$HOLDER" l2ctl vip set "$VIP" dev eth0 state standby
check_controllers "made standby, it is activated" answers_again
check "and that is said" mended "$VIP" "was standby"

on "$HOLDER" l2ctl vip add "$VIP2" dev eth0 state standby lease 1
check_controllers "one too many under its lease is removed" wait_for no_extra "$VIP2"
check "and that is said" mended "$VIP2" "belonged to no service"
# What is compared is in the order of the addresses.
before=12.0.0.9
seen=$(mends)
on "$HOLDER" l2ctl vip add $before dev eth0 state standby lease 1
check_controllers "so is one that comes before its own" wait_for no_extra $before
check "and that is said" mended $before "belonged to no service"
check "and nothing else is mended for it" [ "$(mends)" = $((seen + 1)) ]
on "$HOLDER" l2ctl vip add "$VIP2" dev eth0 state standby

other=$(someone_else)
on "$other" l2ctl vip del "$VIP" dev eth0
check_controllers "a standby removed is put back" \
	wait_for vip_is "$other" state standby
check "what is not under its lease is left alone" \
	vip_is "$HOLDER" state standby "$VIP2"
on "$HOLDER" l2ctl vip del "$VIP2" dev eth0

# No comparison comes for longer than anybody waits here.
for name in "${WORKERS[@]}"; do
	echo "reconcile: 1m" >> "$L2A_TMP/$name.yaml"
	controller_signal "$name" HUP
	wait_for grep -q "changed reconcile" "$L2A_TMP/$name.log" > /dev/null ||
		lost "$name reloads"
done

for name in "${WORKERS[@]}"; do
	controller_signal "$name" STOP
done
for name in "${WORKERS[@]}"; do
	on "$name" l2ctl vip flush
done
check "the module is reloaded" on lan rmmod l2announce
for name in "${WORKERS[@]}"; do
	controller_signal "$name" CONT
done
check_controllers "and filled again, by whom a renewal tells" wait_for each_has_it
check_controllers "somebody answers" answers_again

finish
