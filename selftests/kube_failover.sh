#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Three controllers meet in Kubernetes, as pods of the manifest's service account.
# The API server is away for half a lease, every connection to it lost, and at the
# default lease nobody is silent. The holder is killed and its cable pulled:
# another answers within the lease and its due, and never do two. What people see of
# the Leases is who holds.

LEASE_MS=6000

# shellcheck source-path=SCRIPTDIR source=lib_controllers.sh
. "$(dirname "$0")/lib_controllers.sh"
# shellcheck source-path=SCRIPTDIR source=lib_etcd.sh
. "$(dirname "$0")/lib_etcd.sh"
# shellcheck source-path=SCRIPTDIR source=lib_kube.sh
. "$(dirname "$0")/lib_kube.sh"

ETCD_NAMES=(etcd1)
LEASES=/apis/coordination.k8s.io/v1/namespaces/kube-system/leases
LEASE=$LEASES/l2announce-${SERVICE/\//-}
AWAY_MS=$((LEASE_MS / 2))
# The server takes minutes of an emulated CPU to start.
LONG=300
MEMORY_KB=1500000
# Nothing that Leases, service accounts and RBAC can do without.
KUBE_ARGS=(--feature-gates APIPriorityAndFairness=false --profiling=false
	--runtime-config "$(printf '%s' api/all=false,api/v1=true \
		,coordination.k8s.io/v1=true,rbac.authorization.k8s.io/v1=true \
		,apiregistration.k8s.io/v1=true,apiextensions.k8s.io/v1=true)"
	--disable-admission-plugins "$(printf '%s' Priority,DefaultIngressClass \
		,DefaultStorageClass,StorageObjectInUseProtection,RuntimeClass \
		,ResourceQuota,LimitRanger,MutatingAdmissionWebhook \
		,ValidatingAdmissionWebhook,TaintNodesByCondition \
		,PersistentVolumeClaimResize,CertificateApproval \
		,CertificateSigning,CertificateSubjectRestriction \
		,DefaultTolerationSeconds)")

enough_memory() {
	[ "$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)" -ge $MEMORY_KB ]
}

# What pods are told and given.
account() {
	local dir=/var/run/secrets/kubernetes.io/serviceaccount

	mkdir -p $dir &&
		cp "$KUBE_DIR/ca.crt" $dir/ca.crt &&
		kube_token kube-system l2announce > $dir/token || return
	export KUBERNETES_SERVICE_HOST=$KUBE_HOST KUBERNETES_SERVICE_PORT=443
}

# The way from the nodes to the API server.
relay_start() {
	printf '# the API server can be reached\n' >&3
	ip netns exec "$lan" python3 "$L2A_HERE/tcp_relay.py" "$KUBE_HOST" 443 \
		"$KUBE_HOST" "$KUBE_PORT" &
	RELAY=$!
	started $RELAY
}

relay_stop() {
	printf '# the API server is gone\n' >&3
	kill -KILL "$RELAY" || return
	wait "$RELAY" 2> /dev/null
}

store_start() {
	require etcd curl jq openssl python3
	kube_find || skip_all "needs selftests/stores/kube-apiserver"
	enough_memory || skip_all "needs 1.5 GB of memory"
	etcd_network || lost "etcd's network"
	etcd_cluster
	KUBE_DIR=$L2A_TMP/kube KUBE_HOST=10.77.0.1 KUBE_ON=(in_lan)
	mkdir "$KUBE_DIR"
	kube_prepare 6443 || lost "certificates"
	kube_command "${ETCD_CLIENT[etcd1]}"
	printf '# kube-apiserver starts\n' >&3
	ip netns exec "$lan" "${KUBE_COMMAND[@]}" >> "$L2A_TMP/kube.log" 2>&1 &
	started $!
	wait_until $LONG kube_ready || lost "kube-apiserver starts"
	wait_until $LONG kube_namespace kube-system || lost "its namespaces"
	kube_apply "$L2A_HERE/../deploy/kubernetes/rbac.yaml" ||
		lost "rbac.yaml is taken"
	account || lost "the service account"
	relay_start
}

store_config() {
	echo "  type: kubernetes"
}

# lease_has KEY VALUE: of the service's Lease, for everybody to see.
lease_has() {
	local seen

	seen=$(kube_ask GET "$LEASE" | jq -r ".spec.$1")
	[ "$seen" = "$2" ] || { echo "$1 is '$seen', expected '$2'"; return 1; }
}

# The columns that "kubectl get leases" prints.
columns() {
	kube_ask GET "$LEASE" \
		-H 'Accept: application/json;as=Table;v=v1;g=meta.k8s.io' |
		jq -r '.rows[].cells[:2] | join(" ")'
}

columns_are() {
	local seen

	seen=$(columns)
	[ "$seen" = "$1" ] || { echo "it prints '$seen', expected '$1'"; return 1; }
}

renewed_since() {
	[[ $(kube_ask GET "$LEASES/l2announce.node.$1" | jq -r .spec.renewTime) > $2 ]]
}

asked_since() {
	sees --since "$1" -- "requests>=$2"
}

cluster
plan 12
check "kubectl get leases shows the holder" \
	wait_for columns_are "l2announce-${SERVICE/\//-} $HOLDER"
check "nobody held it before" lease_has leaseTransitions 0
check "for the lease it has" lease_has leaseDurationSeconds $((LEASE_MS / 1000))

since=$(now)
relay_stop
wait_for past "$(later "$since" $AWAY_MS)"
relay_start
wait_for past "$(later "$since" $((3 * LEASE_MS)))"
wait_for asked_since "$since" 10 > /dev/null
check_controllers "the API server away for half a lease: every request is answered" \
	saw --since "$since" -- 'requests>=10' unanswered=0
check_controllers "and its node is renewed again" wait_for renewed_since "$HOLDER" \
	"$(date -u -d "@${since%.*}" +%FT%TZ)"
check "the holder is the one it was" holder_is "$HOLDER"

controller_signal "$HOLDER" KILL
on lan ip link set "$HOLDER" down
killed=$(now)
check_controllers "another worker takes over" wait_for taken_over
next=$(answerer 1)
check "the holder was not heard after its death" \
	saw "answerer.0.last<=$killed"
check "within the lease and a tenth of it" in_due 1
check "kubectl get leases shows the next" \
	wait_for columns_are "l2announce-${SERVICE/\//-} $next"
check "that it moved" lease_has leaseTransitions 1
check "never two answers" saw dual_answers=0 \
	"sequence=${MAC[$HOLDER]},${MAC[$next]}"

finish
