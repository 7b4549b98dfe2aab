# SPDX-License-Identifier: GPL-2.0
"""Two CPUs that answer, for one VIP and for one each: boots the guest, judges.

The clock that counts instructions has one CPU, so this one goes by the machine's, and
by how busy it is. A round has all settings, one after the other; a ratio is the median
of the rounds', so that what both have to bear is not in it.
"""

import json
import os
import statistics

import boot
import document
import figures

HERE = os.path.dirname(os.path.realpath(__file__))
# What is asked at once, in the guest: a VIP for each CPU.
SETTINGS = {"smp_1cpu_1vip": [1], "smp_2cpu_1vip": [1, 1],
            "smp_2cpu_2vips": [1, 2]}
# The answers of one setting over those of another, and what that may be.
RATIOS = {"smp_1cpu_of_2cpu": ("smp_1cpu_1vip", "smp_2cpu_1vip", None),
          "smp_2vips_of_1vip": ("smp_2cpu_2vips", "smp_2cpu_1vip", 1.5)}
ROUNDS = 11


def measured():
    """What the guest counts, answers a second, a dictionary a round."""
    said, status = boot.guest(
        [os.path.join(HERE, "smp_guest.py"), str(ROUNDS)], "--smp", "2",
        "--timeout", "1500")
    rounds = [json.loads(line) for line in said.splitlines()
              if line.startswith("{")]
    if status or len(rounds) != ROUNDS:
        document.die(f"smp: the guest did not come to its end:\n{said}")
    return rounds


def bounds():
    """The results, by name: the bound, or None."""
    return {**dict.fromkeys(SETTINGS),
            **{name: bound for name, (_, _, bound) in RATIOS.items()}}


def results(rounds):
    """The figures by name."""
    found = {name: figures.judged(round(statistics.median(
        r[name] for r in rounds)), None, "answers a second")
        for name in SETTINGS}
    for name, (one, other, bound) in RATIOS.items():
        value = statistics.median(r[one] / r[other] for r in rounds)
        found[name] = figures.judged(round(value, 3), bound, "ratio")
    return found


def report(rounds):
    return {"rounds": rounds, "results": results(rounds)}


def table(smp):
    """As text: a line for each result."""
    return "\n".join(
        f"{name:20} {result['value']:10}{'' if result.get('within', True) else '!'}"
        f" {result['unit']:16} {result.get('bound', '')}".rstrip()
        for name, result in smp["results"].items())
