// SPDX-License-Identifier: GPL-2.0
/*
 * What follow.c asks of Kubernetes: all our Leases, and the stream of their changes.
 * Bookmarks move its place on while nothing of ours changes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "kube_priv.h"
#include "log.h"
#include "names.h"

static void listed(struct kube_call *call, const struct kube_answer *answer)
{
	struct store *store = call->store;
	struct store_item *items;
	size_t n;

	if (answer->result != EL_OK) {
		follow_list_failed(&store->follow);
	} else if (!kube_list(answer->obj, "", &items, &n)) {
		log_warn("store: the answer is no list of leases");
		follow_list_failed(&store->follow);
	} else {
		follow_listed(&store->follow, items, n, answer->rev);
		store_items_free(items, n);
	}
}

static void list(struct store *store)
{
	struct kube_call *call = kube_list_call(store, listed);

	call->urgent = true;
	kube_send(call);
}

static void on_line(void *arg, const char *line, size_t len)
{
	struct store *store = arg;
	struct follow *f = &store->follow;
	json_object *obj = store_parse(line, len);
	struct kube_event event;

	kube_event_parse(obj, &event);
	switch (event.type) {
	case KUBE_CHANGED:
	case KUBE_GONE:
		follow_changes(f, &event.item, 1, event.rev);
		break;
	case KUBE_BOOKMARK:
		follow_changes(f, NULL, 0, event.rev);
		break;
	case KUBE_EXPIRED:
		log_info("store: changes since version %" PRIu64 " are forgotten: reading all",
			 f->cursor);
		follow_forget(f, 0);
		break;
	case KUBE_ERROR:
		log_info("store: watch ended: %s", event.message ?
			 event.message : "no reason given");
		follow_forget(f, f->retry_ms);
		break;
	case KUBE_BAD:
		log_warn("store: a change that cannot be read: reading all");
		follow_forget(f, f->retry_ms);
		break;
	}
	json_object_put(obj);
}

/* Of what the server itself refuses to go on with, the list tells more. */
static void on_end(void *arg, const struct http_reply *reply)
{
	struct store *store = arg;
	struct follow *f = &store->follow;
	bool busy = reply->status == 429 || reply->retry_after_ms;

	if (!follow_ended(f))
		return;
	log_debug("store: watch ended: %s", reply->error ? reply->error :
		  "closed");
	if (busy)
		kube_keep_still(store, reply->retry_after_ms, reply->error);
	if (!busy && reply->status >= 400 && reply->status < 500)
		follow_forget(f, reply->status == 410 ? 0 : f->retry_ms);
	else
		follow_again(f, f->retry_ms);
}

static struct http_call *stream(struct store *store)
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
	struct http_call *stream;
	char *path;

	if (asprintf(&path, "%s&watch=true&allowWatchBookmarks=true&resourceVersion=%" PRIu64,
		     call->path, store->follow.cursor) < 0)
		abort();
	request.path = path;
	request.n_headers = kube_headers(&request.headers, false);
	stream = http_send(store->http, &request);
	free(path);
	kube_call_free(call);
	return stream;
}

const struct follow_ops kube_follow = {
	.list = list,
	.stream = stream,
	.wait_ms = kube_still_ms,
};
