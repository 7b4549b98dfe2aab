#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""How many answers two CPUs give, in a guest that has two.

A client asks as fast as it can, on each CPU for itself: on a veth pair it is the
asker's CPU that answers. Prints a line of JSON a round: answers a second.

usage: smp_guest.py ROUNDS
"""

import json
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import lab  # noqa: E402
import smp  # noqa: E402
from lab import call, ip, tmp, until  # noqa: E402

# How long is counted, s.
SECONDS = 0.5


def on_server(*words):
    return call("ip", "netns", "exec", "server", *words)


def set_up():
    """A pair of devices. The client does nothing with what it hears."""
    for name in ("client", "server"):
        call("ip", "netns", "add", name)
    ip("client link add eth0 type veth peer name eth0 netns server",
       "client link set eth0 arp off up", "server addr add 12.0.0.200/8 dev eth0",
       "server link set eth0 up")
    on_server("l2ctl", "lease", "renew", "1", "ttl", "24h")
    for vip in (1, 2):
        on_server("l2ctl", "vip", "add", f"12.0.0.{vip}", "dev", "eth0", "lease",
                  "1")


def asker(cpu, vip):
    """One that asks on a CPU of its own, with an address of its own."""
    with open(f"{tmp}/asker{cpu}.log", "ab") as log:
        return subprocess.Popen(
            ["ip", "netns", "exec", "client", "l2flood", "eth0",
             f"12.0.0.{100 + cpu}", f"12.0.0.{vip}", "1"], stdout=log, stderr=log,
            preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))


def asks(process):
    """It has had a tenth of a second, which is more than starting it takes."""
    with open(f"/proc/{process.pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[0]) > 100000000


def replies():
    return json.loads(on_server("l2ctl", "-j", "stats"))[0]["replies"]


def rate(vips):
    """Answers a second while each of the VIPs is asked for, each on a CPU."""
    askers = [asker(cpu, vip) for cpu, vip in enumerate(vips)]
    until("all ask", lambda: all(map(asks, askers)))
    before, begun = replies(), time.monotonic()
    time.sleep(SECONDS)
    after, ended = replies(), time.monotonic()
    for process in askers:
        process.terminate()
        if process.wait():
            raise RuntimeError(f"an asker ended by {process.returncode}")
    return (after - before) / (ended - begun)


def main():
    lab.at_hand()
    set_up()
    for _ in range(int(sys.argv[1])):
        print(json.dumps({name: rate(vips)
                          for name, vips in smp.SETTINGS.items()}), flush=True)


main()
