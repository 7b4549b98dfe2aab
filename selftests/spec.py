#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The netlink contract is one: spec, UAPI header and running kernel agree.

kmod/spec/l2announce.yaml is read by the kernel's own YNL library (from
$L2A_KSRC), the header as the enumerations it declares, and the kernel through
what nlctrl tells of the family: its commands and their flags, and the policy
each command enforces. Then YNL's command line makes a get and a dump by the
spec alone.
"""

import ctypes
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(HERE)
SPEC = os.path.join(TOP, "kmod/spec/l2announce.yaml")
HEADER = os.path.join(TOP, "include/uapi/linux/l2announce.h")
KSRC = os.environ.get("L2A_KSRC", "")
YNL = os.path.join(KSRC, "tools/net/ynl")
SCHEMA = os.path.join(KSRC, "Documentation/netlink/genetlink-legacy.yaml")
NLCTRL = os.path.join(KSRC, "Documentation/netlink/specs/nlctrl.yaml")

CLONE_NEWNET = 0x40000000
results = 0
failures = 0


def check(what, problems):
    """One TAP line; problems is a list of what is wrong."""
    global results, failures
    results += 1
    failures += bool(problems)
    print(f"{'not ok' if problems else 'ok'} {results} {what}", flush=True)
    for problem in problems:
        print(f"# {problem}")


def differences(what, a, name_a, b, name_b):
    """What two dictionaries do not agree on, a line each."""
    return [f"{what} {key}: {name_a} says {a.get(key)}, "
            f"{name_b} says {b.get(key)}"
            for key in sorted(set(a) | set(b), key=str)
            if a.get(key) != b.get(key)]


def header_enums(text):
    """Every enumerator that a C header declares, and every #define of ours."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    found = {}
    for body in re.findall(r"enum\s+\w*\s*\{(.*?)\}", text, re.S):
        value = -1
        for item in filter(None, map(str.strip, body.split(","))):
            name, _, expression = map(str.strip, item.partition("="))
            value = eval(expression, {}, found) if expression else value + 1
            found[name] = value
    for name, value in re.findall(r"#define\s+(L2ANNOUNCE_\w+)\s+(\S+)", text):
        found[name] = json.loads(value)
    return found


def c_name(*parts):
    return "_".join(("L2ANNOUNCE",) + parts).upper().replace("-", "_")


def spec_enums(spec):
    """The same names and values, as the spec implies them."""
    found = {c_name("family", "name"): spec.yaml["name"],
             c_name("family", "version"): spec.yaml.get("version", 1)}
    for name in spec.mcast_groups:
        found[c_name("mcgrp", name)] = name
    for const in spec.consts.values():
        for entry in const.entries.values():
            found[c_name(const.name, entry.name)] = entry.value
    for space in spec.attr_sets.values():
        last = max(attr.value for _, attr in space.items())
        for _, attr in space.items():
            found[c_name("a", space.name, attr.name)] = attr.value
        found[c_name("a", space.name, "max")] = last
        found["__" + c_name("a", space.name, "max")] = last + 1
    values = {op.name: op.value for op in spec.msgs.values()}
    for name, value in values.items():
        found[c_name("cmd", name)] = value
    found[c_name("cmd", "max")] = max(values.values())
    found["__" + c_name("cmd", "max")] = max(values.values()) + 1
    return found


def spec_policy(spec, op, mode):
    """What a command accepts by the spec: attribute -> (type, limits)."""
    accepted = {}
    request = op.yaml[mode].get("request", {})
    for name in request.get("attributes", []):
        attr = op.attr_set[name]
        checks = dict(attr.yaml.get("checks", {}))
        if attr.yaml.get("enum"):
            consts = spec.consts[attr.yaml["enum"]].entries.values()
            checks["max"] = max(entry.value for entry in consts)
        accepted[attr.value] = (attr.type, checks)
    return accepted


def kernel_limits(policy):
    """A kernel's policy for one attribute, in the spec's words."""
    kind = policy["type"]
    if kind == "binary":
        limits = {"min-len": policy.get("min-length"),
                  "max-len": policy.get("max-length")}
        limits = {k: v for k, v in limits.items() if v}
        return kind, limits
    full = (1 << int(kind[1:])) - 1
    limits = {}
    if policy.get("min-value-u", 0) > 0:
        limits["min"] = policy["min-value-u"]
    if policy.get("max-value-u", full) < full:
        limits["max"] = policy["max-value-u"]
    return kind, limits


def kernel_policies(ctrl, family):
    """(command, do or dump) -> attribute -> (type, limits), from GETPOLICY."""
    index, policies = {}, {}
    for message in ctrl.dump("getpolicy", {"family-name": family}):
        if "op-policy" in message:
            entry = message["op-policy"]
            for mode in ("do", "dump"):
                if mode in entry:
                    index[entry["op-id"], mode] = entry[mode]
        if "policy" in message:
            entry = message["policy"]
            policies.setdefault(entry["policy-id"], {})[entry["attr-id"]] = \
                kernel_limits(entry)
    return {key: policies.get(number, {}) for key, number in index.items()}


def check_policies(spec, told):
    wanted = {}
    for op in spec.msgs.values():
        if op.is_async:
            continue
        for mode in ("do", "dump"):
            if mode in op.yaml:
                wanted[op.value, mode] = spec_policy(spec, op, mode)
    # A policy is a command's, for do and dump alike.
    for (number, mode), accepted in wanted.items():
        if mode == "dump" and not accepted:
            wanted[number, mode] = wanted[number, "do"]
    check("each command accepts what the spec says, within its limits",
          differences("policy of command", wanted, "the spec", told,
                      "the kernel"))


