# SPDX-License-Identifier: GPL-2.0
"""Asks for a VIP many times, while every other packet finds no memory for its data:
the kernel's fault injection refuses it where it may not wait, which is where
packets are received, answered and announced; who asks may wait, and gets it. Of
what is refused the kernel's command line has the choice: slub_debug=A,kmalloc-512,
a small frame's data with what the kernel keeps behind them.

usage: python3 starve.py DEVICE MAC ADDRESS COUNT
"""

import ipaddress
import socket
import struct
import sys
import time

import nd_send

FAULT = "/sys/kernel/debug/failslab/"
STARVED = {FAULT + "ignore-gfp-wait": "Y", FAULT + "cache-filter": "Y",
           FAULT + "interval": "1", FAULT + "times": "-1",
           FAULT + "verbose": "0", FAULT + "probability": "50"}
FED = {FAULT + "probability": "0", FAULT + "cache-filter": "N"}


def write(settings):
    for path, value in settings.items():
        with open(path, "w", encoding="ascii") as f:
            f.write(value)


def arp_request(mac, address):
    return (b"\xff" * 6 + mac + b"\x08\x06" +
            struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + mac +
            socket.inet_aton("12.0.0.99") + bytes(6) + address.packed)


def request(mac, address):
    if address.version == 4:
        return arp_request(mac, address)
    frames = nd_send.build("ns", address.packed, mac.hex(":"), {})
    return frames[0]


def main(device, mac, address, count):
    frame = request(nd_send.mac_bytes(mac), ipaddress.ip_address(address))
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind((device, 0))
    write(STARVED)
    try:
        for _ in range(int(count)):
            s.send(frame)
            # Not faster than they are dealt with, or the queue drops some.
            time.sleep(0.005)
    finally:
        write(FED)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
