# SPDX-License-Identifier: GPL-2.0
"""What the bench's figures mean: pure arithmetic on what the guest printed.

A figure is a number of instructions. Of a round trip's, the baseline's (client,
veth pair and the way back) are taken off: what is left is the server's own work,
and only that is compared. A bound is what a ratio or a number must not exceed.
"""

import math

# What two runs of the same code differ by at most, in instructions: of a frame;
# of a round trip of neighbour discovery's; of one with many VIPs, by their luck in
# the hash; and, of what is done with many, as a part of it.
NOISE, NOISE_OF_ND, NOISE_OF_MANY, NOISE_OF_SCALE = 10, 60, 60, 0.02

# What is taken off a round trip, by how its name begins; else "baseline".
BASELINES = {"ebpf_xdp": "baseline_xdp", "vips6": "baseline6",
             "ebpf6": "baseline6", "kernel_own_address6": "baseline6",
             "kernel_proxy6": "baseline6"}
# With a capture, all of it is measured with one.
CAPTURE = "_capture"

# The server's work in one figure over that in another, and what it may be.
RATIOS = {
    "answer_of_ebpf": ("vips_1", "ebpf_tc", 1.00),
    "answer_of_ebpf_direct": ("vips_1", "ebpf_tc_direct", None),
    "answer_of_ebpf_xdp": ("vips_1", "ebpf_xdp", None),
    "answer_of_kernel_own_address": ("vips_1", "kernel_own_address", 0.75),
    "answer_of_kernel_proxy": ("vips_1", "kernel_proxy", None),
    "answer_1000_of_1_vip": ("vips_1000", "vips_1", 1.05),
    "answer_100000_of_1_vip": ("vips_100000", "vips_1", 1.05),
    "answer_1000_of_ebpf_1000": ("vips_1000", "ebpf_tc_1000", 1.00),
    "answer_100000_of_ebpf_100000": ("vips_100000", "ebpf_tc_100000", 1.00),
    "captured_answer_of_ebpf": ("vips_1_capture", "ebpf_tc_capture", 1.00),
    "captured_answer_of_kernel_own_address":
        ("vips_1_capture", "kernel_own_address_capture", 0.75),
    "probe_of_answer": ("vips_1_probe", "vips_1", None),
    "nd_answer_of_ebpf": ("vips6_1", "ebpf6_tc", 1.00),
    "nd_answer_of_ebpf_direct": ("vips6_1", "ebpf6_tc_direct", None),
    "nd_answer_of_kernel_own_address":
        ("vips6_1", "kernel_own_address6", 0.75),
    "nd_answer_of_kernel_proxy": ("vips6_1", "kernel_proxy6", None),
    "nd_answer_1000_of_1_vip": ("vips6_1000", "vips6_1", 1.05),
    "nd_answer_100000_of_1_vip": ("vips6_100000", "vips6_1", 1.05),
    "nd_answer_1000_of_ebpf_1000": ("vips6_1000", "ebpf6_tc_1000", 1.00),
    "nd_answer_100000_of_ebpf_100000":
        ("vips6_100000", "ebpf6_tc_100000", 1.00),
    "nd_captured_answer_of_ebpf": ("vips6_1_capture", "ebpf6_tc_capture", 1.00),
    "nd_captured_answer_of_kernel_own_address":
        ("vips6_1_capture", "kernel_own_address6_capture", 0.75),
    "nd_probe_of_answer": ("vips6_1_probe", "vips6_1", None),
}

# Whole round trips, with all that they share: what no choice of a baseline moves.
WHOLE = {
    "round_trip_of_ebpf": ("vips_1", "ebpf_tc", 1.00),
    "round_trip_of_ebpf_direct": ("vips_1", "ebpf_tc_direct", None),
    "round_trip_of_kernel_own_address": ("vips_1", "kernel_own_address", None),
    "nd_round_trip_of_ebpf": ("vips6_1", "ebpf6_tc", 1.00),
    "nd_round_trip_of_kernel_own_address":
        ("vips6_1", "kernel_own_address6", None),
}

# IPv6 packets that are seen at once to be no solicitation, by how their figures' names
# go on; and one that has to be looked into.
STRAYS6 = ("", "_local", "_icmp", "_local_icmp", "_options", "_local_options",
           "_no_next_header", "_255", "_local_255", "_icmp_255",
           "_local_icmp_255", "_out", "_out_icmp")
LOOKED_INTO = "_options_255"

