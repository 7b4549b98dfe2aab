#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The hooks stand in a namespace only while it has VIPs: who has none pays nothing.
# They come and go under traffic, and with several who add and delete at once.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_probes.sh
. "$(dirname "$0")/lib_probes.sh"

# Who adds and deletes at once, and how often each.
RACERS=4
ROUNDS=10
! slow_kernel || ROUNDS=5

# ran [N]: how often the hook has run since it was last asked, exactly, or at all.
ran() {
	local now_hits seen

	now_hits=$(hits arp_in)
	seen=$((now_hits - last_hits))
	if [ "$seen" -ne "${1:-1}" ]; then
		[ $# = 0 ] && [ "$seen" -gt 0 ] && return
		echo "the hook ran $seen times"
		return 1
	fi
}

# asked [MAC]: the neighbour asks three times, everybody or one station.
asked() {
	local start

	last_hits=$(hits arp_in)
	start=$(now)
	ask 3 "$VIP" ${1:+-t "$1"}
	wait_for sees --since "$start" -- 'requests=3' > /dev/null
}

# ran6: IPv6's hook runs when a solicitation comes in, as what it hands those over to
# shows: into the hook itself the kernel lets nobody look.
ran6() {
	local before

	before=$(hits take_in)
	on neighbor python3 "$L2A_HERE/nd_send.py" eth0 ns 2001:db8::77 to=ff02::1
	capture_sync
	[ "$(hits take_in)" -gt "$before" ]
}

# race N: adds and deletes a VIP of its own; the last to delete takes the hooks
# down, the first to add puts them up.
race() {
	local i

	for ((i = 0; i < ROUNDS; i++)); do
		quietly worker1 l2ctl vip add "10.1.0.$1" dev eth0 announce 0 &&
			quietly worker1 l2ctl vip del "10.1.0.$1" dev eth0 || return
	done
}

begin neighbor worker1 worker2
can_probe || skip_all "needs kprobes"
require l2flood python3
plan 13
capture_start
on worker1 l2ctl vip show
at_end unprobe arp_in
check "a probe counts the hook's calls" probe arp_in l2announce:arp_in

asked
check "without a VIP it does not run" ran 0
on worker1 l2ctl vip add "$VIP" dev eth0 state standby
asked
check "with one it sees each request" ran 3
asked "${MAC[worker2]}"
check "in that namespace alone" ran 0

if [ -d /proc/sys/net/ipv6 ]; then
	at_end unprobe take_in
	check "a probe counts the calls of IPv6's" \
		probe take_in l2announce:take_in
	check "which an IPv4 VIP does not bring" not ran6
	on worker1 l2ctl vip add 2001:db8::100 dev eth0 state standby
	check "but an IPv6 one does" ran6
	on worker1 l2ctl vip del 2001:db8::100 dev eth0
	check "and it goes with that" not ran6
else
	for _ in 1 2 3 4; do
		ktap_test_skip "IPv6's hook: no IPv6 here"
	done
fi
on worker1 l2ctl vip del "$VIP" dev eth0
asked
check "with the last VIP it goes" ran 0

ip netns exec "$neighbor" l2flood eth0 12.0.0.1 10.1.0.1 $RACERS > "$L2A_TMP/flood" &
flood=$!
started $flood
racers=()
for ((r = 1; r <= RACERS; r++)); do
	race $r &
	racers+=($!)
	started $!
done
lost=0
for pid in "${racers[@]}"; do
	wait "$pid" || lost=$((lost + 1))
done
check "$RACERS who add and delete at once are refused nothing" [ $lost = 0 ]
kill $flood
wait $flood 2> /dev/null
check "under traffic" ran
# The flood may have been too much for the capture that saw it.
capture_start
asked
check "and afterwards it does not run" ran 0
on worker1 l2ctl vip add "$VIP" dev eth0
start=$(now)
ask 3
check "a VIP that is added then is answered" saw --since "$start" -- answered=3

finish
