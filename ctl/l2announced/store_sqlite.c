// SPDX-License-Identifier: GPL-2.0
/*
 * The SQLite store: one worker thread owns the database and does what blocks;
 * calls go to it and answers come back through two queues, each with an
 * eventfd.
 *
 * The worker also watches: inotify tells of writes to the log beside the
 * database, and where it cannot, a look every POLL_MS does.
 */
#include <errno.h>
#include <event2/event.h>
#include <libgen.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "config.h"
#include "lib/clock.h"
#include "sqlite_db.h"

#define POLL_MS		25
#define REOPEN_MS	200
#define REPLACED_MS	500

enum call_type {
	CALL_GET,
	CALL_LIST,
	CALL_PUT,
	CALL_CLOSE,
};

/* A call on its way to the worker and back. */
struct call {
	struct call *next;
	enum call_type type;
	char *key;
	char *value;
	uint64_t version;
	store_fn fn;
	void *arg;
	enum el_result result;
	struct store_item *items;
	size_t n;
	uint64_t rev;
	struct l2a_error err;
};

/* What the worker tells unasked. */
enum news_type {
	NEWS_ANSWER,
	NEWS_VIEW,
	NEWS_STATE,
	NEWS_RESET,
};

struct news {
	struct news *next;
	enum news_type type;
	struct call *call;
	struct store_item *items;
	size_t n;
	uint64_t rev;
	bool full;
	char *error;
};

struct store {
	/* Fixed before the worker starts. */
	char *path;
	int busy_ms;
	int calls_fd;
	int news_fd;

	/* The two queues; both sides, under the lock. */
	pthread_mutex_t lock;
	struct call *calls, **calls_end;
	struct news *news, **news_end;
	uint64_t rtt_us;

	/* The loop's side. */
	pthread_t thread;
	struct event *ev;
	struct store_watcher watcher;

	/* The worker's side. */
	struct sqlite_db *db;
	char *epoch;
	int inotify_fd;
	uint64_t cursor;
	bool have_cursor;
	bool told_down;
	bool told_up;
	uint64_t retry_at;
	uint64_t look_at;
};

static uint64_t now_ms(void)
{
	return l2a_clock_ns(CLOCK_MONOTONIC) / L2A_NSEC_PER_MSEC;
}

static void ring(int fd)
{
	uint64_t one = 1;

	/* A full counter rings already. */
	if (write(fd, &one, sizeof(one)) < 0)
		return;
}

static void hush(int fd)
{
	uint64_t count;

	if (read(fd, &count, sizeof(count)) < 0)
		return;
}

static void free_call(struct call *call)
{
	sqlite_items_free(call->items, call->n);
	free(call->key);
	free(call->value);
	free(call);
}

static void free_news(struct news *news)
{
	sqlite_items_free(news->items, news->n);
	free(news->error);
	free(news);
}

/* The worker. */

static void tell(struct store *store, struct news *news)
{
	pthread_mutex_lock(&store->lock);
	*store->news_end = news;
	store->news_end = &news->next;
	pthread_mutex_unlock(&store->lock);
	ring(store->news_fd);
}

static struct news *news_new(enum news_type type)
{
	struct news *news = xmalloc(sizeof(*news));

	news->type = type;
	return news;
}

static void tell_state(struct store *store, const char *error)
{
	struct news *news;

	if (error ? store->told_down : store->told_up)
		return;
	store->told_down = error;
	store->told_up = !error;
	news = news_new(NEWS_STATE);
	news->error = xstrdup(error);
	tell(store, news);
}

static void close_db(struct store *store)
{
	sqlite_db_close(store->db);
	store->db = NULL;
	if (store->inotify_fd >= 0)
		close(store->inotify_fd);
	store->inotify_fd = -1;
}

/* Without inotify the polling alone finds the changes. */
static void watch_log(struct store *store)
{
	char *copy = xstrdup(store->path);

	store->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (store->inotify_fd >= 0 &&
	    inotify_add_watch(store->inotify_fd, dirname(copy), IN_MODIFY) < 0) {
		close(store->inotify_fd);
		store->inotify_fd = -1;
	}
	free(copy);
}

static void another_store(struct store *store)
{
	tell(store, news_new(NEWS_RESET));
	store->have_cursor = false;
}

static void check_epoch(struct store *store)
{
	const char *epoch = sqlite_db_epoch(store->db);

	if (store->epoch && strcmp(store->epoch, epoch))
		another_store(store);
	free(store->epoch);
	store->epoch = xstrdup(epoch);
}

static void open_db(struct store *store)
{
	struct l2a_error err;

	if (store->db || now_ms() < store->retry_at)
		return;
	store->db = sqlite_db_open(store->path, store->busy_ms, &err);
	if (!store->db) {
		store->retry_at = now_ms() + REOPEN_MS;
		tell_state(store, err.text);
		return;
	}
	watch_log(store);
	check_epoch(store);
	store->look_at = now_ms() + REPLACED_MS;
}

