#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The VIP on a bond with LACP, its two ports face to face with those of a bond
# that is a port of br0. Its MAC stays whichever ports there are, and to the LAN they
# are one: a port that is lost needs no announcement.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_topologies.sh
. "$(dirname "$0")/lib_topologies.sh"

# ports NAMESPACE BOND N: so many of its ports collect and distribute, by their
# own word and by their partner's (63: every bit of a port's state but those of
# lost partners).
ports() {
	local seen

	seen=$(quietly "$1" grep -c 'port state: 63' "/proc/net/bonding/$2")
	[ "$seen" = $((2 * $3)) ] ||
		{ echo "$2: $seen states of 63"; return 1; }
}

both_ports() {
	ports worker1 bond1 2 && ports lan bond0 2
}

one_port() {
	ports worker1 bond1 1 && ports lan bond0 1
}

begin neighbor worker1
second_port
build lan << 'END'
link add bond0 type bond mode 802.3ad miimon 20 lacp_rate fast
link set worker1 down
link set worker1 nomaster
link set worker1 master bond0
link set worker1b down
link set worker1b nomaster
link set worker1b master bond0
link set bond0 master br0
link set bond0 up
END
build worker1 << 'END'
addr flush dev eth0
link add bond1 address 02:00:00:00:00:31 type bond mode 802.3ad miimon 20 lacp_rate fast
link set eth0 down
link set eth0 master bond1
link set eth1 down
link set eth1 master bond1
link set bond1 up
END
plan $((N_ALL + 2 + N_ANSWERS + 3))
check "both ports join the aggregate" wait_for both_ports
capture_start

check_port eth0 bond1
check_all bond1 02:00:00:00:00:31
check_answers bond1 02:00:00:00:00:31
pull worker1
check "one port pulled: the aggregate is the other" wait_for one_port
start=$(now)
ask 2
check "and answers, once" answered_by 02:00:00:00:00:31 "$start" 2
start=$(now)
ask 2 "$VIP" -t 02:00:00:00:00:31
check "what is sent to the MAC it had arrives" \
	answered_by 02:00:00:00:00:31 "$start" 2
finish
