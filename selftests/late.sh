#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What comes late: a controller runs before its module can be loaded, a service is
# there before its device. Both are said, and both are taken up when they come.

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

MODPROBE=$(cat /proc/sys/kernel/modprobe)

# The kernel's helper that loads modules, back as it was.
restore() {
	echo "$MODPROBE" > /proc/sys/kernel/modprobe
	modprobe l2announce
}

unload() {
	! grep -q '^l2announce ' /proc/modules || rmmod l2announce
}

# said PATTERN: by l2ctl status.
said() {
	control worker1 status | grep -E "$1"
}

service_is() {
	local seen

	seen=$(control worker1 -j service show "$1" | field state)
	[ "$seen" = "$2" ] || { echo "$1 is '$seen', expected '$2'"; return 1; }
}

answered() {
	saw --since "$1" -- 'answered>=3'
}

plug_in_eth9() {
	ip -n "$lan" -batch - <<- END
		link add eth9-s type veth peer name eth9 netns $worker1
		link set eth9-s master br0
		link set eth9-s up
	END
	ip -n "$worker1" link set eth9 up
}

begin neighbor worker1
require l2announced
at_end restore
plan 9
wait_for unload || lost "the module is unloaded"
echo /bin/false > /proc/sys/kernel/modprobe
capture_start
ask_on_and_on

controller_start worker1
check_controllers "without a module, it says so" \
	wait_for said "module"
check_controllers "takes a service, once it has read the store" \
	wait_for control worker1 service add "$SERVICE" vip "$VIP" dev eth0 \
	deliver route
check "which nobody can serve" wait_for service_is "$SERVICE" unservable
wait_for sees 'requests>=10' > /dev/null
check "nor does anybody answer" saw 'requests>=10' replies=0
start=$(now)
restore
check_controllers "the module comes: the service is held" \
	wait_for service_is "$SERVICE" held
check_controllers "and answered" wait_for answered "$start"

VIP=$VIP2
ask_on_and_on
control worker1 service add default/later vip "$VIP2" dev eth9 deliver route
check "a service without its device can nobody serve" \
	wait_for service_is default/later unservable
start=$(now)
plug_in_eth9
check_controllers "the device comes: the service is held" \
	wait_for service_is default/later held
check_controllers "and answered" wait_for answered "$start"

finish
