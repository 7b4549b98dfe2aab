#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Failover side by side, in a guest: breaks what answers, again and again.

One LAN, one client that asks for a VIP fifty times a second. A system is a VIP
and two nodes, a namespace each, that a program keeps it alive on: l2announced
with a lease on a store, or keepalived with its adverts. The systems have their
turns one after the other, so that none gets in another's way.

Writes a capture SYSTEM.pcap each, and a line of JSON a fault into faults.json.
What was seen is for who reads the captures: here is only looked at who answers,
to know when to go on.

usage: failover_guest.py FOLDER RUNS SEED SYSTEM...
       SYSTEM: sqlite_MS, etcd_MS or keepalived_MS, by the lease or the advert
"""

import ctypes
import json
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import lab  # noqa: E402
from lab import call, ip, kill_group, start, tmp, until  # noqa: E402

# How long a client waits between two questions, s.
PACE = 0.02
SERVICE = "bench/vip"
VIP = "12.0.0.100"
NODES = {f"node{number}": lab.mac(number) for number in (1, 2)}
SO_ATTACH_FILTER, ETH_P_ARP = 26, 0x0806


def answers(seconds):
    """The MACs of the answers for the VIP within that time, as they come."""
    # ARP, a reply, from that address: what the kernel passes on.
    words = [(0x28, 0, 0, 20), (0x15, 0, 3, 2), (0x20, 0, 0, 28),
             (0x15, 0, 1, struct.unpack("!I", socket.inet_aton(VIP))[0]),
             (0x06, 0, 0, 64), (0x06, 0, 0, 0)]
    code = ctypes.create_string_buffer(
        b"".join(struct.pack("HBBI", *word) for word in words))
    end = time.monotonic() + seconds
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as heard:
        heard.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack(
            "HP", len(words), ctypes.addressof(code)))
        heard.bind(("eth0", ETH_P_ARP))
        while True:
            left = end - time.monotonic()
            if left <= 0:
                return
            heard.settimeout(left)
            try:
                yield heard.recv(64)[6:12].hex(":")
            except TimeoutError:
                return


class System:
    """Two nodes, and what keeps the VIP alive on them: for others to fill in."""

    def __init__(self, name):
        self.name = name
        self.period = int(name.partition("_")[2]) / 1000
        self.process = {}
        for number, node in enumerate(NODES, 1):
            lab.add_node(node, number)

    def remove(self):
        for node in NODES:
            kill_group(self.process[node])
            lab.remove_node(node)

    def signal(self, node, number):
        os.killpg(self.process[node].pid, number)

    def kill(self, node):
        self.signal(node, signal.SIGKILL)
        self.process[node].wait()

    def ready(self):
        """Either node could take the VIP."""
        raise NotImplementedError

    def run(self, node):
        """Start the program there."""
        raise NotImplementedError

    def wipe(self, node):
        """Take away what the kernel forgets when a host starts anew."""
        raise NotImplementedError

    def settle(self):
        """Once the programs run: make them keep the VIP."""

    def store_ms(self, _node):
        """How long a question to the store takes a node's program."""
        return None


# Each fault: what happens to a node, and what ends it.

class Kill:
    """The program dies, the host goes on."""

    def begin(self, system, node):
        system.kill(node)

    def end(self, system, node):
        system.run(node)


class Crash(Kill):
    """The host dies."""

    def begin(self, system, node):
        system.kill(node)
        ip(f"lan link set {node} down", f"lan link set {node}-s down")

    def end(self, system, node):
        system.wipe(node)
        ip(f"lan link set {node} up", f"lan link set {node}-s up")
        system.run(node)


class Freeze:
    """The program stands still, and goes on later."""

    def begin(self, system, node):
        system.signal(node, signal.SIGSTOP)

    def end(self, system, node):
        system.signal(node, signal.SIGCONT)


class Link:
    """The cable is pulled, and put in again."""

    def begin(self, system, node):
        ip(f"lan link set {node} down")

    def end(self, system, node):
        ip(f"lan link set {node} up")


class Stop:
    """The program is told to end, as for an upgrade."""

    def begin(self, system, node):
        system.signal(node, signal.SIGTERM)

    def end(self, system, node):
        # Others have heard of the new holder: l2announced need not deliver to who
        # has not for two minutes more, which a second signal ends.
        system.signal(node, signal.SIGTERM)
        system.process[node].wait()
        system.run(node)


FAULTS = {"crash": Crash(), "kill": Kill(), "freeze": Freeze(), "link": Link(),
          "stop": Stop()}


