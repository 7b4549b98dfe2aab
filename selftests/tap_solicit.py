# SPDX-License-Identifier: GPL-2.0
"""A virtual machine's side of a tap: makes it, says so, and sends a neighbour
solicitation for every line of standard input, with the header by which such a
machine hands frames to its host's kernel.

usage: python3 tap_solicit.py NAME TARGET

A line has words of nd_send.py, and of these:

    linear=N     the frame is in one piece up to there (all of it, where it is
                 shorter than a page)
    segment=N    the frame is said to be TCP, to be cut into segments of N bytes
"""

import fcntl
import os
import struct
import sys

import nd_send

TUNSETIFF = 0x400454ca
TUNSETOFFLOAD = 0x400454d0
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000
IFF_VNET_HDR = 0x4000
TUN_F_CSUM_TSO6 = 0x01 | 0x04

NEEDS_CSUM = 1
GSO_TCPV6 = 4
TRANSPORT = 14 + 40
TCP_CHECKSUM = 16

MAC = "02:00:00:00:00:51"


def tap(name):
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack(
        "16sH22x", name.encode(), IFF_TAP | IFF_NO_PI | IFF_VNET_HDR))
    fcntl.ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM_TSO6)
    return fd


def offload_header(given):
    """struct virtio_net_hdr."""
    linear = int(given.pop("linear", 0))
    segment = int(given.pop("segment", 0))
    if not segment:
        return struct.pack("=BBHHHH", 0, 0, linear, 0, 0, 0)
    return struct.pack("=BBHHHH", NEEDS_CSUM, GSO_TCPV6, linear, segment,
                       TRANSPORT, TCP_CHECKSUM)


def main(name, target):
    fd = tap(name)
    print("made", flush=True)
    for line in sys.stdin:
        given = dict(word.split("=", 1) for word in line.split())
        header = offload_header(given)
        for frame in nd_send.build("ns", nd_send.ip_bytes(target), MAC, given):
            os.write(fd, header + frame)


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