# What one figure has more than another, and what it may be. Nothing at all is what
# differs by no more than two runs of the same code. VIPs elsewhere stand against rules
# elsewhere: the kernel looks for hooks in every namespace once there are some in any.
DIFFERENCES = {
    "arp_without_vips": ("stray_without_vips", "stray_without_module", NOISE),
    "arp_with_vips_elsewhere":
        ("stray_with_vips_elsewhere", "stray_with_rules_elsewhere", NOISE),
    "ipv6_without_vips": ("stray6_without_vips", "stray6_without_module", NOISE),
    "ipv6_with_vips_elsewhere":
        ("stray6_with_vips_elsewhere", "stray6_with_rules_elsewhere", NOISE),
    "arp_not_ours_1_vip": ("stray_with_1_vip", "stray_without_vips", 240),
    "arp_not_ours_100000_vips":
        ("stray_with_100000_vips", "stray_without_vips", 240),
    "arp_not_ours_ebpf": ("stray_ebpf_tc", "stray_without_vips", None),
    "suppressed": ("suppressed", "stray_without_vips", None),
    "arp_after_the_last_vip": ("stray_after_vips", "stray_without_vips", NOISE),
    **{f"ipv6_not_ours{kind}{many}":
       (f"stray6{kind}_with_{vips}", f"stray6{kind}_without_vips",
        None if kind == LOOKED_INTO else 200)
       for many, vips in (("", "vips"), ("_100000_vips", "100000_vips"))
       for kind in (*STRAYS6, LOOKED_INTO)},
    "ipv6_solicitation_not_ours":
        ("stray6_solicitation_with_vips", "stray6_solicitation_without_vips",
         None),
    "ipv6_solicitation_not_ours_100000_vips":
        ("stray6_solicitation_with_100000_vips",
         "stray6_solicitation_without_vips", None),
    "nd_suppressed":
        ("suppressed6", "stray6_solicitation_without_vips", None),
    "ipv6_not_ours_ebpf": ("stray6_ebpf_tc", "stray6_without_vips", None),
    "ipv6_with_ipv4_vips_only":
        ("stray6_with_ipv4_vips", "stray6_without_vips", NOISE),
    "ipv6_after_the_last_vip":
        ("stray6_after_vips", "stray6_without_vips", NOISE),
}

# What VIPs add to a frame that is none of ours, beside somebody's rules, over what they
# add alone: less, for the way to the first hook is not theirs then.
LESS = 0.9
BESIDE = {
    "arp_not_ours_beside_rules_of_alone":
        (("stray_with_vips_beside_rules", "stray_beside_rules"),
         ("stray_with_1_vip", "stray_without_vips")),
    "ipv6_not_ours_beside_rules_of_alone":
        (("stray6_with_vips_beside_rules", "stray6_beside_rules"),
         ("stray6_with_vips", "stray6_without_vips")),
    "ipv6_not_ours_local_beside_rules_of_alone":
        (("stray6_local_with_vips_beside_rules", "stray6_local_beside_rules"),
         ("stray6_local_with_vips", "stray6_local_without_vips")),
}

# What is done with N VIPs at once, IPv4's and IPv6's, and what 100,000 may take of
# 1,000, each.
FAMILIES = ("", "6")
SCALED = {what + family: bound for family in FAMILIES for what, bound in (
    ("add", 1.3), ("del", 1.3), ("show", None), ("standby", None),
    ("activate", None))}
FEW, MANY = 1000, 100000
COUNTS = (FEW, 10000, MANY)

# What else there is of many VIPs, and what it may be. How many frames there may be in a
# second is a setting, which the guest tells.
SET = "set"
OTHERS = {
    **{f"renew{family}_{MANY}_of_1_vip": 1.05 for family in FAMILIES},
    **{f"vip{family}_bytes": 256 for family in FAMILIES},
    "announce_time_of_ideal": 1.05,
    "announce_peak": SET,
    "announce_missing": 0,
    "announce_misplaced": 0,
}

# Of them all, those that a short run has with their bounds.
SHORT = (
    "answer_of_ebpf", "answer_of_kernel_own_address",
    f"answer_{MANY}_of_1_vip", "nd_answer_of_ebpf",
    "nd_answer_of_kernel_own_address", "round_trip_of_ebpf",
    "nd_round_trip_of_ebpf", "arp_without_vips", "arp_with_vips_elsewhere",
    "arp_not_ours_1_vip",
    f"arp_not_ours_{MANY}_vips", "arp_after_the_last_vip", "ipv6_without_vips",
    "ipv6_with_vips_elsewhere", *(f"ipv6_not_ours{kind}" for kind in STRAYS6),
    "ipv6_with_ipv4_vips_only", "ipv6_after_the_last_vip", *BESIDE,
)


def bounds(scale=True):
    """The results of a column, by name: the bound, None where there is none.

    Those of many VIPs at once only with scale: they do not go by mitigations.
    """
    found = {name: bound for table in (RATIOS, WHOLE, DIFFERENCES)
             for name, (_, _, bound) in table.items()}
    found.update(dict.fromkeys(BESIDE, LESS))
    if not scale:
        return found
    for what, bound in SCALED.items():
        found.update((f"{what}_each_of_{count}", None) for count in COUNTS)
        found[f"{what}_{MANY}_of_{FEW}_each"] = bound
        found[f"{what}_exponent"] = None
    return {**found, **OTHERS}


