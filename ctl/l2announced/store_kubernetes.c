// SPDX-License-Identifier: GPL-2.0
/*
 * The Kubernetes store: the five calls, by Leases of one namespace. A record's
 * version is its Lease's resourceVersion, which Kubernetes keeps comparable: it
 * is the revision of the etcd behind it. Lists without one are linearizable.
 *
 * One record is read as a list that has only it: that has a revision also where
 * the record is not there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "kube_config.h"
#include "kube_priv.h"
#include "lib/clock.h"
#include "names.h"

static void reply(struct kube_call *call, const struct kube_answer *answer,
		  enum el_result result, struct store_item *items, size_t n)
{
	const struct store_reply r = {
		.result = result,
		.items = items,
		.n = n,
		.rev = answer->rev,
		.error = answer->error,
	};

	if (call->fn)
		call->fn(call->arg, &r);
}

/* ------------------------------------------------------------ reading */

static const struct kube_answer unreadable = {
	.error = "leases that cannot be read",
};

static void listed(struct kube_call *call, const struct kube_answer *answer)
{
	struct store_item *items = NULL;
	size_t n = 0;

	if (answer->result == EL_OK &&
	    !kube_list(answer->obj, call->key, &items, &n))
		reply(call, &unreadable, EL_FAILED, NULL, 0);
	else
		reply(call, answer, answer->result, items, n);
	store_items_free(items, n);
}

static void got(struct kube_call *call, const struct kube_answer *answer)
{
	/* Of what is not there: when it was not. */
	struct store_item none = { .key = call->key, .version = answer->rev };
	struct store_item *items = NULL, *found = NULL;
	size_t n = 0;

	if (answer->result != EL_OK) {
		reply(call, answer, answer->result, NULL, 0);
		return;
	}
	if (!kube_list(answer->obj, call->key, &items, &n)) {
		reply(call, &unreadable, EL_FAILED, NULL, 0);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(items[i].key, call->key))
			found = &items[i];
	}
	reply(call, answer, EL_OK, found ? found : &none, 1);
	store_items_free(items, n);
}

static struct kube_call *call_new(struct store *store, const char *method,
				  const char *key, kube_fn done)
{
	struct kube_call *call = xmalloc(sizeof(*call));

	call->store = store;
	call->method = method;
	call->key = xstrdup(key);
	/* A node's life hangs on its own record, a service only on time. */
	call->urgent = !strncmp(key, "node/", 5);
	call->done = done;
	return call;
}

static void send_call(struct kube_call *call, store_fn fn, void *arg)
{
	call->fn = fn;
	call->arg = arg;
	kube_send(call);
}

/* Whatever has the record's name. */
static void read_named(struct store *store, const char *key, kube_fn done,
		       store_fn fn, void *arg)
{
	struct kube_call *call = call_new(store, "GET", key, done);
	char *name = kube_name(key);

	if (asprintf(&call->path, "%s?fieldSelector=metadata.name%%3D%s",
		     store->leases, name) < 0)
		abort();
	free(name);
	send_call(call, fn, arg);
}

static void call_get(struct store *store, const char *key, store_fn fn, void *arg)
{
	read_named(store, key, got, fn, arg);
}

static void call_list(struct store *store, const char *prefix, store_fn fn,
		      void *arg)
{
	struct kube_call *call = kube_list_call(store, listed);

	call->key = xstrdup(prefix);
	send_call(call, fn, arg);
}

/* ------------------------------------------------------------ writing */

static void conflict(struct kube_call *call, const struct kube_answer *answer)
{
	struct store_item item = { .key = call->key };

	reply(call, answer, EL_CONFLICT, &item, 1);
}

static void measure(const struct kube_call *call)
{
	uint64_t ns = l2a_clock_ns(CLOCK_MONOTONIC) - call->begun;

	call->store->rtt_us = ns / L2A_NSEC_PER_USEC + 1;
}

static void wrote(struct kube_call *call, uint64_t version,
		  const struct kube_answer *answer)
{
	struct store *store = call->store;
	struct store_item item = { .key = call->key, .version = version };

	if (version > store->known)
		store->known = version;
	follow_wrote(&store->follow, version);
	reply(call, answer, EL_OK, &item, 1);
}

/*
 * A Lease of the name is there already: with this record, of a record whose name
 * comes to the same, or somebody else's.
 */
static void looked_at_taken(struct kube_call *call,
			    const struct kube_answer *answer)
{
	json_object *items = json_object_object_get(answer->obj, "items");
	json_object *lease = json_object_is_type(items, json_type_array) ?
			     json_object_array_get_idx(items, 0) : NULL;
	struct kube_answer taken = { .rev = answer->rev };
	const char *theirs = kube_key(lease);
	char error[L2A_ERROR_TEXT];
	char *name;

	if (answer->result != EL_OK) {
		reply(call, answer, EL_FAILED, NULL, 0);
		return;
	}
	if (!lease || (theirs && !strcmp(theirs, call->key))) {
		conflict(call, answer);
		return;
	}
	name = kube_name(call->key);
	snprintf(error, sizeof(error), "%s: its lease %s is there already, and is %s",
		 call->key, name, theirs ? theirs : "not l2announce's");
	l2a_one_line(error);
	free(name);
	taken.error = error;
	reply(call, &taken, EL_FAILED, NULL, 0);
}

static void put_done(struct kube_call *call, const struct kube_answer *answer)
{
	static const struct kube_answer broken = {
		.error = "a lease without a version",
	};
	uint64_t version;

	if (answer->result == EL_OK) {
		measure(call);
		version = kube_version(answer->obj);
		if (version)
			wrote(call, version, answer);
		else
			reply(call, &broken, EL_UNKNOWN, NULL, 0);
	} else if (answer->result == EL_CONFLICT) {
		measure(call);
		if (!call->create)
			conflict(call, answer);
		else
			read_named(call->store, call->key, looked_at_taken,
				   call->fn, call->arg);
	} else {
		reply(call, answer, answer->result, NULL, 0);
	}
}

