#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# l2ctl monitor beside a controller: what changes in the cluster is told as it
# happens, between the kernel's own events; it goes on without the controller, and takes
# it up again.

# A holder changes only where the test changes it.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

# watch FILE OPTIONS...: a monitor beside the asked controller that writes there.
watch() {
	local file=$1
	shift

	ip netns exec "${!asked}" l2ctl --socket "$(controller_socket "$asked")" \
		"$@" monitor > "$L2A_TMP/$file" 2> "$L2A_TMP/$file.err" &
	started $!
	wait_for grep -q controller "$L2A_TMP/$file"
}

# told JQ: an object that JSON's monitor wrote is so.
told() {
	jq -se "any(.[]; $1)" "$L2A_TMP/json" > /dev/null || {
		tail -n 5 "$L2A_TMP/json"
		return 1
	}
}

# holder_told BEFORE NOW: in one step, or in two with nobody in between.
holder_told() {
	told ".event == \"holder\" and .name == \"$SERVICE\" and
	      .before == \"$1\" and (.holder == \"$2\" or .holder == null)" &&
		told ".event == \"holder\" and .name == \"$SERVICE\" and
		      .holder == \"$2\" and .token > 1"
}

# Each line is an object by itself, with the time and the event first.
lines_are_objects() {
	jq -se 'all(.[]; (keys_unsorted[:2] == ["time", "event"]) and
		(.time | test("^[0-9]{4}-.*T.*[.][0-9]{6}Z$")))' \
		"$L2A_TMP/json" > /dev/null
}

# deaf SOCKET: listen to a controller without reading, and note how that goes.
deaf() {
	python3 - "$1" "$L2A_TMP/deaf" << 'END'
import select
import socket
import sys

with socket.socket(socket.AF_UNIX) as s, open(sys.argv[2], "w") as notes:
    s.connect(sys.argv[1])
    s.sendall(b"GET /v1/events HTTP/1.1\r\nHost: l2announced\r\n\r\n")
    poll = select.poll()
    for what, word in (select.POLLIN, "listens"), (0, "cut off"):
        poll.register(s, what)
        poll.poll()
        print(word, file=notes, flush=True)
END
}

quiet() {
	[ ! -s "$L2A_TMP/json.err" ] || { cat "$L2A_TMP/json.err"; return 1; }
}

cluster
require jq python3
plan 22

asked=$(someone_else)
# Neither asked nor the holder.
for third in "${WORKERS[@]}"; do
	[ "$third" = "$HOLDER" ] || [ "$third" = "$asked" ] || break
done
watch json -j
watch text
check_controllers "it begins with the controller it asks" \
	told ".event == \"controller\" and .node == \"$asked\" and .state == \"in\""
check "and tells nothing that was before" \
	[ "$(wc -l < "$L2A_TMP/json")" = 1 ]

control worker1 service add default/other vip "$VIP2" dev eth0 node "$third"
check_controllers "a service added" wait_for told ".event == \"service\" and
	.name == \"default/other\" and .vips == [\"$VIP2\"] and .devs == [\"eth0\"]"
check_controllers "and claimed" wait_for told ".event == \"holder\" and
	.name == \"default/other\" and .holder == \"$third\" and .state == \"held\""
check "with the kernel's events between them" \
	wait_for told ".event == \"vip\" and .address == \"$VIP2\""
check "in text" wait_for grep -qE \
	"Z holder name default/other holder $third token 1 state held before -$" \
	"$L2A_TMP/text"
control worker1 service set default/other prefer "$third"
check "a service changed" wait_for told \
	".event == \"service\" and .prefer == [\"$third\"]"
control worker1 service del default/other
check "a service deleted" wait_for told \
	'.event == "service-del" and .name == "default/other"'

control worker1 node drain "$HOLDER"
check_controllers "a node drained" wait_for told \
	".event == \"node\" and .name == \"$HOLDER\" and .state == \"draining\""
wait_for node_is "$HOLDER" draining "$asked" > /dev/null || lost "a drain"
moved() {
	not holder_is "$HOLDER" "$asked" && [ "$(service_field state "$asked")" = held ]
}
wait_for moved > /dev/null || lost "another holder"
NEW=$(service_field holder "$asked")
check_controllers "what it held goes to another" wait_for holder_told "$HOLDER" "$NEW"
control worker1 node undrain "$HOLDER"
check_controllers "a node that is back" wait_for told \
	".event == \"node\" and .name == \"$HOLDER\" and .state == \"ready\""

on "$asked" sysctl -qw net.ipv4.conf.eth0.proxy_arp=1
control worker1 service add default/warned vip "$VIP2" dev eth0 node "$third"
check_controllers "a warning" wait_for told \
	'.event == "warning" and (.text | test("proxy_arp is on"))'
on "$asked" sysctl -qw net.ipv4.conf.eth0.proxy_arp=0
check_controllers "and its end" wait_for told \
	'.event == "warning-end" and (.text | test("proxy_arp is on"))'

# What a socket holds that nobody reads is little where it is born so; what is told of a
# service with many VIPs is much.
many=(12.0.3.{1..100})
room=$(sysctl -n net.core.wmem_default)
sysctl -qw net.core.wmem_default=4608
deaf "$(controller_socket "$asked")" &
started $!
wait_for grep -q listens "$L2A_TMP/deaf" || lost "a listener"
sysctl -qw net.core.wmem_default="$room"
control worker1 service set default/warned vip "${many[@]}"
# However much there is to tell meanwhile.
cut_off() {
	control worker1 service set default/warned prefer "$third"
	control worker1 service set default/warned prefer none
	nap 1000
	grep -q 'cut off' "$L2A_TMP/deaf"
}
# It is given half a minute.
check_controllers "whoever does not read is cut off" \
	wait_until $((PATIENCE + 60)) cut_off
control worker1 service del default/warned
check_controllers "the others are not" wait_for told \
	'.event == "service-del" and .name == "default/warned"'

controller_signal "$third" KILL
check_controllers "a node that dies" wait_for told \
	".event == \"node\" and .name == \"$third\" and .state == \"fenced\""
controller_start "$third"
check_controllers "and joins again" wait_for told ".event == \"node\" and
	.name == \"$third\" and .state == \"ready\" and .incarnation > 1"

controller_signal "$asked" QUIT
check_controllers "the controller that ends" wait_for told \
	".event == \"controller\" and .node == \"$asked\" and .state == \"unreachable\""
on "$asked" l2ctl lease renew 77 ttl 10m token 5
check "the module's events go on" wait_for told '.event == "lease" and .id == 77'
controller_start "$asked"
again() {
	[ "$(jq -s 'map(select(.event == "controller" and .state == "in")) | length' \
		"$L2A_TMP/json")" -ge 2 ]
}
check_controllers "it is taken up again" wait_for again
check "JSON is one object a line" lines_are_objects
check "there was nothing to complain about" quiet

finish
