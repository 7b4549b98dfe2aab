// SPDX-License-Identifier: GPL-2.0
/*
 * Following what changes in Kubernetes: read all our Leases at one revision,
 * then a stream of all changes after it. A stream that ends is resumed where it
 * was; bookmarks move that place on while nothing of ours changes. Where the
 * server has forgotten the revision (410 Gone), everything is read again.
 *
 * A stream may be silent for good, its server cut off. What we write ourselves
 * has to come back on it: where it does not in time, another one is begun.
 */
#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kube_priv.h"
#include "log.h"
#include "names.h"

static void follow(struct store *store);

static void set_timer(struct event *timer, uint32_t ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(timer, &tv);
}

/* Again after @ms, or when the server wants to hear of us again. */
static void retry(struct store *store, uint32_t ms)
{
	uint32_t still = kube_still_ms(store);

	set_timer(store->retry, still > ms ? still : ms);
}

static void stop_watch(struct store *store)
{
	http_cancel(store->watch);
	store->watch = NULL;
}

static void read_again(struct store *store, uint32_t ms)
{
	stop_watch(store);
	store->have_cursor = false;
	retry(store, ms);
}

/* ------------------------------------------------------------ everything */

static void listed(struct kube_call *call, const struct kube_answer *answer)
{
	struct store *store = call->store;
	const struct store_watcher *w = &store->watcher;
	struct store_item *items;
	size_t n;

	store->listing = false;
	if (store->closing)
		return;
	if (answer->result != EL_OK) {
		retry(store, store->retry_ms);
		return;
	}
	if (!kube_list(answer->obj, "", &items, &n)) {
		log_warn("store: the answer is no list of leases");
		retry(store, store->retry_ms);
		return;
	}
	store->cursor = answer->rev;
	store->have_cursor = true;
	if (w->view)
		w->view(w->arg, items, n, answer->rev, true);
	store_items_free(items, n);
	follow(store);
}

void kube_watch_start(struct store *store)
{
	struct kube_call *call;

	if (store->listing)
		return;
	stop_watch(store);
	store->listing = true;
	store->have_cursor = false;
	call = kube_list_call(store, listed);
	call->urgent = true;
	kube_send(call);
}

void kube_watch_reset(struct store *store)
{
	if (store->watcher.reset)
		store->watcher.reset(store->watcher.arg);
	store->written = 0;
	/* A list that is under way may be the one that found out. */
	store->have_cursor = false;
	stop_watch(store);
	if (!store->listing)
		retry(store, 0);
}

/* ------------------------------------------------------------ the changes */

static void tell(struct store *store, const struct kube_event *event)
{
	const struct store_watcher *w = &store->watcher;
	bool bookmark = event->type == KUBE_BOOKMARK;

	if (event->rev <= store->cursor)
		return;
	store->cursor = event->rev;
	if (w->view)
		w->view(w->arg, bookmark ? NULL : &event->item, !bookmark,
			event->rev, false);
}

static void on_line(void *arg, const char *line, size_t len)
{
	struct store *store = arg;
	json_object *obj = store_parse(line, len);
	struct kube_event event;

	kube_event_parse(obj, &event);
	switch (event.type) {
	case KUBE_CHANGED:
	case KUBE_GONE:
	case KUBE_BOOKMARK:
		tell(store, &event);
		break;
	case KUBE_EXPIRED:
		log_info("store: changes since version %" PRIu64 " are forgotten: reading all",
			 store->cursor);
		read_again(store, 0);
		break;
	case KUBE_ERROR:
		log_info("store: watch ended: %s", event.message ?
			 event.message : "no reason given");
		read_again(store, store->retry_ms);
		break;
	case KUBE_BAD:
		log_warn("store: a change that cannot be read: reading all");
		read_again(store, store->retry_ms);
		break;
	}
	json_object_put(obj);
}

/* Of what the server itself refuses to go on with, the list tells more. */
static void on_end(void *arg, const struct http_reply *reply)
{
	struct store *store = arg;

	store->watch = NULL;
	if (store->closing)
		return;
	log_debug("store: watch ended: %s", reply->error ? reply->error :
		  "closed");
	if (reply->status == 429 || reply->retry_after_ms)
		kube_keep_still(store, reply->retry_after_ms, reply->error);
	else if (reply->status >= 400 && reply->status < 500)
		store->have_cursor = false;
	retry(store, reply->status == 410 ? 0 : store->retry_ms);
}

static void follow(struct store *store)
{
	struct http_request request = {
		.method = "GET",
		.timeout_ms = store->timeout_ms,
		.attempt_ms = store->attempt_ms,
		.repeat = true,
		.line = on_line,
		.done = on_end,
		.arg = store,
	};
	struct kube_call *call = kube_list_call(store, NULL);
	char *path;

	stop_watch(store);
	if (asprintf(&path, "%s&watch=true&allowWatchBookmarks=true&resourceVersion=%" PRIu64,
		     call->path, store->cursor) < 0)
		abort();
	request.path = path;
	request.n_headers = kube_headers(&request.headers, false);
	store->watch = http_send(store->http, &request);
	free(path);
	kube_call_free(call);
}

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct store *store = arg;

	(void)fd;
	(void)what;
	if (kube_still_ms(store))
		retry(store, 0);
	else if (store->have_cursor)
		follow(store);
	else
		kube_watch_start(store);
}

/* ------------------------------------------------------------ its liveness */

static void on_lag(evutil_socket_t fd, short what, void *arg)
{
	struct store *store = arg;

	(void)fd;
	(void)what;
	if (!store->have_cursor || store->cursor >= store->written)
		return;
	log_info("store: the watch has not shown version %" PRIu64 ": beginning another",
		 store->written);
	stop_watch(store);
	retry(store, 0);
	set_timer(store->lag, store->lag_ms);
}

void kube_watch_wrote(struct store *store, uint64_t rev)
{
	if (rev > store->written)
		store->written = rev;
	if (store->cursor < rev && !event_pending(store->lag, EV_TIMEOUT, NULL))
		set_timer(store->lag, store->lag_ms);
}

int kube_watch_open(struct store *store)
{
	store->retry = evtimer_new(store->base, on_retry, store);
	store->lag = evtimer_new(store->base, on_lag, store);
	return store->retry && store->lag ? 0 : -ENOMEM;
}

void kube_watch_close(struct store *store)
{
	stop_watch(store);
	if (store->retry)
		event_free(store->retry);
	if (store->lag)
		event_free(store->lag);
	store->retry = NULL;
	store->lag = NULL;
}