static struct kube_call *write_call(struct store *store, const char *method,
				    const char *key, kube_fn done)
{
	struct kube_call *call = call_new(store, method, key, done);
	char *name = kube_name(key);

	call->write = true;
	call->create = !strcmp(method, "POST");
	if (asprintf(&call->path, "%s%s%s", store->leases,
		     call->create ? "" : "/", call->create ? "" : name) < 0)
		abort();
	free(name);
	return call;
}

/* Not PUT: that would make a deleted Lease anew, whatever version it names. */
static void call_put_if(struct store *store, const char *key, uint64_t version,
			const char *value, store_fn fn, void *arg)
{
	const struct kube_record record = {
		.key = key,
		.value = value,
		.version = version,
		.wall_ms = l2a_clock_ns(CLOCK_REALTIME) / L2A_NSEC_PER_MSEC,
	};
	struct kube_call *call = write_call(store, version ? "PATCH" : "POST",
					    key, put_done);

	call->body = kube_lease(&record);
	send_call(call, fn, arg);
}

/*
 * The answer to a deletion has no revision: look for one at which the record is
 * not there. If it is there anew by then, it was not just before that.
 */
static void looked_at_deleted(struct kube_call *call,
			      const struct kube_answer *answer)
{
	json_object *items = json_object_object_get(answer->obj, "items");
	json_object *lease = json_object_is_type(items, json_type_array) ?
			     json_object_array_get_idx(items, 0) : NULL;

	if (answer->result == EL_OK)
		wrote(call, lease ? kube_version(lease) - 1 : answer->rev, answer);
	else
		reply(call, answer, EL_UNKNOWN, NULL, 0);
}

static void deleted(struct kube_call *call, const struct kube_answer *answer)
{
	if (answer->result == EL_OK) {
		measure(call);
		read_named(call->store, call->key, looked_at_deleted, call->fn,
			   call->arg);
	} else if (answer->result == EL_CONFLICT) {
		measure(call);
		conflict(call, answer);
	} else {
		reply(call, answer, answer->result, NULL, 0);
	}
}

static void call_delete_if(struct store *store, const char *key,
			   uint64_t version, store_fn fn, void *arg)
{
	struct kube_call *call = write_call(store, "DELETE", key, deleted);

	call->body = kube_delete(version);
	send_call(call, fn, arg);
}

static void call_watch(struct store *store, const struct store_watcher *watcher)
{
	store->watcher = *watcher;
	follow_start(&store->follow);
}

static uint64_t call_rtt_us(const struct store *store)
{
	return store->rtt_us;
}

/* ------------------------------------------------------------ its life */

static void call_close(struct store *store)
{
	if (!store)
		return;
	store->closing = true;
	follow_close(&store->follow);
	http_close(store->http);
	kube_call_close(store);
	store_state_clear(&store->told);
	free(store->leases);
	free(store);
}

static struct http_client *connect_to(struct store *store,
				      const struct kube_access *access,
				      struct l2a_error *err)
{
	const char *const endpoints[] = { access->server };
	const struct http_config http = {
		.endpoints = endpoints,
		.n = 1,
		.ca_file = access->ca_file,
		.ca_pem = access->ca_pem,
		.cert_file = access->cert_file,
		.cert_pem = access->cert_pem,
		.key_file = access->key_file,
		.key_pem = access->key_pem,
		.server_name = access->server_name,
		.token = access->token,
		.token_file = access->token_file,
	};

	return http_open(store->base, &http, err);
}

static struct store *make(const struct config *config,
			  const struct kube_access *access,
			  struct event_base *base, struct l2a_error *err)
{
	struct store *store = xmalloc(sizeof(*store));

	store->base = base;
	store->attempt_ms = config->renew_ms;
	store->timeout_ms = config->duration_ms;
	/* At least none: see config.c. */
	store->still_most_ms = config->duration_ms - config->margin_ms -
			       2 * config->renew_ms;
	store->follow = (struct follow){
		.ops = &kube_follow,
		.store = store,
		.watcher = &store->watcher,
		.retry_ms = config->renew_ms / 4,
		.lag_ms = config->renew_ms,
	};
	if (asprintf(&store->leases, "%s/apis/coordination.k8s.io/v1/namespaces/%s/leases",
		     access->path, config->store_namespace) < 0)
		abort();
	if (kube_call_open(store) || follow_open(&store->follow, base))
		l2a_fail(err, -ENOMEM, "out of memory");
	else
		store->http = connect_to(store, access, err);
	if (store->http)
		return store;
	call_close(store);
	return NULL;
}

static struct store *call_open(const struct config *config,
			       struct event_base *base, struct l2a_error *err)
{
	struct kube_access access;
	struct store *store;
	int ret;

	if (config->store_kubeconfig)
		ret = kube_config_file(config->store_kubeconfig,
				       config->store_context, &access, err);
	else
		ret = kube_config_pod(getenv("KUBERNETES_SERVICE_HOST"),
				      getenv("KUBERNETES_SERVICE_PORT"),
				      &access, err);
	if (ret)
		return NULL;
	store = make(config, &access, base, err);
	kube_config_free(&access);
	return store;
}

const struct store_ops store_kubernetes = {
	.type = "kubernetes",
	.open = call_open,
	.close = call_close,
	.get = call_get,
	.list = call_list,
	.put_if = call_put_if,
	.delete_if = call_delete_if,
	.watch = call_watch,
	.rtt_us = call_rtt_us,
};
