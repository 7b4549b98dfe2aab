#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The bench's judge turns red: over each figure beyond its bound, and each missing.

A report is made of measurements that somebody could have had, and then altered, a
figure at a time. Needs no guest. TAP.
"""

import copy
import json
import os
import subprocess
import sys
import tempfile
import traceback

sys.dont_write_bytecode = True
import document  # noqa: E402
import failover_figures  # noqa: E402
import figures  # noqa: E402
import judge  # noqa: E402
import smp  # noqa: E402
import store  # noqa: E402
import tables  # noqa: E402

HERE = os.path.dirname(os.path.realpath(__file__))

# What was promised. Here once more, so that no bound moves with the figure that it is
# there for.
PROMISED = {
    "answer_of_ebpf": 1.00, "answer_1000_of_ebpf_1000": 1.00,
    "answer_100000_of_ebpf_100000": 1.00, "captured_answer_of_ebpf": 1.00,
    "nd_answer_of_ebpf": 1.00, "nd_answer_1000_of_ebpf_1000": 1.00,
    "nd_answer_100000_of_ebpf_100000": 1.00, "nd_captured_answer_of_ebpf": 1.00,
    "round_trip_of_ebpf": 1.00, "nd_round_trip_of_ebpf": 1.00,
    "answer_of_kernel_own_address": 0.75,
    "captured_answer_of_kernel_own_address": 0.75,
    "nd_answer_of_kernel_own_address": 0.75,
    "nd_captured_answer_of_kernel_own_address": 0.75,
    "answer_1000_of_1_vip": 1.05, "answer_100000_of_1_vip": 1.05,
    "nd_answer_1000_of_1_vip": 1.05, "nd_answer_100000_of_1_vip": 1.05,
    "arp_not_ours_1_vip": 240, "arp_not_ours_100000_vips": 240,
    **{f"ipv6_not_ours{kind}{many}": 200 for many in ("", "_100000_vips")
       for kind in ("", "_local", "_icmp", "_local_icmp", "_options",
                    "_local_options", "_no_next_header", "_255", "_local_255",
                    "_icmp_255", "_local_icmp_255",
                    "_out", "_out_icmp")},
    # None at all, but for what two runs differ by.
    "arp_without_vips": 10, "arp_after_the_last_vip": 10,
    "ipv6_without_vips": 10, "ipv6_with_ipv4_vips_only": 10,
    "ipv6_after_the_last_vip": 10, "arp_with_vips_elsewhere": 10,
    "ipv6_with_vips_elsewhere": 10,
    # Less where another hook stands.
    "arp_not_ours_beside_rules_of_alone": 0.9,
    "ipv6_not_ours_beside_rules_of_alone": 0.9,
    "ipv6_not_ours_local_beside_rules_of_alone": 0.9,
    "add_100000_of_1000_each": 1.3, "del_100000_of_1000_each": 1.3,
    "add6_100000_of_1000_each": 1.3, "del6_100000_of_1000_each": 1.3,
    "renew_100000_of_1_vip": 1.05, "vip_bytes": 256,
    "renew6_100000_of_1_vip": 1.05, "vip6_bytes": 256,
    "announce_time_of_ideal": 1.05, "announce_peak": figures.SET,
    "announce_missing": 0, "announce_misplaced": 0,
}
PROMISED_OF_FAILOVER = {
    "crash_beyond_lease": 200, "kill_beyond_lease": 200,
    "freeze_beyond_lease": 200, "link_beyond_lease": 200, "stop_untold": 0,
    "stop_unanswered": 0,
    "two_answers": 0, "not_taken_over": 0}
PROMISED_OF_STORE = 0.05
# Without a bound, but there.
PROMISED_OF_SMP = {"smp_1cpu_1vip": None, "smp_2cpu_1vip": None,
                   "smp_2cpu_2vips": None, "smp_1cpu_of_2cpu": None,
                   "smp_2vips_of_1vip": 1.5}


def plausible(scale=True):
    """What a guest could have printed."""
    of = {"baseline": 7000, "baseline_xdp": 7000, "baseline6": 7000,
          "kernel": 9000, "ebpf": 8000, "vips": 7400, "stray": 5500, "suppressed": 4300}
    names = {name for table in (figures.RATIOS, figures.WHOLE,
                                figures.DIFFERENCES)
             for pair in table.values() for name in pair[:2]}
    names |= {name for pairs in figures.BESIDE.values() for pair in pairs
              for name in pair}
    names |= {"baseline", "baseline6", "baseline_capture", "baseline6_capture",
              "baseline_xdp"}
    values = {name: of[name.split("_")[0].rstrip("6")] for name in names}
    for name in names:
        if name.startswith("stray") and "with_" in name:
            values[name] += 0 if "elsewhere" in name or "ipv4" in name else \
                90 if "beside" in name else 100
    if not scale:
        return values
    for count in (1, *figures.COUNTS):
        values.update((f"{what}_{count}", 1000000 + 1000 * (count - 1))
                      for what in figures.SCALED)
        values[f"renew_{count}"] = values[f"renew6_{count}"] = 26000000
    values.update(vip_slab_bytes=186, vip6_slab_bytes=186,
                  announce_rate=1000, announce_burst=100,
                  announce_due=40000, announce_frames=40000,
                  announce_first_round=20000, announce_first_round_us=19900000,
                  announce_peak=1100, announce_misplaced=0)
    return values


def a_column(version, mitigations):
    values = plausible(mitigations == "off")
    return {"name": f"{version} {mitigations}", "kernel": f"{version}.4-amd64",
            "mitigations": mitigations, "cpu": {},
            "measured": figures.measurements(values),
            "results": figures.results(values)}


def a_line(nodes, services, off=0.0):
    return {"nodes": nodes, "services": services, "duration_ms": 3000,
            "renew_ms": 750, "writes": nodes * (1 + off) / 0.75,
            "requests": 4, "received": 1000, "sent": 4000,
            "controller_cpu": 0.001 * services, "etcd_cpu": 0.01}


def a_run(system, fault, **other):
    period = int(system.split("_")[1])
    return {"system": system, "fault": fault, "period_ms": period, "taken": True,
            "store_ms": 0.1, "gap_ms": period + 200, "unanswered": 0,
            "untold": 0, "two_s": 0, "announcements": 4, **other}


def some_rounds(two_vips=20000):
    """Of two CPUs; the middle one counts."""
    return [{"smp_1cpu_1vip": 10000, "smp_2cpu_1vip": 20000,
             "smp_2cpu_2vips": rate} for rate in (200, two_vips, 90000)]


def some_runs(count):
    return [a_run(system, fault) for system in failover_figures.SYSTEMS
            for fault in failover_figures.FAULTS for _ in range(count)]


def a_short_report():
    return {"columns": [a_column("6.1", "off")]}


def a_report(runs=30):
    """All bounds hold, some of them just so."""
    lines = failover_figures.lines(some_runs(runs))
    return {"columns": [a_column(version, how) for version in ("6.1", "7.3")
                        for how in judge.MITIGATIONS],
            "smp": smp.report(some_rounds()),
            "store": store.report([a_line(nodes, count)
                                   for _, nodes, services in store.GUESTS
                                   for count in services]),
            "failover": {"runs": runs, "faults": lines,
                         "results": failover_figures.results(lines)}}


def red(report, short=False):
    """The names that a report is red over."""
    tap = judge.judge(report, short)
    names = [line.split(" ", 3)[3] for line in tap.lines
             if line.startswith("not ok")]
    assert tap.good() == (not names), tap.text()
    assert tap.failed == len(names), tap.text()
    return names


def wanted(report, *starts, short=False):
    """It is red over just what begins so."""
    names = red(report, short)
    assert len(names) == len(starts) and \
        all(any(name.startswith(start) for name in names) for start in starts), \
        f"wanted {starts}, red over {names}"


def places(report):
    """Every result in a report: what the judge calls its part, and all of it."""
    for column in report["columns"]:
        newer = "" if column["kernel"].startswith("6.1.") else " or newer"
        yield column["name"].replace(" ", newer + " "), column["results"]
    for part in ("smp", "store", "failover"):
        yield part, report.get(part, {}).get("results", {})


def all_bounds():
    return {**figures.bounds(), **failover_figures.bounds(),
            **smp.bounds(), **store.bounds()}


def test_promises():
    """the bounds are those that were promised"""
    bounds = {n: b for n, b in figures.bounds().items() if b is not None}
    assert bounds == PROMISED, set(bounds.items()) ^ set(PROMISED.items())
    bounds = {n: b for n, b in failover_figures.bounds().items()
              if b is not None}
    for system in failover_figures.OURS:
        for what, bound in PROMISED_OF_FAILOVER.items():
            assert bounds.pop(f"{what}_{system}") == bound, what
    assert not bounds, bounds
    assert smp.bounds() == PROMISED_OF_SMP
    for nodes in (3, 20):
        for count in (1, 100, 1000, 10000):
            name = f"store_writes_off_renewals_{nodes}_nodes_{count}_services"
            assert all_bounds()[name] == PROMISED_OF_STORE, name


def test_present():
    """what is there for whoever compares has its result, keepalived's too"""
    names = set(all_bounds())
    assert {"answer_of_ebpf_xdp", "suppressed", "nd_suppressed"} <= names
    for system in ("sqlite_2000", "etcd_400", "keepalived_1000",
                   "keepalived_100"):
        for fault in ("crash", "kill", "freeze", "link", "stop"):
            for what in ("silence_median", "silence_worst",
                         "two_answers_worst", "announcements_median"):
                assert f"{fault}_{what}_{system}" in names
    for what in ("store_writes", "store_requests", "store_received",
                 "store_sent", "store_cpu", "controller_cpu"):
        for nodes in (3, 20):
            for count in (1, 100, 1000, 10000):
                assert f"{what}_{nodes}_nodes_{count}_services" in names


