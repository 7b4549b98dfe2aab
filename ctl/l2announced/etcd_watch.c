// SPDX-License-Identifier: GPL-2.0
/*
 * Following what changes in etcd: read everything at one revision, then a
 * stream of all changes after it. A stream that ends is resumed where it was;
 * where etcd has forgotten that revision, everything is read again.
 *
 * A stream comes from one member, which may be cut off from the others and
 * silent for good. What we write ourselves has to come back on it: where it
 * does not in time, another stream is begun.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "etcd_priv.h"
#include "log.h"
#include "names.h"

static void follow(struct store *store);

static void set_timer(struct event *timer, uint32_t ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(timer, &tv);
}

static void stop_watch(struct store *store)
{
	http_cancel(store->watch);
	store->watch = NULL;
}

/* ------------------------------------------------------------ everything */

static void listed(struct etcd_call *call, const struct etcd_answer *answer)
{
	struct store *store = call->store;
	const struct store_watcher *w = &store->watcher;
	struct store_item *items;
	size_t n;

	store->listing = false;
	if (store->closing)
		return;
	if (answer->result != EL_OK) {
		set_timer(store->retry, store->retry_ms);
		return;
	}
	if (!etcd_items(answer->obj, store->prefix, &items, &n)) {
		log_warn("store: records below %s cannot be read",
			 store->prefix);
		set_timer(store->retry, store->retry_ms);
		return;
	}
	store->cursor = answer->rev;
	store->have_cursor = true;
	if (w->view)
		w->view(w->arg, items, n, answer->rev, true);
	store_items_free(items, n);
	follow(store);
}

void etcd_watch_start(struct store *store)
{
	struct etcd_call *call;

	if (store->listing)
		return;
	stop_watch(store);
	store->listing = true;
	store->have_cursor = false;
	call = xmalloc(sizeof(*call));
	call->store = store;
	call->path = "/v3/kv/range";
	call->body = etcd_range(store->prefix, true);
	call->urgent = true;
	call->done = listed;
	etcd_send(call);
}

void etcd_watch_reset(struct store *store)
{
	if (store->watcher.reset)
		store->watcher.reset(store->watcher.arg);
	store->written = 0;
	/* A list that is under way may be the one that found out. */
	store->have_cursor = false;
	stop_watch(store);
	if (!store->listing)
		set_timer(store->retry, 0);
}

/* ------------------------------------------------------------ the changes */

/* All up to the last of them: a revision's changes come in one line. */
static void tell_events(struct store *store, json_object *result)
{
	const struct store_watcher *w = &store->watcher;
	struct store_item *items;
	uint64_t last = store->cursor;
	size_t n, from = 0;

	if (!etcd_events(result, store->prefix, &items, &n)) {
		log_warn("store: a change below %s cannot be read",
			 store->prefix);
		etcd_watch_start(store);
		return;
	}
	while (from < n && items[from].version <= store->cursor)
		from++;
	if (from < n) {
		last = items[n - 1].version;
		store->cursor = last;
		if (w->view)
			w->view(w->arg, items + from, n - from, last, false);
	}
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
	const char *reason = store_text(result, "cancel_reason");

	if (json_object_object_get(result, "compact_revision"))
		log_info("store: changes since revision %llu are forgotten: reading all",
			 (unsigned long long)store->cursor);
	else
		log_info("store: watch ended: %s", reason ? reason : "no reason given");
	stop_watch(store);
	store->have_cursor = false;
	set_timer(store->retry, json_object_object_get(result, "compact_revision") ?
		  0 : store->retry_ms);
}

static void on_line(void *arg, const char *line, size_t len)
{
	struct store *store = arg;
	json_object *obj = store_parse(line, len);
	json_object *result = obj ? json_object_object_get(obj, "result") : NULL;

	if (result && is_true(result, "canceled")) {
		canceled(store, result);
	} else if (result) {
		tell_events(store, result);
	} else {
		/* An error, or nothing of etcd's. */
		stop_watch(store);
		set_timer(store->retry, store->retry_ms);
	}
	json_object_put(obj);
}

static void on_end(void *arg, const struct http_reply *reply)
{
	struct store *store = arg;

	store->watch = NULL;
	if (store->closing)
		return;
	log_debug("store: watch ended: %s", reply->error ? reply->error :
		  "closed");
	if (reply->status == 401)
		etcd_forget_token(store);
	set_timer(store->retry, store->retry_ms);
}

static void follow(struct store *store)
{
	const char *const headers[] = { store->auth_header };
	char *body = etcd_watch(store->prefix, store->cursor + 1);
	const struct http_request request = {
		.method = "POST",
		.path = "/v3/watch",
		.headers = headers,
		.n_headers = store->auth_header ? 1 : 0,
		.body = body,
		.timeout_ms = store->timeout_ms,
		.attempt_ms = store->attempt_ms,
		.repeat = true,
		.line = on_line,
		.done = on_end,
		.arg = store,
	};

	stop_watch(store);
	store->watch = http_send(store->http, &request);
	free(body);
}

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct store *store = arg;

	(void)fd;
	(void)what;
	if (store->have_cursor && (!store->user || store->auth_header))
		follow(store);
	else
		etcd_watch_start(store);
}

/* ------------------------------------------------------------ its liveness */

static void on_lag(evutil_socket_t fd, short what, void *arg)
{
	struct store *store = arg;

	(void)fd;
	(void)what;
	if (!store->have_cursor || store->cursor >= store->written)
		return;
	log_info("store: the watch has not shown revision %llu: beginning another",
		 (unsigned long long)store->written);
	follow(store);
	set_timer(store->lag, store->lag_ms);
}

void etcd_watch_wrote(struct store *store, uint64_t rev)
{
	if (rev > store->written)
		store->written = rev;
	if (store->cursor < rev && !event_pending(store->lag, EV_TIMEOUT, NULL))
		set_timer(store->lag, store->lag_ms);
}

int etcd_watch_open(struct store *store)
{
	store->retry = evtimer_new(store->base, on_retry, store);
	store->lag = evtimer_new(store->base, on_lag, store);
	return store->retry && store->lag ? 0 : -ENOMEM;
}

void etcd_watch_close(struct store *store)
{
	stop_watch(store);
	if (store->retry)
		event_free(store->retry);
	if (store->lag)
		event_free(store->lag);
	store->retry = NULL;
	store->lag = NULL;
}
