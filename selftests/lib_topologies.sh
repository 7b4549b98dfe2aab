# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests of topologies share: the checks that every device which carries
# the VIP must pass, whatever it is made of, and the parts that some of them are
# built from. Sourced after lib.sh. With L2A_IPV6 set, the same with an IPv6 VIP, and
# what lib_nd.sh adds.
#
# worker1 has the device in question, and the neighbour asks. What the device
# has beneath it are ports of br0: worker1 (eth0 in worker1) and, where the test
# calls second_port, worker1b (eth1).

# shellcheck disable=SC2034,SC2154 # variables for, and from, other files

MAC_B=02:00:00:00:00:21

# The number of checks in each part of the catalogue below.
N_ANSWERS=2
N_ITSELF=2
N_FOREIGN=1
N_STANDBY=3
N_FAILOVER=4
N_ALL=$((N_ANSWERS + N_ITSELF + N_FOREIGN + N_STANDBY))

# What only IPv6 has.
N_ND=0
N_SNOOPING=0

check_nd() {
	:
}

check_snooping() {
	:
}

wait_snooped() {
	:
}

# What only a bond has that looks for its neighbours.
N_MONITOR=4

# second_port: worker1 gets eth1, another port of br0.
second_port() {
	ip -n "$lan" -batch - <<- END
		link add worker1b type veth peer name eth1 address $MAC_B netns $worker1
		link set worker1b master br0
		link set worker1b up
	END
}

# build NAME: run the "ip" commands on stdin in a namespace. A kernel or an ip
# that lacks something ends the test here, before its plan.
build() {
	local commands err

	commands=$(cat)
	diag "$1: $commands"
	err=$(ip -n "${!1}" -batch - <<< "$commands" 2>&1) && return
	case $err in
	*"Unknown device type"* | *"not supported"* | *"What is"* | *"unknown command"*)
		skip_all "cannot be built here: ${err%%$'\n'*}"
		;;
	esac
	echo "Bail out! $err"
	exit 1
}

# vip_on DEVICE ARGUMENTS...: the VIP there, announced once.
vip_on() {
	local dev=$1
	shift

	on worker1 l2ctl vip add "$VIP" dev "$dev" announce 1 "$@"
}

# announced_as MAC SINCE: a whole round at least, in forms that all accept, and
# nothing but from that MAC.
announced_as() {
	local all

	saw --since "$2" -- announcements_unaccepted=0 || return
	all=$(l2judge --vip "$VIP" --since "$2" --get announcements "$CAPTURE")
	sees --since "$2" --announcer "$1" -- 'rounds_whole>=1' \
		"announcements=$all"
}

# announced_at_last MAC SINCE: the same of the last round. Who runs a team changes
# its port first and its address then, and either is announced.
announced_at_last() {
	local last

	saw --since "$2" -- announcements_unaccepted=0 'rounds>=1' || return
	last=$(l2judge --vip "$VIP" --since "$2" --get rounds "$CAPTURE")
	sees --since "$2" -- "round.$((last - 1)).mac=$1" || return
	sees --since "$2" --announcer "$1" -- 'rounds_whole>=1'
}

# answered_by MAC SINCE COUNT: all requests, each once, all from there.
answered_by() {
	saw --since "$2" -- "requests=$3" "answered=$3" "replies=$3" \
		"sequence=$1" malformed=0
}

# check_answers DEVICE MAC: it begins to carry the VIP.
check_answers() {
	local start

	start=$(now)
	vip_on "$1"
	check "$1: announced in each form, from its MAC" \
		wait_for announced_as "$2" "$start"
	wait_snooped
	start=$(now)
	ask 2
	check "$1: each request answered once, from its MAC" \
		answered_by "$2" "$start" 2
}

# mirror on|off: br0 sends each frame of worker1's back to where it came from, too.
mirror() {
	local port

	for port in $(ip -n "$lan" -o link show master br0 |
		      sed -E 's/^[0-9]+: ([^:@]+).*/\1/'); do
		[ "$port" = neighbor ] ||
			quietly lan bridge link set dev "$port" hairpin "$1"
	done
}

# conflicts_are DEVICE COUNT: what has come in until now made no more.
conflicts_are() {
	local seen

	seen=$(quietly worker1 l2ctl -j vip show "$VIP" dev "$1" |
		field conflicts)
	[ "$seen" = "$2" ] ||
		{ echo "$seen conflicts on $1, expected $2"; return 1; }
}