def test_names():
    """what is computed has the names and the bounds that are judged"""
    for name, part in figures.results(plausible()).items():
        bound = figures.bounds()[name]
        assert part.get("bound") == (1100 if bound == figures.SET else bound), \
            name
    assert figures.results(plausible()).keys() == figures.bounds().keys()
    assert figures.results(plausible(False)).keys() == \
        figures.bounds(False).keys()
    full = a_report()
    assert full["failover"]["results"].keys() == \
        failover_figures.bounds().keys()
    assert full["store"]["results"].keys() == store.bounds().keys()
    for name in figures.SHORT:
        assert figures.bounds()[name] is not None, name


def test_good():
    """what holds is green"""
    for report, short in ((a_short_report(), True), (a_report(), True),
                          (a_report(), False)):
        tap = judge.judge(report, short)
        assert tap.good(), tap.text()
        assert tap.lines[-1].split()[1] == str(len(tap.lines)), tap.text()


def test_not_whole():
    """what is not whole is red, unless only what is short is asked about"""
    names = red(a_short_report())
    for part in ("6.1 auto: ", "smp: ", "store: ", "failover: "):
        assert any(name.startswith(part) for name in names), part
    assert "6.1 off: vip_bytes: not measured" in red(
        {"columns": [{**a_column("6.1", "off"), "results": {}}]})
    wanted(a_report(runs=29), "failover: 29 runs of each fault, of 30")
    # However many were asked for, by one line that has fewer or is not there.
    report = a_report()
    report["failover"]["faults"][7]["runs"] = 6
    wanted(report, "failover: 6 runs of each fault, of 30")
    del report["failover"]["faults"][7]
    wanted(report, "failover: 0 runs of each fault, of 30")


