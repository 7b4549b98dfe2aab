# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034
#
# The Debian packages that building and testing need: for the set-up of this
# machine, the first two also for the roots of check-kernels.

L2A_BUILD_PACKAGES=(build-essential pkg-config
	libnl-3-dev libnl-genl-3-dev libnl-route-3-dev libevent-dev
	libcurl4-openssl-dev libjson-c-dev libcyaml-dev libsqlite3-dev
	libcap-ng-dev libyaml-dev)

# What the tests are built with, and what they run.
L2A_TEST_PACKAGES=(libcmocka-dev libpcap-dev arping iproute2 iputils-ping ndisc6
	tcpdump nftables curl jq prometheus sqlite3 etcd-server etcd-client keepalived openssl procps python3 python3-yaml
	python3-jsonschema e2fsprogs systemd libteam-utils trace-cmd linux-perf bpftrace tmux)

# What boots the guests.
L2A_VM_PACKAGES=(qemu-system-x86 busybox-static kmod cpio zstd xz-utils)

# What a kernel's source needs to be configured and compiled.
L2A_KBUILD_PACKAGES=(flex bison bc libelf-dev libssl-dev)

# What the bench compares the module with.
L2A_BENCH_PACKAGES=(clang libbpf-dev bpftool gnuplot-nox)

# For check-model: spin writes a program in C for each search.
L2A_MODEL_PACKAGES=(spin gcc libc6-dev)

# For the packages, beside what builds the tools.
L2A_DEB_PACKAGES=(debhelper dh-dkms pkgconf)

# For check-static, check-kernels, check-packages and check-debug; the last also needs
# the source of the guests' kernel.
L2A_STATIC_PACKAGES=("${L2A_KBUILD_PACKAGES[@]}" git perl sparse coccinelle
	clang clang-format libbpf-dev lld llvm cppcheck shellcheck gcc-s390x-linux-gnu systemd man-db zsh
	prometheus)
L2A_KERNELS_PACKAGES=(mmdebstrap util-linux)
L2A_PACKAGES_PACKAGES=(mmdebstrap util-linux e2fsprogs autopkgtest)
L2A_DEBUG_PACKAGES=("${L2A_KBUILD_PACKAGES[@]}")

# For check-kubernetes: what the API server is built with.
L2A_KUBERNETES_PACKAGES=(dpkg-dev golang-go jq rsync)

# What a build of the packages wants, as debian/control has it; a Debian package each.
build_depends()
{
	sed -n '/^Build-Depends:/,/^[^ ]*: *[0-9]/p' "$1" |
		sed 's/^Build-Depends://; /^[^ ]/d' |
		grep -oE '[a-z][a-z0-9.+-]+' |
		sed 's/^debhelper-compat$/debhelper/; s/^dh-sequence-dkms$/dh-dkms/
			/^nocheck$/d'
}
