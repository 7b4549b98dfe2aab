# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What a controller tells Prometheus, over its control socket. Sourced after
# lib_controllers.sh; wants curl.

# get NAME PATH: over the control socket.
get() {
	curl -sS --unix-socket "$(controller_socket "$1")" "http://localhost$2"
}

# metric NAME SERIES: its value, nothing where there is no such series.
metric() {
	get "$1" /metrics | awk -v series="l2announce_$2" \
		'{ key = $0; sub(/ [^ ]*$/, "", key) } key == series { print $NF }'
}

# metric_is NAME SERIES VALUE
metric_is() {
	local seen

	seen=$(metric "$1" "$2")
	[ "$seen" = "$3" ] || { echo "$1: $2 is '$seen', expected '$3'"; return 1; }
}

# metric_above NAME SERIES NUMBER
metric_above() {
	local seen

	seen=$(metric "$1" "$2")
	awk -v seen="$seen" -v than="$3" 'BEGIN { exit !(seen != "" && seen > than) }' ||
		{ echo "$1: $2 is '$seen', expected more than $3"; return 1; }
}
