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
import sys
import time
import urllib.request

sys.dont_write_bytecode = True
import lab  # noqa: E402
from lab import call, kill_group, until  # noqa: E402

# Time enough for thousands of services, s.
PATIENCE = 3600
# What is counted: so many leases of all nodes together, but five of each at least; a
# lease is renewed four times, by default. One write more or less is nothing then.
LEASES, RENEWALS = 30, 4
# Services that come at once, for one node: one for so many ms of a lease, and later
# as many times what there is, each of which a node looks at again anyway; and how
# many of them are in one of etcd's transactions.
LEASE_MS_FOR_ONE, PART, TOGETHER = 0.75, 2, 1000
PREFIX = "/bench/"
COUNTERS = {"writes": "etcd_mvcc_put_total",
            "requests": "grpc_server_handled_total",
            "received": "etcd_network_client_grpc_received_bytes_total",
            "sent": "etcd_network_client_grpc_sent_bytes_total"}


def etcd_says(path, body=None):
    """What etcd answers, as text; a body makes it a POST."""
    with urllib.request.urlopen(lab.ETCD + path, body) as answer:
        return answer.read().decode()


def counters():
    """etcd's counters; of one with labels their sum."""
    found = dict.fromkeys(COUNTERS, 0.0)
    for line in etcd_says("/metrics").splitlines():
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
    return json.loads(etcd_says("/v3/kv/" + what, json.dumps(request).encode()))


def base64_of(text):
    return base64.b64encode(text.encode()).decode()


def put(records):
    """Into etcd, all at once: who watches sees it in one piece."""
    etcd_call("txn", {"success": [{"requestPut": {
        "key": base64_of(PREFIX + key), "value": base64_of(json.dumps(value))}}
        for key, value in records.items()]})


def last_change():
    """The revision at which a holder changed last."""
    found = etcd_call("range", {
        "key": base64_of(PREFIX + "holder/"),
        "range_end": base64_of(PREFIX + "holder0"), "keys_only": True,
        "limit": 1, "sort_order": "DESCEND", "sort_target": "MOD"})
    return found["kvs"][0]["mod_revision"]


def answering(name):
    vips = json.loads(call("ip", "netns", "exec", name, "l2ctl", "-j", "vip",
                           "show"))
    return sum(vip["answering"] for vip in vips)


def renewed(nodes, times):
    """Wait until each of them, at rest, has renewed so often."""
    least = counters()["writes"] + nodes * times
    until("the nodes have renewed", lambda: counters()["writes"] >= least,
          PATIENCE, pause=1)


def rest(nodes):
    """Wait until no holder has changed for a lease."""
    before, now = None, last_change()
    while before != now:
        renewed(nodes, RENEWALS)
        before, now = now, last_change()


def give(names, numbers):
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
    put(found)


def fill(names, begin, count, lease_ms):
    """So many services, some of which there are. The next come when the last are at
    rest: all nodes hear of all on the one CPU that they share, and too much at once
    would make them late."""
    while begin < count:
        end = min(count, begin + round(max(
            lease_ms / LEASE_MS_FOR_ONE, begin * PART) / len(names)))
        for first in range(begin, end, TOGETHER):
            give(names, range(first, min(first + TOGETHER, end)))
        rest(len(names))
        print(f"# {end} services: {time.monotonic():.0f} s", flush=True)
        begin = end
    until("each VIP is answered for",
          lambda: sum(map(answering, names)) == count, PATIENCE, pause=1)


def measured(lease_ms, controllers, etcd):
    """Counters and CPU over a time, per second."""
    begun, before = time.monotonic(), counters()
    used = [cpu(c) for c in controllers], cpu(etcd)
    time.sleep(max(5, LEASES // len(controllers)) * lease_ms / 1000)
    after, took = counters(), time.monotonic() - begun
    found = {name: (after[name] - before[name]) / took for name in after}
    found["controller_cpu"] = (sum(map(cpu, controllers)) - sum(used[0])) / \
        took / len(controllers)
    found["etcd_cpu"] = (cpu(etcd) - used[1]) / took
    return found


def main():
    lease_ms, nodes, *services = map(int, sys.argv[1:])
    lab.at_hand()
    lab.lan()
    lab.enter("lan")
    etcd = lab.etcd()
    names = [f"node{n}" for n in range(1, nodes + 1)]
    for number, name in enumerate(names, 1):
        lab.add_node(name, number)
    controllers = [lab.controller(name, name, lease_ms, [
        "type: etcd", f"endpoints: ['{lab.ETCD}']", f"prefix: {PREFIX}"])
        for name in names]
    until("the nodes are ready", lambda: lab.all_ready(names, nodes), PATIENCE)
    for before, count in zip([0] + services, services):
        fill(names, before, count, lease_ms)
        print(json.dumps({"nodes": nodes, "services": count,
                          "duration_ms": lease_ms,
                          "renew_ms": lease_ms // RENEWALS,
                          **measured(lease_ms, controllers, etcd)}),
              flush=True)
    for process in [*controllers, etcd]:
        kill_group(process)


main()
