#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# l2ctl -b: many commands from a file. The first line that fails ends it, and
# nothing after that line is done; with -force the rest is, and each failure is told
# by its line. Then the commands for all VIPs of a lease, and for all there are.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# script LINE...: they are the batch.
script() {
	printf '%s\n' "$@" > "$L2A_TMP/script"
}

batch() {
	on worker1 l2ctl "$@" -b "$L2A_TMP/script"
}

# has ADDRESS...: exactly these VIPs are there, in the order they were added.
has() {
	local seen

	seen=$(quietly worker1 l2ctl -j vip show | jq -r 'map(.address) | join(" ")')
	[ "$seen" = "$*" ] || { echo "VIPs '$seen', expected '$*'"; return 1; }
}

# each_is KEY VALUE: of every VIP.
each_is() {
	local seen

	seen=$(quietly worker1 l2ctl -j vip show | jq -r "map(.$1 | tostring) | unique | join(\" \")")
	[ "$seen" = "$2" ] || { echo "$1 is '$seen', expected '$2'"; return 1; }
}

# tells STATUS PATTERN... -- COMMAND...: it ends with that status, and its stderr
# has one line a pattern, in that order, and no other.
tells() {
	local want=$1 patterns=() err status i=0 line
	shift

	while [ "$1" != -- ]; do
		patterns+=("$1")
		shift
	done
	shift
	err=$("$@" 2>&1 > /dev/null)
	status=$?
	[ $status -eq "$want" ] || { echo "exit status $status: $err"; return 1; }
	[ -n "$err" ] || return "${#patterns[@]}"
	while IFS= read -r line; do
		[[ $line =~ ${patterns[i]:-^$} ]] || { echo "said: $err"; return 1; }
		i=$((i + 1))
	done <<< "$err"
	[ $i -eq ${#patterns[@]} ] || { echo "said: $err"; return 1; }
}

from_stdin() {
	on worker1 l2ctl -b - < "$L2A_TMP/script"
}

# announced ADDRESS...: each was, in both forms.
announced() {
	local address

	for address; do
		[ "$(l2judge --events --vip "$address" "$CAPTURE" |
		     grep -Eo 'announce-(request|reply)' | sort -u | wc -l)" = 2 ] ||
			{ echo "$address was not announced"; return 1; }
	done
}

begin neighbor worker1
require jq
plan 25
file=$L2A_TMP/script

# shellcheck disable=SC1003 # a backslash ends the line it is in
script '# a comment, then an empty line' '' \
	'lease renew 1 ttl 10m token 3' \
	'vip add 12.0.0.100 dev eth0 lease 1 # the rest is a comment' \
	'	vip add  12.0.0.101  dev "eth0" \' '    state standby lease 1' \
	"vip add 12.0.0.102 dev 'eth0' state standby"
check "a batch is carried out" batch
check "all of it" has 12.0.0.100 12.0.0.101 12.0.0.102
on worker1 l2ctl vip flush
check "from standard input too" from_stdin
check "all of that" has 12.0.0.100 12.0.0.101 12.0.0.102
on worker1 l2ctl vip flush

script 'vip add 12.0.0.100 dev eth0' '' \
	'vip add 12.0.0.100 dev eth0' 'vip add 12.0.0.101 dev eth0'
check "a refused line ends it, and is named" tells 1 \
	"^l2ctl: $file:3: vip add 12.0.0.100 dev eth0: .*exists" -- batch
check "what stands before it is done, what follows is not" has 12.0.0.100
on worker1 l2ctl vip flush

script 'vip add 12.0.0.100 dev eth0' 'vip add 12.0.0.300 dev eth0' \
	'vip add 12.0.0.101 dev eth0'
check "so does a line that cannot be read, with its status" tells 2 \
	"^l2ctl: $file:2: vip add: \"12.0.0.300\"" -- batch
check "and nothing after it is done" has 12.0.0.100
on worker1 l2ctl vip flush

# shellcheck disable=SC1003
script 'vip add 12.0.0.100 dev eth0' 'vip add 12.0.0.100 dev eth0' \
	'vip add 12.0.0.101 dev nosuch0' 'vip add \' '12.0.0.102 dev eth0 state odd' \
	'vips show' 'vip add 12.0.0.103 dev "eth0' 'vip add 12.0.0.104 dev eth0' \
	'vip del 12.0.0.105 dev eth0' 'vip set 12.0.0.104 dev eth0 state standby'
check "with -force it goes on, and each failure is told by its line" tells 1 \
	"$file:2: .*exists" "$file:3: .*nosuch0" "$file:4: .*odd" \
	"$file:6: .*vips" "$file:7: .*quote" "$file:9: .*no such VIP" \
	-- batch -force
check "all else is done" has 12.0.0.100 12.0.0.104
check "the last line too" vip_is worker1 state standby 12.0.0.104
on worker1 l2ctl vip flush

script 'vip add 12.0.0.100 dev eth0' 'vip show' 'vip del 12.0.0.100 dev eth0' \
	'vip show'
check "what is shown is what the lines before have done" \
	[ "$(batch -j -force | jq -cs 'map(length)')" = "[1,0]" ]

refused "a file that is not there" 'nosuch: cannot read' \
	on worker1 l2ctl -b "$L2A_TMP/nosuch"
refused "a folder" 'cannot read' on worker1 l2ctl -b "$L2A_TMP"
misused "words beside a batch" 'vip' on worker1 l2ctl -b "$file" vip show
misused "-force without a batch" 'force' on worker1 l2ctl -force vip show
printf 'vip show\0\n' > "$file"
misused "a file that is no text" "$file:1: .*zero byte" batch
: > "$file"
check "an empty one is fine" batch

# ---- all VIPs of a lease, all VIPs
script 'lease renew 7 ttl 10m' 'lease renew 8 ttl 10m' \
	'vip add 12.0.0.100 dev eth0 lease 7 announce 0' \
	'vip add 12.0.0.101 dev eth0 lease 7 announce 0'
batch
capture_start
check "all of a lease made standby in one command" \
	on worker1 l2ctl vip set lease 7 state standby
check "they are" each_is state standby
refused "and then there is nobody to announce" 'not answering|answering' \
	on worker1 l2ctl announce all
on worker1 l2ctl vip set lease 7 dev eth0 state active
check "all active again" each_is answering true
on worker1 l2ctl vip set lease 7 announce 1
on worker1 l2ctl announce all
check "announce all announces each" \
	wait_for announced 12.0.0.100 12.0.0.101
refused "a lease without VIPs" 'lease 8|no.*VIP' \
	on worker1 l2ctl vip set lease 8 state standby
misused "a lease's VIPs cannot be given to another lease so" 'lease' \
	on worker1 l2ctl vip set lease 7 lease 8

finish