# check_itself DEVICE [WHERE]: its own announcements come back to it, as seen by
# a capture there, and are no conflict.
check_itself() {
	mirror on
	capture_on worker1 "${2:-$1}"
	on worker1 l2ctl announce "$VIP" dev "$1"
	check "$1: its announcements come back" \
		wait_for sees "announcements>=$((2 * FORMS))"
	capture_sync
	check "$1: and are no conflict" conflicts_are "$1" 0
	mirror off
}

# claim: the neighbour says that the VIP is its own.
claim() {
	on neighbor arping -q -i "$ASK" -c 1 -W 0.01 -U -S "$VIP" "$VIP"
	return 0
}

check_foreign() {
	claim
	check "$1: a foreign claim is a conflict" \
		wait_for conflicts_are "$1" 1
}

# check_standby DEVICE [PLACE...]: a standby is silent, with the VIP configured
# nowhere, on lo and on the device.
check_standby() {
	local dev=$1 place start

	on worker1 l2ctl vip set "$VIP" dev "$dev" state standby
	for place in nowhere lo "$dev"; do
		[ "$place" = nowhere ] ||
			on worker1 ip addr add "$VIP/$HOST_BITS" dev "$place"
		start=$(now)
		ask 2
		check "$dev: a standby is silent, VIP on $place" \
			saw --since "$start" -- requests=2 replies=0 \
			announcements=0
		[ "$place" = nowhere ] ||
			on worker1 ip addr del "$VIP/$HOST_BITS" dev "$place"
	done
}

# check_all DEVICE MAC: the whole catalogue, which leaves no VIP behind. A
# capture of the wire is running before and after.
check_all() {
	check_answers "$1" "$2"
	check_itself "$1"
	capture_start
	check_foreign "$1"
	check_standby "$1"
	on worker1 l2ctl vip del "$VIP" dev "$1"
}

# check_port PORT MASTER: a port cannot have the VIP, and the refusal names its
# master.
check_port() {
	refused "$1: refused, since it is a port of $2" "port of $2" \
		on worker1 l2ctl vip add "$VIP" dev "$1"
}

# pull PORT, plug PORT: a cable of br0's.
pull() {
	on lan ip link set "$1" down
}

plug() {
	on lan ip link set "$1" up
}

# mislead: the neighbour has an entry for the VIP, with another's MAC.
mislead() {
	on neighbor ip neigh replace "$VIP" lladdr 02:00:00:00:00:99 \
		dev "$ASK" nud stale
}

# check_failover DEVICE PORT MAC WHAT...: the cable of a port pulled, the command
# WHAT becomes true, and the VIP is announced, at last, and answered from the MAC.
# What the neighbour has of it is right before it asks again.
check_failover() {
	local dev=$1 port=$2 mac=$3 start
	shift 3

	mislead
	start=$(now)
	pull "$port"
	check "$dev: $port pulled, the other port takes over" wait_for "$@"
	check "$dev: announced after that, from $mac" \
		wait_for announced_at_last "$mac" "$start"
	check "$dev: which corrects the neighbour's table" \
		wait_for follows neighbor "$mac"
	wait_snooped
	start=$(now)
	ask 2
	check "$dev: and answered once, from $mac" \
		answered_by "$mac" "$start" 2
}

# asked_as SENDER TARGET SINCE: somebody asked for the target in that name.
asked_as() {
	l2judge --vip "$2" --since "$3" --events "$CAPTURE" |
		grep -E "request +[0-9a-f:]+ \($1\)"
}

# check_monitor BOND OWN TARGET: bonding asks for the target by itself, with an address
# of the bond's, which has both the VIP and that of its own. It leaves the VIP active.
check_monitor() {
	local start

	start=$(now)
	check "left to itself the monitor asks as the VIP" \
		wait_for asked_as "$VIP" "$3" "$start"
	on worker1 l2ctl vip add "$VIP" dev "$1" state standby announce 0
	start=$(now)
	check "standby: it asks with the bond's other address" \
		wait_for asked_as "$2" "$3" "$start"
	check "standby: not as the VIP" saw --since "$start" -- sourced=0
	on worker1 l2ctl vip set "$VIP" dev "$1" state active
	start=$(now)
	check "active: it may ask as the VIP" \
		wait_for asked_as "$VIP" "$3" "$start"
}

if [ -n "$L2A_IPV6" ]; then
	# shellcheck source-path=SCRIPTDIR source=lib_ipv6.sh
	. "$L2A_HERE/lib_ipv6.sh"
	# shellcheck source-path=SCRIPTDIR source=lib_nd.sh
	. "$L2A_HERE/lib_nd.sh"
fi
