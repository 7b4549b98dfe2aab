# SPDX-License-Identifier: GPL-2.0
"""Where the bench's figures go: reports in JSON, docs/benchmarks.md for people."""

import json
import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))
REPORT = os.path.join(TOP, "build", "bench", "bench.json")
DOC = os.path.join(TOP, "docs", "benchmarks.md")


def die(text, status=1):
    print("bench: " + text, file=sys.stderr)
    sys.exit(status)


def kernel():
    """The release of the kernel that guests boot."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    with open(os.path.join(cache, "l2announce/kernel/release"),
              encoding="utf-8") as file:
        return file.read().strip()


def save(report):
    """The report, whole, or as it was."""
    os.makedirs(os.path.dirname(REPORT), exist_ok=True)
    with open(REPORT + ".new", "w", encoding="utf-8") as file:
        json.dump(report, file, indent=2)
        file.write("\n")
    os.replace(REPORT + ".new", REPORT)


def put(name, heading, text):
    """A text between the marks of that name in the document."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    with open(DOC, encoding="utf-8") as file:
        head, _, rest = file.read().partition(begin)
    _, mark, tail = rest.partition(end)
    if not mark:
        die(f"{DOC}: no marks for {name}")
    block = heading + "\n\n" + "".join(
        f"    {line}".rstrip() + "\n" for line in text.splitlines())
    with open(DOC, "w", encoding="utf-8") as file:
        file.write(head + begin + block + end + tail)


def read(path=REPORT):
    """A report, or None where there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None
    except ValueError as error:
        die(f"{path}: {error}")
