# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Announcing many VIPs at once: a capture of it, and what it says of rate, order
# and breadth. Sourced after lib.sh, and before lib_ipv6.sh where that is.
#
# Who sources it sets FIRST, the first of N VIPs, RATE and BURST, frames a second and
# at once, and INTERVAL, ms between the two rounds of a VIP, which is much shorter
# than what the first rounds of all take.

# shellcheck disable=SC2034,SC2154 # variables for, and from, other files

LEASE=1

# wire MODE ARGUMENTS: judge the capture, by itself alone.
wire() {
	python3 - "$CAPTURE" "${MAC[worker1]}" "$FORMS" "$FIRST" "$@" << 'END'
import ipaddress, struct, sys

ALL_NODES = ipaddress.ip_address("ff02::1").packed
ASKS, TELLS = 1, 2

path, mac, forms, first, mode, *rest = sys.argv[1:]
mac = bytes.fromhex(mac.replace(":", ""))
forms = int(forms)
first = int(ipaddress.ip_address(first))


def read_arp(frame):
    """Sender's MAC, form, sender, target; None where it is something else."""
    if len(frame) < 42:
        return None
    op, sha, sip, _, tip = struct.unpack_from("!6xH6s4s6s4s", frame, 14)
    return sha, op, sip, tip


def read_nd(frame):
    """The same, where what is told to all nodes has its sender for a target."""
    if len(frame) < 78 or frame[20] != 58 or frame[54] not in (135, 136):
        return None
    sha, source, to, about = frame[6:12], frame[22:38], frame[38:54], frame[62:78]
    if frame[54] == 135:
        return sha, ASKS, source, about
    return sha, TELLS, about, about if to == ALL_NODES else to


def frames(ethertype, read):
    """Every frame of the family: time in s, and what was read."""
    data = open(path, "rb").read()
    unit = {0xa1b2c3d4: 1e-6, 0xa1b23c4d: 1e-9}[struct.unpack_from("<I", data)[0]]
    at = 24
    while at + 16 <= len(data):
        sec, part, length, _ = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16:at + 16 + length]
        at += 16 + length
        got = read(frame) if frame[12:14] == ethertype else None
        if got:
            yield sec + part * unit, *got


everything = list(frames(b"\x08\x06", read_arp) if forms == 2 else
                  frames(b"\x86\xdd", read_nd))
ours = [(t, op, int.from_bytes(sip, "big") - first)
        for t, sha, op, sip, tip in everything if sha == mac and sip == tip]


def expect(good, text):
    print(text)
    if not good:
        sys.exit(1)


def rounds(n):
    """The index in ours of each VIP's first and second round."""
    seen = {}
    for i, (_, op, vip) in enumerate(ours):
        if op == (ASKS if forms == 2 else TELLS):
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
           if (ours[i][1], ours[i + 1][1]) != (ASKS, TELLS)
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
    firsts = ours[:forms * n]
    took = firsts[-1][0] - firsts[0][0]
    text = "%d frames in %.2f s at %d a second; the most above that: %.0f" % (
        len(firsts), took, rate, worst)
    expect(worst <= 2 * burst and len(firsts) >= took * rate / 2, text)


def answered(target, least, burst):
    """Requests for another VIP are answered before the next burst is out."""
    target = ipaddress.ip_address(target).packed
    asked, good, between = None, 0, 0
    for _, sha, op, sip, tip in everything:
        if op == ASKS and tip == target and sip != tip:
            asked, between = True, 0
        elif asked and op == TELLS and sha == mac and sip == target:
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
	# What the last capture said is no word of this one.
	rm -f "$L2A_TMP/pace.err"
	ip netns exec "$worker1" tcpdump -i eth0 -Z root -U -B 32768 -s 96 \
		-w "$CAPTURE" "$L2A_FILTER" 2> "$L2A_TMP/pace.err" &
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

# paced: N VIPs begin to answer at once, with a lease, and each has two rounds; eight
# points. It leaves the capture, and another VIP, which is asked for meanwhile.
paced() {
	diag "$N VIPs, $RATE frames a second, $BURST at once"
	on worker1 l2ctl settings set announce-rate "$RATE" announce-burst "$BURST"
	on worker1 l2ctl vip add "$VIP" dev eth0 announce 0
	on worker1 l2ctl lease renew $LEASE ttl 1h
	on worker1 l2ctl lease release $LEASE
	check "VIPs under a lease that has ended" \
		on worker1 l2many add -l $LEASE -a "2/$INTERVAL" eth0 "$FIRST" "$N"
	check "are not announced" not announced 1

	watch
	on worker1 l2ctl lease renew $LEASE ttl 1h
	ask 5
	check "the lease renewed, all are announced, two rounds each" \
		wait_until 120 announced $((2 * FORMS * N))
	unwatch
	check "the capture is whole" whole
	check "the first rounds come in the order the VIPs were added" \
		wire order "$N"
	check "and all before any second" wire breadth "$N"
	check "at the rate, and no slower than need be" \
		wire pace "$N" "$RATE" "$BURST"
	check "requests for another VIP do not wait for them" \
		wire answered "$VIP" 5 "$BURST"
}
