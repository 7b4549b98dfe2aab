#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Thousands of VIPs become answering at once: their first frames go out in the
# time the rate allows, in the order the VIPs were added, and every VIP has had
# its first round before any has its second. Nothing else waits for them, and
# what ceases to answer meanwhile is announced no more.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

FIRST=10.0.0.1
LEASE=1

# How many, frames a second, and frames at once. The interval between rounds is
# much shorter than what the first ones take.
N=10000
RATE=4000
BURST=400
! slow_kernel || N=1000 RATE=200 BURST=100
INTERVAL=200

# wire MODE ARGUMENTS: judge the capture, by itself alone.
wire() {
	python3 - "$CAPTURE" "${MAC[worker1]}" "$FIRST" "$@" << 'END'
import ipaddress, struct, sys

path, mac, first, mode, *rest = sys.argv[1:]
mac = bytes.fromhex(mac.replace(":", ""))
first = int(ipaddress.ip_address(first))


def frames():
    """Every ARP frame: time in s, sender's MAC, form, sender, target."""
    data = open(path, "rb").read()
    unit = {0xa1b2c3d4: 1e-6, 0xa1b23c4d: 1e-9}[struct.unpack_from("<I", data)[0]]
    at = 24
    while at + 16 <= len(data):
        sec, part, length, _ = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16:at + 16 + length]
        at += 16 + length
        if frame[12:14] != b"\x08\x06" or len(frame) < 42:
            continue
        op, sha, sip, _, tip = struct.unpack_from("!6xH6sI6sI", frame, 14)
        yield sec + part * unit, sha, op, sip, tip


everything = list(frames())
ours = [(t, op, sip - first) for t, sha, op, sip, tip in everything
        if sha == mac and sip == tip]


def expect(good, text):
    print(text)
    if not good:
        sys.exit(1)


def rounds(n):
    """The index in ours of each VIP's first and second round."""
    seen = {}
    for i, (_, op, vip) in enumerate(ours):
        if op == 1:
            seen.setdefault(vip, []).append(i)
    missing = [vip for vip in range(n) if len(seen.get(vip, [])) != 2]
    expect(not missing, "%d of %d VIPs without two rounds, the first: %s"
           % (len(missing), n, missing[:1]))
    return seen


def order(n):
    seen = rounds(n)
    firsts = [seen[vip][0] for vip in range(n)]
    expect(firsts == sorted(firsts), "first rounds in the order of adding")


def breadth(n):
    seen = rounds(n)
    last_first = max(seen[vip][0] for vip in range(n))
    first_second = min(seen[vip][1] for vip in range(n))
    expect(first_second > last_first,
           "the first second round is frame %d, the last first round %d"
           % (first_second, last_first))


def both(n):
    """Each request is followed by the reply that belongs to it."""
    bad = [i for i in range(0, len(ours) - 1, 2)
           if (ours[i][1], ours[i + 1][1]) != (1, 2)
           or ours[i][2] != ours[i + 1][2]]
    expect(not bad and len(ours) == 4 * n,
           "%d frames; pairs that are none: %s" % (len(ours), bad[:3]))


def pace(n, rate, burst):
    """Never faster than the rate and a burst (and as much again for a stall
    between the decision and the stamp), nor needlessly slow."""
    level = worst = 0.0
    before = ours[0][0]
    for t, _, _ in ours:
        level = max(level - (t - before) * rate, 0) + 1
        worst = max(worst, level)
        before = t
    firsts = ours[:2 * n]
    took = firsts[-1][0] - firsts[0][0]
    text = "%d frames in %.2f s at %d a second; the most above that: %.0f" % (
        len(firsts), took, rate, worst)
    expect(worst <= 2 * burst and len(firsts) >= took * rate / 2, text)


