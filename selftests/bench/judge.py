# SPDX-License-Identifier: GPL-2.0
"""Whether a report of the bench holds: all figures are there, each within its bound.

What has to be there, and the bounds, are the code's: a report that lacks a figure,
or has another bound, does not hold, unless only what a short run has is asked about.
No I/O.
"""

import math
import re

import failover_figures
import figures
import smp
import store

# The kernels there has to be a column of: Debian 12's, and one as new as that.
OLD, NEW = (6, 1), (7, 3)
MITIGATIONS = "off", "auto"


class Tap:
    """Verdicts, a line each."""

    def __init__(self):
        self.lines, self.passed, self.failed = [], 0, 0

    def verdict(self, good, text):
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        self.lines.append(f"{'ok' if good else 'not ok'} "
                          f"{self.passed + self.failed} {text}")

    def text(self):
        return "\n".join([*self.lines, f"1..{self.passed + self.failed}",
                          f"# {self.passed} passed, {self.failed} failed"])

    def good(self):
        return self.passed > 0 and not self.failed


def is_number(value):
    return type(value) in (int, float) and math.isfinite(value)


def judge_one(tap, name, result, bound):
    """A result, None where there is none; bound is the code's."""
    value, told = (result or {}).get("value"), (result or {}).get("bound")
    if not is_number(value):
        tap.verdict(False, f"{name}: not measured")
    elif bound is None:
        return
    elif not is_number(told) or bound not in (told, figures.SET):
        tap.verdict(False, f"{name}: judged by {told}, and not by {bound}")
    else:
        tap.verdict(value <= told,
                    f"{name}: {value} of at most {told} ({result['unit']})")


def judge_part(tap, title, found, bounds):
    for name, bound in bounds.items():
        judge_one(tap, f"{title}: {name}", found.get(name), bound)


def version(release):
    found = re.match(r"(\d+)\.(\d+)", release)
    return tuple(map(int, found.groups())) if found else (0, 0)


def judge_kernel(tap, columns, title):
    """A kernel has a column with and one without mitigations."""
    kernels = sorted({c["kernel"] for c in columns})
    tap.verdict(len(kernels) == 1, f"columns: kernel {title}: one, of "
                f"{', '.join(kernels) or 'none'}")
    for how in MITIGATIONS:
        found = [c["results"] for c in columns if c["mitigations"] == how]
        judge_part(tap, f"{title} {how}", found[0] if found else {},
                   figures.bounds(scale=how == "off"))


def judge_columns(tap, report):
    columns = report.get("columns", [])
    judge_kernel(tap, [c for c in columns if version(c["kernel"]) == OLD],
                 "{}.{}".format(*OLD))
    judge_kernel(tap, [c for c in columns if version(c["kernel"]) >= NEW],
                 "{}.{} or newer".format(*NEW))


def judge_short(tap, report):
    column = next(iter(report.get("columns", [])),
                  {"name": "no column", "results": {}})
    bounds = figures.bounds()
    judge_part(tap, column["name"], column["results"],
               {name: bounds[name] for name in figures.SHORT})


def judge_smp(tap, report):
    found = report.get("smp", {}).get("results", {})
    judge_part(tap, "smp", found, smp.bounds())


def judge_store(tap, report):
    found = report.get("store", {}).get("results", {})
    judge_part(tap, "store", found, store.bounds())


def judge_failover(tap, report):
    """Each fault of each system was there often enough."""
    failover = report.get("failover", {})
    runs = {(line["fault"], line["system"]): line["runs"]
            for line in failover.get("faults", [])}
    fewest = min(runs.get((fault, system), 0)
                 for fault in failover_figures.FAULTS
                 for system in failover_figures.SYSTEMS)
    least = failover_figures.RUNS
    tap.verdict(fewest >= least,
                f"failover: {fewest} runs of each fault, of {least}")
    judge_part(tap, "failover", failover.get("results", {}),
               failover_figures.bounds())


def judge(report, short=False):
    """TAP of a report; short: of what such a run has."""
    tap = Tap()
    if short:
        judge_short(tap, report)
    else:
        judge_columns(tap, report)
        judge_smp(tap, report)
        judge_store(tap, report)
        judge_failover(tap, report)
    return tap
