#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Draws the pictures of docs/concepts.md: SVG on stdout from a few lines of text.

A sequence has actors side by side and time going down:

    actor KEY LABEL     in order, from the left
    KEY > KEY: TEXT     a message
    KEY: TEXT           something that happens there
    KEY + | KEY -       from here on it answers, or does not any more

Steps have questions one below the other, each with what follows on a yes:

    start TEXT
    ask TEXT: OUTCOME
    end TEXT

A line that is empty or begins with # says nothing.

usage: picture.py FILE
"""

import re
import sys
from html import escape

ROW = 34
HEAD = 46
STYLE = """<style>
text { font: 13px sans-serif; fill: #222 }
.mid { text-anchor: middle }
.head { font-weight: bold }
.line { stroke: #888; fill: none }
.message { stroke: #222; fill: none }
.tip { stroke: none; fill: #222 }
.box { stroke: #555; fill: #f4f4f4 }
.out { stroke: #555; fill: #e3eefb }
.note { stroke: none; fill: #fff6d8 }
.bar { stroke: none; fill: #4a9d5b }
</style>"""


class Wrong(Exception):
    """A line that is none of the language's."""


def text(x, y, words, kind="mid"):
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(words)}</text>'


def rect(x, y, width, height, kind):
    return (f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" '
            f'height="{height:g}" rx="3"/>')


def arrow(x1, y1, x2, y2):
    """With a tip of its own: not all that draw SVG know markers."""
    dx, dy = ((x2 > x1) - (x2 < x1)) * 8, ((y2 > y1) - (y2 < y1)) * 8
    return (f'<path class="message" d="M{x1:g},{y1:g} L{x2:g},{y2:g}"/>'
            f'<path class="tip" d="M{x2:g},{y2:g} l{-dx - dy / 2:g},'
            f'{-dy - dx / 2:g} l{dy:g},{dx:g} z"/>')


def width_of(words):
    """Of text in pixels, generously: fonts differ."""
    return 7.2 * len(words) + 16


def svg(width, height, parts):
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" '
                      f'height="{height:g}" viewBox="0 0 {width:g} {height:g}">',
                      STYLE, rect(0, 0, width, height, "ground")
                      .replace('class="ground"', 'fill="#fff"'),
                      *parts, "</svg>"])


def sequence(lines):
    """Actors, and what goes between them."""
    gap = 290
    places, parts, over, since = {}, [], [], {}
    y = HEAD + 10
    for line in lines:
        if found := re.fullmatch(r"actor (\w+) (.+)", line):
            x = gap / 2 + gap * len(places)
            places[found[1]] = x
            over += [rect(x - 100, 8, 200, 28, "box"),
                     text(x, 27, found[2], "mid head")]
            continue
        found = (re.fullmatch(r"(\w+) > (\w+): (.+)", line) or
                 re.fullmatch(r"(\w+)(): (.+)", line) or
                 re.fullmatch(r"(\w+)() ([+-])", line))
        if not found or found[1] not in places or \
                found[2] and found[2] not in places:
            raise Wrong(line)
        x = places[found[1]]
        if found[2]:
            y += ROW
            to = places[found[2]]
            over += [arrow(x, y, to, y),
                     text((x + to) / 2, y - 6, found[3])]
        elif found[3] == "+":
            since[found[1]] = y + 8
        elif found[3] == "-":
            start = since.pop(found[1])
            parts.append(rect(x - 5, start, 10, y + 8 - start, "bar"))
        else:
            y += ROW
            wide = width_of(found[3])
            over += [rect(x - wide / 2, y - 16, wide, 24, "note"),
                     text(x, y, found[3])]
    y += ROW
    for key, start in since.items():
        parts.append(rect(places[key] - 5, start, 10, y - start, "bar"))
    axes = [f'<path class="line" d="M{x:g},36 L{x:g},{y:g}"/>'
            for x in places.values()]
    legend = [rect(12, y + 12, 10, 14, "bar"),
              text(28, y + 24, "its kernel answers for the VIP", "left")]
    return svg(gap * len(places), y + 36, axes + parts + over + legend)


def steps(lines):
    """Questions down the left, what a yes leads to on the right."""
    rows = []
    for line in lines:
        found = (re.fullmatch(r"(start|end) ()(.+)", line) or
                 re.fullmatch(r"(ask) ([^:]+): (.+)", line))
        if not found:
            raise Wrong(line)
        rows.append(found.groups())
    left = max(width_of(row[1] or row[2]) for row in rows)
    right = max(width_of(row[2]) for row in rows if row[0] == "ask")
    parts, y = [], 12
    for i, (kind, question, words) in enumerate(rows):
        parts += [rect(12, y, left, 32, "out" if kind == "end" else "box"),
                  text(12 + left / 2, y + 20, question or words)]
        if kind == "ask":
            parts += [arrow(12 + left, y + 16, 72 + left, y + 16),
                      text(42 + left, y + 10, "yes"),
                      rect(72 + left, y, right, 32, "out"),
                      text(72 + left + right / 2, y + 20, words)]
        if i + 1 < len(rows):
            parts.append(arrow(12 + left / 2, y + 32, 12 + left / 2, y + 60))
            if kind == "ask":
                parts.append(text(12 + left / 2 + 14, y + 50, "no"))
        y += 60
    return svg(84 + left + right, y - 16, parts)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: picture.py FILE")
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = [line.strip() for line in file]
    lines = [line for line in lines if line and not line.startswith("#")]
    try:
        print((sequence if lines[0].startswith("actor ") else steps)(lines))
    except (Wrong, IndexError) as wrong:
        sys.exit(f"{sys.argv[1]}: not understood: {wrong}")


if __name__ == "__main__":
    main()