/*
 * What failed to read or write may be gone or another file by now: begin anew,
 * after a moment.
 */
static void give_up(struct store *store, const struct l2a_error *err)
{
	tell_state(store, err->text);
	close_db(store);
	store->retry_at = now_ms() + REOPEN_MS;
}

static void get(struct store *store, struct call *call)
{
	call->items = xmalloc(sizeof(*call->items));
	call->n = 1;
	call->items->key = xstrdup(call->key);
	call->result = sqlite_db_get(store->db, call->key, call->items,
				     &call->err);
}

static void put(struct store *store, struct call *call)
{
	uint64_t begin = l2a_clock_ns(CLOCK_MONOTONIC);

	call->items = xmalloc(sizeof(*call->items));
	call->n = 1;
	call->items->key = xstrdup(call->key);
	call->result = sqlite_db_put(store->db, call->key, call->version,
				     call->value, &call->items->version,
				     &call->err);
	if (call->result != EL_OK && call->result != EL_CONFLICT)
		return;
	pthread_mutex_lock(&store->lock);
	store->rtt_us = (l2a_clock_ns(CLOCK_MONOTONIC) - begin) /
			L2A_NSEC_PER_USEC + 1;
	pthread_mutex_unlock(&store->lock);
}

static void carry_out(struct store *store, struct call *call)
{
	struct news *news;

	call->result = EL_FAILED;
	open_db(store);
	if (!store->db)
		l2a_fail(&call->err, -EIO, "%s: cannot be reached", store->path);
	else if (call->type == CALL_GET)
		get(store, call);
	else if (call->type == CALL_PUT)
		put(store, call);
	else
		call->result = sqlite_db_read(store->db, call->key, 0,
					      &call->items, &call->n,
					      &call->rev, &call->err);
	if (store->db && (call->result == EL_FAILED ||
			  call->result == EL_UNKNOWN))
		give_up(store, &call->err);
	news = news_new(NEWS_ANSWER);
	news->call = call;
	tell(store, news);
}

static void read_view(struct store *store)
{
	struct news *news = news_new(NEWS_VIEW);
	struct l2a_error err;
	uint64_t since = store->have_cursor ? store->cursor : 0;

	news->full = !since;
	if (sqlite_db_read(store->db, "", since, &news->items, &news->n,
			   &news->rev, &err) != EL_OK) {
		free_news(news);
		give_up(store, &err);
		return;
	}
	tell_state(store, NULL);
	if (store->have_cursor && news->rev <= store->cursor) {
		/* An old copy of itself is another store; read it afresh. */
		if (news->rev < store->cursor)
			another_store(store);
		free_news(news);
		return;
	}
	store->cursor = news->rev;
	store->have_cursor = true;
	tell(store, news);
}

/* A file put in another's place would go unnoticed by who has the old one open. */
static void look_whether_replaced(struct store *store)
{
	struct l2a_error err;

	if (!store->db || now_ms() < store->look_at)
		return;
	store->look_at = now_ms() + REPLACED_MS;
	if (!sqlite_db_replaced(store->db))
		return;
	l2a_fail(&err, -ENOENT, "%s: removed or replaced", store->path);
	give_up(store, &err);
}

static struct call *take_calls(struct store *store)
{
	struct call *calls;

	pthread_mutex_lock(&store->lock);
	calls = store->calls;
	store->calls = NULL;
	store->calls_end = &store->calls;
	pthread_mutex_unlock(&store->lock);
	return calls;
}

static void wait_for_work(struct store *store)
{
	struct pollfd fds[2] = {
		{ .fd = store->calls_fd, .events = POLLIN },
		{ .fd = store->inotify_fd, .events = POLLIN },
	};
	char buf[4096];

	if (poll(fds, 2, POLL_MS) <= 0)
		return;
	if (fds[0].revents)
		hush(store->calls_fd);
	while (fds[1].revents && read(store->inotify_fd, buf, sizeof(buf)) > 0)
		;
}

static void *worker(void *arg)
{
	struct store *store = arg;

	for (;;) {
		struct call *call = take_calls(store);
		bool wrote = call;

		while (call) {
			struct call *next = call->next;

			if (call->type == CALL_CLOSE) {
				free_call(call);
				close_db(store);
				return NULL;
			}
			call->next = NULL;
			carry_out(store, call);
			call = next;
		}
		look_whether_replaced(store);
		open_db(store);
		if (store->db && (sqlite_db_changed(store->db) || wrote ||
				  !store->have_cursor))
			read_view(store);
		wait_for_work(store);
	}
}

/* The loop. */

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
	free_call(call);
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
	free_news(news);
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
	hush(fd);
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
	ring(store->calls_fd);
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
	ret = pthread_create(&store->thread, NULL, worker, store);
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
	for (struct call *call = take_calls(store), *next; call; call = next) {
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
