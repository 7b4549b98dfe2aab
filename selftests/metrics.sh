#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the controllers tell Prometheus: promtool finds nothing to say about it, a
# real Prometheus scrapes it, it agrees with the kernel's own counters, and a
# takeover is told with its reason.

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"
# shellcheck source-path=SCRIPTDIR source=lib_metrics.sh
. "$(dirname "$0")/lib_metrics.sh"

PORT=9474
# Of services, nodes and VIPs no more than these are told.
MOST=1000
# More than the controller keeps at its two doors together.
CROWD=400

controller_extra() {
	cat >> "$L2A_TMP/$1.yaml" << END
metrics:
  listen: $PORT
hooks:
  on_acquire: [/bin/true]
checks:
- name: well
  command: [/bin/true]
END
}

# get_tcp NAME PATH [ADDRESS]: over the port, from the node itself.
get_tcp() {
	quietly "$1" curl -sS --max-time 5 "http://${3:-127.0.0.1}:$PORT$2"
}

# status_is CODE PATH METHOD NAME
status_is() {
	local seen

	seen=$(quietly "$4" curl -sS -o "$L2A_TMP/body" -w '%{http_code}' -X "$3" \
		"http://127.0.0.1:$PORT$2")
	[ "$seen" = "$1" ] && return
	echo "$3 $2: $seen, expected $1: $(cat "$L2A_TMP/body")"
	return 1
}

lint() {
	local said

	said=$(get "$1" /metrics | promtool check metrics 2>&1) && [ -z "$said" ] && return
	echo "$said"
	return 1
}

# agrees NAME: the VIP's counters are the kernel's, which may have gone on between the
# two looks.
agrees() {
	local before after seen what

	for what in replies suppressed announcements conflicts; do
		before=$(vip_field "$1" "$what")
		seen=$(metric "$1" "vip_${what}_total{vip=\"$VIP\",dev=\"eth0\"}")
		after=$(vip_field "$1" "$what")
		[ "$before" -le "${seen:--1}" ] || break
		[ "$seen" -le "$after" ] || break
		what=
	done
	[ -z "$what" ] && return
	echo "$what: $before, then '$seen', then $after"
	return 1
}

# conflict_told NAME: somebody else claims the VIP, and it tells so.
conflict_told() {
	on neighbor arping -q -i eth0 -c 1 -W 0.01 -U -S "$VIP" "$VIP"
	metric_above "$1" "vip_conflicts_total{vip=\"$VIP\",dev=\"eth0\"}" 0
}

# many COUNT: so many addresses.
many() {
	local i

	for ((i = 0; i < $1; i++)); do
		echo "12.1.$((i / 250)).$((i % 250 + 1))"
	done
}

# told_of NAME: how many VIPs its controller tells of.
told_of() {
	get "$1" /metrics | grep -c '^l2announce_vip_answering{'
}

# bounded NAME: it tells of some of the VIPs, and how many those are not.
bounded() {
	local all shown

	all=$(quietly "$1" l2ctl -j vip show lease 1 | jq length)
	shown=$(told_of "$1")
	[ "$shown" = $MOST ] || { echo "$shown of $all VIPs shown, expected $MOST"; return 1; }
	metric_is "$1" 'omitted{what="vips"}' $((all - MOST))
}

# crowd NAME COUNT: so many come to the port, and so many to the control socket, and
# say nothing.
crowd() {
	quietly "$1" python3 "$L2A_HERE/crowd.py" "$2" "$PORT" "$(controller_socket "$1")" \
		> "$L2A_TMP/crowd" &
	started $!
}

# has_few_open NAME MOST: its controller's descriptors.
has_few_open() {
	local seen

	seen=$(find "/proc/${CONTROLLER[$1]}/fd" -mindepth 1 | wc -l)
	[[ $seen -gt 0 && $seen -le $2 ]] && return
	echo "$1: $seen descriptors, expected $2 at the most"
	return 1
}

prometheus_start() {
	cat > "$L2A_TMP/prometheus.yml" << END
global:
  scrape_interval: 1s
rule_files: [${L2A_TREE:-$L2A_TOP}/deploy/prometheus/l2announce.rules.yaml]
scrape_configs:
- job_name: l2announce
  static_configs: [{targets: ['127.0.0.1:$PORT']}]
END
	quietly "$1" prometheus --config.file="$L2A_TMP/prometheus.yml" \
		--storage.tsdb.path="$L2A_TMP/tsdb" \
		--web.listen-address=127.0.0.1:9090 > "$L2A_TMP/prometheus.log" 2>&1 &
	started $!
}

