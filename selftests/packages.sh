# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034
#
# The Debian packages that building and testing need, the same names on every
# release: for the set-up of this machine and for the roots of check-kernels.

L2A_BUILD_PACKAGES=(build-essential pkg-config
	libnl-3-dev libnl-genl-3-dev libnl-route-3-dev libevent-dev
	libcurl4-openssl-dev libjson-c-dev libcyaml-dev libsqlite3-dev
	libcap-ng-dev libyaml-dev)

# What the tests are built with, and what they run.
L2A_TEST_PACKAGES=(libcmocka-dev libpcap-dev arping iproute2 iputils-ping
	tcpdump curl jq sqlite3 procps python3 python3-yaml
	python3-jsonschema)