def check_family(spec, family):
    told = {}
    for entry in family["ops"]:
        (op,) = entry.values() if "id" not in entry else (entry,)
        told[op["id"]] = sorted(map(str, op["flags"]))
    wanted = {}
    for op in spec.msgs.values():
        if op.is_async:
            continue
        flags = ["cmd-cap-haspol"]
        flags += ["cmd-cap-do"] if "do" in op.yaml else []
        flags += ["cmd-cap-dump"] if "dump" in op.yaml else []
        if "uns-admin-perm" in op.yaml.get("flags", []):
            flags += ["uns-admin-perm"]
        wanted[op.value] = sorted(flags)
    check("commands, what they can do and who may call them",
          differences("flags of command", wanted, "the spec", told,
                      "the kernel"))
    groups = []
    for entry in family["mcast-groups"]:
        (group,) = entry.values() if "name" not in entry else (entry,)
        groups.append(group["name"])
    check("multicast groups", [] if groups == list(spec.mcast_groups) else
          [f"the kernel has {groups}, the spec {list(spec.mcast_groups)}"])


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          text=True).stdout


def unpadded(reply):
    """Where 64-bit attributes have to be aligned the kernel pads, which YNL of 6.12
    knows in structures alone: to it, it is an attribute of a type unknown."""
    if isinstance(reply, list):
        return [unpadded(one) for one in reply]
    return {name: value for name, value in reply.items() if name != "pad"}


def ynl(*arguments):
    return unpadded(json.loads(run(
        sys.executable, os.path.join(YNL, "cli.py"), "--spec", SPEC, "--schema",
        SCHEMA, "--output-json", "--process-unknown", *arguments)))


def replied(reply, op):
    """What a reply lacks of, or has beyond, what the spec promises."""
    wanted = set(op.yaml["do"]["reply"]["attributes"])
    return [f"{word}: {sorted(names)}" for word, names in
            (("missing", wanted - set(reply)), ("extra", set(reply) - wanted))
            if names]


def check_command_line(spec):
    """A get and a dump by the spec alone, beside what l2ctl says."""
    run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1")
    run("ip", "link", "set", "v1", "up")
    run("ip", "link", "set", "v0", "up")
    run("l2ctl", "lease", "renew", "7", "ttl", "1h", "token", "5")
    run("l2ctl", "vip", "add", "12.0.0.100", "dev", "v0", "lease", "7",
        "announce", "0")
    run("l2ctl", "vip", "add", "12.0.0.101", "dev", "v0", "state", "standby")
    ifindex = json.loads(run("l2ctl", "-j", "vip", "show"))[0]["ifindex"]
    key = {"family": 2, "address": "0c000064", "ifindex": ifindex}

    dump = ynl("--dump", "vip-get")
    check("YNL's command line dumps the VIPs",
          [] if [(v["address"], v["state"], v["lease"], v["answering"])
                 for v in dump] == [("12.0.0.100", "active", 7, 1),
                                    ("12.0.0.101", "standby", 0, 0)]
          else [f"it got {dump}"])
    check("a dump's message holds what the spec promises",
          replied(dump[0], spec.msgs["vip-get"]) if dump else ["no message"])
    # 6.12's command line cannot write an address in a request, so bytes it is.
    got = do_by_spec("vip-get", {**key, "address": bytes.fromhex("0c000064")})
    check("a get by the spec", [] if got == dump[0]
          else [f"it got {got}, the dump {dump[0]}"])
    leases = ynl("--dump", "lease-get")
    lease = ynl("--do", "lease-get", "--json", '{"id": 7}')
    check("YNL's command line gets a lease, and dumps the same",
          replied(lease, spec.msgs["lease-get"]) +
          ([] if leases == [lease] and lease["token"] == 5
           and lease["valid"] == 1 and lease["vips"] == 1
           else [f"get {lease}, dump {leases}"]))
    check("settings and totals hold what the spec promises",
          replied(ynl("--do", "settings-get"), spec.msgs["settings-get"]) +
          replied(ynl("--do", "stats-get"), spec.msgs["stats-get"]))


def do_by_spec(op, attributes):
    from lib import YnlFamily
    return unpadded(YnlFamily(SPEC, SCHEMA, True).do(op, attributes))


def nlctrl():
    """The controller's family. 6.12's spec has two attributes of a policy the wrong
    way round: in the kernel's header padding comes before the mask."""
    from lib import YnlFamily
    ctrl = YnlFamily(NLCTRL, SCHEMA, True)
    by_value = ctrl.attr_sets["policy-attrs"].attrs_by_val
    mask = next(value for value in by_value if by_value[value].name == "mask")
    if by_value[mask + 1].name == "pad":
        by_value[mask], by_value[mask + 1] = by_value[mask + 1], by_value[mask]
    return ctrl


def main():
    if not os.path.exists(NLCTRL):
        print("1..0 # SKIP L2A_KSRC names no kernel source with YNL")
        return 4
    sys.path.insert(0, YNL)
    from lib import SpecFamily

    print("TAP version 13\n1..9", flush=True)
    # A namespace of our own goes when we do, and all we made in it.
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        print(f"Bail out! no namespace: {os.strerror(ctypes.get_errno())}")
        return 1
    spec = SpecFamily(SPEC, SCHEMA)
    with open(HEADER, encoding="utf-8") as header:
        check("the header says what the spec says",
              differences("name", spec_enums(spec), "the spec",
                          header_enums(header.read()), "the header"))
    # Resolving the family by name loads the module where it is not.
    run("l2ctl", "vip", "show")
    ctrl = nlctrl()
    check_family(spec, ctrl.do("getfamily", {"family-name": "l2announce"}))
    check_policies(spec, kernel_policies(ctrl, "l2announce"))
    check_command_line(spec)
    return 1 if failures else 0


sys.exit(main())
