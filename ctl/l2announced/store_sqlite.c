// SPDX-License-Identifier: GPL-2.0
/*
 * The SQLite store, the event loop's side: calls go to the worker's thread and
 * answers come back through two queues, each with an eventfd.
 */
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "config.h"
#include "sqlite_db.h"
#include "sqlite_worker.h"

static void answer(struct call *call)
{
	struct store_reply reply = {
		.result = call->result,
		.items = call->items,
		.n = call->n,
		.rev = call->rev,
		.error = call->err.text,
	};

	if (call->fn)
		call->fn(call->arg, &reply);
	sqlite_call_free(call);
}

static void pass_on(struct store *store, struct news *news)
{
	const struct store_watcher *w = &store->watcher;

	switch (news->type) {
	case NEWS_ANSWER:
		answer(news->call);
		break;
	case NEWS_VIEW:
		if (w->view)
			w->view(w->arg, news->items, news->n, news->rev,
				news->full);
		break;
	case NEWS_STATE:
		if (w->state)
			w->state(w->arg, news->error);
		break;
	case NEWS_RESET:
		if (w->reset)
			w->reset(w->arg);
		break;
	}
	sqlite_news_free(news);
}

static void drain(struct store *store)
{
	struct news *news;

	pthread_mutex_lock(&store->lock);
	news = store->news;
	store->news = NULL;
	store->news_end = &store->news;
	pthread_mutex_unlock(&store->lock);
	while (news) {
		struct news *next = news->next;

		pass_on(store, news);
		news = next;
	}
}

static void on_news(evutil_socket_t fd, short what, void *arg)
{
	(void)what;
	sqlite_hush(fd);
	drain(arg);
}

static void push(struct store *store, enum call_type type, const char *key,
		 uint64_t version, const char *value, store_fn fn, void *arg)
{
	struct call *call = xmalloc(sizeof(*call));

	call->type = type;
	call->key = xstrdup(key);
	call->version = version;
	call->value = xstrdup(value);
	call->fn = fn;
	call->arg = arg;
	pthread_mutex_lock(&store->lock);
	*store->calls_end = call;
	store->calls_end = &call->next;
	pthread_mutex_unlock(&store->lock);
	sqlite_ring(store->calls_fd);
}

static void call_get(struct store *store, const char *key, store_fn fn, void *arg)
{
	push(store, CALL_GET, key, 0, NULL, fn, arg);
}

static void call_list(struct store *store, const char *prefix, store_fn fn,
		      void *arg)
{
	push(store, CALL_LIST, prefix, 0, NULL, fn, arg);
}

static void call_put_if(struct store *store, const char *key, uint64_t version,
			const char *value, store_fn fn, void *arg)
{
	push(store, CALL_PUT, key, version, value, fn, arg);
}

static void call_delete_if(struct store *store, const char *key,
			   uint64_t version, store_fn fn, void *arg)
{
	push(store, CALL_PUT, key, version, NULL, fn, arg);
}

static void call_watch(struct store *store, const struct store_watcher *watcher)
{
	store->watcher = *watcher;
}

static uint64_t call_rtt_us(const struct store *store)
{
	struct store *s = (struct store *)(uintptr_t)store;
	uint64_t rtt;

	pthread_mutex_lock(&s->lock);
	rtt = s->rtt_us;
	pthread_mutex_unlock(&s->lock);
	return rtt;
}

/* Signals are the loop's. */
static int start(struct store *store)
{
	sigset_t all, old;
	int ret;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ret = pthread_create(&store->thread, NULL, sqlite_worker, store);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return ret;
}

static void free_store(struct store *store)
{
	if (store->ev)
		event_free(store->ev);
	if (store->calls_fd >= 0)
		close(store->calls_fd);
	if (store->news_fd >= 0)
		close(store->news_fd);
	pthread_mutex_destroy(&store->lock);
	free(store->epoch);
	store_state_clear(&store->told);
	free(store->path);
	free(store);
}

static struct store *call_open(const struct config *config,
			       struct event_base *base, struct l2a_error *err)
{
	struct store *store = xmalloc(sizeof(*store));
	int ret = -ENOMEM;

	store->path = xstrdup(config->store_path);
	/* No single wait may eat up what a renewal has. */
	store->busy_ms = (int)config->renew_ms / 2;
	store->calls_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	store->news_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	store->inotify_fd = -1;
	store->calls_end = &store->calls;
	store->news_end = &store->news;
	pthread_mutex_init(&store->lock, NULL);
	if (store->calls_fd < 0 || store->news_fd < 0) {
		ret = -errno;
		goto fail;
	}
	store->ev = event_new(base, store->news_fd, EV_READ | EV_PERSIST,
			      on_news, store);
	if (!store->ev || event_add(store->ev, NULL))
		goto fail;
	ret = -start(store);
	if (!ret)
		return store;
fail:
	l2a_fail(err, ret, "cannot start the store's thread: %s", strerror(-ret));
	free_store(store);
	return NULL;
}

static void call_close(struct store *store)
{
	if (!store)
		return;
	push(store, CALL_CLOSE, NULL, 0, NULL, NULL, NULL);
	pthread_join(store->thread, NULL);
	drain(store);
	/* Calls made meanwhile were not carried out, which is one unknown. */
	for (struct call *call = sqlite_take_calls(store), *next; call; call = next) {
		next = call->next;
		call->result = EL_UNKNOWN;
		answer(call);
	}
	free_store(store);
}

const struct store_ops store_sqlite = {
	.type = "sqlite",
	.open = call_open,
	.close = call_close,
	.get = call_get,
	.list = call_list,
	.put_if = call_put_if,
	.delete_if = call_delete_if,
	.watch = call_watch,
	.rtt_us = call_rtt_us,
};
