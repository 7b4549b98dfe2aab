# SPDX-License-Identifier: GPL-2.0
"""What a cluster at rest asks of its store: boots the guests, judges the figures.

A node renews one record, whatever it holds: so many writes a second as there are
nodes by the time between two renewals, and no more, is what is held against what
etcd counted. Beside it stands what a lease for each service costs, as Cilium
documents it: services by leaseRenewDeadline, 5 s by default.
"""

import json
import os

import document
import figures
from boot import boot

HERE = os.path.dirname(os.path.realpath(__file__))
# The guests, the longest first: a lease in ms, how many nodes, and how many services
# they keep alive. Twenty nodes share one CPU, take long to take in the most, and would
# be late for a short lease.
GUESTS = [(30000, 20, [10000]), (3000, 20, [1, 100, 1000]),
          (3000, 3, [1, 100, 1000, 10000])]
# What is measured, by its result's name: what the guest calls it, and its unit.
MEASURED = {"store_writes": ("writes", "a second"),
            "store_requests": ("requests", "a second"),
            "store_received": ("received", "bytes a second"),
            "store_sent": ("sent", "bytes a second"),
            "store_cpu": ("etcd_cpu", "instructions a second"),
            "controller_cpu": ("controller_cpu", "instructions a second")}
# What is made of that, and what it may be; the writes may differ from what is due by
# a part.
RATIOS = {"store_writes_of_renewals": None, "store_writes_off_renewals": 0.05,
          "store_writes_of_cilium": None, "controller_cpu_of_fewest": None}
CILIUM_RENEW_S = 5


def measured(lease_ms, nodes, services):
    """What a guest counts with so many nodes, a line for each of the services."""
    said, status = boot(
        [os.path.join(HERE, "store_guest.py"), str(lease_ms), str(nodes),
         *map(str, services)], "--mem", "3072", "--timeout", "14400")
    lines = [json.loads(line) for line in said.splitlines()
             if line.startswith("{")]
    if status or len(lines) != len(services):
        document.die(f"store: the guest with {nodes} nodes did not come to "
                     f"its end:\n{said}")
    return lines


def expected(line):
    """The writes a second that the nodes' renewals are."""
    return line["nodes"] * 1000 / line["renew_ms"]


def cilium(line):
    """What one lease for each service would be."""
    return line["services"] / CILIUM_RENEW_S


def name_of(what, nodes, services):
    return f"{what}_{nodes}_nodes_{services}_services"


def bounds():
    """The results of all nodes and services, by name: the bound, or None."""
    return {name_of(what, nodes, count): bound
            for _, nodes, services in GUESTS for count in services
            for what, bound in {**dict.fromkeys(MEASURED), **RATIOS}.items()}


def counted(line, key, unit):
    """What a line has by that name; CPU time there is in seconds a second."""
    value = line[key] * 1e9 if key.endswith("cpu") else line[key]
    return figures.judged(round(value, 2), None, unit)


def per_renewal(line):
    return line["controller_cpu"] * line["renew_ms"]


def ratios(line, fewest):
    """What a line comes to; fewest is the one of as many nodes, with one service."""
    of_renewals = line["writes"] / expected(line)
    values = {
        "store_writes_of_renewals": of_renewals,
        "store_writes_off_renewals": abs(of_renewals - 1),
        "store_writes_of_cilium": line["writes"] / cilium(line),
        "controller_cpu_of_fewest":
            per_renewal(line) / per_renewal(fewest)}
    return {what: figures.judged(round(value, 3), RATIOS[what], "ratio")
            for what, value in values.items()}


def results(lines):
    """The figures by name, of the lines as they were measured."""
    found = {}
    fewest = {line["nodes"]: line for line in lines if line["services"] == 1}
    for line in lines:
        values = {what: counted(line, *how) for what, how in MEASURED.items()}
        values.update(ratios(line, fewest[line["nodes"]]))
        for what, value in values.items():
            found[name_of(what, line["nodes"], line["services"])] = value
    return found


def report(lines):
    lines = sorted(lines, key=lambda line: (line["nodes"], line["services"]))
    return {"lines": lines, "results": results(lines)}


def table(store):
    """As text: one line for so many nodes and services."""
    rows = [f"{'':23} {'A SECOND, etcd':>45} {'OF':>8} {'CILIUM,':>8} "
            f"{'MILLION INSTRUCTIONS/s':>22}",
            f"{'NODES SERVICES':14} {'LEASE, s':>8} {'writes':>8} {'requests':>10} "
            f"{'kB in':>12} {'kB out':>12} {'RENEWALS':>8} {'writes':>8} "
            f"{'controller':>12} {'etcd':>9}"]
    for line in store["lines"]:
        rows.append(
            f"{line['nodes']:5} {line['services']:8} "
            f"{line['duration_ms'] / 1000:8g} {line['writes']:8.2f} "
            f"{line['requests']:10.1f} {line['received'] / 1000:12.1f} "
            f"{line['sent'] / 1000:12.1f} "
            f"{line['writes'] / expected(line):8.3f} {cilium(line):8.1f} "
            f"{line['controller_cpu'] * 1000:12.2f} "
            f"{line['etcd_cpu'] * 1000:9.1f}")
    return "\n".join(rows)
