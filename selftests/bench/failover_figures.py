# SPDX-License-Identifier: GPL-2.0
"""What failover's figures mean: pure arithmetic on what the captures showed.

A run is one fault of one system; a line of the table is all runs of a fault for a
system, and what has a bound is the worst of them.
"""

import statistics

import figures

SYSTEMS = ["sqlite_2000", "etcd_2000", "sqlite_1000", "etcd_1000", "sqlite_400",
           "etcd_400", "keepalived_1000", "keepalived_100"]
# Those with bounds.
OURS = [name for name in SYSTEMS if not name.startswith("keepalived")]
FAULTS = ["crash", "kill", "freeze", "link", "stop"]
# How long a client waits between two questions, s; a guest's figure too.
PACE = 0.02
# The one that is planned.
STOP = "stop"
# What there is of each fault for whoever compares: a line's key, which, the unit.
SHOWN = {"silence_median": ("gap_ms", "median", "ms"),
         "silence_worst": ("gap_ms", "worst", "ms"),
         "two_answers_worst": ("two_s", "worst", "s"),
         "announcements_median": ("announcements", "median", "frames")}
# How many questions at a stop may be neither answered nor followed by an announcement in
# time; and how many may have no answer.
UNTOLD, UNANSWERED = 0, 0
# What another fault may take beyond the lease, ms.
BEYOND = 200
# How many of each fault have to be seen.
RUNS = 30


def run_of(record, seen):
    """A run, of what the guest did and what its capture shows."""
    return {"system": record["system"], "fault": record["fault"],
            "period_ms": record["period_ms"], "taken": record["taken"],
            "store_ms": record["store_ms"], "gap_ms": seen["longest_gap_ms"],
            "unanswered": seen["unanswered"],
            "untold": seen["unanswered"] - seen["told"],
            "two_s": round(seen["dual_answers"] * PACE, 3),
            "announcements": seen["announcements"]}


def summed(runs):
    """One line of the table, of the runs of a fault for a system."""
    def both(key):
        values = [run[key] for run in runs]
        return {"median": statistics.median(values), "worst": max(values)}

    return {"system": runs[0]["system"], "fault": runs[0]["fault"],
            "runs": len(runs), "period_ms": runs[0]["period_ms"],
            "taken_over": sum(run["taken"] for run in runs),
            "gap_ms": both("gap_ms"), "unanswered": both("unanswered"),
            "untold": both("untold"), "two_s": both("two_s"),
            "announcements": both("announcements"),
            "store_ms": None if runs[0]["store_ms"] is None
            else both("store_ms")}


def lines(runs):
    return [summed([r for r in runs if (r["fault"], r["system"]) == (f, s)])
            for f in FAULTS for s in SYSTEMS]


def bounds():
    """The results that results() gives, by name: the bound, or None."""
    found = {f"{fault}_{what}_{system}": None for system in SYSTEMS
             for fault in FAULTS for what in SHOWN}
    for system in OURS:
        for fault in FAULTS:
            if fault != STOP:
                found[f"{fault}_beyond_lease_{system}"] = BEYOND
        found[f"stop_unanswered_{system}"] = UNANSWERED
        found[f"stop_untold_{system}"] = UNTOLD
        found[f"two_answers_{system}"] = 0
        found[f"not_taken_over_{system}"] = 0
    return found


def shown(line):
    """What a line of the table has for whoever compares, by name: value, unit."""
    return {f"{line['fault']}_{what}_{line['system']}": (line[key][which], unit)
            for what, (key, which, unit) in SHOWN.items()}


def promised(system, of):
    """What a system of ours is judged by, of its lines, by name: value, unit.

    A fault that the other node did not take over after was none: how short nobody
    answered, and that not two did, would mean nothing.
    """
    values = {}
    for line in of:
        if line["fault"] != STOP:
            values[f"{line['fault']}_beyond_lease"] = round(
                line["gap_ms"]["worst"] - line["period_ms"], 1), "ms"
        else:
            for what in ("unanswered", "untold"):
                values[f"stop_{what}"] = line[what]["worst"], "requests"
    values["two_answers"] = max(line["two_s"]["worst"] for line in of), "s"
    values["not_taken_over"] = sum(line["runs"] - line["taken_over"]
                                   for line in of), "runs"
    return {f"{what}_{system}": value for what, value in values.items()}


def results(of):
    """The figures of the table's lines, by name."""
    values, bound = {}, bounds()
    for line in of:
        values.update(shown(line))
    for system in OURS:
        values.update(promised(system, [line for line in of
                                        if line["system"] == system]))
    return {name: figures.judged(value, bound[name], unit)
            for name, (value, unit) in values.items()}


def table(of):
    """The lines as text."""
    rows = [f"{'':6} {'':16} {'NOBODY ANSWERS, ms':>20} "
            f"{'UNANSWERED':>16} {'UNTOLD':>16} {'TWO ANSWER, s':>16} {'ANNOUNCED':>9} "
            f"{'STORE, ms':>9}",
            f"{'FAULT':6} {'SYSTEM':16} {'median':>10} {'worst':>9} "
            f"{'median':>8} {'worst':>7} {'median':>8} {'worst':>7} "
            f"{'median':>8} {'worst':>7} {'median':>9} {'median':>9}"]
    for line in of:
        gap, two = line["gap_ms"], line["two_s"]
        none, untold = line["unanswered"], line["untold"]
        store = f"{line['store_ms']['median']:.1f}" if line["store_ms"] else ""
        rows.append(
            f"{line['fault']:6} {line['system']:16} {gap['median']:10.0f} "
            f"{gap['worst']:9.0f} {none['median']:8.1f} {none['worst']:7} "
            f"{untold['median']:8.1f} {untold['worst']:7} "
            f"{two['median']:8.2f} {two['worst']:7.2f} "
            f"{line['announcements']['median']:9.0f} {store:>9}".rstrip())
    return "\n".join(rows)