def answered(target, least, burst):
    """Requests for another VIP are answered before the next burst is out."""
    target = int(ipaddress.ip_address(target))
    asked, good, between = None, 0, 0
    for _, sha, op, sip, tip in everything:
        if op == 1 and tip == target and sip != tip:
            asked, between = True, 0
        elif asked and op == 2 and sha == mac and sip == target:
            good += between < burst
            asked = None
        elif sha == mac and sip == tip:
            between += 1
    expect(good >= least, "%d answered in time" % good)


def stopped(n, since):
    late = [t for t, _, _ in ours if t > float(since)]
    expect(len(late) <= 2 and 0 < len(ours) < 2 * n,
           "%d of %d frames, %d of them after the end"
           % (len(ours), 2 * n, len(late)))


globals()[mode](*(int(x) if x.isdigit() else x for x in rest))
END
}

# watch: capture until unwatch, in a buffer that holds everything. Where the frames
# leave: further on a busy machine delays them, and makes bursts of them.
watch() {
	CAPTURE=$L2A_TMP/pace.pcap
	ip netns exec "$worker1" tcpdump -i eth0 -Z root -U -B 32768 -s 64 \
		-w "$CAPTURE" arp 2> "$L2A_TMP/pace.err" &
	WATCH=$!
	started $WATCH
	wait_for listening "$L2A_TMP/pace.err"
}

unwatch() {
	capture_sync
	kill -INT "$WATCH"
	wait "$WATCH"
}

whole() {
	grep -q '^0 packets dropped by kernel' "$L2A_TMP/pace.err" ||
		{ cat "$L2A_TMP/pace.err"; return 1; }
}

# announced N: so many frames have been sent, since the namespace was made.
announced() {
	[ "$(frames_sent)" -ge "$1" ]
}

frames_sent() {
	quietly worker1 l2ctl -j stats | field announcements
}

# rest_is_dropped DESCRIPTION COMMAND...: which ends what is being announced. What the
# guard dropped would be counted.
rest_is_dropped() {
	local description=$1 end counted
	shift

	"$@"
	end=$(now)
	counted=$(frames_sent)
	# Longer than all that is left would take, and another round.
	wait_for past "$(later "$end" $((BURST * 1000 / RATE + 2 * INTERVAL)))"
	unwatch
	check "$description, the rest is not" wire stopped $N "$end"
	check "not even tried" [ "$(frames_sent)" = "$counted" ]
}

begin neighbor worker1
require python3 l2many
plan 16
diag "$N VIPs, $RATE frames a second, $BURST at once"

on worker1 l2ctl settings set announce-rate $RATE announce-burst $BURST
on worker1 l2ctl vip add "$VIP" dev eth0 announce 0
on worker1 l2ctl lease renew $LEASE ttl 1h
on worker1 l2ctl lease release $LEASE
check "VIPs under a lease that has ended" \
	on worker1 l2many add -l $LEASE -a 2/$INTERVAL eth0 $FIRST $N
check "are not announced" not announced 1

watch
on worker1 l2ctl lease renew $LEASE ttl 1h
ask 5
check "the lease renewed, all are announced, two rounds each" \
	wait_until 120 announced $((4 * N))
unwatch
check "the capture is whole" whole
check "the first rounds come in the order the VIPs were added" wire order $N
check "and all before any second" wire breadth $N
check "each round in both forms" wire both $N
check "at the rate, and no slower than need be" wire pace $N $RATE $BURST
check "requests for another VIP do not wait for them" \
	wire answered "$VIP" 5 $BURST

on worker1 l2many state $LEASE standby
watch
on worker1 l2many state $LEASE active
check "made active in one command, they are announced again" \
	wait_for announced $((4 * N + BURST))
rest_is_dropped "back to standby" on worker1 l2many state $LEASE standby
check "and nothing waits" vip_is worker1 answering false $FIRST

sent=$(frames_sent)
watch
on worker1 l2many state $LEASE active
check "active once more, they are announced" \
	wait_for announced $((sent + BURST))
rest_is_dropped "with the lease's end" on worker1 l2ctl lease release $LEASE

finish
