// SPDX-License-Identifier: GPL-2.0
/*
 * The SQLite store's thread: it owns the database and does what blocks.
 *
 * It also watches: inotify tells of writes to the log beside the database, and
 * where it cannot, a look every POLL_MS does.
 */
#include <errno.h>
#include <libgen.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "lib/clock.h"
#include "sqlite_db.h"
#include "sqlite_worker.h"

#define POLL_MS		25
#define WRITING_MS	2	/* a commit is many writes to the log */
#define REOPEN_MS	200
#define REPLACED_MS	500

static uint64_t now_ms(void)
{
	return l2a_clock_ns(CLOCK_MONOTONIC) / L2A_NSEC_PER_MSEC;
}

void sqlite_ring(int fd)
{
	uint64_t one = 1;

	/* A full counter rings already. */
	if (write(fd, &one, sizeof(one)) < 0)
		return;
}

void sqlite_hush(int fd)
{
	uint64_t count;

	if (read(fd, &count, sizeof(count)) < 0)
		return;
}

void sqlite_call_free(struct call *call)
{
	sqlite_items_free(call->items, call->n);
	free(call->key);
	free(call->value);
	free(call);
}

void sqlite_news_free(struct news *news)
{
	sqlite_items_free(news->items, news->n);
	free(news->error);
	free(news);
}

static void tell(struct store *store, struct news *news)
{
	pthread_mutex_lock(&store->lock);
	*store->news_end = news;
	store->news_end = &news->next;
	pthread_mutex_unlock(&store->lock);
	sqlite_ring(store->news_fd);
}

static struct news *news_new(enum news_type type)
{
	struct news *news = xmalloc(sizeof(*news));

	news->type = type;
	return news;
}

/* What can be read and not written to, as on a full disk, is not back yet. */
static void tell_state(struct store *store, const char *error)
{
	struct news *news;

	if (!error && store->unwritable)
		return;
	if (!store_state_news(&store->told, error))
		return;
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
	/*
	 * A store that was there and is missing comes back, or is another: it
	 * is not for us to begin an empty one in its place.
	 */
	store->db = sqlite_db_open(store->path, !store->epoch, store->busy_ms,
				   &err);
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

static void answer(struct store *store, struct call *call)
{
	struct news *news = news_new(NEWS_ANSWER);

	news->call = call;
	tell(store, news);
}

static bool reachable(struct store *store, struct call *call)
{
	open_db(store);
	if (store->db)
		return true;
	call->result = EL_FAILED;
	l2a_fail(&call->err, -EIO, "%s: cannot be reached", store->path);
	return false;
}

static void set_rtt(struct store *store, uint64_t begin)
{
	pthread_mutex_lock(&store->lock);
	store->rtt_us = (l2a_clock_ns(CLOCK_MONOTONIC) - begin) /
			L2A_NSEC_PER_USEC + 1;
	pthread_mutex_unlock(&store->lock);
}

static void put_all(struct store *store, struct sqlite_put *puts, size_t n,
		    struct l2a_error *err)
{
	uint64_t begin = l2a_clock_ns(CLOCK_MONOTONIC);

	if (sqlite_db_put(store->db, puts, n, err) != EL_OK) {
		store->unwritable = true;
		give_up(store, err);
		return;
	}
	set_rtt(store, begin);
	/* A conflict writes nothing, and tells nothing of a full disk. */
	for (size_t i = 0; i < n; i++) {
		if (puts[i].result == EL_OK)
			store->unwritable = false;
	}
}

static void answer_put(struct store *store, struct call *call,
		       const struct sqlite_put *put, const struct l2a_error *err)
{
	call->result = put->result;
	call->err = *err;
	call->items = xmalloc(sizeof(*call->items));
	call->n = 1;
	call->items->key = xstrdup(call->key);
	call->items->version = put->written;
	answer(store, call);
}

/* Keys are "node/a", "holder/s" and the like. */
static bool same_kind(const char *a, const char *b)
{
	size_t kind = strcspn(a, "/");

	return strcspn(b, "/") == kind && !memcmp(a, b, kind);
}

/*
 * The writes at the head of the queue share a transaction: a commit costs more than
 * all that is written. Those of one kind, so that a renewal never fails because a
 * claim does.
 * Return: what comes after them.
 */
static struct call *put_calls(struct store *store, struct call *calls)
{
	struct l2a_error err = { 0 };
	struct sqlite_put *puts = NULL;
	struct call *end, *next;
	size_t n = 0;

	for (end = calls; end && end->type == CALL_PUT &&
			  same_kind(end->key, calls->key); end = end->next) {
		puts = xrealloc(puts, n + 1, sizeof(*puts));
		puts[n++] = (struct sqlite_put){
			.key = end->key, .version = end->version,
			.value = end->value,
		};
	}
	put_all(store, puts, n, &err);
	for (size_t i = 0; i < n; i++, calls = next) {
		next = calls->next;
		calls->next = NULL;
		answer_put(store, calls, &puts[i], &err);
	}
	free(puts);
	return end;
}

static void read_call(struct store *store, struct call *call)
{
	if (call->type == CALL_GET)
		get(store, call);
	else
		call->result = sqlite_db_read(store->db, call->key, 0,
					      &call->items, &call->n,
					      &call->rev, &call->err);
	if (call->result == EL_FAILED)
		give_up(store, &call->err);
	answer(store, call);
}

/* Return: the call after those carried out. */
static struct call *carry_out(struct store *store, struct call *call)
{
	struct call *next = call->next;

	if (reachable(store, call) && call->type == CALL_PUT)
		return put_calls(store, call);
	call->next = NULL;
	if (store->db)
		read_call(store, call);
	else
		answer(store, call);
	return next;
}

static void read_view(struct store *store)
{
	struct news *news = news_new(NEWS_VIEW);
	struct l2a_error err;
	uint64_t since = store->have_cursor ? store->cursor : 0;

	news->full = !since;
	if (sqlite_db_read(store->db, "", since, &news->items, &news->n,
			   &news->rev, &err) != EL_OK) {
		sqlite_news_free(news);
		give_up(store, &err);
		return;
	}
	tell_state(store, NULL);
	if (store->have_cursor && news->rev <= store->cursor) {
		/* An old copy of itself is another store; read it afresh. */
		if (news->rev < store->cursor)
			another_store(store);
		sqlite_news_free(news);
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

struct call *sqlite_take_calls(struct store *store)
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
	/* Let another's come to its end, unless there is something to do. */
	if (!fds[0].revents)
		poll(fds, 1, WRITING_MS);
	if (fds[0].revents)
		sqlite_hush(store->calls_fd);
	while (fds[1].revents && read(store->inotify_fd, buf, sizeof(buf)) > 0)
		;
}

void *sqlite_worker(void *arg)
{
	struct store *store = arg;

	for (;;) {
		struct call *call = sqlite_take_calls(store);
		bool wrote = call;

		while (call) {
			if (call->type == CALL_CLOSE) {
				sqlite_call_free(call);
				close_db(store);
				return NULL;
			}
			call = carry_out(store, call);
		}
		look_whether_replaced(store);
		open_db(store);
		if (store->db && (sqlite_db_changed(store->db) || wrote ||
				  !store->have_cursor))
			read_view(store);
		wait_for_work(store);
	}
}
