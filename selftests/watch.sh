#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What l2ctl does on a terminal, which is tmux's: -w keeps one screen up to date and
# leaves the other as it was; a long batch says how far it is. Elsewhere neither.

# A holder changes only where the test changes it.
LEASE_MS=8000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

# L2A_FULL, as "make check FULL=1" has it: as many as people have.
LINES_MANY=20000
[ -z "$L2A_FULL" ] || slow_kernel || LINES_MANY=100000

mux() {
	tmux -f /dev/null -L l2a "$@"
}

mux_end() {
	mux kill-server 2> /dev/null
}

# Type a command into the terminal's shell.
type_in() {
	mux send-keys -t l2a -l -- "$*"
	mux send-keys -t l2a Enter
}

key() {
	mux send-keys -t l2a "$1"
}

screen() {
	mux capture-pane -p -t l2a
}

# shows PATTERN: a line of the screen does.
shows() {
	local seen

	seen=$(screen)
	grep -qE -e "$1" <<< "$seen" || { echo "$seen"; return 1; }
}

# The shell's own screen, with what was typed; and a prompt that waits.
back() {
	shows '^here>' && not shows '^Every '
}

# heading_once: a screen that is drawn anew has not moved.
heading_once() {
	local seen

	seen=$(screen)
	[[ $seen == Every* ]] && [ "$(grep -c '^Every ' <<< "$seen")" = 1 ] && return
	echo "$seen"
	return 1
}

rows_are() {
	[ "$(mux display-message -p -t l2a '#{pane_height}')" = "$1" ]
}

# misused PATTERN WORDS...: refused as misuse, in one line, with nothing on stdout.
misused() {
	local want=$1 err status
	shift

	err=$("$@" 2>&1 > "$L2A_TMP/out")
	status=$?
	[ $status = 2 ] && [ "$(wc -l <<< "$err")" = 1 ] && [[ $err =~ $want ]] &&
		[ ! -s "$L2A_TMP/out" ] && return
	echo "exit status $status: $err"
	return 1
}

cluster
require tmux
plan 22

asked=$(someone_else)
export L2ANNOUNCED_SOCKET
L2ANNOUNCED_SOCKET=$(controller_socket "$asked")
mux new-session -d -s l2a -x 110 -y 40 \
	"env PS1='here> ' ip netns exec ${!asked} bash --norc --noprofile -i"
at_end mux_end
wait_for shows '^here>' > /dev/null || lost "a shell"

type_in l2ctl -w status
check_controllers "-w status shows it" wait_for shows "^node +$asked"
check "under a heading" shows '^Every 1s: l2ctl status \(q ends\) +20[0-9]{2}-.*Z$'
check "with the holder" shows "^$SERVICE +$VIP .* $HOLDER "
control "$asked" node drain "$HOLDER"
check_controllers "it follows what happens" wait_for shows "^$HOLDER +draining"
check "on the same screen" heading_once
control "$asked" node undrain "$HOLDER"
check_controllers "and on" wait_for shows "^$HOLDER +ready"

mux resize-window -t l2a -x 60 -y 8
wait_for rows_are 8 > /dev/null
check "a small screen has what it has room for" wait_for shows '^\.\.\. [0-9]+ lines more'
check "and begins with its heading" wait_for heading_once
mux resize-window -t l2a -x 110 -y 40
check "a large one has it all" wait_for not shows 'lines more'

key q
check "q gives the screen back" wait_for back
type_in 'echo "status=$?"'
check "and is no failure" wait_for shows '^status=0$'

type_in l2ctl --watch=300ms node show
check "--watch=300ms" wait_for shows '^Every 300ms: l2ctl node show'
key C-c
check "an interrupt gives the screen back too" wait_for back
type_in 'stty -a | grep -o " echo "'
check "with the terminal as it was" wait_for shows '^ echo'

check "not without a terminal" misused '"--watch": is for a terminal' l2ctl -w status
type_in clear
type_in l2ctl -w -j status
check "not with -j" wait_for shows '^l2ctl: "--watch": is for people'
type_in clear
type_in l2ctl -w vip flush
check "not for what changes something" \
	wait_for shows '^l2ctl: "--watch": is for what shows something'
type_in clear
type_in l2ctl -w --socket /nonexistent status
check "what fails at once is told once" \
	wait_for shows '^l2ctl: status: cannot reach the controller'

awk -v n="$LINES_MANY" 'BEGIN { for (i = 0; i < n; i++)
	printf "vip add 10.%d.%d.%d dev eth0 state standby\n",
		i / 65536, i / 256 % 256, i % 256 }' > "$L2A_TMP/many"
type_in clear
type_in "l2ctl -force -b $L2A_TMP/many; echo done=\$?"
check "a long batch says how far it is" wait_for shows '^[0-9]+ lines'
check "to its end" wait_for shows '^done=0$'
check "and leaves nothing of that behind" not shows '[0-9] lines'
sed -i 's/vip add/vip del/; s/ state standby//' "$L2A_TMP/many"
on "$asked" l2ctl -force -b "$L2A_TMP/many" 2> "$L2A_TMP/said"
check "where nobody waits it does not" [ ! -s "$L2A_TMP/said" ]

finish