def altered(change):
    """Alter every result of a report in turn; each turns red, and no other."""
    count = 0
    whole = a_report()
    for part, found in places(whole):
        for name in list(found):
            kept = copy.deepcopy(found[name])
            if change(found, name):
                wanted(whole, f"{part}: {name}: ")
                count += 1
            found[name] = kept
    assert not red(whole)
    return count


def beyond(found, name):
    if "bound" not in found[name]:
        return False
    found[name]["value"] = found[name]["bound"] + 0.001
    return True


def missing(found, name):
    del found[name]
    return True


def no_number(found, name):
    found[name]["value"] = float("nan") if "e" in name else None
    return True


def bound_moved(found, name):
    if found[name].get("bound") is None or all_bounds()[name] == figures.SET:
        return False
    found[name]["bound"] += 1
    return True


def bound_lost(found, name):
    return found[name].pop("bound", None) is not None


def test_each():
    """each figure beyond its bound, missing, or with another one is red"""
    # One column is among all_bounds(); there is another with the scale, two without.
    bounds = [*all_bounds().values(), *figures.bounds().values(),
              *figures.bounds(False).values(), *figures.bounds(False).values()]
    bounded, every = sum(b is not None for b in bounds), len(bounds)
    assert altered(beyond) == bounded
    assert altered(missing) == every
    assert altered(no_number) == every
    assert altered(bound_lost) == bounded
    # That of announce_peak, in two columns, is a setting.
    assert altered(bound_moved) == bounded - 2


