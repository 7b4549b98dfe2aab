#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rules of the administrator's for what comes in. Questions and claims are met at
# PRE_ROUTING, behind all rules of that place: what these drop never was, for a VIP.
# Rules of INPUT come too late for a question to the group: it has been answered.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=lib_ipv6.sh
. "$(dirname "$0")/lib_ipv6.sh"

# INT_MAX - 1: whatever has another place stands before the rule or is the module.
LAST=2147483646

# drop_at HOOK PRIORITY: worker1 drops questions to the VIP's group and claims there.
drop_at() {
	on worker1 nft -f - <<- END
		table ip6 test {
			chain drops {
				type filter hook $1 priority $2;
				ip6 daddr $GROUP icmpv6 type nd-neighbor-solicit counter drop
				icmpv6 type nd-neighbor-advert counter drop
			}
		}
	END
}

undrop() {
	on worker1 nft delete table ip6 test
}

# met WHAT N: the rule for that type has dropped so many.
met() {
	quietly worker1 nft list chain ip6 test drops | grep "$1 .*packets $2 " && return
	quietly worker1 nft list chain ip6 test drops
	return 1
}

# counters: all that a VIP counts of what comes in.
counters() {
	local key

	for key in replies suppressed conflicts; do
		echo "$key=$(vip_field worker1 $key)"
	done
}

# unmoved BEFORE: the counters still say so.
unmoved() {
	local seen

	seen=$(counters)
	[ "$seen" = "$1" ] || { printf 'before:\n%s\nafter:\n%s\n' "$1" "$seen"; return 1; }
}

# asked N: a question gets so many answers.
asked() {
	local start

	start=$(now)
	ask 1
	saw --since "$start" -- requests=1 "replies=$1" malformed=0
}

begin neighbor worker1
require nft
plan 12
capture_start
on worker1 l2ctl vip add "$VIP" dev eth0 announce 0
check "without rules a question is answered" asked 1
claim
check "and a claim is a conflict" wait_for vip_is worker1 conflicts 1

check "a rule at PRE_ROUTING, the last there" drop_at prerouting $LAST
before=$(counters)
check "what it drops is not answered" asked 0
check "it was that rule" met nd-neighbor-solicit 1
claim
check "a claim it drops" wait_for met nd-neighbor-advert 1
check "is no conflict, and nothing is counted" unmoved "$before"
on worker1 l2ctl vip set "$VIP" dev eth0 state standby
ask 1
wait_for met nd-neighbor-solicit 2 > /dev/null
check "nor on a standby" unmoved "$before"
on worker1 l2ctl vip set "$VIP" dev eth0 state active
undrop
check "without the rule it is answered again" asked 1

drop_at input 0
check "a rule of INPUT hinders no answer to the group" asked 1
check "it sees no such question" met nd-neighbor-solicit 0
undrop
check "all that was answered is counted" vip_is worker1 replies 3
finish
