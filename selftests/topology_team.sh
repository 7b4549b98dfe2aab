#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The VIP on a team that teamd runs in active-backup mode, with the address of the
# active port: after failover it is announced, and answered, from the new one.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_topologies.sh
. "$(dirname "$0")/lib_topologies.sh"

CONFIG='{
	"device": "team0",
	"runner": { "name": "activebackup", "hwaddr_policy": "by_active" },
	"link_watch": { "name": "ethtool" },
	"ports": { "eth0": { "prio": 10, "sticky": true }, "eth1": {} }
}'

active_is() {
	quietly worker1 teamdctl team0 state view | grep "active port: $1\$"
}

require teamd teamdctl
modprobe -q team || skip_all "needs the kernel's team driver"
begin neighbor worker1
second_port
build worker1 << 'END'
addr flush dev eth0
link set eth0 down
END
ip netns exec "$worker1" teamd -c "$CONFIG" > "$L2A_TMP/teamd.log" 2>&1 &
started $!
plan $((N_ALL + 2 + N_ANSWERS + N_FAILOVER))
check "teamd runs it" wait_for active_is eth0
on worker1 ip link set team0 up
capture_start

check_port eth1 team0
check_all team0 "${MAC[worker1]}"
check_answers team0 "${MAC[worker1]}"
check_failover team0 worker1 "$MAC_B" active_is eth1
finish
