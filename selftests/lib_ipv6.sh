# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The same tests over IPv6: VIPs, hosts' addresses, and asking by neighbour
# solicitations. Sourced last, after lib.sh and what else is used, whose words
# keep their meaning.
#
#   neighbor 2001:db8::1      worker1 2001:db8::11 ... worker3 2001:db8::13
#
# beside IPv4. No address waits for duplicate address detection; dad_on brings
# it back.

# shellcheck disable=SC2034,SC2154 # variables for, and from, other files

VIP=2001:db8::100
VIP2=2001:db8::101

# The solicited-node group of VIP, and its MAC.
GROUP=ff02::1:ff00:100
GROUP_MAC=33:33:ff:00:01:00

declare -A ADDRESS6=(
	[neighbor]=2001:db8::1
	[worker1]=2001:db8::11
	[worker2]=2001:db8::12
	[worker3]=2001:db8::13
)

HOST_BITS=128
ASKED_BY=icmp6
FORMS=1

# Listener reports have a hop-by-hop header before their ICMPv6.
L2A_FILTER='icmp6 or ip6[6] = 0'
L2A_FILTER="arp or $L2A_FILTER or (vlan and (arp or $L2A_FILTER))"

[ -d /proc/sys/net/ipv6 ] || skip_all "this kernel has no IPv6"
require ndisc6 ping python3

# sysctl_in NAME DEVICE.WORD=VALUE...: below net.ipv6.conf. Written with slashes, since
# a device may have a dot in its name.
sysctl_in() {
	local name=$1 setting settings=()
	shift

	for setting in "$@"; do
		settings+=("net/ipv6/conf/${setting%.*}/${setting##*.}")
	done
	quietly "$name" sysctl -qw "${settings[@]}"
}

# The link-local address that comes with a device is in nobody's way, but it has
# to be there at once, and routers are not asked for.
host_wired() {
	quietly "$1" ip link set eth0 down
	sysctl_in "$1" {all,default,eth0}.accept_dad=0 \
		{all,default,eth0}.router_solicitations=0 || return
	ip -n "${!1}" -batch - <<- END
		addr add ${ADDRESS6[$1]}/64 dev eth0 nodad
		link set eth0 up
	END
}

# dad_on NAME DEVICE: addresses added there are checked for duplicates again.
dad_on() {
	sysctl_in "$1" "$2.accept_dad=1" "$2.dad_transmits=1"
}

# address_is NAME STATE [DEVICE]: the VIP is configured there, and dadfailed, tentative,
# or usable.
address_is() {
	local have seen=usable

	have=$(ip -n "${!1}" -6 -o addr show dev "${3:-eth0}" to "$VIP")
	case $have in
	'') seen=absent ;;
	*dadfailed*) seen=dadfailed ;;
	*tentative*) seen=tentative ;;
	esac
	[ "$seen" = "$2" ] || { echo "$1: the VIP is $seen: $have"; return 1; }
}

# solicit NAME DEVICE TARGET [KEY=VALUE...]: one solicitation made by hand, see
# nd_send.py. advertise the same.
solicit() {
	on "$1" python3 "$L2A_HERE/nd_send.py" "$2" ns "${@:3}"
}

advertise() {
	on "$1" python3 "$L2A_HERE/nd_send.py" "$2" na "${@:3}"
}

l2a_ask() {
	local name=$1 dev=$2 count=$3 address=$4

	printf '# %s: ndisc6 %s %s, %d times\n' "$name" "$address" "$dev" \
		"$count" >&3
	while [ $((count--)) -gt 0 ]; do
		quietly "$name" ndisc6 -1 -n -q -r 1 -w 100 "$address" "$dev" |
			sed -u 's/^/# | /' >&3
	done
	return 0
}

# ask COUNT [ADDRESS]: the neighbour solicits, each time for 100 ms at most.
ask() {
	l2a_ask neighbor "$ASK" "$1" "${2:-$VIP}"
}

# ask_on NAME COUNT ADDRESS: the same from elsewhere.
ask_on() {
	l2a_ask "$1" eth0 "$2" "$3"
}

# ask_on_and_on: the neighbour solicits ten times a second in the background
# until the test ends.
ask_on_and_on() {
	# shellcheck disable=SC2016 # the inner shell's
	quietly neighbor bash -c 'exec {nap}<> <(:)
		while :; do
			ndisc6 -1 -n -q -r 1 -w 100 "$0" "$1"
			read -rt 0.1 -u "$nap"
		done' "$VIP" "$ASK" > /dev/null 2>&1 &
	started $!
}

# snoop NAME BRIDGE: that bridge passes groups on only to those who joined, and asks
# who did. It needs an address to ask from, and a moment to believe that it has heard
# everybody.
snoop() {
	sysctl_in "$1" {all,default,"$2"}.accept_dad=0
	on "$1" ip link set "$2" down
	on "$1" ip link set "$2" type bridge mcast_query_response_interval 10 \
		mcast_startup_query_interval 100 mcast_snooping 1 mcast_querier 1
	on "$1" ip link set "$2" up
}

# snooping: no group that nobody joined gets to where the capture is.
snooping() {
	local start

	start=$(now)
	ask 1 "$VIP2"
	capture_sync
	l2judge --vip "$VIP2" --since "$start" --expect requests=0 "$CAPTURE"
}

# snooped NAME BRIDGE [PORT]: the bridge knows that this port, or any, wants the group
# of the VIP.
snooped() {
	local have

	have=$(quietly "$1" bridge mdb show dev "$2")
	echo "$have"
	grep -Eq "port ${3:-[^ ]+} grp $GROUP " <<< "$have"
}

# claim: the neighbour says that the VIP is its own.
claim() {
	advertise neighbor "$ASK" "$VIP" "from=${ADDRESS6[neighbor]}"
}

# ping_vip [NAME]: an echo of the VIP, through the neighbour table.
ping_vip() {
	on "${1:-neighbor}" ping -6 -n -c 1 -W 1 "$VIP"
}
