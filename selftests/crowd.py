#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Connects as often as told to a port and to a socket, and says nothing.

usage: crowd.py COUNT PORT SOCKET

Says "here" once it has connected, and keeps what is not closed until it is killed.
"""

import signal
import socket
import sys


def come(family, where, count):
    """Sockets that have been let in, or wait for it."""
    crowd = []
    for _ in range(count):
        one = socket.socket(family)
        # Who finds the queue full and nobody who empties it goes.
        one.settimeout(5)
        try:
            one.connect(where)
        except OSError:
            continue
        crowd.append(one)
    return crowd


def main():
    count, port, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    crowd = come(socket.AF_INET, ("127.0.0.1", port), count)
    crowd += come(socket.AF_UNIX, path, count)
    print("here", len(crowd), flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
