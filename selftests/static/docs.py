#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Documents against the tree, a line for whatever is wrong.

links: each relative link in a Markdown file leads to a file, and its #part to a
heading there; each document in docs/ is linked from docs/README.md.
map: the folders of docs/README.md's table are those that hold files ("**": and
all below).

limits: what a row of docs/limits.md quotes of a source file stands there.

usage: docs.py links|map|limits FILE...      FILE...: all files of the repository
"""

import os
import re
import sys

HOUSE = "docs/README.md"
LIMITS = "docs/limits.md"


def prose(name):
    """A document without its code, in which brackets are no links."""
    with open(name, encoding="utf-8") as file:
        text = file.read()
    return re.sub(r"^ {4}.*$|`[^`\n]*`", "", text, flags=re.M)


def anchors(name):
    """What a document's headings are called in links, as forges do it."""
    with open(name, encoding="utf-8") as file:
        heads = re.findall(r"^#+ (.*)$", file.read(), re.M)
    return {re.sub(r"[^\w -]", "", head.lower()).strip().replace(" ", "-")
            for head in heads}


def targets(name):
    """(link, file, part) for each that leads into the tree."""
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(name)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, part = link.partition("#")
        there = os.path.normpath(os.path.join(os.path.dirname(name), path)) \
            if path else name
        yield link, there, part


def links(files):
    documents = [name for name in files if name.endswith(".md")]
    count = 0
    for name in documents:
        for link, there, part in targets(name):
            count += 1
            if not os.path.exists(there):
                yield f"{name}: {link}: no such file"
            elif part and part not in anchors(there):
                yield f"{name}: {link}: no such heading"
    listed = {there for _, there, _ in targets(HOUSE)}
    for name in documents:
        if os.path.dirname(name) == "docs" and name != HOUSE and \
                name not in listed:
            yield f"{HOUSE}: does not lead to {name}"
    if count < 10:
        yield f"{count} links found in all documents"


def house(files):
    with open(HOUSE, encoding="utf-8") as file:
        rows = re.findall(r"^\| `([^`]+)/(\**)` \|", file.read(), re.M)
    if not rows:
        yield f"{HOUSE}: no map found"
    folders = {os.path.dirname(name) for name in files} - {""}
    for folder, deep in rows:
        if not any(f == folder or deep and f.startswith(folder + "/")
                   for f in folders):
            yield f"{HOUSE}: {folder}/ holds no file"
    for f in sorted(folders):
        if not any(f == folder or deep and f.startswith(folder + "/")
                   for folder, deep in rows):
            yield f"{HOUSE}: {f}/ is not in the map"


def limits(_files):
    with open(LIMITS, encoding="utf-8") as file:
        rows = [row for row in file if row.startswith("| ")]
    count = 0
    for row in rows:
        quotes = re.findall(r"`([\w/]+\.[ch])` `([^`]+)`", row)
        if not quotes and not row.startswith(("| What |", "| --- |")):
            yield f"{LIMITS}: quotes no source: {row.strip()}"
        for name, text in quotes:
            count += 1
            try:
                with open(name, encoding="utf-8") as file:
                    source = " ".join(file.read().split()) + " "
            except OSError as error:
                yield f"{LIMITS}: {name}: {error.strerror}"
                continue
            # A number is not to be the beginning of a longer one.
            if not re.search(re.escape(text) + r"(?!\w)", source):
                yield f"{LIMITS}: {name} has no {text}"
    if count < 40:
        yield f"{LIMITS}: {count} quotes found"


def main():
    checks = {"links": links, "map": house, "limits": limits}
    if len(sys.argv) < 3 or sys.argv[1] not in checks:
        sys.exit("usage: docs.py links|map|limits FILE...")
    files = [name for name in sys.argv[2:] if os.path.exists(name)]
    wrong = list(checks[sys.argv[1]](files))
    for line in wrong:
        print(line)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
