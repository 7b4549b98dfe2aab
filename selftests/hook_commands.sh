#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Hooks: commands told when a service comes, goes, or is claimed by a foreign
# station. In order, under a time limit, and nobody's lease waits for them.

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

eval "plain_$(declare -f controller_config)"

# What a hook was told is one line of the node's file. On acquiring it then takes
# longer than a lease, which would run out if anything waited for it.
controller_config() {
	plain_controller_config "$1"
	cat > "$L2A_TMP/$1-hook" << END
#!/bin/sh
echo "\$1 \$L2ANNOUNCE_EVENT \$L2ANNOUNCE_SERVICE \$L2ANNOUNCE_NODE" \
	"vips=\$L2ANNOUNCE_VIPS devs=\$L2ANNOUNCE_DEVS" \
	"token=\$L2ANNOUNCE_TOKEN reason=\$L2ANNOUNCE_REASON" \
	"next=\$L2ANNOUNCE_NEXT vip=\$L2ANNOUNCE_VIP mac=\$L2ANNOUNCE_MAC" \
	>> $L2A_TMP/$1-told
[ \$1 != first ] || sleep $((2 * LEASE_MS / 1000))
[ \$1 != stuck ] || sleep 1000
echo "\$L2ANNOUNCE_EVENT is over" >> $L2A_TMP/$1-told
END
	chmod +x "$L2A_TMP/$1-hook"
	touch "$L2A_TMP/$1-told"
	cat >> "$L2A_TMP/$1.yaml" << END
hooks:
  on_acquire: [$L2A_TMP/$1-hook, first]
  on_release: [$L2A_TMP/$1-hook, last]
  on_conflict: [$L2A_TMP/$1-hook, stuck]
  timeout: $((4 * LEASE_MS))ms
END
}

# told NAME PATTERN: its hooks were told so.
told() {
	grep -Eq -e "$2" "$L2A_TMP/$1-told" ||
		{ tail -n 5 "$L2A_TMP/$1-told"; return 1; }
}

told_nothing() {
	[ ! -s "$L2A_TMP/$1-told" ] || { cat "$L2A_TMP/$1-told"; return 1; }
}

# events NAME WORDS: all its hooks have said and done, in this order.
events() {
	local name=$1 seen
	shift

	seen=$(awk '$2 == "is" { print "/" $1; next } { print $2 }' \
		"$L2A_TMP/$name-told" | xargs)
	[ "$seen" = "$*" ] || { echo "$seen"; return 1; }
}

says() {
	grep -Eq -e "$2" "$L2A_TMP/$1.log" ||
		{ tail -n 5 "$L2A_TMP/$1.log"; return 1; }
}

# held_by_another NAME ASKED
held_by_another() {
	local seen

	seen=$(service_field holder "$2")
	[[ $seen == worker* && $seen != "$1" ]] ||
		{ echo "held by '$seen'"; return 1; }
}

# gets_stuck NAME: its hook for a conflict runs, and does not end.
gets_stuck() {
	: > "$L2A_TMP/$1-told"
	on neighbor arping -q -i eth0 -c 1 -W 0.01 -U -S "$VIP" "$VIP"
	wait_for told "$1" '^stuck conflict' > /dev/null ||
		lost "a conflict for $1"
}

killed_hooks() {
	grep -c 'hook .*not done within' "$L2A_TMP/$1.log"
}

ends_without_waiting() {
	wait_for gone "${CONTROLLER[$1]}" || return
	[ "$(killed_hooks "$1")" = "$2" ] || tail -n 5 "$L2A_TMP/$1.log" | not cat
}

cluster
plan 15

other=$(someone_else)
token=$(service_field token)
check_controllers "acquired, and told so" wait_for told "$HOLDER" \
	"^first acquire $SERVICE $HOLDER vips=$VIP devs=eth0 token=$token reason=claimed next= vip= mac=\$"
check "nobody else is" told_nothing "$other"
check_controllers "a hook that takes longer than a lease" \
	wait_for events "$HOLDER" acquire /acquire
check "silences nobody" saw "sequence=${MAC[$HOLDER]}"
check "and nobody has been fenced" not says "$other" 'fenced'

# A station that has nothing to do with us has the address as well. Its frames
# are heard whatever is asked.
on neighbor arping -q -i eth0 -c 1 -W 0.01 -U -S "$VIP" "$VIP"
check_controllers "a foreign claim, and whose" wait_for told "$HOLDER" \
	"^stuck conflict $SERVICE $HOLDER vips=$VIP devs=eth0 token=$token reason=foreign-claim next= vip=$VIP mac=${MAC[neighbor]}\$"
check_controllers "a hook that does not end is killed" wait_for says "$HOLDER" \
	"hook on_conflict service=$SERVICE node=$HOLDER: not done within"

: > "$L2A_TMP/$HOLDER-told"
control "$HOLDER" move "$SERVICE" "$other"
check_controllers "moved, the one is told that it has gone" \
	wait_for told "$HOLDER" \
	"^last release $SERVICE $HOLDER vips=$VIP devs=eth0 token=$token reason=handed-over next=$other vip= mac=\$"
check_controllers "the other that it has come" wait_for told "$other" \
	"^first acquire $SERVICE $other vips=$VIP .* token=$((token + 1)) "

# At once, while its hook for the acquisition runs.
controller_signal "$other" QUIT
check_controllers "ended, its hooks come first" \
	wait_for gone "${CONTROLLER[$other]}"
check "each after the other" events "$other" acquire /acquire release /release
check_controllers "somebody else has it meanwhile" \
	wait_for held_by_another "$other" "$HOLDER"

# Both signals are there before it can have handed over.
next=$(service_field holder "$HOLDER")
gets_stuck "$next"
killed=$(killed_hooks "$next")
for signal in STOP TERM QUIT CONT; do
	controller_signal "$next" $signal
done
check_controllers "told to end twice, it does not wait for a hook" \
	ends_without_waiting "$next" "$killed"

for last in "${WORKERS[@]}"; do
	[ "$last" = "$other" ] || [ "$last" = "$next" ] || break
done
wait_for held_by_another "$next" "$last" > /dev/null || lost "$last takes over"
gets_stuck "$last"
killed=$(killed_hooks "$last")
token=$(service_field token "$last")
controller_signal "$last" TERM
wait_for says "$last" "released service=$SERVICE .*token=$token" > /dev/null ||
	lost "$last hands over"
controller_signal "$last" TERM
check_controllers "nor told so when it has handed over" \
	ends_without_waiting "$last" "$killed"
check "never two answers" saw dual_answers=0

finish
