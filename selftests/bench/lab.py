# SPDX-License-Identifier: GPL-2.0
"""What a measurement of a cluster needs, in a guest: a LAN of namespaces, etcd
beside it, programs started and ended, controllers.

             br0, a switch, in namespace "lan"
    client ----+---- node1    node2 ...
             br1, another one: the way to etcd
"""

import ctypes
import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))
ETCD = "http://10.77.0.1:2379"
CLONE_NEWNET = 0x40000000

tmp = tempfile.mkdtemp(prefix="bench.")


def call(*words):
    """Run a program, which must succeed; what it prints."""
    return subprocess.run(words, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def ip(*lines):
    """Commands for ip(8), each with the namespace in front."""
    for line in lines:
        call("ip", "-n", *line.split())


def start(namespace, log, *words):
    """A program in a namespace, a process group of its own."""
    with open(log, "ab") as file:
        return subprocess.Popen(["ip", "netns", "exec", namespace, *words],
                                stdout=file, stderr=file,
                                start_new_session=True)


def kill_group(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def until(what, condition, patience=60, pause=0.05):
    """Wait for a condition, with a pause between looks; what it gave: true."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(pause)


def enter(namespace):
    """The sockets of this program are in that namespace from now on."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{namespace}", "rb") as file:
        if libc.setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def at_hand():
    """What is started again and again, into memory: see common.sh."""
    os.environ["PATH"] += f":{TOP}/build/ctl:{TOP}/build/selftests"
    call("bash", "-c", '. "$0" && at_hand "$@"',
         f"{TOP}/selftests/vm/common.sh", "bash", "ip", "l2announced", "l2ctl",
         "tcpdump", "keepalived", "etcd", "curl", "l2flood")


def lan():
    for name in ("lan", "client"):
        call("ip", "netns", "add", name)
    ip("lan link set lo up",
       "lan link add br0 type bridge", "lan link set br0 up",
       "lan link add br1 type bridge", "lan link set br1 up",
       "lan addr add 10.77.0.1/24 dev br1",
       "lan link add client type veth peer name eth0 address "
       "02:00:00:00:00:01 netns client",
       "lan link set client master br0", "lan link set client up",
       "client addr add 12.0.0.1/8 dev eth0", "client link set eth0 up")


def add_node(node, number):
    """A host on both networks, the number in its addresses."""
    call("ip", "netns", "add", node)
    ip(f"lan link add {node} type veth peer name eth0 address {mac(number)} "
       f"netns {node}",
       f"lan link add {node}-s type veth peer name eth1 netns {node}",
       f"lan link set {node} master br0", f"lan link set {node}-s master br1",
       f"lan link set {node} up", f"lan link set {node}-s up",
       f"{node} addr add 12.0.0.{10 + number}/8 dev eth0",
       f"{node} addr add 10.77.0.{10 + number}/24 dev eth1",
       f"{node} link set lo up", f"{node} link set eth0 up",
       f"{node} link set eth1 up")


def remove_node(node):
    """Its links first: a namespace's end takes its time, and their names are ours."""
    ip(f"lan link del {node}", f"lan link del {node}-s")
    call("ip", "netns", "del", node)


def mac(number):
    return f"02:00:00:00:01:{number:02x}"


def etcd():
    process = start("lan", f"{tmp}/etcd.log", "etcd", "--data-dir",
                    f"{tmp}/etcd", "--listen-client-urls", ETCD,
                    "--advertise-client-urls", ETCD, "--logger", "zap",
                    "--max-txn-ops", "4096")
    until("etcd is healthy", lambda: subprocess.run(
        ["ip", "netns", "exec", "lan", "curl", "-fsSm2", ETCD + "/health"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0)
    return process


def control_socket(name):
    return f"{tmp}/{name}.sock"


def controller(node, name, duration_ms, store):
    """Start l2announced on a node; store has the lines of its key."""
    path = f"{tmp}/{name}.yaml"
    with open(path, "w", encoding="ascii") as file:
        file.write(f"node: {node}\nsocket: {control_socket(name)}\n"
                   f"lockdir: {tmp}/{node}\nduration: {duration_ms}ms\n"
                   "store:\n" + "".join(f"  {line}\n" for line in store))
    return start(node, f"{tmp}/{name}.log", "l2announced", "-c", path)


def asked(name, path):
    """What a controller's API has at a path; None where it does not answer.

    From here: l2ctl, which loads libcurl, would be most of what a guest does.
    """
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    # One that is frozen accepts, and does not answer.
    connection.sock.settimeout(10)
    try:
        connection.sock.connect(control_socket(name))
        connection.request("GET", "/v1/" + path)
        answer = connection.getresponse()
        return json.load(answer) if answer.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def all_ready(names, nodes):
    """Every one of the controllers knows so many nodes as ready."""
    return all([n["state"] for n in asked(name, "node") or []] ==
               ["ready"] * nodes for name in names)
