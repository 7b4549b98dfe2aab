# SPDX-License-Identifier: GPL-2.0
"""Asks for a VIP many times, one request right after the other. A receiver's backlog
(net.core.netdev_max_backlog) holds a thousand.

usage: python3 ask_many.py DEVICE ADDRESS COUNT
"""

import ipaddress
import socket
import struct
import sys

import nd_send


def arp_request(mac, address):
    return (b"\xff" * 6 + mac + b"\x08\x06" +
            struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + mac +
            socket.inet_aton("12.0.0.99") + bytes(6) + address.packed)


def request(mac, address):
    if address.version == 4:
        return arp_request(mac, address)
    frames = nd_send.build("ns", address.packed, mac.hex(":"), {})
    return frames[0]


def main(device, address, count):
    with open(f"/sys/class/net/{device}/address", encoding="ascii") as f:
        mac = nd_send.mac_bytes(f.read().strip())
    frame = request(mac, ipaddress.ip_address(address))
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind((device, 0))
    for _ in range(int(count)):
        s.send(frame)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
