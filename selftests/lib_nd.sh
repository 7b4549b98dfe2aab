# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What IPv6 adds to the catalogue of lib_topologies.sh, which sources this: neighbour
# discovery on the wire, point by point, on whatever device carries the VIP.

# shellcheck disable=SC2034,SC2154 # variables for, and from, other files

N_SNOOPING=1
N_ND=11

# The neighbour on each of its devices.
NEIGHBOR=fe80::ff:fe00:1

require bridge

# The bridge that snoops, where there is one: its namespace and its name.
SNOOPER=()

# check_snooping WHERE NAME BRIDGE: from now on that bridge snoops, and spares the device
# WHERE in worker1 the groups that nobody joined. What is captured there has to be
# what comes up by itself.
check_snooping() {
	SNOOPER=("$2" "$3")
	snoop "$2" "$3"
	capture_on worker1 "$1" -p
	check "$3 passes on no group that nobody joined" wait_for snooping
	capture_start
}

# wait_snooped: the bridge that snoops lets the questions through.
wait_snooped() {
	[ ${#SNOOPER[@]} -eq 0 ] ||
		wait_for snooped "${SNOOPER[@]}" > /dev/null
}

check_group() {
	local start

	start=$(now)
	on worker1 l2ctl vip add "$VIP" dev "$1" state standby
	check "$1: joins the VIP's group, and tells switches" \
		wait_for sees --since "$start" -- 'mld_joins>=1'
	start=$(now)
	on worker1 l2ctl vip del "$VIP" dev "$1"
	check "$1: and tells them that it leaves it, with the VIP" \
		wait_for sees --since "$start" -- 'mld_leaves>=1'
}

# joining DEVICE: the VIP there, of a standby, and on the wire that it wants to hear the
# questions.
joining() {
	local start

	start=$(now)
	on worker1 l2ctl vip add "$VIP" dev "$1" announce 0 state standby
	wait_for sees --since "$start" -- 'mld_joins>=1' > /dev/null
}

# check_own_dad DEVICE: a standby takes the holder, here the neighbour, for no
# duplicate of an address of its own. The VIP stays configured on the device.
check_own_dad() {
	local start

	on neighbor ip addr add "$VIP/$HOST_BITS" dev "$ASK" nodad
	dad_on worker1 "$1"
	# Long enough for the holder to be heard meanwhile.
	sysctl_in worker1 "$1.dad_transmits=3"
	start=$(now)
	on worker1 ip addr add "$VIP/$HOST_BITS" dev "$1"
	advertise neighbor "$ASK" "$VIP" "from=$VIP"
	check "$1: a standby's own detection finds no duplicate" \
		wait_for address_is worker1 usable "$1"
	check "$1: though the holder spoke, whom it did not ask" \
		saw --since "$start" -- 'announcements>=1' probes=0
	on neighbor ip addr del "$VIP/$HOST_BITS" dev "$ASK"
}

# check_source DEVICE MAC: a standby that talks from the VIP does not ask in its name.
# The neighbour is to say nothing back, for which it would ask.
check_source() {
	local start

	on neighbor sysctl -qw net.ipv6.icmp.echo_ignore_all=1
	forget neighbor "$VIP" "$ASK"
	forget worker1 "$NEIGHBOR" "$1"
	start=$(now)
	on worker1 ping -6 -n -c 1 -W 0.2 -I "$VIP" "$NEIGHBOR%$1" > /dev/null
	check "$1: a standby that talks from the VIP asks in its own name" \
		saw --since "$start" -- sourced=0
	check "$1: and is answered" \
		l2judge --vip "$NEIGHBOR" --since "$start" --client "$2" \
		--expect 'answered>=1' "$CAPTURE"
	check "$1: so that nobody learns the VIP from it" \
		not follows neighbor "" "$ASK"
}

# check_doubt DEVICE MAC: an entry in doubt is asked about at its MAC, not the group's.
check_doubt() {
	local start

	start=$(now)
	on neighbor ip neigh replace "$VIP" lladdr "$2" dev "$ASK" nud probe
	check "$1: a unicast solicitation is answered" \
		wait_for sees --since "$start" -- 'answered>=1' malformed=0 \
		"sequence=$2"
	check "$1: to the content of the neighbour's table" \
		wait_for neighbour_is neighbor "$VIP" "lladdr $2 REACHABLE" "$ASK"
	forget neighbor "$VIP" "$ASK"
}

# check_taken DEVICE MAC: the holder is in the way of whoever wants the address.
check_taken() {
	local start

	dad_on neighbor "$ASK"
	start=$(now)
	on neighbor ip addr add "$VIP/$HOST_BITS" dev "$ASK"
	check "$1: another host's duplicate address detection fails" \
		wait_for address_is neighbor dadfailed "$ASK"
	check "$1: since its probe was answered, to all nodes" \
		saw --since "$start" -- 'probes>=1' 'probes_answered>=1' \
		malformed=0 "sequence=$2"
	on neighbor ip addr del "$VIP/$HOST_BITS" dev "$ASK"
}

# check_nd DEVICE MAC: all of it, which leaves no VIP behind. A capture of the wire is
# running.
check_nd() {
	check_group "$1"
	joining "$1"
	check_own_dad "$1"
	check_source "$1" "$2"
	on worker1 ip addr del "$VIP/$HOST_BITS" dev "$1"
	on worker1 l2ctl vip set "$VIP" dev "$1" state active
	check_taken "$1" "$2"
	# After the probe: what is announced while one is alive is its answer.
	check_doubt "$1" "$2"
	on worker1 l2ctl vip del "$VIP" dev "$1"
}
