# SPDX-License-Identifier: GPL-2.0
"""Failover measured: boots the guests, has l2judge read the captures, and makes the
table, the picture and the figures of it."""

import concurrent.futures
import datetime
import json
import os
import random
import subprocess

import document
import failover_figures
from failover_figures import FAULTS, PACE, SYSTEMS

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = document.TOP
OUT = os.path.join(TOP, "build", "bench")
PICTURE = os.path.join(TOP, "docs", "failover.svg")
JUDGE = os.path.join(TOP, "build", "selftests", "l2judge")
VIP = "12.0.0.100"

# What each guest has, all about as long.
GUESTS = [["etcd_2000", "keepalived_100"], ["etcd_1000", "keepalived_1000"],
          ["etcd_400", "sqlite_400"], ["sqlite_2000", "sqlite_1000"]]


def guest(number, runs, seed):
    """Run one guest's systems; the records of its faults, with captures."""
    folder = os.path.join(OUT, f"failover{number}")
    done = subprocess.run(
        [os.path.join(TOP, "selftests/vm/run"), "--mem", "2048", "--timeout",
         "3600", "--out", folder, "--accel", "tcg,thread=single",
         "--qemu=-icount", "--qemu=shift=0,sleep=off",
         "--append", "clocksource=tsc tsc=reliable", "--",
         os.path.join(HERE, "failover_guest.py"), folder, str(runs), str(seed),
         *GUESTS[number]])
    if done.returncode:
        document.die(f"failover: a guest did not come to its end: see {folder}")
    with open(os.path.join(folder, "faults.json"), encoding="ascii") as file:
        records = [json.loads(line) for line in file]
    for record in records:
        record["capture"] = os.path.join(folder, record["system"] + ".pcap")
    return records


def judged(record):
    """What the capture shows of one fault, in numbers."""
    done = subprocess.run(
        [JUDGE, "--json", "--vip", VIP, "--since",
         f"{record['at'] - 3 * PACE:.6f}", "--until", f"{record['ended']:.6f}",
         record["capture"]], check=True, stdout=subprocess.PIPE, text=True)
    seen = json.loads(done.stdout)
    seen = seen[0] if isinstance(seen, list) else seen
    return failover_figures.run_of(record, seen)


def picture(runs):
    """Every run a point: one panel a fault, one row a system."""
    data = os.path.join(OUT, "failover.dat")
    chance = random.Random(0)
    with open(data, "w", encoding="ascii") as file:
        for fault in FAULTS:
            for run in runs:
                if run["fault"] == fault:
                    row = (len(SYSTEMS) - SYSTEMS.index(run["system"]) +
                           chance.uniform(-0.25, 0.25))
                    print(run["gap_ms"], row, int(run["two_s"] > 0), file=file)
            print("\n", file=file)
    rows = ", ".join(f'"{name.replace("_", " ")}" {len(SYSTEMS) - index}'
                     for index, name in enumerate(SYSTEMS))
    subprocess.run(["gnuplot", "-e", f"data='{data}'; faults='{' '.join(FAULTS)}'; "
                    f"rows='{rows}'", os.path.join(HERE, "failover.gnuplot")],
                   check=True, stdout=open(PICTURE, "w", encoding="utf-8"))


def report(records, runs, seed, to_document):
    """What came of all faults: into the report, onto the screen and, if so asked, into
    the document."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        seen = list(pool.map(judged, records))
    lines = failover_figures.lines(seen)
    found = {"date": datetime.date.today().isoformat(),
             "kernel": document.kernel(), "runs": runs, "seed": seed,
             "faults": lines, "results": failover_figures.results(lines)}
    document.save({**(document.read() or {}), "failover": found})
    text = failover_figures.table(lines)
    print(text)
    if to_document:
        picture(seen)
        document.put("failover", f"{found['date']}, Debian's kernel "
                     f"{found['kernel']}, {runs} runs of each in "
                     f"{len(GUESTS)} guests, seed {seed}:", text)
