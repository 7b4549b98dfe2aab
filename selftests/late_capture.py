# SPDX-License-Identifier: GPL-2.0
"""A capture that reads late: its socket holds on to the very buffers that the
stack goes on to work with, and only when standard input ends are they looked
at. (tcpdump's ring has a copy, made before anyone else sees the frame.)

usage: python3 late_capture.py DEVICE FILE.pcap
"""

import socket
import struct
import sys

ETH_P_ALL = 3
SO_TIMESTAMPNS = 35
SO_RCVBUFFORCE = 33


def record(out, s):
    frame, control, _, _ = s.recvmsg(65536, 64)
    seconds, nanoseconds = struct.unpack("ll", control[0][2])
    out.write(struct.pack("=IIII", seconds, nanoseconds // 1000,
                          len(frame), len(frame)))
    out.write(frame)


def main(device, path):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                      socket.htons(ETH_P_ALL))
    s.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)
    s.bind((device, ETH_P_ALL))
    print("listening on", device, flush=True)
    sys.stdin.read()
    s.setblocking(False)
    with open(path, "wb") as out:
        out.write(struct.pack("=IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        try:
            while True:
                record(out, s)
        except BlockingIOError:
            pass


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
