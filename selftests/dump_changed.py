# SPDX-License-Identifier: GPL-2.0
"""A dump of all VIPs with something done in the middle of it.

usage: python3 dump_changed.py COMMAND...

Runs the command once the dump's first part is read, and says "interrupted" where
a part after that is marked so (NLM_F_DUMP_INTR), else "whole".
"""

import socket
import struct
import subprocess
import sys

NETLINK_GENERIC = 16
NLM_F_REQUEST, NLM_F_DUMP, NLM_F_DUMP_INTR = 0x1, 0x300, 0x10
NLMSG_ERROR, NLMSG_DONE = 2, 3
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
L2ANNOUNCE_CMD_VIP_GET = 3

# Small, for many parts: the kernel fills one ahead of what is read.
PART = 8192


def ask(s, kind, flags, command, attributes=b""):
    body = struct.pack("=BBH", command, 1, 0) + attributes
    s.send(struct.pack("=IHHII", 16 + len(body), kind, NLM_F_REQUEST | flags,
                       1, 0) + body)


def messages(data):
    while data:
        length, kind, flags = struct.unpack_from("=IHH", data)
        if kind == NLMSG_ERROR and struct.unpack_from("=i", data, 16)[0]:
            sys.exit("refused: %d" % struct.unpack_from("=i", data, 16))
        yield kind, flags, data[16:length]
        data = data[(length + 3) & ~3:]


def family_id(s):
    name = b"l2announce\0"
    ask(s, GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY,
        struct.pack("=HH", 4 + len(name), CTRL_ATTR_FAMILY_NAME)
        + name + bytes(-len(name) % 4))
    _, _, body = next(messages(s.recv(PART)))
    at = 4
    while at < len(body):
        length, kind = struct.unpack_from("=HH", body, at)
        if kind == CTRL_ATTR_FAMILY_ID:
            return struct.unpack_from("=H", body, at + 4)[0]
        at += (length + 3) & ~3
    sys.exit("the family has no number")


def main(command):
    s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
    s.bind((0, 0))
    ask(s, family_id(s), NLM_F_DUMP, L2ANNOUNCE_CMD_VIP_GET)
    parts, done, interrupted = 0, False, False
    while not done:
        for kind, flags, _ in messages(s.recv(PART)):
            interrupted = interrupted or bool(flags & NLM_F_DUMP_INTR)
            done = done or kind == NLMSG_DONE
        parts += 1
        if parts == 1:
            subprocess.run(command, check=True)
    if parts < 4:
        sys.exit("only %d parts" % parts)
    print("interrupted" if interrupted else "whole")


if len(sys.argv) < 2:
    sys.exit(__doc__)
main(sys.argv[1:])
