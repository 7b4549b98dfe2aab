#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a cluster at rest asks of etcd, in a guest, as etcd's own metrics count it.

So many nodes, a namespace and an l2announced each, keep so many services alive;
nothing happens. Prints lines of JSON: etcd's counters over some seconds, and the
CPU time that the controllers and etcd took.

usage: store_guest.py LEASE_MS NODES SERVICES...
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

# Time enough for thousands of services, s.
PATIENCE = 3600
# What is counted: so many leases, of which each is renewed four times, by default.
LEASES, RENEWALS = 10, 4
# Services that come at once: one for so many ms of a lease, and later a part of those
# there are, each of which the nodes look at again anyway; and how many of them are in
# one of etcd's transactions.
LEASE_MS_FOR_ONE, PART, TOGETHER = 30, 0.1, 1000
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


def etcd_call(what, request):
    """What etcd answers to a request over its JSON gateway."""
    done = subprocess.run(
        ["ip", "netns", "exec", "lan", "curl", "-fsS", "--data-binary", "@-",
         f"{lab.ETCD}/v3/kv/{what}"], check=True, text=True,
        input=json.dumps(request), stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def base64_of(text):
    return base64.b64encode(text.encode()).decode()


def put(prefix, records):
    """Into etcd, all at once: who watches sees it in one piece."""
    etcd_call("txn", {"success": [{"requestPut": {
        "key": base64_of(prefix + key), "value": base64_of(json.dumps(value))}}
        for key, value in records.items()]})


def last_change(prefix):
    """The revision at which a holder changed last."""
    found = etcd_call("range", {
        "key": base64_of(prefix + "holder/"),
        "range_end": base64_of(prefix + "holder0"), "keys_only": True,
        "limit": 1, "sort_order": "DESCEND", "sort_target": "MOD"})
    return found["kvs"][0]["mod_revision"]


def answering(name):
    vips = json.loads(call("ip", "netns", "exec", name, "l2ctl", "-j", "vip",
                           "show"))
    return sum(vip["answering"] for vip in vips)


class Rest:
    """Whether each service has its VIP answered, and none has changed hands lately."""

    def __init__(self, prefix, names, count):
        self.prefix, self.names, self.count = prefix, names, count
        self.changed = None

    def __call__(self):
        before, self.changed = self.changed, last_change(self.prefix)
        return (self.changed == before and
                self.count == sum(map(answering, self.names)))


def give(prefix, names, numbers):
    """Services as the nodes would share them: each has its holder.

    What has one at once is nothing to claim, and that would take long. Each node is in
    its first incarnation.
    """
    found = {}
    for n in numbers:
        vips = [f"12.{1 + n // 65536}.{n // 256 % 256}.{n % 256}"]
        found[f"service/bench/s{n}"] = {"vips": vips, "devs": ["eth0"]}
        found[f"holder/bench/s{n}"] = {
            "node": names[n % len(names)], "incarnation": 1, "token": 1,
            "vips": vips}
    put(prefix, found)


def fill(prefix, names, count, lease_ms):
    """So many services. The next come when the last are at rest: all nodes hear of all
    on the one CPU that they share, and too much at once would make them late."""
    end = 0
    while end < count:
        begin = end
        end = min(count, begin + max(lease_ms // LEASE_MS_FOR_ONE,
                                     round(begin * PART)))
        for first in range(begin, end, TOGETHER):
            give(prefix, names, range(first, min(first + TOGETHER, end)))
        until(f"{end} services are at rest", Rest(prefix, names, end), PATIENCE,
              pause=1)
        print(f"# {end} services: {time.monotonic():.0f} s", flush=True)


def renewed(nodes, times):
    """Wait until each of them, at rest, has renewed so often."""
    least = counters()["writes"] + nodes * times
    until("the nodes have renewed", lambda: counters()["writes"] >= least,
          PATIENCE, pause=1)


def measured(lease_ms, controllers, etcd):
    """Counters and CPU over a time, per second."""
    # Three leases: what the last change made has calmed down.
    renewed(len(controllers), 3 * RENEWALS)
    begun, before = time.monotonic(), counters()
    used = [cpu(c) for c in controllers], cpu(etcd)
    time.sleep(LEASES * lease_ms / 1000)
    after, took = counters(), time.monotonic() - begun
    found = {name: (after[name] - before[name]) / took for name in after}
    found["controller_cpu"] = (sum(map(cpu, controllers)) - sum(used[0])) / \
        took / len(controllers)
    found["etcd_cpu"] = (cpu(etcd) - used[1]) / took
    return found


def cluster(names, count, etcd, lease_ms):
    """Figures of a cluster of those nodes that keeps so many services alive."""
    prefix = f"/bench{count}/"
    for number, name in enumerate(names, 1):
        lab.add_node(name, number)
    controllers = [lab.controller(name, name, lease_ms, [
        "type: etcd", f"endpoints: ['{lab.ETCD}']", f"prefix: {prefix}"])
        for name in names]
    until("the nodes are ready", lambda: lab.all_ready(names, len(names)),
          PATIENCE)
    fill(prefix, names, count, lease_ms)
    found = measured(lease_ms, controllers, etcd)
    for name, process in zip(names, controllers):
        kill_group(process)
        lab.remove_node(name)
    return found


def main():
    lease_ms, nodes, *services = map(int, sys.argv[1:])
    lab.at_hand()
    lab.lan()
    etcd = lab.etcd()
    names = [f"node{n}" for n in range(1, nodes + 1)]
    for count in services:
        print(json.dumps({"nodes": nodes, "services": count,
                          "duration_ms": lease_ms,
                          "renew_ms": lease_ms // RENEWALS,
                          **cluster(names, count, etcd, lease_ms)}),
              flush=True)
    kill_group(etcd)


main()
