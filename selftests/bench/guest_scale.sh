# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Scale: what is done with many VIPs at once, and their memory. For guest.

# shellcheck disable=SC2154 # set in guest
:

# cost NAME COMMAND...: what the command takes, in instructions.
cost()
{
	local value

	value=$(on server "$bin/cost" "${@:2}")
	echo "$1 $value"
}

# scaled SUFFIX COUNT: everything that is done with so many VIPs, once; scaled6: that
# with IPv6's.
scaled()
{
	scaled_of "" "$1" "$2" "$vip"
}

scaled6()
{
	scaled_of 6 "$1" "$2" -w "$groups6" "$vip6"
}

# scaled_of FAMILY SUFFIX COUNT [-w WIDTH] FIRST
scaled_of()
{
	local family=$1 suffix=$2 count=$3 width=("${@:4:$#-4}") first=${*: -1}

	cost "add${family}_$suffix" \
		"$many" add -l 1 -a 0 "${width[@]}" s0 "$first" "$count"
	cost "show${family}_$suffix" l2ctl -j vip show
	cost "standby${family}_$suffix" "$many" state 1 standby
	cost "activate${family}_$suffix" "$many" state 1 active
	cost "renew${family}_$suffix" l2ctl -b /run/renewals
	if [ "$count" = 100000 ]; then
		memory "$family"
	fi
	cost "del${family}_$suffix" \
		"$many" del "${width[@]}" s0 "$first" "$count"
}

# Bytes of a VIP in its slabs, what they leave unused included, and of its
# counters, for each CPU.
memory()
{
	local slab=/sys/kernel/slab/l2announce_vip objects slabs order

	read -r objects _ <$slab/objects
	read -r slabs _ <$slab/slabs
	read -r order <$slab/order
	echo "vip$1_slab_bytes $(((slabs * 4096 << order) / objects))"
}

# The first round is not counted: it takes the programs in from the disk.
of_scale()
{
	local n

	on server l2ctl lease renew 1 ttl 87600h
	for ((n = 0; n < 1000; n++)); do
		echo "lease renew 1 ttl 87600h"
	done >/run/renewals
	scaled warm 1 >/dev/null
	scaled6 warm 1 >/dev/null
	for n in 1 1000 10000 100000; do
		scaled $n $n
		scaled6 $n $n
	done
}

# What many VIPs announce that begin to answer at once, as the client hears it.
of_announcements()
{
	local heard=/run/announced count=10000 rounds=2
	local frames us peak misplaced

	on server l2ctl lease renew 1 ttl 87600h
	on server "$many" add -l 1 -s -a $rounds s0 "$vip" $count
	on client "$bin/announced" c0 "$vip" $count $rounds $heard.listens >$heard &
	until [ -e $heard.listens ]; do
		kill -0 $!
		sleep 0.1
	done
	on server "$many" state 1 active
	wait $!
	on server l2ctl -j settings show |
		jq -r '.[0] | "announce_rate \(.announce_rate)",
			"announce_burst \(.announce_burst)"'
	read -r frames us peak misplaced <$heard
	echo "announce_due $((count * rounds * 2))"
	echo "announce_frames $frames"
	echo "announce_first_round $((count * 2))"
	echo "announce_first_round_us $us"
	echo "announce_peak $peak"
	echo "announce_misplaced $misplaced"
	no_vips
}
