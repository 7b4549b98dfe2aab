# SPDX-License-Identifier: GPL-2.0
#
# The front door. The module is built by the kernel's own build system (Kbuild
# says of what), the tools by ctl/Makefile into build/; the tests boot a
# kernel of their own and leave this machine's alone.
#
#   make                  the module for the running kernel, and the tools
#   make modules          the module alone       KDIR=/path/to/kernel/headers
#                         or KVER=release, of which they are installed
#   make tools            l2ctl and l2announced, into build/ctl/
#   make install          the tools              PREFIX=/usr/local DESTDIR=
#   make modules_install  the module             KDIR= DESTDIR=
#   make docs             pictures and netlink reference of docs/, from their sources
#   make compile_commands.json
#                         how userspace is compiled, for editors and analysers
#   make deb              Debian packages of both, into build/deb/
#   make clean            remove what was built
#
#   make demo             one VIP, three nodes, a crash and a freeze: watch it
#                         (IPV6=1: with an IPv6 address)
#   make check            unit tests, simulation, and every behaviour in a VM
#   make check-sim        twenty thousand simulated minutes of the election's code
#                         SEEDS=N: that many
#   make check-model      the election as a model, every state of it
#   make check-chaos      five nodes and one fault after another, at random
#                         CHAOS=10m, 2h: how long; SEED=N: the same again
#   make check-crash      three machines: one crashes, one is paused and goes on
#   make bench            instructions of an answer, beside the kernel's own and
#                         eBPF's, and what a cluster asks of its store, then
#                         failover beside keepalived's
#                                           BASE=rev compares with that commit
#   make bench-check      judge the last bench by its bounds; SHORT=1: only by those of
#                         a short one
#   make check-static     compilers, sparse, checkpatch, coccinelle and others
#                         FULL=1: and each of them turns red over a fault
#   make format-check     what clang-format has to say of the C there is
#   make check-kernels    DKMS and the behaviours on the kernels of Debian 11
#                         to 13 and backports     SUITES="bullseye ..."
#   make check-debug      the behaviours on kernels with every detector
#                         MACHINES="uml qemu" FAULTS="leak ..."
#   make check-kubernetes the Kubernetes store on a real API server, which is built
#                         first, from Debian's source
#   make check-packages   the packages in clean roots, and installed by apt in
#                         guests with systemd       SUITES="bookworm trixie"
#   make check-all        all of these, and the demo of both families
#   make vm               a root prompt in a VM with three nodes wired up
#                         (GDB=1: selftests/vm/gdb can look into its kernel)
#   make setup            install what demo, check and vm need (they do it too)
#
#   V=1                   shows the commands
#   TESTS="a.sh b.sh"     limits the behaviours of check, check-kernels and check-debug
#   FULL=1                has check's use their full numbers (100,000 VIPs), as
#                         check-all does
#   SHORT=1               limits bench to what the bounds of a change need
#
# demo, check and vm want Debian 12 or 13 and, where something has to be installed
# first, root.

KVER	?= $(shell uname -r)
KDIR	?= /lib/modules/$(KVER)/build
PREFIX	?= /usr/local
DESTDIR	?=
V	?= 0
TESTS	?=
SUITES	?=
MACHINES ?=
FAULTS	?=
BASE	?=
SHORT	?=
IPV6	?=
GDB	?=
FULL	?=
CHAOS	?=
SEED	?=
SEEDS	?=

CTL	:= $(MAKE) -C ctl V=$(V)
# Their list of files is no part of a demo; what goes wrong is on stderr.
QUIET	:= $(if $(filter 1,$(V)),,-s >/dev/null)
KBUILD	= $(MAKE) -C $(KDIR) M=$(CURDIR) V=$(V)

all: modules tools

# KDIR must hold a kernel's headers; said here in one line, before kbuild says
# it in many.
kdir:
	@test -f $(KDIR)/Makefile || { \
		echo "KDIR=$(KDIR): no kernel headers there" >&2; exit 1; }

modules: kdir
	+$(KBUILD) modules

modules_install: kdir
	+$(KBUILD) $(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) modules_install

modules_clean: kdir
	+$(KBUILD) clean

tools:
	+$(CTL)

install:
	+$(CTL) install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)

clean:
	rm -rf build compile_commands.json
	if [ -f $(KDIR)/Makefile ]; then $(KBUILD) clean; fi

setup:
	@selftests/setup

