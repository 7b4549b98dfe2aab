// SPDX-License-Identifier: GPL-2.0
/*
 * The etcd store: the five calls, by etcd's transactions. A record's version is
 * the revision that wrote it (mod_revision), and all reads are linearizable.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "etcd_priv.h"
#include "lib/clock.h"
#include "names.h"

static struct etcd_call *call_new(struct store *store, const char *path,
				  const char *key, etcd_fn done, store_fn fn,
				  void *arg)
{
	struct etcd_call *call = xmalloc(sizeof(*call));

	call->store = store;
	call->path = path;
	call->key = xstrdup(key);
	/* A node's life hangs on its own record, a service only on time. */
	call->urgent = !strncmp(key, "node/", 5);
	call->done = done;
	call->fn = fn;
	call->arg = arg;
	return call;
}

static char *full_key(const struct store *store, const char *key)
{
	size_t prefix = strlen(store->prefix), len = strlen(key);
	char *full = xmalloc(prefix + len + 1);

	memcpy(full, store->prefix, prefix);
	memcpy(full + prefix, key, len);
	return full;
}

static void reply(struct etcd_call *call, const struct etcd_answer *answer,
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

static void got(struct etcd_call *call, const struct etcd_answer *answer)
{
	struct store_item *items = NULL, none = { 0 };
	struct etcd_answer broken = { .error = "a record that cannot be read" };
	size_t n = 0;

	if (answer->result != EL_OK) {
		reply(call, answer, answer->result, NULL, 0);
		return;
	}
	if (!etcd_items(answer->obj, call->store->prefix, &items, &n)) {
		reply(call, &broken, EL_FAILED, NULL, 0);
		return;
	}
	/* Of what is not there: when it was not. */
	none.key = call->key;
	none.version = answer->rev;
	if (n)
		reply(call, answer, EL_OK, items, n);
	else
		reply(call, answer, EL_OK, &none, 1);
	store_items_free(items, n);
}

static void listed(struct etcd_call *call, const struct etcd_answer *answer)
{
	struct store_item *items = NULL;
	struct etcd_answer broken = { .error = "records that cannot be read" };
	size_t n = 0;

	if (answer->result == EL_OK &&
	    !etcd_items(answer->obj, call->store->prefix, &items, &n)) {
		reply(call, &broken, EL_FAILED, NULL, 0);
		return;
	}
	reply(call, answer, answer->result, items, n);
	store_items_free(items, n);
}

static void read_range(struct store *store, const char *key, bool all,
		       etcd_fn done, store_fn fn, void *arg)
{
	struct etcd_call *call = call_new(store, "/v3/kv/range", key, done, fn,
					  arg);
	char *full = full_key(store, key);

	call->body = etcd_range(full, all);
	free(full);
	etcd_send(call);
}

static void call_get(struct store *store, const char *key, store_fn fn, void *arg)
{
	read_range(store, key, false, got, fn, arg);
}

static void call_list(struct store *store, const char *prefix, store_fn fn,
		      void *arg)
{
	read_range(store, prefix, true, listed, fn, arg);
}

/* ------------------------------------------------------------ writing */

static void written(struct etcd_call *call, const struct etcd_answer *answer)
{
	struct store *store = call->store;
	struct store_item item = { .key = call->key, .version = answer->rev };
	uint64_t ns = l2a_clock_ns(CLOCK_MONOTONIC) - call->begun;

	if (answer->result != EL_OK) {
		reply(call, answer, answer->result, NULL, 0);
		return;
	}
	store->rtt_us = ns / L2A_NSEC_PER_USEC + 1;
	if (!etcd_succeeded(answer->obj)) {
		item.version = 0;
		reply(call, answer, EL_CONFLICT, &item, 1);
		return;
	}
	follow_wrote(&store->follow, answer->rev);
	reply(call, answer, EL_OK, &item, 1);
}

static void write_if(struct store *store, const char *key, uint64_t version,
		     const char *value, store_fn fn, void *arg)
{
	struct etcd_call *call = call_new(store, "/v3/kv/txn", key, written, fn,
					  arg);
	char *full = full_key(store, key);

	call->write = true;
	call->body = etcd_put_if(full, version, value);
	free(full);
	etcd_send(call);
}

static void call_put_if(struct store *store, const char *key, uint64_t version,
			const char *value, store_fn fn, void *arg)
{
	write_if(store, key, version, value, fn, arg);
}

static void call_delete_if(struct store *store, const char *key,
			   uint64_t version, store_fn fn, void *arg)
{
	write_if(store, key, version, NULL, fn, arg);
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

/*
 * One member that does not answer must leave time within a renewal to ask
 * another; and an answer that takes as long as the lease helps nobody.
 */
static void set_times(struct store *store, const struct config *config)
{
	store->attempt_ms = config->endpoints.n > 1 ? config->renew_ms / 2 :
			    config->renew_ms;
	store->timeout_ms = config->duration_ms;
	store->follow = (struct follow){
		.ops = &etcd_follow,
		.store = store,
		.watcher = &store->watcher,
		.retry_ms = config->renew_ms / 4,
		.lag_ms = config->renew_ms,
	};
}

static void call_close(struct store *store)
{
	if (!store)
		return;
	store->closing = true;
	follow_close(&store->follow);
	http_close(store->http);
	etcd_call_close(store);
	free(store->cluster);
	store_state_clear(&store->told);
	free(store->prefix);
	free(store->user);
	free(store->password_file);
	free(store);
}

static struct store *call_open(const struct config *config,
			       struct event_base *base, struct l2a_error *err)
{
	const struct http_config http = {
		.endpoints = (const char *const *)config->endpoints.v,
		.n = config->endpoints.n,
		.ca_file = config->store_ca,
		.cert_file = config->store_cert,
		.key_file = config->store_key,
		.server_name = config->store_server_name,
	};
	struct store *store = xmalloc(sizeof(*store));

	store->base = base;
	store->prefix = xstrdup(config->store_prefix);
	store->user = xstrdup(config->store_user);
	store->password_file = xstrdup(config->store_password_file);
	set_times(store, config);
	if (etcd_call_open(store) || follow_open(&store->follow, base))
		l2a_fail(err, -ENOMEM, "out of memory");
	else
		store->http = http_open(base, &http, err);
	if (store->http)
		return store;
	call_close(store);
	return NULL;
}

const struct store_ops store_etcd = {
	.type = "etcd",
	.open = call_open,
	.close = call_close,
	.get = call_get,
	.list = call_list,
	.put_if = call_put_if,
	.delete_if = call_delete_if,
	.watch = call_watch,
	.rtt_us = call_rtt_us,
};
