// SPDX-License-Identifier: GPL-2.0
/*
 * What follow.c asks of etcd: all records, and the stream of their changes.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "etcd_priv.h"
#include "log.h"
#include "names.h"

static void listed(struct etcd_call *call, const struct etcd_answer *answer)
{
	struct store *store = call->store;
	struct store_item *items;
	size_t n;

	if (answer->result != EL_OK) {
		follow_list_failed(&store->follow);
	} else if (!etcd_items(answer->obj, store->prefix, &items, &n)) {
		log_warn("store: records below %s cannot be read",
			 store->prefix);
		follow_list_failed(&store->follow);
	} else {
		follow_listed(&store->follow, items, n, answer->rev);
		store_items_free(items, n);
	}
}

static void list(struct store *store)
{
	struct etcd_call *call = xmalloc(sizeof(*call));

	call->store = store;
	call->path = "/v3/kv/range";
	call->body = etcd_range(store->prefix, true);
	call->urgent = true;
	call->done = listed;
	etcd_send(call);
}

/* A revision's changes come in one line. */
static void tell(struct store *store, json_object *result)
{
	struct store_item *items;
	size_t n;

	if (!etcd_events(result, store->prefix, &items, &n)) {
		log_warn("store: a change below %s cannot be read",
			 store->prefix);
		follow_forget(&store->follow, store->follow.retry_ms);
		return;
	}
	if (n)
		follow_changes(&store->follow, items, n, items[n - 1].version);
	store_items_free(items, n);
}

static bool is_true(json_object *obj, const char *key)
{
	return json_object_get_boolean(json_object_object_get(obj, key));
}

/*
 * The stream will end. etcd has forgotten what we would have to hear of, or the
 * token is no longer good: both end well with reading everything again.
 */
static void canceled(struct store *store, json_object *result)
{
	bool compacted = json_object_object_get(result, "compact_revision");
	const char *reason = store_text(result, "cancel_reason");

	if (compacted)
		log_info("store: changes since revision %" PRIu64 " are forgotten: reading all",
			 store->follow.cursor);
	else
		log_info("store: watch ended: %s", reason ? reason : "no reason given");
	follow_forget(&store->follow, compacted ? 0 : store->follow.retry_ms);
}

static void on_line(void *arg, const char *line, size_t len)
{
	struct store *store = arg;
	json_object *obj = store_parse(line, len);
	json_object *result = obj ? json_object_object_get(obj, "result") : NULL;

	if (result && is_true(result, "canceled"))
		canceled(store, result);
	else if (result)
		tell(store, result);
	else	/* An error, or nothing of etcd's. */
		follow_again(&store->follow, store->follow.retry_ms);
	json_object_put(obj);
}

static void on_end(void *arg, const struct http_reply *reply)
{
	struct store *store = arg;

	if (!follow_ended(&store->follow))
		return;
	log_debug("store: watch ended: %s", reply->error ? reply->error :
		  "closed");
	if (reply->status == 401)
		etcd_forget_token(store);
	follow_again(&store->follow, store->follow.retry_ms);
}

/* Without a token there is no stream, but a list logs in. */
static struct http_call *stream(struct store *store)
{
	const char *const headers[] = { store->auth_header };
	struct http_request request = {
		.method = "POST",
		.path = "/v3/watch",
		.headers = headers,
		.n_headers = store->auth_header ? 1 : 0,
		.timeout_ms = store->timeout_ms,
		.attempt_ms = store->attempt_ms,
		.repeat = true,
		.line = on_line,
		.done = on_end,
		.arg = store,
	};
	struct http_call *call;
	char *body;

	if (store->user && !store->auth_header)
		return NULL;
	body = etcd_watch(store->prefix, store->follow.cursor + 1);
	request.body = body;
	call = http_send(store->http, &request);
	free(body);
	return call;
}

const struct follow_ops etcd_follow = {
	.list = list,
	.stream = stream,
};
