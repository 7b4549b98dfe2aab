#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The VIP on a tap, whose other side is a process. A tun carries no Ethernet, and
# is refused, as is what would make its like of a device with VIPs: a bond becomes
# what its first port is.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_topologies.sh
. "$(dirname "$0")/lib_topologies.sh"

made() {
	grep made "$L2A_TMP/cable"
}

# refuses_tun: bond1 does not take it for its first port.
refuses_tun() {
	on worker1 ip link set tun1 master bond1 2>&1 | grep -i busy
}

require python3
modprobe -q tun
begin neighbor worker1
ip netns exec "$lan" python3 "$L2A_HERE/tapcable.py" tap1 far \
	> "$L2A_TMP/cable" 2>&1 &
started $!
wait_for made > /dev/null || skip_all "no tap: $(cat "$L2A_TMP/cable")"
build lan << END
link del worker1
link set far master br0
link set far up
link set tap1 netns $worker1
END
build worker1 << 'END'
link set tap1 address 02:00:00:00:00:31
link set tap1 up
tuntap add tun1 mode tun
link add bond1 type bond mode active-backup
END
plan $((N_ALL + 4))
capture_start

refused "tun1: refused, since it is no Ethernet" 'not an Ethernet' \
	on worker1 l2ctl vip add "$VIP" dev tun1
on worker1 l2ctl vip add "$VIP" dev bond1
check "a bond with a VIP does not become one of tuns" refuses_tun
on worker1 l2ctl vip del "$VIP" dev bond1
check "without it does" on worker1 ip link set tun1 master bond1
refused "and is refused then" 'not an Ethernet' \
	on worker1 l2ctl vip add "$VIP" dev bond1
check_all tap1 02:00:00:00:00:31
finish
