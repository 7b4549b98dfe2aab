# SPDX-License-Identifier: GPL-2.0
"""A cable between two tap devices, as a virtual machine has one: makes both,
says so, and carries frames both ways until it is killed.

usage: python3 tapcable.py NAME NAME
"""

import fcntl
import os
import select
import struct
import sys

TUNSETIFF = 0x400454ca
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000


def tap(name):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF,
                struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
    return fd


def carry(source, target):
    try:
        frame = os.read(source, 65536)
        os.write(target, frame)
    except OSError:
        # One end is down: the frame is lost, as on any cable.
        pass


def main():
    ends = [tap(name) for name in sys.argv[1:]]
    print("made", flush=True)
    while True:
        for ready in select.select(ends, [], [])[0]:
            carry(ready, ends[1 - ends.index(ready)])


if len(sys.argv) != 3:
    sys.exit(__doc__)
main()
