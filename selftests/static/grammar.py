#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What l2ctl understands, as its sources have it, for whoever has to follow.

nouns: one a line.
verbs: "NOUN VERB", a "-" for the verb where the noun is a command by itself.
keywords: "NOUN VERB KEYWORD": what may stand in a command besides values.
options: as they are typed, short and long.

usage: grammar.py nouns|verbs|keywords|options
"""

import re
import sys
from pathlib import Path

HERE = Path("ctl/l2ctl")
STRING = r'"((?:[^"\\]|\\.)*)"'
# A keyword stands alone or before its value; what a "|" precedes is a value.
KEYWORD = re.compile(r"(?:^|[\[ ])(-{0,2}[a-z][a-z-]*)(?=[ \]]|$)")


def commands():
    """(noun, verb, what may follow) of each."""
    for path in sorted(HERE.glob("*.c")):
        text = path.read_text(encoding="utf-8").replace("\\\n", "")
        noun = re.search(r"^const struct noun noun_\w+ = \{\s*" + STRING, text, re.M)
        if not noun:
            continue
        for name, value in re.findall(r"^#define (\w+)\s+(\".*)$", text, re.M):
            text = re.sub(rf"\b{name}\b", lambda _, value=value: value, text)
        for table in re.findall(r"^static const struct verb \w+\[\] = \{(.*?)^\};",
                                text, re.M | re.S):
            yield from entries(noun[1], table)


def entries(noun, table):
    for found in re.finditer(rf'\{{ (?:NULL|"([\w-]+)"),\s*((?:{STRING}\s*)+),', table):
        follows = "".join(re.findall(STRING, found[2]))
        yield noun, found[1] or "-", follows


def options():
    text = (HERE / "main.c").read_text(encoding="utf-8")
    letters = re.search(r'getopt_long_only\(argc, argv, "\+([a-zA-Z:]+)"', text)[1]
    yield from ("-" + letter for letter in letters.replace(":", ""))
    yield from ("--" + name for name in
                re.findall(r'\{ "([a-z-]+)", \w+_argument', text))


def main():
    known = list(commands())
    asked = {
        "nouns": lambda: dict.fromkeys(noun for noun, _, _ in known),
        "verbs": lambda: [f"{noun} {verb}" for noun, verb, _ in known],
        "keywords": lambda: [f"{noun} {verb} {word}" for noun, verb, follows in known
                             for word in dict.fromkeys(KEYWORD.findall(follows))],
        "options": options,
    }
    if len(sys.argv) != 2 or sys.argv[1] not in asked:
        sys.exit("usage: grammar.py nouns|verbs|keywords|options")
    lines = list(asked[sys.argv[1]]())
    print("\n".join(lines))
    if len(lines) < 10:
        sys.exit(f"{len(lines)} {sys.argv[1]} found")


if __name__ == "__main__":
    main()
