/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The SQLite store's insides, shared by its two sides: store_sqlite.c on the
 * event loop, sqlite_worker.c on a thread of its own.
 */
#ifndef L2A_SQLITE_WORKER_H
#define L2A_SQLITE_WORKER_H

#include <pthread.h>

#include "store.h"

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
	struct store_state told;
	bool unwritable;	/* the last write failed */
	uint64_t retry_at;
	uint64_t look_at;
};

/** sqlite_worker() - the thread; @arg is the store, it ends on CALL_CLOSE */
void *sqlite_worker(void *arg);

/** sqlite_take_calls() - take all waiting calls off the queue */
struct call *sqlite_take_calls(struct store *store);

/* Both sides: ring an eventfd, and empty it. */
void sqlite_ring(int fd);
void sqlite_hush(int fd);

void sqlite_call_free(struct call *call);
void sqlite_news_free(struct news *news);

#endif /* L2A_SQLITE_WORKER_H */