class L2announce(System):
    """A lease of so many milliseconds, on a store."""

    def run(self, node):
        store = ["type: sqlite", f"path: {tmp}/{self.name}.db"]
        if self.name.startswith("etcd"):
            store = ["type: etcd", f"endpoints: ['{lab.ETCD}']",
                     f"prefix: /{self.name}/"]
        self.process[node] = lab.controller(
            node, f"{self.name}-{node}", round(self.period * 1000), store)

    def wipe(self, node):
        call("ip", "-n", node, "route", "flush", "table", "local", VIP)
        call("ip", "netns", "exec", node, "l2ctl", "vip", "flush")

    def store_ms(self, node):
        return self.asked(node, "status")["store"]["rtt_ms"]

    def asked(self, node, path):
        return lab.asked(f"{self.name}-{node}", path)

    def settle(self):
        names = [f"{self.name}-{node}" for node in NODES]
        until("the nodes are ready",
              lambda: lab.all_ready(names, len(NODES)))
        call("l2ctl", "--socket", lab.control_socket(names[0]), "service",
             "add", SERVICE, "vip", VIP, "dev", "eth0", "deliver", "route")

    def ready(self):
        seen = [self.asked(node, f"why/{SERVICE}") for node in NODES]
        return all(seen) and all(
            n["eligible"] for s in seen for n in s["nodes"])


class Keepalived(System):
    """An advert each so many milliseconds, all else by default."""

    def run(self, node):
        path = f"{tmp}/{self.name}-{node}"
        priority = 100 - list(NODES).index(node)
        with open(path + ".conf", "w", encoding="ascii") as file:
            file.write(f"""global_defs {{
    router_id {node}
    vrrp_version 3
}}
vrrp_instance bench {{
    state BACKUP
    nopreempt
    interface eth0
    virtual_router_id 51
    priority {priority}
    advert_int {self.period:g}
    virtual_ipaddress {{
        {VIP}/32
    }}
}}
""")
        self.process[node] = start(
            node, path + ".log", "keepalived", "--dont-fork", "--log-console",
            "--log-detail", "--vrrp", "--use-file", path + ".conf",
            "--pid", path + ".pid", "--vrrp_pid", path + ".vpid")

    def wipe(self, node):
        subprocess.run(["ip", "-n", node, "addr", "del", VIP + "/32", "dev",
                        "eth0"], stderr=subprocess.DEVNULL)

    def ready(self):
        states = []
        for node in NODES:
            with open(f"{tmp}/{self.name}-{node}.log",
                      encoding="utf-8") as file:
                states += re.findall(r"Entering (\w+) STATE",
                                     file.read())[-1:]
        return sorted(states) == ["BACKUP", "MASTER"]


def one_answers(system):
    """The node that alone answers, for a while; None where there is none."""
    seen = list(answers(max(system.period / 2, 10 * PACE)))
    if len(set(seen)) != 1 or len(seen) < 5:
        return None
    return next(node for node, mac in NODES.items() if mac == seen[0])


def settled(system):
    """The node that answers, once the other could."""
    until("both are ready", system.ready)
    return until("one answers", lambda: one_answers(system))


def taken_over(system, old):
    """Wait until the other node has answered five times; whether it did."""
    count = 0
    for mac in answers(10 * system.period + 5):
        count += mac != NODES[old]
        if count == 5:
            return True
    return False


def broken(system, fault, chance, old):
    """Break a system and mend it: what it was, and who answers then."""
    # Anywhere between two signs of life.
    time.sleep(chance.uniform(0, system.period))
    record = {"store_ms": system.store_ms(old), "at": time.time()}
    FAULTS[fault].begin(system, old)
    record["taken"] = taken_over(system, old)
    # As long again, for whoever answers still.
    time.sleep(system.period)
    FAULTS[fault].end(system, old)
    new = settled(system)
    record["ended"] = time.time()
    return record, new


def turn(name, runs, seed, file):
    """One system's turn: all faults, so many times each."""
    kind = Keepalived if name.startswith("keepalived") else L2announce
    chance = random.Random(f"{seed} {name}")
    system = kind(name)
    capture = start("lan", f"{tmp}/tcpdump", "tcpdump", "-i", "br0", "-Z",
                    "root", "-U", "-w", f"{tmp}/{name}.pcap", "arp")
    asker = start("client", f"{tmp}/l2flood", "l2flood", "-p",
                  f"{PACE * 1e6:.0f}", "eth0", "12.0.0.1", VIP, "1")
    for node in NODES:
        system.run(node)
    system.settle()
    old = settled(system)
    for fault in FAULTS:
        for number in range(runs):
            record, old = broken(system, fault, chance, old)
            print(json.dumps({"system": name, "fault": fault, "run": number,
                              "period_ms": round(system.period * 1000),
                              **record}), file=file, flush=True)
    kill_group(asker)
    capture.send_signal(signal.SIGINT)
    capture.wait()
    system.remove()


def main():
    folder, runs, seed, *systems = sys.argv[1:]
    store = None
    lab.at_hand()
    lab.lan()
    lab.enter("client")
    try:
        with open(f"{folder}/faults.json", "w", encoding="ascii") as file:
            for name in systems:
                if name.startswith("etcd") and not store:
                    store = lab.etcd()
                turn(name, int(runs), seed, file)
    finally:
        if store:
            kill_group(store)
        for name in os.listdir(tmp):
            if name.endswith((".log", ".pcap")):
                shutil.copy(f"{tmp}/{name}", folder)


main()
