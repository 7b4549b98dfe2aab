# SPDX-License-Identifier: GPL-2.0
"""Whether a report of the bench holds: all figures are there, each within its bound.

What has to be there, and the bounds, are the code's: a report that lacks a figure,
or has another bound, does not hold. What a short run, or one without FULL=1, leaves
out is skipped by name. No I/O.
"""

import math

import failover_figures
import figures
import store

# How much was measured: --short, all of it, --full.
SHORT, WHOLE, FULL = "short", "whole", "full"
KERNELS, MITIGATIONS = 2, ("off", "auto")


class Tap:
    """Verdicts, a line each."""

    def __init__(self):
        self.lines, self.passed, self.failed, self.skipped = [], 0, 0, 0

    def count(self):
        return self.passed + self.failed + self.skipped

    def verdict(self, good, text):
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        self.lines.append(f"{'ok' if good else 'not ok'} {self.count()} {text}")

    def skip(self, text, why):
        self.skipped += 1
        self.lines.append(f"ok {self.count()} {text} # SKIP {why}")

    def text(self):
        return "\n".join([*self.lines, f"1..{self.count()}",
                          f"# {self.passed} passed, {self.failed} failed, "
                          f"{self.skipped} skipped"])

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


def judge_columns(tap, report):
    """Each kernel has a column with and one without mitigations."""
    columns = {(c["kernel"], c["mitigations"]): c
               for c in report.get("columns", [])}
    kernels = list(dict.fromkeys(kernel for kernel, _ in columns))
    tap.verdict(len(kernels) == KERNELS,
                f"columns: {len(kernels)} kernels of {KERNELS}")
    for kernel in kernels:
        for how in MITIGATIONS:
            column = columns.get((kernel, how), {})
            judge_part(tap, column.get("name", f"{kernel} {how}"),
                       column.get("results", {}), figures.bounds())


def judge_short(tap, report):
    column = next(iter(report.get("columns", [])),
                  {"name": "no column", "results": {}})
    bounds = figures.bounds()
    judge_part(tap, column["name"], column["results"],
               {name: bounds[name] for name in figures.SHORT})


def judge_store(tap, report, services):
    found = report.get("store", {}).get("results", {})
    judge_part(tap, "store", found, store.bounds(services))


def judge_failover(tap, report, form):
    failover = report.get("failover", {})
    runs = failover.get("runs", 0)
    full, least = failover_figures.FULL_RUNS, failover_figures.RUNS
    if form == FULL or runs >= full:
        least = full
    else:
        tap.skip(f"failover: {full} runs of each fault", "with FULL=1")
    tap.verdict(runs >= least, f"failover: {runs} runs of each fault, of {least}")
    judge_part(tap, "failover", failover.get("results", {}),
               failover_figures.bounds())


def judge(report):
    """TAP of a report."""
    tap, form = Tap(), report.get("form")
    if form == SHORT:
        judge_short(tap, report)
        tap.skip("other columns, scale, store, failover", "without SHORT=1")
    elif form in (WHOLE, FULL):
        judge_columns(tap, report)
        judge_store(tap, report,
                    store.SERVICES + [store.MOST] * (form == FULL))
        if form != FULL:
            tap.skip(f"store: {store.MOST} services", "with FULL=1")
        judge_failover(tap, report, form)
    else:
        tap.verdict(False, "no report of a whole \"make bench\"")
    return tap
