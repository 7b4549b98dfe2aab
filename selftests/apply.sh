#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Services from a file: what would change is shown, then made; a file that will not
# do changes nothing; where the store fails in the middle it is said how far it went,
# and the same again makes the rest.

# A holder changes only where the file says so.
LEASE_MS=8000
MANY=300

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"

# file NAME: what stands on stdin, as a file of services.
file() {
	cat > "$L2A_TMP/$1.yaml"
}

# applies NAME OUTPUT [OPTION...]: it prints exactly that.
applies() {
	local name=$1 expected=$2 seen
	shift 2

	seen=$(control worker1 apply -f "$L2A_TMP/$name.yaml" "$@" 2>&1) &&
		[ "$seen" = "$expected" ] && return
	echo "$seen"
	return 1
}

# services_are NAME...: in this order; shown by any worker.
services_are() {
	local seen

	seen=$(control "${ASKED:-worker1}" -j service show | jq -r '.[].name' | xargs)
	[ "$seen" = "$*" ] || { echo "$seen"; return 1; }
}

many() {
	local i

	echo "services:"
	for ((i = 0; i < MANY; i++)); do
		printf '  - {name: many/%03d, vips: [198.18.%d.%d], devs: [none0]}\n' \
			$i $((i / 100)) $((i % 100 + 1))
	done
}

# Locks the store once the first of many is written, until stdin ends.
lock_midway() {
	python3 - "$L2A_TMP/store.db" << 'END'
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
print("ready", flush=True)
while not db.execute("SELECT 1 FROM record WHERE key LIKE 'service/many/%'"
                     " AND value IS NOT NULL LIMIT 1").fetchone():
    time.sleep(0.001)
db.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
while not open(sys.argv[1] + ".go").read():
    time.sleep(0.01)
db.execute("ROLLBACK")
END
}

# done_of: how many changes the refusal says were made.
done_of() {
	sed -nE 's/.*: ([0-9]+) of '$MANY' changes were made, apply again for the rest$/\1/p' \
		"$L2A_TMP/midway.err"
}

midway() {
	local made seen

	made=$(done_of)
	[[ -n $made && $made -gt 0 && $made -lt $MANY ]] ||
		{ cat "$L2A_TMP/midway.err"; return 1; }
	seen=$(control worker1 -j service show | jq '[.[] | select(.name | startswith("many/"))] | length')
	[ "$seen" = "$made" ] || { echo "$made were made, $seen are there"; return 1; }
}

listed_as() {
	local seen

	seen=$(grep -c "$1" "$L2A_TMP/midway.out")
	[ "$seen" = "$2" ] || { echo "$seen lines with '$1', expected $2"; return 1; }
}

cluster
require python3 jq
plan 24

file one << END
services:
  - name: $SERVICE
    vips: [$VIP]
    devs: [eth0]
    prefer: [$HOLDER]
    deliver: route
  - name: default/web
    vips:
      - 12.0.0.201
    devs: ['eth*']
END
plus="~ $SERVICE
    prefer - -> $HOLDER
+ default/web
    vips 12.0.0.201
    devs eth*
    deliver none"
check "what would change is shown" applies one "$plus" --dry-run
check "and nothing else happens" services_are "$SERVICE"
control worker1 -j apply -f - --dry-run < "$L2A_TMP/one.yaml" > "$L2A_TMP/dry"
check "in JSON too, from standard input" \
	test "$(jq -c 'map([.name, .op, .applied, .changed[0].key])' "$L2A_TMP/dry")" = \
	"[[\"$SERVICE\",\"change\",\"no\",\"prefer\"],[\"default/web\",\"add\",\"no\",\"vips\"]]"
check "it is made" applies one "$plus"
check_controllers "and is everybody's" wait_for services_are "$SERVICE" default/web
check "again, there is nothing to do" applies one ""

file two << END
services:
  - name: $SERVICE
    vips: [$VIP]
    devs: [eth0]
    deliver: route
END
back="~ $SERVICE
    prefer $HOLDER -> -"
check "what is in no file stays" applies two "$back" --dry-run
check "unless told otherwise" applies two "$back
- default/web" --prune
check "then it is gone" services_are "$SERVICE"

# Files that will not do.
file bad << END
services:
  - name: default/first
    vips: [12.0.0.202]
    devs: [eth0]
  - name: default/second
    vips:
      - 12.0.0.203
      - 12.0.0.300
    devs: [eth0]
END
refused "an address that is none: the line it is in" \
	"bad.yaml:8: service default/second: vips: \"12.0.0.300\"" \
	control worker1 apply -f "$L2A_TMP/bad.yaml"
sed -i 's/12.0.0.300/'"$VIP"'/; s/devs: \[eth0\]$/devs: [eth1]/' "$L2A_TMP/bad.yaml"
refused "a VIP that another service has elsewhere" \
	"bad.yaml:8: service default/second: vips: $VIP is also in service $SERVICE" \
	control worker1 apply -f "$L2A_TMP/bad.yaml"
sed -i 's/second/first/' "$L2A_TMP/bad.yaml"
refused "one name twice" "bad.yaml:5: service default/first: name: is there twice" \
	control worker1 apply -f "$L2A_TMP/bad.yaml"
sed -i 's/devs/devices/' "$L2A_TMP/bad.yaml"
refused "a key that is none" "bad.yaml:4: devices: unknown key" \
	control worker1 apply -f "$L2A_TMP/bad.yaml"
sed -i 's/devices/devs/' "$L2A_TMP/bad.yaml"
echo ']' >> "$L2A_TMP/bad.yaml"
refused "what is no YAML" "bad.yaml:10: not YAML" \
	control worker1 apply -f "$L2A_TMP/bad.yaml"
refused "a file that is not there" "nowhere" \
	control worker1 apply -f "$L2A_TMP/nowhere"
misused "no file at all" "-f and a file" control worker1 apply --dry-run
misused "another option" '"--force": -f FILE' control worker1 apply --force
check "and nothing has changed" services_are "$SERVICE"

# The store fails in the middle.
many | file many
coproc LOCK { : > "$L2A_TMP/store.db.go"; lock_midway; }
started "$LOCK_PID"
read -r -u "${LOCK[0]}" _
control worker1 apply -f "$L2A_TMP/many.yaml" \
	> "$L2A_TMP/midway.out" 2> "$L2A_TMP/midway.err"
status=$?
echo go > "$L2A_TMP/store.db.go"
check "where the store fails midway it is refused" test $status -eq 1
check_controllers "it says how much was made, and so it is" midway
check "what was not is listed" listed_as applied $((MANY - $(done_of)))
again=$(control worker1 apply -f "$L2A_TMP/many.yaml" | grep -c '^+')
check "the same again makes the rest" test "$again" = $((MANY - $(done_of)))
check "and then there is nothing left" applies many ""

check "the holder answered all along" saw "sequence=${MAC[$HOLDER]}"

finish
