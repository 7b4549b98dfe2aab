#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Writes docs/netlink.md, on stdout, from the family's YNL description.

The numbers are those that YNL counts: attributes, operations and notifications
from 1, in the order of the file.

usage: netlink.py SPEC
"""

import re
import sys

import yaml

INTRO = """# Netlink reference

Made by `make docs` from [the YNL description](../{spec}); do not edit. l2announce(7) and the
[UAPI header](../include/uapi/linux/l2announce.h) say in words what the commands promise.

Generic netlink family `{name}`, version {version}. Commands marked *admin* need CAP_NET_ADMIN in the user namespace
that owns the network namespace; the others need nothing."""


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"


def names(message):
    """The attributes of one direction of an operation."""
    return ", ".join((message or {}).get("attributes", [])) or "none"


def limits(attribute):
    return ", ".join(f"{key} {value}" for key, value
                     in attribute.get("checks", {}).items())


def operations(spec):
    rows, events = [], []
    for number, op in enumerate(spec["operations"]["list"], 1):
        notifies = op.get("notify")
        if notifies or "event" in op:
            says = f"as `{notifies}` answers" if notifies \
                else names(op["event"])
            events.append([number, f"`{op['name']}`", op["mcgrp"], op["doc"], says])
            continue
        rights = "admin" if "uns-admin-perm" in op.get("flags", []) else ""
        for way in ("do", "dump"):
            if way not in op:
                continue
            rows.append([number, f"`{op['name']}`", way, rights, op["doc"],
                         names(op[way].get("request")),
                         names(op[way].get("reply"))])
    yield "## Commands\n"
    yield from table(["", "Command", "", "Needs", "What it does", "Request",
                      "Answer"], rows)
    yield "\n## Events\n"
    yield from table(["", "Event", "Group", "When", "What it holds"], events)


def attributes(sets):
    for group in sets:
        yield f"\n## Attributes: {group['name']}\n"
        rows = []
        for number, attribute in enumerate(group["attributes"], 1):
            kind = attribute["type"]
            if "enum" in attribute:
                kind += f" ({attribute['enum']})"
            rows.append([number, f"`{attribute['name']}`", kind,
                         limits(attribute), attribute.get("doc", "")])
        yield from table(["", "Attribute", "Type", "Limits", ""], rows)


def definitions(spec):
    for item in spec.get("definitions", []):
        yield f"\n## Values: {item['name']}\n\n{item['doc']}\n"
        yield from table(["", "Value", ""],
                         [[number, f"`{entry['name']}`", entry["doc"]]
                          for number, entry
                          in enumerate(item["entries"], item["value-start"])])


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: netlink.py SPEC")
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    lines = [INTRO.format(spec=re.sub(r".*?(kmod/)", r"\1", sys.argv[1]),
                          name=spec["name"], version=spec.get("version", 1)), "",
             *operations(spec), *attributes(spec["attribute-sets"]),
             *definitions(spec)]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
