# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # variables from other files
#
# A real Kubernetes API server for tests, over an etcd of its own: certificates,
# started, killed, asked, told of manifests; RBAC on. Sourced, not run, after
# lib_etcd.sh.
#
# Its data is in $KUBE_DIR; so is what it logged. Nothing outlives kube_end.

KUBE_DIR=${KUBE_DIR:-}
KUBE_HOST=127.0.0.1
KUBE_PORT=
# More arguments: limits, what it serves.
KUBE_ARGS=()

# What they are reached with: in another namespace, say.
KUBE_ON=()
# Keys that cost an emulated CPU little.
KUBE_KEY=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)

# Set $KUBE_APISERVER to the program, of the cache or of the guest's root.
kube_find() {
	local cache=${XDG_CACHE_HOME:-$HOME/.cache}/l2announce

	KUBE_APISERVER=$(command -v kube-apiserver ||
		find "$cache"/kube-apiserver-*/kube-apiserver 2> /dev/null | head -n 1)
	[ -n "$KUBE_APISERVER" ]
}

# kube_sign NAME SUBJECT [EXTENSION]: a certificate of our own authority.
kube_sign() {
	openssl req "${KUBE_KEY[@]}" -keyout "$KUBE_DIR/$1.key" \
		-subj "$2" -out "$KUBE_DIR/$1.csr" &&
	openssl x509 -req -in "$KUBE_DIR/$1.csr" -CA "$KUBE_DIR/ca.crt" \
		-CAkey "$KUBE_DIR/ca.key" -CAcreateserial -days 2 \
		-out "$KUBE_DIR/$1.crt" \
		-extfile <(echo "${3:-basicConstraints=CA:FALSE}")
}

# kube_prepare PORT: what a server at $KUBE_HOST needs before it can start.
kube_prepare() {
	KUBE_PORT=$1
	{
		openssl req -x509 "${KUBE_KEY[@]}" -days 2 \
			-keyout "$KUBE_DIR/ca.key" -subj /CN=ca \
			-out "$KUBE_DIR/ca.crt" &&
		kube_sign server /CN=kube-apiserver \
			"subjectAltName=IP:$KUBE_HOST,DNS:kubernetes.test" &&
		kube_sign admin /O=system:masters/CN=admin &&
		openssl ecparam -genkey -name prime256v1 -noout \
			-out "$KUBE_DIR/accounts.key" &&
		openssl ec -in "$KUBE_DIR/accounts.key" -pubout \
			-out "$KUBE_DIR/accounts.pub"
	} > "$KUBE_DIR/openssl.log" 2>&1 || { cat "$KUBE_DIR/openssl.log"; return 1; }
}

# shellcheck disable=SC2034 # for those who source this
# kube_command ETCD-URL: set $KUBE_COMMAND to the words that run it.
kube_command() {
	KUBE_COMMAND=("$KUBE_APISERVER" --etcd-servers "$1"
		--bind-address "$KUBE_HOST" --advertise-address "$KUBE_HOST"
		--secure-port "$KUBE_PORT" --cert-dir "$KUBE_DIR"
		--tls-cert-file "$KUBE_DIR/server.crt"
		--tls-private-key-file "$KUBE_DIR/server.key"
		--client-ca-file "$KUBE_DIR/ca.crt"
		--service-account-issuer https://kubernetes.test
		--service-account-key-file "$KUBE_DIR/accounts.pub"
		--service-account-signing-key-file "$KUBE_DIR/accounts.key"
		--service-cluster-ip-range 10.96.0.0/24
		--endpoint-reconciler-type none --authorization-mode RBAC
		"${KUBE_ARGS[@]}")
}

# kube_ask METHOD PATH [CURL-ARGUMENT...]: as an administrator.
kube_ask() {
	local method=$1 path=$2
	shift 2

	"${KUBE_ON[@]}" curl -fsS -m 10 --cacert "$KUBE_DIR/ca.crt" --cert "$KUBE_DIR/admin.crt" \
		--key "$KUBE_DIR/admin.key" -X "$method" "$@" \
		"https://$KUBE_HOST:$KUBE_PORT$path"
}

kube_ready() {
	[ "$(kube_ask GET /readyz 2>&1)" = ok ]
}

# kube_namespace NAME: it is there. The server makes its own, a little later.
kube_namespace() {
	kube_ask GET "/api/v1/namespaces/$1" > /dev/null 2>&1
}

# kube_apply FILE: create what a manifest describes; its namespace is there. What the
# server knows nothing of it leaves out, and that is an error.
kube_apply() {
	python3 - "$1" << 'END' | while IFS=$'\t' read -r path body; do
import json, sys, yaml

PLURALS = {"ServiceAccount": "serviceaccounts", "Role": "roles",
           "RoleBinding": "rolebindings", "ConfigMap": "configmaps",
           "DaemonSet": "daemonsets"}
for obj in yaml.safe_load_all(open(sys.argv[1])):
    version = obj["apiVersion"]
    print("/%s/%s/namespaces/%s/%s" % ("apis" if "/" in version else "api",
          version, obj["metadata"]["namespace"], PLURALS[obj["kind"]]),
          json.dumps(obj), sep="\t")
END
		kube_ask POST "$path" -H 'Content-Type: application/json' \
			-d "$body" | jq -e --argjson ours "$body" '. as $all |
			[$ours | paths(type != "object" and type != "array") |
			 select(. as $p | $all | getpath($p) == null)] == []' \
			> /dev/null || return
	done
}

# kube_token NAMESPACE ACCOUNT: print a token, as a pod is given one.
kube_token() {
	kube_ask POST "/api/v1/namespaces/$1/serviceaccounts/$2/token" \
		-H 'Content-Type: application/json' -d '{
			"apiVersion": "authentication.k8s.io/v1",
			"kind": "TokenRequest", "spec": {"expirationSeconds": 7200}
		}' | jq -r .status.token
}

# kubeconfig FILE PORT USER-YAML: of the server at that port.
kubeconfig() {
	cat > "$1" <<- END
		apiVersion: v1
		kind: Config
		current-context: test
		contexts:
		- {name: test, context: {cluster: test, user: test}}
		clusters:
		- name: test
		  cluster: {server: "https://$KUBE_HOST:$2", certificate-authority: ca.crt}
		users:
		- name: test
		  user: {$3}
	END
}
