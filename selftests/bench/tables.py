# SPDX-License-Identifier: GPL-2.0
"""The bench's figures as text: tables, verdicts, a comparison of two commits.

A report has a column for each kernel and its mitigations; a table shows them
beside each other, each row what one name says in all of them. Two CPUs, and what is
asked of the store, have tables of their own.
"""

import document
import figures
import smp
import store

NAME, CELL = 34, 11


def line(name, cells, last=""):
    row = f"{name:{NAME}}" + "".join(f"{cell:>{CELL}}" for cell in cells)
    return f"{row} {last}".rstrip()


def rows(columns, part):
    """The names of a part of the columns, in the order they came up in."""
    names = {}
    for column in columns:
        names.update(dict.fromkeys(column[part]))
    return names


def measured(columns, what, title):
    lines = [line(title, [c["name"] for c in columns])]
    for name in rows(columns, "measured"):
        cells = [c["measured"].get(name, {}).get(what, "") for c in columns]
        if any(cell != "" for cell in cells):
            lines.append(line(name, cells))
    return lines


def cell(result):
    if not result:
        return ""
    value = "none" if result["value"] is None else result["value"]
    return f"{value}" + ("" if result.get("within", True) else "!")


def results(columns):
    lines = [line("RESULT", [c["name"] for c in columns], "   BOUND")]
    for name in rows(columns, "results"):
        found = [c["results"].get(name) for c in columns]
        bound = next((r["bound"] for r in found if r and "bound" in r), "")
        lines.append(line(name, map(cell, found), f"{bound:>8}"))
    return lines


def columns_table(columns):
    """The columns as text; a "!" is behind what misses its bound."""
    return "\n".join([
        *measured(columns, "instructions", "ALL INSTRUCTIONS"), "",
        *measured(columns, "server", "THE SERVER'S OF THEM"), "",
        *results(columns)])


def table(report):
    parts = [columns_table(report["columns"])]
    if "smp" in report:
        parts.append(smp.table(report["smp"]))
    if "store" in report:
        parts.append(store.table(report["store"]))
    return "\n\n".join(parts)


def put(report):
    """All tables into the document."""
    kernels = list(dict.fromkeys(c["kernel"] for c in report["columns"]))
    document.put("figures", f"{report['date']}, Debian's kernels "
                 f"{' and '.join(kernels)}, one CPU:",
                 columns_table(report["columns"]))
    document.put("smp", f"{report['date']}, Debian's kernel {kernels[0]}, "
                 f"{len(report['smp']['rounds'])} rounds:",
                 smp.table(report["smp"]))
    document.put("store", f"{report['date']}, Debian's kernel {kernels[0]}:",
                 store.table(report["store"]))


def comparison(base, now):
    """What each measurement was and is, the greatest growth first."""
    both = [(now[name] - base[name], name) for name in now if name in base]
    lines = [f"{'MEASURED':35} {'BASE':>11} {'NOW':>11} {'CHANGE':>10}"]
    for change, name in sorted(both, key=lambda row: (-row[0], row[1])):
        slower = change > figures.noise(name, base[name])
        lines.append(f"{name:35} {base[name]:11} {now[name]:11} "
                     f"{change:+10}{'  slower' if slower else ''}")
    return "\n".join(lines)
