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
# Nodes, and how many services they keep alive; the last only where all is asked for.
NODES, SERVICES, MOST = [3, 20], [1, 100, 1000], 10000
# Of each of them, what it may be; the writes may differ from what is due by a part.
CPU = "controller_cpu"
RESULTS = {"store_writes_of_renewals": None, "store_writes_off_renewals": 0.05,
           "store_writes_of_cilium": None, CPU: None}
CILIUM_RENEW_S = 5
# How long is counted, s.
SECONDS = 30


def measured(nodes, services):
    """What a guest counts with so many nodes, a line for each of the services."""
    said, status = boot(
        [os.path.join(HERE, "store_guest.py"), str(SECONDS), str(nodes),
         *map(str, services)], "--mem", "3072", "--timeout", "7200")
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
    """A result's name; a controller's CPU is that at so many services of the fewest."""
    name = f"{what}_{nodes}_nodes_{services}_services"
    return f"{name}_of_{SERVICES[0]}" if what == CPU else name


def bounds():
    """The results of all nodes and services, by name: the bound, or None."""
    found = {}
    for nodes in NODES:
        for count in [*SERVICES, MOST]:
            for what, bound in RESULTS.items():
                if what != CPU or count != SERVICES[0]:
                    found[name_of(what, nodes, count)] = bound
    return found


def results(lines):
    """The figures by name, of the lines as they were measured."""
    found = {}
    first = {line["nodes"]: line["controller_cpu"] for line in lines
             if line["services"] == SERVICES[0]}
    for line in lines:
        ratio = line["writes"] / expected(line)
        values = {
            "store_writes_of_renewals": round(ratio, 3),
            "store_writes_off_renewals": round(abs(ratio - 1), 3),
            "store_writes_of_cilium": round(line["writes"] / cilium(line), 3)}
        if line["services"] != SERVICES[0]:
            values[CPU] = round(line["controller_cpu"] / first[line["nodes"]], 2)
        for what, value in values.items():
            name = name_of(what, line["nodes"], line["services"])
            found[name] = figures.judged(value, RESULTS[what], "ratio")
    return found


def report(lines):
    return {"lines": lines, "results": results(lines)}


def table(store):
    """As text: one line for so many nodes and services."""
    rows = [f"{'':14} {'A SECOND, etcd':>45} {'OF':>8} {'CILIUM,':>8} "
            f"{'MILLION INSTRUCTIONS/s':>22}",
            f"{'NODES SERVICES':14} {'writes':>8} {'requests':>10} "
            f"{'kB in':>12} {'kB out':>12} {'RENEWALS':>8} {'writes':>8} "
            f"{'controller':>12} {'etcd':>9}"]
    for line in store["lines"]:
        rows.append(
            f"{line['nodes']:5} {line['services']:8} {line['writes']:8.2f} "
            f"{line['requests']:10.1f} {line['received'] / 1000:12.1f} "
            f"{line['sent'] / 1000:12.1f} "
            f"{line['writes'] / expected(line):8.3f} {cilium(line):8.1f} "
            f"{line['controller_cpu'] * 1000:12.2f} "
            f"{line['etcd_cpu'] * 1000:9.1f}")
    return "\n".join(rows)