def test_short():
    """a short run lacks none of what it is for"""
    answers = ("answer", "nd", "round", "arp", "ipv6")
    assert set(figures.SHORT) == {
        "answer_100000_of_1_vip", "arp_not_ours_100000_vips",
        *(name for name in PROMISED if name.split("_")[0] in answers
          and "1000" not in name and "captured" not in name)}
    for name in figures.SHORT:
        report = a_short_report()
        del report["columns"][0]["results"][name]
        wanted(report, f"6.1 off: {name}: not measured", short=True)
    assert len(red({}, short=True)) == len(figures.SHORT)


def test_parts():
    """a report without a column, two CPUs, the store or failover is red"""
    report = a_report()
    del report["columns"][1]
    assert len(red(report)) == len(figures.bounds(False))
    report["columns"] = report["columns"][1:]
    assert red(report)[0] == "columns: kernel 6.1: one, of none"
    report = a_report()
    del report["smp"]
    assert len(red(report)) == len(PROMISED_OF_SMP)
    report = a_report()
    del report["store"]
    assert len(red(report)) == len(store.bounds())
    report = a_report()
    del report["failover"]
    assert len(red(report)) == len(failover_figures.bounds()) + 1
    assert red({})


def test_kernels():
    """two kernels are 6.1 and 7.3, or a newer one, and no others"""
    report = a_report()
    for release, good in (("7.4.1", True), ("8.0", True), ("6.12.5", False),
                          ("6.1.7", False), ("7.2", False), ("", False)):
        for column in report["columns"][2:]:
            column["kernel"] = release
        assert ("columns: kernel 7.3 or newer: one, of none" in red(report)) \
            == (not good), release
    report = a_report()
    for column, release in zip(report["columns"], ["6.10.3", "6.1.3"]):
        column["kernel"] = release
    assert len(red(report)) == len(figures.bounds()), "of 6.1, one column"
    report = a_report()
    report["columns"][0]["kernel"] = "6.1.3"
    wanted(report, "columns: kernel 6.1: one, of 6.1.3, 6.1.4-amd64")


def over(values, **more):
    """The results that are not within, of altered measurements."""
    values = {**values, **more}
    return {name for name, result in figures.results(values).items()
            if not result.get("within", True)}


def test_measurements():
    """a measurement that grows takes its figures beyond their bounds"""
    values = plausible()
    assert not over(values)
    assert "answer_of_ebpf" in over(values, vips_1=8001)
    assert "answer_of_kernel_own_address" in over(values, vips_1=8600)
    assert "answer_100000_of_1_vip" in over(values, vips_100000=7421)
    assert "nd_answer_of_ebpf" in over(values, vips6_1=8001)
    assert over(values, stray_with_1_vip=5741) == {"arp_not_ours_1_vip"}
    assert over(values, stray6_with_vips=5701) == {"ipv6_not_ours"}
    assert over(values, stray_without_module=5400) == {"arp_without_vips"}
    assert over(values, stray_with_vips_beside_rules=5591) == \
        {"arp_not_ours_beside_rules_of_alone"}
    assert over(values, stray6_with_vips_beside_rules=5591) == \
        {"ipv6_not_ours_beside_rules_of_alone"}
    assert over(values, stray6_local_beside_rules=5480) == \
        {"ipv6_not_ours_local_beside_rules_of_alone"}
    assert over(values, stray_with_vips_elsewhere=5511) == \
        {"arp_with_vips_elsewhere"}
    assert over(values, stray6_with_vips_elsewhere=5511) == \
        {"ipv6_with_vips_elsewhere"}
    assert over(values, add_100000=1000000 + 1310 * 99999) == \
        {"add_100000_of_1000_each"}
    assert over(values, del6_100000=1000000 + 1310 * 99999) == \
        {"del6_100000_of_1000_each"}
    assert over(values, renew_100000=28000000) == {"renew_100000_of_1_vip"}
    assert over(values, renew6_100000=28000000) == {"renew6_100000_of_1_vip"}
    assert over(values, vip_slab_bytes=257) == {"vip_bytes"}
    assert over(values, vip6_slab_bytes=257) == {"vip6_bytes"}
    assert over(values, announce_peak=1101) == {"announce_peak"}
    assert over(values, announce_frames=39999) == {"announce_missing"}


def test_nothing_measured():
    """what took no instructions beyond its baseline is no figure"""
    values = plausible()
    assert "answer_of_ebpf" in over(values, vips_1=6900)
    assert "answer_of_ebpf" in over(values, ebpf_tc=6900)
    assert "add_100000_of_1000_each" in over(values, add_100000=0)


