#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Stands in for a service manager: writes what a process tells it to a file.

usage: notify_listen.py SOCKET FILE
"""

import os
import socket
import sys

path, log = sys.argv[1:]
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock, \
        open(log, "a") as out:
    sock.bind(path)
    os.chmod(path, 0o777)
    while True:
        print(sock.recv(4096).decode(), file=out, flush=True)
