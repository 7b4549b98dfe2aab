#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rules of the administrator's that find another route for what this host sends,
# as mangling does: they find our advertisements in order, with a route to begin
# with, and these go out.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ipv6.sh
. "$(dirname "$0")/lib_ipv6.sh"

ASKER=02:00:00:00:00:99

mangle() {
	quietly worker1 nft -f - << 'END'
table ip6 mangle {
	chain output {
		type route hook output priority -150;
		icmpv6 type nd-neighbor-advert meta mark set 1 counter
	}
	chain postrouting {
		type filter hook postrouting priority 0;
		icmpv6 type nd-neighbor-advert rt ip6 nexthop :: counter
		icmpv6 type nd-neighbor-advert counter
	}
}
END
}

# asked FROM N: a question from there has so many answers.
asked() {
	local start

	start=$(now)
	quietly neighbor python3 "$L2A_HERE/nd_send.py" eth0 ns "$VIP" "from=$1" \
		mac=$ASKER || return
	saw --since "$start" --client $ASKER -- requests=1 "replies=$2" malformed=0
}

announced() {
	local start

	start=$(now)
	quietly worker1 l2ctl announce "$VIP" || return
	wait_for sees --since "$start" -- announcements=1 malformed=0
}

# met CHAIN N: so many advertisements.
met() {
	quietly worker1 nft list chain ip6 mangle "$1" |
		grep -v nexthop | grep "counter packets $2 " && return
	quietly worker1 nft list table ip6 mangle
	return 1
}

begin neighbor worker1
require nft python3
mangle 2> "$L2A_TMP/nft" || skip_all "no rules that route: $(cat "$L2A_TMP/nft")"
plan 7
capture_start
on worker1 l2ctl vip add "$VIP" dev eth0 announce 0
check "asked from an address of the link" asked fe80::99 1
check "asked from a global address" asked "${ADDRESS6[neighbor]}" 1
check "it is announced" announced
check "from where no route leads: marked, it finds none, and is dropped" \
	asked 2001:db8:ffff::1 0
check "the rules met all four" met output 4
check "and the three that went on" met postrouting 3
on worker1 nft delete table ip6 mangle
check "without the rules no route is asked for" asked 2001:db8:ffff::1 1
finish
