# SPDX-License-Identifier: GPL-2.0
"""Guests, most with a clock that counts instructions, and the kernels they boot."""

import os
import subprocess

import document

TOP = document.TOP
# The kernel of this machine's release is the guests' own; another's comes from
# its root, over this machine's programs: the client is the same on both.
NEWER = "trixie-backports"


def guest(command, *options, tree=TOP):
    """Run a command in a guest; what it printed, and its exit status.

    tree is the one whose module and tools it has.
    """
    done = subprocess.run(
        [os.path.join(tree, "selftests/vm/run"), *options, "--", *command],
        stdout=subprocess.PIPE, text=True)
    return done.stdout, done.returncode


def boot(command, *options, tree=TOP):
    """The same in a guest whose clock counts instructions.

    A nanosecond of the guest's is an instruction, and idle time takes none of
    this machine's. With CMPXCHG16B, by which the kernel allocates: vm/run leaves
    it out, and no machine of today is without.
    """
    return guest(command, *options, "--accel", "tcg,thread=single",
                 "--qemu=-cpu", "--qemu=Nehalem,+rdrand",
                 "--qemu=-icount", "--qemu=shift=0,sleep=off", "--append",
                 "clocksource=tsc tsc=reliable", tree=tree)


def output(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        document.die(f"{command[0]}: failed")
    return done.stdout.strip()


def newer_kernel():
    """What boots the newer kernel, with the module as DKMS builds it there."""
    kernels = os.path.join(TOP, "selftests/kernels")
    base = output(os.path.join(kernels, "root"), NEWER).splitlines()[-1]
    output(os.path.join(kernels, "prepare"), "dkms", NEWER, base)
    return ["--kernel", os.path.join(base, "kernel"),
            "--modules", os.path.join(TOP, "build/kernels", NEWER, "modules")]