def test_failover():
    """one run of many is enough"""
    def over_in(system, fault, **other):
        runs = some_runs(3) + [a_run(system, fault, **other)]
        found = failover_figures.results(failover_figures.lines(runs))
        return {name for name, r in found.items() if not r.get("within", True)}

    run = failover_figures.run_of(
        a_run("etcd_400", "stop"),
        {"longest_gap_ms": 60, "unanswered": 3, "told": 2, "dual_answers": 1,
         "announcements": 4})
    assert (run["unanswered"], run["untold"], run["two_s"]) == (3, 1, 0.02), run
    assert not over_in("etcd_400", "crash")
    assert over_in("etcd_400", "crash", gap_ms=601) == \
        {"crash_beyond_lease_etcd_400"}
    assert over_in("sqlite_2000", "link", gap_ms=2201) == \
        {"link_beyond_lease_sqlite_2000"}
    assert over_in("sqlite_1000", "stop", unanswered=1) == \
        {"stop_unanswered_sqlite_1000"}
    assert over_in("sqlite_1000", "stop", unanswered=0, untold=1) == \
        {"stop_untold_sqlite_1000"}
    for fault in failover_figures.FAULTS:
        assert over_in("etcd_1000", fault, two_s=0.02) == \
            {"two_answers_etcd_1000"}
        assert over_in("etcd_1000", fault, taken=False) == \
            {"not_taken_over_etcd_1000"}
    assert not over_in("keepalived_100", "crash", gap_ms=9999, two_s=1)


def test_smp():
    """two CPUs that get slower as they share a VIP are red, one round is not"""
    for rate, good in ((29999, True), (30100, False)):
        found = smp.results(some_rounds(rate))["smp_2vips_of_1vip"]
        assert found["within"] == good, found


def test_store():
    """writes off the renewals are red, more of them and fewer"""
    for off, good in ((0.05, True), (-0.05, True), (0.06, False), (-0.06, False)):
        found = store.results([a_line(3, 1), a_line(3, 100, off)])
        name = "store_writes_off_renewals_3_nodes_100_services"
        assert found[name]["within"] == good, off
    # A longer lease, of which as much is done as often.
    longer = {**a_line(20, 100), "renew_ms": 30000, "controller_cpu": 0.001}
    found = store.results([a_line(20, 1), longer])
    assert found["controller_cpu_of_fewest_20_nodes_100_services"]["value"] == 40


def test_document():
    """each result of a column has its line in the document"""
    with open(document.DOC, encoding="utf-8") as file:
        words = set(file.read().split())
    missing = [name for name in figures.bounds() if name not in words]
    assert not missing, f"run \"make bench\": no line for {missing}"


def test_comparison():
    """of two commits it says what is slower, and nothing else"""
    base = plausible()
    # 49 lay between two commits that had nothing to do with it.
    now = {**base, "vips_1": base["vips_1"] + 11, "vips6_1": base["vips6_1"] + 61,
           "baseline6": base["baseline6"] + 49,
           "stray_with_1_vip": base["stray_with_1_vip"] - 500,
           "add_1000": round(base["add_1000"] * 1.03),
           "announce_first_round_us": base["announce_first_round_us"] + 30}
    text = tables.comparison(base, now)
    slower = {line.split()[0] for line in text.splitlines()
              if line.endswith("slower")}
    assert slower == {"vips_1", "vips6_1", "add_1000"}, text


def test_program():
    """the program says it, by TAP and by its exit status"""
    bad = a_report()
    bad["columns"][2]["results"]["vip_bytes"]["value"] = 257
    for report, short, status in ((a_report(), [], 0), (bad, [], 1),
                                  (a_short_report(), [], 1),
                                  (a_short_report(), ["--short"], 0)):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bench.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(report, file)
            done = subprocess.run([os.path.join(HERE, "run"), "--check", path,
                                   *short], stdout=subprocess.PIPE, text=True)
        assert done.returncode == status, done.stdout
        assert ("not ok" in done.stdout) == status, done.stdout


def main():
    tests = [test for name, test in globals().items()
             if name.startswith("test_")]
    print(f"1..{len(tests)}")
    failed = 0
    for number, test in enumerate(tests, 1):
        try:
            test()
            print(f"ok {number} {test.__doc__}")
        except Exception:  # whatever it is, it is what failed
            failed += 1
            print(f"not ok {number} {test.__doc__}")
            print("# " + traceback.format_exc().replace("\n", "\n# "))
    sys.exit(failed > 0)


main()
