#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a cluster at rest asks of etcd, in a guest, as etcd's own metrics count it.

So many nodes, a namespace and an l2announced each, keep so many services alive;
nothing happens. Prints lines of JSON: etcd's counters over some seconds, and the
CPU time that the controllers and etcd took.

usage: store_guest.py SECONDS NODES SERVICES...
"""

import base64
import json
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import lab  # noqa: E402
from lab import call, kill_group, until  # noqa: E402

DURATION_MS = 3000
# A quarter of it, by default.
RENEW_MS = DURATION_MS // 4
# Time enough for thousands of services, s.
PATIENCE = 3600
# Services in one of etcd's transactions: it tells of each in one piece.
AT_ONCE = 100
COUNTERS = {"writes": "etcd_mvcc_put_total",
            "requests": "grpc_server_handled_total",
            "received": "etcd_network_client_grpc_received_bytes_total",
            "sent": "etcd_network_client_grpc_sent_bytes_total"}


def counters():
    """etcd's counters; of one with labels their sum."""
    found = dict.fromkeys(COUNTERS, 0.0)
    text = call("ip", "netns", "exec", "lan", "curl", "-fsS",
                lab.ETCD + "/metrics")
    for line in text.splitlines():
        for name, metric in COUNTERS.items():
            if line.startswith((metric + " ", metric + "{")):
                found[name] += float(line.rsplit(" ", 1)[1])
    return found


def cpu(process):
    """Seconds of CPU a program has had, all its threads."""
    total = 0
    for task in os.listdir(f"/proc/{process.pid}/task"):
        with open(f"/proc/{process.pid}/task/{task}/schedstat",
                  encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def put(prefix, records):
    """Into etcd, all at once: who watches sees it in one piece."""
    puts = [{"requestPut": {
        "key": base64.b64encode((prefix + key).encode()).decode(),
        "value": base64.b64encode(json.dumps(value).encode()).decode()}}
        for key, value in records.items()]
    subprocess.run(
        ["ip", "netns", "exec", "lan", "curl", "-fsS", "-o", "/dev/null",
         "--data-binary", "@-", lab.ETCD + "/v3/kv/txn"], check=True, text=True,
        input=json.dumps({"success": puts}))


def answering(name):
    vips = json.loads(call("ip", "netns", "exec", name, "l2ctl", "-j", "vip",
                           "show"))
    return sum(vip["answering"] for vip in vips)


class Rest:
    """Whether each service has its VIP answered, and none has changed hands lately."""

    def __init__(self, names, count):
        self.names, self.count, self.tokens = names, count, None

    def __call__(self):
        seen = lab.asked(self.names[0], "service", "show") or []
        held = sum(s["state"] == "held" for s in seen)
        before, self.tokens = self.tokens, [s["token"] for s in seen]
        return (held == self.count == sum(map(answering, self.names)) and
                self.tokens == before)


def fill(prefix, names, count):
    """So many services, as the nodes would share them: each has its holder.

    What has one at once is nothing to claim, and that would take long. Each node is in
    its first incarnation. The next come when the last are at rest: all nodes hear of
    all on the one CPU that they share, and too much at once would make them late.
    """
    for begin in range(0, count, AT_ONCE):
        end, found = min(begin + AT_ONCE, count), {}
        for n in range(begin, end):
            vips = [f"12.{1 + n // 65536}.{n // 256 % 256}.{n % 256}"]
            found[f"service/bench/s{n}"] = {"vips": vips, "devs": ["eth0"]}
            found[f"holder/bench/s{n}"] = {
                "node": names[n % len(names)], "incarnation": 1, "token": 1,
                "vips": vips}
        put(prefix, found)
        until(f"{end} services are at rest", Rest(names, end), PATIENCE, pause=1)


def renewed(nodes, times):
    """Wait until each of them, at rest, has renewed so often."""
    least = counters()["writes"] + nodes * times
    until("the nodes have renewed", lambda: counters()["writes"] >= least,
          PATIENCE, pause=1)


def measured(seconds, controllers, etcd):
    """Counters and CPU over a time, per second."""
    # Three durations: what the last change made has calmed down.
    renewed(len(controllers), 3 * DURATION_MS // RENEW_MS)
    begun, before = time.monotonic(), counters()
    used = [cpu(c) for c in controllers], cpu(etcd)
    time.sleep(seconds)
    after, took = counters(), time.monotonic() - begun
    found = {name: (after[name] - before[name]) / took for name in after}
    found["controller_cpu"] = (sum(map(cpu, controllers)) - sum(used[0])) / \
        took / len(controllers)
    found["etcd_cpu"] = (cpu(etcd) - used[1]) / took
    return found


def cluster(names, count, etcd, seconds):
    """Figures of a cluster of those nodes that keeps so many services alive."""
    prefix = f"/bench{count}/"
    for number, name in enumerate(names, 1):
        lab.add_node(name, number)
    controllers = [lab.controller(name, name, DURATION_MS, [
        "type: etcd", f"endpoints: ['{lab.ETCD}']", f"prefix: {prefix}"])
        for name in names]
    until("the nodes are ready", lambda: lab.all_ready(names, len(names)),
          PATIENCE)
    fill(prefix, names, count)
    found = measured(seconds, controllers, etcd)
    for name, process in zip(names, controllers):
        kill_group(process)
        lab.remove_node(name)
    return found


def main():
    seconds, nodes, *services = map(int, sys.argv[1:])
    lab.at_hand()
    lab.lan()
    etcd = lab.etcd()
    names = [f"node{n}" for n in range(1, nodes + 1)]
    for count in services:
        print(json.dumps({"nodes": nodes, "services": count,
                          "duration_ms": DURATION_MS, "renew_ms": RENEW_MS,
                          **cluster(names, count, etcd, seconds)}),
              flush=True)
    kill_group(etcd)


main()
