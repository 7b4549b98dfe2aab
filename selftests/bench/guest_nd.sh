# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Neighbour discovery: the bench's round trips and strays of IPv6. For guest.

# shellcheck disable=SC2154 # set in guest
:

vip6=fd00:1::1
absent6=fd00::9
away6=fd00::a
proxied6=fd00:2::1
# VIPs of one prefix, and so the solicited-node groups that those of all prefixes share.
groups6=1000

answered6()
{
	figure "$1" c0 "${3:-$client_ip6}" "$2"
}

answered6_many()
{
	figure "$1" -c 64 c0 "$client_ip6" "$2"
}

reflected6()
{
	figure "$1" -r c0 "$client_ip6" "$vip6"
}

# stray6 NAME ADDRESS [NEXT-HEADER [HOP-LIMIT]]: a packet that is no solicitation.
stray6()
{
	figure "$1" -n "${3:-17}" -l "${4:-64}" c0 "$client_ip6" "$server_ip6" "$2"
}

# solicitation NAME ADDRESS: one that nobody answers.
solicitation()
{
	figure "$1" -s c0 "$client_ip6" "$server_ip6" "$2"
}

# outgoing6 NAME [-i]: a packet that this host sends, to one who takes no notice.
outgoing6()
{
	echo "$1 $(on server "$bin/outgoing" "${@:2}" "$away6")"
}

# Packets that are no solicitation, by what stands behind the header, and by the hop
# limit of what comes from the LAN itself: what only passes the first hook, as on a
# router, what is for this host, and what it sends.
strays6()
{
	stray6 "stray6_$1" "$absent6"
	stray6 "stray6_local_$1" "$server_ip6"
	stray6 "stray6_icmp_$1" "$absent6" 58
	stray6 "stray6_local_icmp_$1" "$server_ip6" 58
	stray6 "stray6_options_$1" "$absent6" 60
	stray6 "stray6_local_options_$1" "$server_ip6" 60
	stray6 "stray6_no_next_header_$1" "$absent6" 59
	stray6 "stray6_255_$1" "$absent6" 17 255
	stray6 "stray6_local_255_$1" "$server_ip6" 17 255
	stray6 "stray6_icmp_255_$1" "$absent6" 58 255
	stray6 "stray6_local_icmp_255_$1" "$server_ip6" 58 255
	outgoing6 "stray6_out_$1"
	outgoing6 "stray6_out_icmp_$1" -i
	[ -n "$short" ] || stray6 "stray6_options_255_$1" "$absent6" 60 255
	[ -n "$short" ] || solicitation "stray6_solicitation_$1" "$absent6"
}

of_the_kernel6()
{
	ip -n server neigh replace "$away6" lladdr "$client_mac" dev s0 nud permanent
	answered6 kernel_own_address6 "$server_ip6"
	if [ -z "$short" ]; then
		with_capture answered6 kernel_own_address6_capture "$server_ip6"
		of_kernel_proxy6
	fi
	strays6 without_vips
}

# An address that the kernel answers for in another's name, as routers only do.
of_kernel_proxy6()
{
	on server sysctl -q net.ipv6.conf.s0.forwarding=1 \
		net.ipv6.conf.s0.proxy_ndp=1 net.ipv6.neigh.s0.proxy_delay=0
	ip -n server neigh add proxy "$proxied6" dev s0
	answered6 kernel_proxy6 "$proxied6"
	ip -n server neigh del proxy "$proxied6" dev s0
	on server sysctl -q net.ipv6.conf.s0.forwarding=0 \
		net.ipv6.conf.s0.proxy_ndp=0
}

of_ebpf6()
{
	tc_program tc_reflect
	reflected6 baseline6
	[ -n "$short" ] || with_capture reflected6 baseline6_capture
	on server "$bin/mapfill" "$bpf/responder6" s0 "$vip6" 1
	tc_program tc6_direct responder6
	answered6 ebpf6_tc_direct "$vip6"
	tc_program tc6_store responder6
	answered6 ebpf6_tc "$vip6"
	if [ -z "$short" ]; then
		stray6 stray6_ebpf_tc "$absent6"
		with_capture answered6 ebpf6_tc_capture "$vip6"
		on server "$bin/mapfill" "$bpf/responder6" s0 "$vip6" 1000
		answered6_many ebpf6_tc_1000 "$vip6"
		on server "$bin/mapfill" "$bpf/responder6" s0 "$vip6" 100000
		answered6_many ebpf6_tc_100000 "$vip6"
	fi
	no_tc_program
}

# many_vips6 COUNT: an answer with that many VIPs, a thousand of each of some
# prefixes. Joining their groups goes on for a while, which is not measured. With the
# most of them also what is none of ours.
many_vips6()
{
	on server l2ctl lease renew 1 ttl 87600h
	on server "$many" add -l 1 -a 0 -w "$groups6" s0 "$vip6" "$1"
	until [ "$(on server grep -c ' s0 ' /proc/net/igmp6)" -gt "$groups6" ]; do
		sleep 1
	done
	answered6_many "vips6_$1" "$vip6"
	[ "$1" != 100000 ] || strays6 "with_$1_vips"
	no_vips
}

# With as many of IPv4, which of_the_module has left there.
of_the_module6()
{
	stray6 stray6_with_ipv4_vips "$absent6"
	on server l2ctl vip add "$vip6" dev s0 lease 1
	answered6 vips6_1 "$vip6"
	answered6 vips6_1_probe "$vip6" ::
	strays6 with_vips
	if [ -z "$short" ]; then
		with_capture answered6 vips6_1_capture "$vip6"
		on server l2ctl vip set "$vip6" dev s0 state standby
		solicitation suppressed6 "$vip6"
	fi
	no_vips
	stray stray_after_vips
	stray6 stray6_after_vips "$absent6"
	if [ -z "$short" ]; then
		many_vips6 1000
		many_vips6 100000
	fi
}
