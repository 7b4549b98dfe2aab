#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The VIP on a macvlan in a container's namespace, its parent outside: in bridge
# mode, with a sibling that hears it, and in private mode.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_topologies.sh
. "$(dirname "$0")/lib_topologies.sh"

outer=''
begin neighbor worker1
setup_ns outer
build worker1 << END
addr flush dev eth0
link set eth0 netns $outer
END
build outer << END
link set eth0 up
link add link eth0 name mv0 address 02:00:00:00:00:31 netns $worker1 type macvlan mode bridge
link add link eth0 name mv1 address 02:00:00:00:00:32 netns $worker1 type macvlan mode bridge
link add link eth0 name mv2 address 02:00:00:00:00:33 netns $worker1 type macvlan mode private
END
# A macvlan that is down sees no broadcast.
build worker1 << 'END'
link set mv0 up
END
plan $((N_ANSWERS + 2 + N_FOREIGN + N_STANDBY + N_ND + N_ALL))
capture_start

check_answers mv0 02:00:00:00:00:31
on worker1 ip link set mv1 up
on worker1 l2ctl vip add "$VIP" dev mv1 announce 0
capture_on worker1 mv1
on worker1 l2ctl announce "$VIP" dev mv0
check "mv1: hears its sibling announce the same VIP" \
	wait_for sees "announcements>=$FORMS"
capture_sync
check "mv1: and sees no conflict in it" conflicts_are mv1 0
on worker1 l2ctl vip del "$VIP" dev mv1
on worker1 ip link set mv1 down
capture_start
check_foreign mv0
check_standby mv0
on worker1 l2ctl vip del "$VIP" dev mv0
check_nd mv0 02:00:00:00:00:31
on worker1 ip link set mv0 down

on worker1 ip link set mv2 up
check_all mv2 02:00:00:00:00:33
finish
