#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The totals: each thing that happens raises its own counter, by as much as the wire
# saw of it, and no other. And the kernel's log: all of it is worth no line there.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

totals() {
	quietly worker1 l2ctl -j stats | jq -r '.[0] | to_entries[] | "\(.key) \(.value)"'
}

# raises "KEY N..." COMMAND...: while it runs these counters grow by so much, and
# the others not at all. Strays are not waited for: nothing else is on this LAN.
raises() {
	local expected=$1 seen
	shift

	totals > "$L2A_TMP/before"
	"$@" > "$L2A_TMP/raises" 2>&1 || { cat "$L2A_TMP/raises"; return 1; }
	wait_for grew "$expected"
}

grew() {
	local seen

	totals > "$L2A_TMP/after"
	seen=$(join "$L2A_TMP/before" "$L2A_TMP/after" |
	       awk '$2 != $3 { printf "%s %d ", $1, $3 - $2 }')
	[ "$seen" = "${1:+$1 }" ] || { echo "grew: $seen, expected: $1"; return 1; }
}

# asked N [ADDRESS]: the neighbour has asked so often. (saw would ask once more.)
asked() {
	local n=$1 start
	shift

	start=$(now)
	ask "$n" "$@"
	wait_for sees --vip "${1:-$VIP}" --since "$start" -- "requests=$n"
}

# crafted OP SHA SIP TIP [N]: the neighbour broadcasts this ARP packet, N times.
crafted() {
	quietly neighbor python3 - "$@" << 'END'
import socket, struct, sys
op, sha, sip, tip, *n = sys.argv[1:]
mac = bytes.fromhex("020000000001")
sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sock.bind(("eth0", 0))
for _ in range(int(n[0]) if n else 1):
    sock.send(b"\xff" * 6 + mac + b"\x08\x06" +
              struct.pack("!HHBBH", 1, 0x0800, 6, 4, int(op)) +
              bytes.fromhex(sha.replace(":", "")) + socket.inet_aton(sip) +
              bytes(6) + socket.inet_aton(tip))
END
}

expired() {
	on worker1 l2ctl lease renew 1 ttl 1ms token 1
	wait_for vip_is worker1 answering false
}

renewed() {
	on worker1 l2ctl lease renew 1 ttl 10m token 1
	on worker1 l2ctl vip set "$VIP" dev eth0 state active lease 1
}

# The stack announces the addresses of a device whose MAC changes, where
# arp_notify says so.
speaks_as_vip() {
	on worker1 ip link set eth0 address 02:00:00:00:00:aa
}

# The kernel's log has nothing of ours but what says that a module out of the tree
# was loaded.
log_is_silent() {
	local said

	said=$(dmesg | tail -n "+$((log_lines + 1))" | grep -i l2announce |
	       grep -Ev 'out-of-tree|module verification')
	[ -z "$said" ] || { echo "$said"; return 1; }
}

begin neighbor worker1
require jq python3
plan 14
log_lines=$(dmesg | wc -l)
# Whom worker1 talks to it knows: no ARP of its own may come between.
on neighbor ip neigh add "${ADDRESS[worker1]}" lladdr "${MAC[worker1]}" dev eth0
on worker1 ip neigh add "${ADDRESS[neighbor]}" lladdr "${MAC[neighbor]}" dev eth0
on worker1 l2ctl vip add "$VIP2" dev eth0 state standby
capture_start

check "a question for somebody else: passed" \
	raises "passed 3" asked 3 12.0.0.77
check "one for a standby: suppressed_standby" \
	raises "suppressed_standby 3" asked 3 "$VIP2"
check "a VIP that is not announced: vips" raises "vips 1" \
	on worker1 l2ctl vip add "$VIP" dev eth0 announce 0
check "one that is answered: replies" raises "replies 3" asked 3
on worker1 l2ctl vip set "$VIP" dev eth0 announce 2/10ms
check "announced: two frames a round, announcements" \
	raises "announcements 4" on worker1 l2ctl announce "$VIP"
on worker1 l2ctl vip set "$VIP" dev eth0 announce 0
check "a lease: leases" raises "leases 1" renewed
check "its end: expiries" raises "expiries 1" expired
check "asked after it: suppressed_expired" \
	raises "suppressed_expired 2" asked 2
renewed
check "asked by a group address: suppressed_invalid" \
	raises "suppressed_invalid 1" \
	crafted 1 03:00:00:00:00:01 12.0.0.1 "$VIP"
check "claimed three times at once: conflicts; told of, and defended, once" \
	raises "passed 3 announcements 2 conflicts 3 conflicts_limited 2 defended 1" \
	crafted 2 02:00:00:00:00:99 "$VIP" "$VIP" 3
on worker1 l2ctl vip set "$VIP" dev eth0 state standby
on worker1 sysctl -q net.ipv4.conf.eth0.arp_notify=1
on worker1 ip addr add "$VIP/32" dev eth0
check "a standby's own host speaks as the VIP: guarded" \
	raises "guarded 1" speaks_as_vip
check "what was counted stays when a VIP goes" raises "vips -1" \
	on worker1 l2ctl vip del "$VIP" dev eth0
[ ! -d /proc/sys/net/ipv6 ] || on worker1 l2ctl vip add 2001:db8::100 dev eth0
on worker1 l2ctl vip flush
check "without VIPs nothing is counted" raises "" asked 2 12.0.0.77
check "and none of this was worth a line in the kernel's log" log_is_silent

finish
