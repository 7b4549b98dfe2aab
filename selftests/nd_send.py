# SPDX-License-Identifier: GPL-2.0
"""Sends one neighbour solicitation or advertisement made by hand, right unless
told otherwise.

usage: python3 nd_send.py DEVICE ns|na TARGET [KEY=VALUE...]

    from=ADDRESS    IPv6 source (fe80::99)
    to=ADDRESS      IPv6 destination (ns: the solicited-node group, na: ff02::1)
    mac=MAC         Ethernet source, and link-layer address option (the device's)
    to_mac=MAC      Ethernet destination (that of the group)
    option=MAC      another link-layer address in the option, or "none"
    flags=LETTERS   of an advertisement: R, S, O (O)
    hops=N          hop limit (255)
    code=N          ICMPv6 code (0)
    more=HEX        these bytes after the options
    length=N        cut the message to so many bytes
    fragment=N      in two fragments, the first of N bytes, a multiple of 8; in
                    one where that is all
    headers=N       behind so many extension headers of 2048 bytes
    behind=N,N      behind short ones of these numbers: 0, 43, 51 or 60; the last is first
    sum=bad         the checksum is wrong
    vlan=ID         in a VLAN
"""

import ipaddress
import socket
import struct
import sys

TYPES = {"ns": (135, 1), "na": (136, 2)}
FLAGS = {"R": 0x80, "S": 0x40, "O": 0x20}


def mac_bytes(text):
    return bytes.fromhex(text.replace(":", ""))


def ip_bytes(text):
    return ipaddress.IPv6Address(text).packed


def group_of(target):
    return ip_bytes("ff02::1:ff00:0")[:13] + target[13:]


def group_mac(group):
    return b"\x33\x33" + group[12:]


def checksum(source, destination, message):
    data = source + destination + struct.pack("!II", len(message), 58) + message
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def build_message(kind, target, mac, given):
    number, option = TYPES[kind]
    flags = sum(FLAGS[letter] for letter in given.get("flags", "O"))
    message = struct.pack("!BBHB3x", number, int(given.get("code", 0)), 0,
                          flags if kind == "na" else 0) + target
    lladdr = given.get("option", mac)
    if lladdr != "none":
        message += bytes([option, 1]) + mac_bytes(lladdr)
    message += bytes.fromhex(given.get("more", ""))
    return message[:int(given.get("length", len(message)))]


def short_header(number, following):
    """An extension header with nothing in it (RFC 8200, section 4; RFC 4302)."""
    if number == 51:
        return bytes([following, 4]) + bytes(22)
    if number == 43:
        return bytes([following, 0, 2, 0]) + bytes(4)
    return bytes([following, 0, 1, 4]) + bytes(4)


def packets(message, given):
    """What follows each IPv6 header, and that header's name for it."""
    if "fragment" in given:
        cut = int(given["fragment"])
        rest = message[cut:]
        pieces = [(bool(rest), message[:cut])] + ([(cut, rest)] if rest else [])
        return [(44, struct.pack("!BBHI", 58, 0, where, 7) + piece)
                for where, piece in pieces]
    payload, first = message, 58
    for _ in range(int(given.get("headers", 0))):
        # Destination options (RFC 8200, section 4.6), all padding.
        payload = bytes([first, 255]) + bytes(2046) + payload
        first = 60
    for number in map(int, given["behind"].split(",") if "behind" in given else []):
        payload = short_header(number, first) + payload
        first = number
    return [(first, payload)]


def build(kind, target, mac, given):
    group = ip_bytes("ff02::1") if kind == "na" else group_of(target)
    source = ip_bytes(given.get("from", "fe80::99"))
    destination = ip_bytes(given["to"]) if "to" in given else group
    message = build_message(kind, target, mac, given)
    total = checksum(source, destination, message)
    if given.get("sum") == "bad":
        total ^= 0x0100
    message = message[:2] + struct.pack("!H", total) + message[4:]
    to_mac = given.get("to_mac")
    head = mac_bytes(to_mac) if to_mac else group_mac(destination)
    head += mac_bytes(mac)
    if "vlan" in given:
        head += struct.pack("!HH", 0x8100, int(given["vlan"]))
    head += struct.pack("!H", 0x86dd)
    return [head + struct.pack("!IHBB", 0x60000000, len(payload), first,
                               int(given.get("hops", 255)))
            + source + destination + payload
            for first, payload in packets(message, given)]


def main(device, kind, target, *words):
    given = dict(word.split("=", 1) for word in words)
    with open(f"/sys/class/net/{device}/address", encoding="ascii") as f:
        mac = given.get("mac", f.read().strip())
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind((device, 0))
    for frame in build(kind, ip_bytes(target), mac, given):
        s.send(frame)


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[2] not in TYPES:
        sys.exit(__doc__)
    main(*sys.argv[1:])