# What the guests run: the tools, the judge of captures, and what drives the
# module, which itself selftests/vm/run builds for the kernel it boots.
guest-tools: setup
	+@$(CTL) $(QUIET) all kernel-tests
	+@$(MAKE) -C selftests/judge V=$(V) $(QUIET)
	+@$(MAKE) -C selftests/tools V=$(V) $(QUIET)

demo: guest-tools
	@color=; if [ -t 1 ] && [ -z "$$NO_COLOR" ]; then color=--color; fi; \
	selftests/vm/run --timeout 300 -- selftests/demo/run $$color \
		$(if $(IPV6),--ipv6)

vm: guest-tools
	@selftests/vm/run --timeout inf --shell $(if $(GDB),--gdb) -- bash --rcfile selftests/vm/shellrc

check: setup
	+@FULL="$(FULL)" selftests/check $(TESTS)

bench: guest-tools
	@selftests/setup bench $(if $(SHORT)$(BASE),,kernels)
	+@$(MAKE) -s -C selftests/bench
	@selftests/bench/run $(if $(SHORT),--short) $(if $(BASE),--base $(BASE))

bench-check:
	@selftests/bench/run --check $(if $(SHORT),--short)

check-sim:
	+@$(MAKE) -s -C selftests/sim check SEEDS=$(or $(SEEDS),20000)

check-model:
	@selftests/setup model
	+@$(MAKE) -s -C selftests/model check

check-chaos: guest-tools
	@selftests/chaos/check $(or $(CHAOS),10m) $(SEED)

check-crash: guest-tools
	@selftests/crash/check

check-static:
	@selftests/setup static
	@selftests/static/check
	$(if $(FULL),@selftests/static/test_check)

format-check:
	@command -v clang-format >/dev/null || selftests/setup static
	@selftests/static/format $$(git ls-files '*.[ch]')

check-kernels:
	@selftests/setup kernels
	@SUITES="$(SUITES)" selftests/kernels/check $(TESTS)

check-packages:
	@selftests/setup packages
	@SUITES="$(SUITES)" selftests/packages/check

check-debug:
	@selftests/setup debug
	@MACHINES="$(MACHINES)" FAULTS="$(FAULTS)" selftests/vm/check-debug $(TESTS)

check-kubernetes: guest-tools
	@selftests/setup kubernetes
	@selftests/stores/kube-apiserver >/dev/null
	+@$(CTL) $(QUIET) tests
	@selftests/stores/check-kubernetes

# Each of them, also after one has failed.
check-all:
	@status=0; for c in check demo "demo IPV6=1" check-sim check-model check-static \
			check-chaos check-crash check-debug check-kernels \
			check-kubernetes check-packages; do \
		$(MAKE) --no-print-directory $$c FULL=1 || status=1; \
	done; exit $$status

compile_commands.json:
	@$(MAKE) --no-print-directory -C ctl V=1 -nB all tests | \
		selftests/static/compile-commands >$@.new && mv $@.new $@

# DOCS: where they go; the check of their being current has them elsewhere.
DOCS	?= docs

docs:
	mkdir -p $(DOCS)/pictures
	for name in $(basename $(notdir $(wildcard docs/src/*.txt))); do \
		docs/src/picture.py docs/src/$$name.txt \
			>$(DOCS)/pictures/$$name.svg || exit 1; \
	done
	docs/src/netlink.py kmod/spec/l2announce.yaml >$(DOCS)/netlink.md

# Where "apt build-dep" has fetched what it takes, as the quick start has it, the
# set-up's many other things are not wanted.
deb:
	@dpkg-checkbuilddeps 2>/dev/null || selftests/setup deb
	rm -rf build/deb
	mkdir -p build/deb
	L2A_DEB_DIR=build/deb dpkg-buildpackage -us -uc -b \
		--buildinfo-option=-ubuild/deb \
		--buildinfo-file=build/deb/l2announce.buildinfo \
		--changes-option=-ubuild/deb \
		--changes-file=build/deb/l2announce.changes

help:
	@sed -n 's/^#   //p' $(CURDIR)/Makefile

.PHONY: all kdir modules modules_install modules_clean tools install clean \
	setup guest-tools demo vm check check-static format-check check-kernels check-debug \
	check-kubernetes check-packages check-all check-chaos check-sim check-crash \
	check-model bench bench-check docs deb help compile_commands.json
