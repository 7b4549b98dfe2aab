#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The VIP on an ipvlan in L2 mode in a container's namespace, with the address of
# its parent outside. One in L3 mode does no ARP, and is refused.

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
link add link eth0 name ipvl0 netns $worker1 type ipvlan mode l2
END
build worker1 << 'END'
link set ipvl0 up
END
plan $((N_ALL + 1))
capture_start

check_all ipvl0 "${MAC[worker1]}"
build worker1 << 'END'
link del ipvl0
END
build outer << END
link add link eth0 name ipvl3 netns $worker1 type ipvlan mode l3
END
# Only now does it know that it does no ARP.
on worker1 ip link set ipvl3 up
refused "ipvl3, in L3 mode: refused, since it does no ARP" 'does no ARP' \
	on worker1 l2ctl vip add "$VIP" dev ipvl3
finish