# scraped NAME QUERY VALUE: what that Prometheus answers.
scraped() {
	local seen

	seen=$(quietly "$1" curl -sS -G --data-urlencode "query=$2" \
		http://127.0.0.1:9090/api/v1/query | jq -r '.data.result[0].value[1]')
	[ "$seen" = "$3" ] || { echo "$2: '$seen', expected '$3'"; return 1; }
}

require curl jq promtool prometheus python3
cluster
other=$(someone_else)
plan 48

check "promtool finds nothing amiss with the holder's" lint "$HOLDER"
check "nor with another's" lint "$other"
for name in "$HOLDER" "$other"; do
	check "$name sees the service held" \
		metric_is "$name" "service_held{service=\"$SERVICE\"}" 1
	check "$name names the holder" \
		metric_is "$name" "service_holder{service=\"$SERVICE\",node=\"$HOLDER\"}" 1
	check "$name tells its token" metric_is "$name" \
		"service_token{service=\"$SERVICE\"}" "$(service_field token)"
done
check "only the holder answers" metric_is "$HOLDER" "service_active{service=\"$SERVICE\"}" 1
check "the other does not" metric_is "$other" "service_active{service=\"$SERVICE\"}" 0
check "it was new" metric_is "$HOLDER" 'takeovers_total{reason="new"}' 1
check "the lease has time left" metric_above "$HOLDER" lease_remaining_seconds 0
check "renewals are counted" wait_for metric_above "$HOLDER" renewal_duration_seconds_count 3
check "and how late they were" wait_for metric_above "$HOLDER" renewal_lateness_seconds_count 3
check "another station's claim is counted" wait_for conflict_told "$HOLDER"
check "and once it was reported" wait_for metric_above "$HOLDER" conflicts_total 0
check "a standby reports none" metric_is "$other" conflicts_total 0
check "the kernel's counters are told" agrees "$HOLDER"
check "a standby's too" agrees "$other"
check "which has kept something from its stack" wait_for metric_above "$other" \
	"vip_suppressed_total{vip=\"$VIP\",dev=\"eth0\"}" 0
on "$other" l2ctl vip del "$VIP" dev eth0
check "what is mended is counted" wait_for metric_is "$other" mends_total 1
check "the module's build" test -n "$(get "$HOLDER" /metrics | grep -F \
	"srcversion=\"$(cat /sys/module/l2announce/srcversion)\"")"

check "the hook of the one takeover" wait_for metric_is "$HOLDER" \
	'hook_runs_total{hook="on_acquire",result="ok"}' 1
check "no other has run one" metric_is "$other" \
	'hook_runs_total{hook="on_acquire",result="ok"}' 0
control "$HOLDER" service set "$SERVICE" check command well interval 500ms timeout 30s
check_controllers "checks that go well are counted" wait_for metric_above "$other" \
	'check_runs_total{type="command",result="ok"}' 1
check "none has failed" metric_is "$other" 'check_runs_total{type="command",result="failed"}' 0
check "how long they took" metric_above "$other" \
	'check_duration_seconds_count{type="command"}' 1
check "promtool still finds nothing amiss" lint "$other"

check "a port serves the same" test "$(get_tcp "$HOLDER" /metrics | grep -c '^# TYPE')" -eq \
	"$(get "$HOLDER" /metrics | grep -c '^# TYPE')"
check "and nothing else" status_is 404 /v1/service GET "$HOLDER"
check "least of all changes" not status_is 200 "/v1/service/other" PUT "$HOLDER"
check "not beyond the loopback device" not get_tcp "$HOLDER" /metrics "${ADDRESS[$HOLDER]}"
control "$HOLDER" service add default/nowhere vip 12.0.0.200 dev 'none*'
for name in "$HOLDER" "$other"; do
	check "$name sees a service nobody can hold" wait_for \
		metric_is "$name" 'service_held{service="default/nowhere"}' 0
done
check "which has no holder" test -z \
	"$(get "$other" /metrics | grep 'service_holder{service="default/nowhere"')"

check "the holder is well" status_is 200 /healthz GET "$HOLDER"

crowd "$HOLDER" $CROWD
check "many come and say nothing" wait_for grep -q here "$L2A_TMP/crowd"
check "few of them are kept" wait_for has_few_open "$HOLDER" $((CROWD - 1))
check_controllers "the port still answers" status_is 200 /healthz GET "$HOLDER"
check_controllers "so does the control socket" grep -q "$SERVICE" <(control "$HOLDER" status)

prometheus_start "$other"
check "a Prometheus scrapes it" wait_for scraped "$other" \
	"l2announce_service_held{service=\"$SERVICE\"}" 1

# Standbys on every node, of a service that none of them may hold.
mapfile -t addresses < <(many $((MOST + 100)))
check "there are VIPs beyond number" \
	control "$HOLDER" service add default/many vip "${addresses[@]}" dev eth0 node nobody
check "of which it tells some, and how many it left out" wait_for bounded "$other"
check "still in good order" lint "$other"

controller_signal "$HOLDER" KILL
wait_for taken_over > /dev/null || lost "a takeover"
new=$(answerer 1)
check_controllers "who took over tells why" wait_for metric_is "$new" \
	'takeovers_total{reason="failure"}' 1
check "it names the new holder" wait_for metric_is "$new" \
	"service_holder{service=\"$SERVICE\",node=\"$new\"}" 1
check "and not the old one" metric_is "$new" \
	"service_holder{service=\"$SERVICE\",node=\"$HOLDER\"}" ""
check "Prometheus has seen it" wait_for scraped "$other" \
	"count(l2announce_service_holder{service=\"$SERVICE\",node=\"$new\"})" 1

finish
