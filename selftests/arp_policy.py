#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Sets the policy of arptables' INPUT chain, as "arptables-legacy -P INPUT" does.

The kernel is asked for the table, and given it back with another verdict; the
structures are those of linux/netfilter_arp/arp_tables.h.

usage: arp_policy.py ACCEPT|DROP
"""

import ctypes
import os
import socket
import struct
import sys

SET_REPLACE, GET_INFO, GET_ENTRIES = 96, 96, 97
VERDICTS = {"DROP": -1, "ACCEPT": -2}

INFO = struct.Struct("=32sI3I3III")     # name, hooks, entry, underflow, number, size
GET = struct.Struct("=32sI4x")          # name, size
REPLACE = struct.Struct("@32sIII3I3IIP")    # ..., number of counters, their place
TARGET_OFFSET = 164                     # in an entry
VERDICT = 32                            # in a standard target
COUNTERS = 16

libc = ctypes.CDLL(None, use_errno=True)


def failed(what):
    sys.exit("arp_policy: %s: %s" % (what, os.strerror(ctypes.get_errno())))


def get(sock, option, data):
    length = ctypes.c_uint(len(data))
    if libc.getsockopt(sock.fileno(), socket.IPPROTO_IP, option,
                       ctypes.byref(data), ctypes.byref(length)):
        failed("cannot read the table")


def main(verdict):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        info = ctypes.create_string_buffer(b"filter", INFO.size)
        get(sock, GET_INFO, info)
        name, hooks, *points, number, size = INFO.unpack(info.raw)
        table = ctypes.create_string_buffer(GET.pack(name, size), GET.size + size)
        get(sock, GET_ENTRIES, table)
        entries = bytearray(table.raw[GET.size:])
        # A chain's policy is where its rules have all been passed: INPUT's is the
        # first of the three.
        policy = points[3]
        target, = struct.unpack_from("=H", entries, policy + TARGET_OFFSET)
        struct.pack_into("=i", entries, policy + target + VERDICT, verdict)
        counters = ctypes.create_string_buffer(number * COUNTERS)
        new = REPLACE.pack(name, hooks, number, size, *points, number,
                           ctypes.addressof(counters)) + entries
        if libc.setsockopt(sock.fileno(), socket.IPPROTO_IP, SET_REPLACE, new,
                           len(new)):
            failed("cannot replace the table")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in VERDICTS:
        sys.exit(__doc__)
    main(VERDICTS[sys.argv[1]])
