#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Checks: whose web server is sick does not hold the service, if another can; if
# none can, nothing moves. By HTTP, TCP and a command, against real servers.

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

eval "plain_$(declare -f controller_config)"

# The commands by name are each node's own.
controller_config() {
	plain_controller_config "$1"
	cat >> "$L2A_TMP/$1.yaml" << END
checks:
- name: probe
  command: [/bin/sh, -c, "test -e \"$L2A_TMP/$1/probe\""]
END
}

declare -A WEB

serving() {
	grep -q '^Serving' "$L2A_TMP/$1-web.log"
}

# web_start NAME: a web server on that node's own loopback.
web_start() {
	printf '# %s: a web server starts\n' "$1" >&3
	ip netns exec "${!1}" python3 -u -m http.server 8080 --bind 127.0.0.1 \
		--directory "$L2A_TMP/$1" > "$L2A_TMP/$1-web.log" 2>&1 &
	WEB[$1]=$!
	started $!
	wait_for serving "$1" > /dev/null || lost "$1 has a web server"
}

# Its checks have come by, more than once.
checked() {
	[ "$(grep -c 'GET /healthz' "$L2A_TMP/$1-web.log")" -ge 3 ] ||
		{ tail -n 3 "$L2A_TMP/$1-web.log"; return 1; }
}

all_checked() {
	local name

	for name in "${WORKERS[@]}"; do
		checked "$name" || return
	done
}

# all_say sick|well: that is the last each has said.
all_say() {
	local name seen

	for name in "${WORKERS[@]}"; do
		seen=$(grep -oE '(sick|well) service' "$L2A_TMP/$name.log" |
			tail -n 1)
		[ "$seen" = "$1 service" ] || { echo "$name: $seen"; return 1; }
	done
}

# somebody: whoever holds it now, if anybody does.
somebody() {
	next=$(service_field holder)
	[[ $next == worker* ]] || { echo "held by '$next'"; return 1; }
}

settled() {
	all_say "$1" && state_is "$2" && somebody
}

state_is() {
	local seen

	seen=$(service_field state)
	[ "$seen" = "$1" ] || { echo "it is $seen, expected $1"; return 1; }
}

# says NAME PATTERN: its log has a line like that.
says() {
	grep -Eq -e "$2" "$L2A_TMP/$1.log" || tail -n 5 "$L2A_TMP/$1.log" | not cat
}

# How long an attempt may take: a slow machine must not look like a sick server.
LIMIT="interval 200ms timeout 20s rise 1 fall 2"

cluster
require python3
plan 23

for name in "${WORKERS[@]}"; do
	mkdir "$L2A_TMP/$name"
	touch "$L2A_TMP/$name/healthz" "$L2A_TMP/$name/probe"
	web_start "$name"
done
other=$(someone_else)

refused "a check that is a program" 'no name of a command' \
	control worker1 service set "$SERVICE" check command /bin/sh
refused "a check by a host's name" 'an address is expected' \
	control worker1 service set "$SERVICE" check http http://web/
refused "a check by what is no URL" '"\[" must be percent-encoded, as %5B' \
	control worker1 service set "$SERVICE" check http 'http://127.0.0.1/?a[0]=1'
misused "a check of another kind" 'command, tcp, http or none' \
	control worker1 service set "$SERVICE" check ping 127.0.0.1

# shellcheck disable=SC2086 # words
control "$other" service set "$SERVICE" \
	check http http://127.0.0.1:8080/healthz $LIMIT
check_controllers "every node checks, whoever holds the service" \
	wait_for all_checked
check "passed everywhere, it stays" saw "sequence=${MAC[$HOLDER]}"

printf '# %s: its web server becomes sick\n' "$HOLDER" >&3
rm "$L2A_TMP/$HOLDER/healthz"
check_controllers "the holder's fails: another takes over" wait_for taken_over
next=$(answerer 1)
check_controllers "both say who holds it" wait_for holder_is "$next" "$HOLDER"
check "and the log says why" \
	says "$HOLDER" "sick service=$SERVICE .*/healthz: status 404"
control "$HOLDER" status > "$L2A_TMP/status"
check "and its status" grep "$SERVICE: check http .* fails here: status 404" \
	"$L2A_TMP/status"
check "the node itself is as ready as before" node_is "$HOLDER" ready "$next"

printf '# now all of them\n' >&3
rm -f "$L2A_TMP"/*/healthz
check_controllers "failed everywhere, it is unservable, and held" \
	wait_for settled sick unservable
somebody
start=$(now)
wait_for sees --since "$start" -- 'requests>=30' > /dev/null
check_controllers "whoever has it goes on answering" \
	saw --since "$start" -- "sequence=${MAC[$next]}" unanswered=0
check "and keeps it" holder_is "$next"

# Not on the one that has it.
for HOLDER in "${WORKERS[@]}"; do
	[ "$HOLDER" = "$next" ] || break
done
printf '# %s: its web server is well again\n' "$HOLDER" >&3
touch "$L2A_TMP/$HOLDER/healthz"
check_controllers "to the first that recovers" wait_for holder_is "$HOLDER"
check_controllers "which can serve it" wait_for state_is held

# shellcheck disable=SC2086 # words
control worker1 service set "$SERVICE" check tcp 8080 $LIMIT
printf '# %s: its web server ends\n' "$HOLDER" >&3
kill "${WEB[$HOLDER]}"
check_controllers "a server that accepts no connection" \
	wait_for not holder_is "$HOLDER"
check "is told of" \
	says "$HOLDER" "sick service=$SERVICE .*tcp 127.0.0.1:8080: Connection refused"

# Only the first one has it.
for name in "${WORKERS[@]}"; do
	[ "$name" = "$HOLDER" ] || rm "$L2A_TMP/$name/probe"
done
# shellcheck disable=SC2086 # words
control worker1 service set "$SERVICE" check command probe $LIMIT
check_controllers "a command's exit status" wait_for holder_is "$HOLDER"

control worker1 service set "$SERVICE" check command nobody-has-this
check_controllers "a command no node has: nobody can" \
	wait_for state_is unservable
cat >> "$L2A_TMP/$next.yaml" << END
- {name: nobody-has-this, command: [/bin/true]}
END
controller_signal "$next" HUP
check_controllers "until one has, told to read its file again" \
	wait_for holder_is "$next"

control worker1 service set "$SERVICE" check none
check_controllers "without checks all is well" wait_for state_is held
check "never two answers" saw dual_answers=0

finish