def parse(text):
    """The guest's lines between "begin" and "end", or None without those.

    Gives what it says of itself, and its figures, each by name.
    """
    lines = text.splitlines()
    if "begin" not in lines or "end" not in lines:
        return None
    about, values = {"kernel": None, "cpu": {}}, {}
    for line in lines[lines.index("begin") + 1:lines.index("end")]:
        name, value = line.split(maxsplit=1)
        if name == "kernel":
            about["kernel"] = value
        elif name == "cpu":
            weakness, state = value.split(maxsplit=1)
            about["cpu"][weakness] = state
        else:
            values[name] = int(value)
    return about, values


def server(values, name):
    """The instructions of a round trip that are the server's, or None."""
    if not name.startswith(("kernel", "ebpf", "vips")):
        return None
    base = next((BASELINES[start] for start in BASELINES
                 if name.startswith(start)), "baseline")
    if name.endswith(CAPTURE):
        base += CAPTURE
    return values[name] - values[base]


def noise(name, value):
    """What a figure may differ by from a run to the next."""
    words = name.split("_")
    if words[0] in (*SCALED, "renew", "renew6", "announce"):
        return NOISE_OF_SCALE * value
    if str(FEW) in words or str(MANY) in words:
        return NOISE_OF_MANY
    of_nd = name.startswith(("baseline6", "ebpf6", "vips6",
                             "kernel_own_address6", "kernel_proxy6"))
    return NOISE_OF_ND if of_nd else NOISE


def judged(value, bound, unit):
    """A result; a value of None is within no bound."""
    figure = {"value": value, "unit": unit}
    if bound is not None:
        figure["bound"] = bound
        figure["within"] = value is not None and value <= bound
    return figure


def ratio(one, other):
    """None where either is nothing: what takes no instructions was not measured."""
    return round(one / other, 3) if one > 0 and other > 0 else None


def beside(values):
    """What VIPs add beside another hook, of what they add alone."""
    return {name: judged(ratio(*(values[one] - values[other]
                                 for one, other in pairs)), LESS, "ratio")
            for name, pairs in BESIDE.items()}


def each(values, what, count):
    """What one VIP of so many takes, the start of the program taken off."""
    return (values[f"{what}_{count}"] - values[f"{what}_1"]) / (count - 1)


def scale(values):
    found = {}
    for what, bound in SCALED.items():
        for count in COUNTS:
            found[f"{what}_each_of_{count}"] = judged(
                round(each(values, what, count)), None, "instructions")
        grown = ratio(each(values, what, MANY), each(values, what, FEW))
        found[f"{what}_{MANY}_of_{FEW}_each"] = judged(grown, bound, "ratio")
        found[f"{what}_exponent"] = judged(
            grown and round(1 + math.log(grown) / math.log(MANY / FEW), 3),
            None, "exponent")
    for family in FAMILIES:
        name = f"renew{family}_{MANY}_of_1_vip"
        found[name] = judged(ratio(values[f"renew{family}_{MANY}"],
                                   values[f"renew{family}_1"]),
                             OTHERS[name], "ratio")
        name = f"vip{family}_bytes"
        found[name] = judged(values[f"vip{family}_slab_bytes"], OTHERS[name],
                             "bytes")
    return found


def announcements(values):
    """How well many announcements at once kept their pace and their order."""
    rate, burst = values["announce_rate"], values["announce_burst"]
    ideal = (values["announce_first_round"] - burst) / rate * 1000000
    found = {
        "announce_time_of_ideal":
            (ratio(values["announce_first_round_us"], ideal), "ratio"),
        "announce_peak": (values["announce_peak"], "frames in a second"),
        "announce_missing":
            (values["announce_due"] - values["announce_frames"], "frames"),
        "announce_misplaced": (values["announce_misplaced"], "frames"),
    }
    return {name: judged(value, rate + burst if OTHERS[name] == SET
                         else OTHERS[name], unit)
            for name, (value, unit) in found.items()}


def results(values):
    """By name: {value, unit, bound, within}; the last two where one is set."""
    found = {}
    for name, (one, other, bound) in RATIOS.items():
        if one in values and other in values:
            found[name] = judged(ratio(server(values, one),
                                       server(values, other)), bound, "ratio")
    for name, (one, other, bound) in WHOLE.items():
        if one in values and other in values:
            found[name] = judged(ratio(values[one], values[other]), bound,
                                 "ratio")
    for name, (one, other, bound) in DIFFERENCES.items():
        if one in values and other in values:
            found[name] = judged(values[one] - values[other], bound,
                                 "instructions")
    if "stray_beside_rules" in values:
        found.update(beside(values))
    if "vip_slab_bytes" in values:
        found.update(scale(values))
    if "announce_due" in values:
        found.update(announcements(values))
    return found


def measurements(values):
    """By name: {instructions, server}; the second for round trips."""
    found = {}
    for name, value in values.items():
        found[name] = {"instructions": value}
        own = server(values, name)
        if own is not None:
            found[name]["server"] = own
    return found
