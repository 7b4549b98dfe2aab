// SPDX-License-Identifier: GPL-2.0
/*
 * Stores for the conformance suite: opened, asked, watched; and TAP.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conform.h"
#include "l2announced/names.h"
#include "lib/clock.h"

#define PATIENCE_MS	30000	/* a wait on a condition ends in failure then */

static unsigned int checks, failed;

/* ------------------------------------------------------------ TAP */

bool conform_check(bool ok, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %u - ", ok ? "" : "not ", ++checks);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	failed += !ok;
	return ok;
}

void conform_diag(const char *fmt, ...)
{
	va_list ap;

	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

void conform_skip(const char *what, const char *why)
{
	printf("ok %u - %s # SKIP %s\n", ++checks, what, why);
}

int conform_end(void)
{
	printf("1..%u\n", checks);
	return failed ? 1 : 0;
}

const char *conform_result(enum el_result result)
{
	switch (result) {
	case EL_OK:
		return "done";
	case EL_CONFLICT:
		return "conflict";
	case EL_FAILED:
		return "failed";
	case EL_UNKNOWN:
		return "unknown";
	}
	return "?";
}

/* ------------------------------------------------------------ waiting */

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

static bool never(void *arg)
{
	(void)arg;
	return false;
}

static bool wait_ms(conform_fn fn, void *arg, unsigned int ms)
{
	uint64_t end = l2a_clock_ns(CLOCK_MONOTONIC) + ms * L2A_NSEC_PER_MSEC;
	struct timeval tv = { 0, 5000 };
	struct event *ev = event_new(conform_base, -1, EV_PERSIST, on_tick, NULL);
	bool so;

	event_add(ev, &tv);
	while (!(so = fn(arg)) && l2a_clock_ns(CLOCK_MONOTONIC) < end)
		event_base_loop(conform_base, EVLOOP_ONCE);
	event_free(ev);
	return so;
}

bool conform_wait(conform_fn fn, void *arg)
{
	return wait_ms(fn, arg, PATIENCE_MS);
}

void conform_run(unsigned int ms)
{
	wait_ms(never, NULL, ms);
}

static bool is_over(void *arg)
{
	return ((struct conform_reply *)arg)->over;
}

/* A call that is never answered breaks the promise all others build on. */
void conform_wait_reply(struct conform_reply *reply)
{
	if (conform_wait(is_over, reply))
		return;
	printf("Bail out! a call was not answered\n");
	exit(1);
}

/* ------------------------------------------------------------ calls */

static void on_reply(void *arg, const struct store_reply *r)
{
	struct conform_reply *reply = arg;
	const struct store_item *item = r->n ? &r->items[0] : NULL;

	if (reply->over) {
		printf("Bail out! a call was answered twice\n");
		exit(1);
	}
	reply->over = true;
	reply->result = r->result;
	reply->n = r->n;
	reply->rev = r->rev;
	reply->version = item ? item->version : 0;
	reply->there = item && item->value;
	snprintf(reply->value, sizeof(reply->value), "%s",
		 reply->there ? item->value : "");
	snprintf(reply->error, sizeof(reply->error), "%s",
		 (r->result == EL_FAILED || r->result == EL_UNKNOWN) &&
		 r->error ? r->error : "");
}

struct conform_reply conform_get(struct conform_store *s, const char *key)
{
	struct conform_reply reply = { 0 };

	s->ops->get(s->store, key, on_reply, &reply);
	conform_wait_reply(&reply);
	return reply;
}

struct conform_reply conform_get_back(struct conform_store *s, const char *key)
{
	uint64_t end = l2a_clock_ns(CLOCK_MONOTONIC) +
		       PATIENCE_MS * L2A_NSEC_PER_MSEC;
	struct conform_reply reply;

	while ((reply = conform_get(s, key)).result != EL_OK) {
		if (l2a_clock_ns(CLOCK_MONOTONIC) >= end) {
			printf("Bail out! the store does not come back: %s\n",
			       reply.error);
			exit(1);
		}
	}
	return reply;
}

struct conform_reply conform_list(struct conform_store *s, const char *prefix)
{
	struct conform_reply reply = { 0 };

	s->ops->list(s->store, prefix, on_reply, &reply);
	conform_wait_reply(&reply);
	return reply;
}

void conform_begin_put(struct conform_store *s, const char *key,
		       uint64_t version, const char *value,
		       struct conform_reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	if (value)
		s->ops->put_if(s->store, key, version, value, on_reply, reply);
	else
		s->ops->delete_if(s->store, key, version, on_reply, reply);
	if (reply->over)
		conform_check(false, "no call is answered before it returns");
}

struct conform_reply conform_put(struct conform_store *s, const char *key,
				 uint64_t version, const char *value)
{
	struct conform_reply reply;

	conform_begin_put(s, key, version, value, &reply);
	conform_wait_reply(&reply);
	return reply;
}

/* ------------------------------------------------------------ the watcher */

static struct store_item *find(struct conform_watch *w, const char *key)
{
	for (size_t i = 0; i < w->n; i++) {
		if (!strcmp(w->items[i].key, key))
			return &w->items[i];
	}
	return NULL;
}

const char *conform_seen(const struct conform_watch *w, const char *key)
{
	struct store_item *item = find((struct conform_watch *)(uintptr_t)w, key);

	return item ? item->value : NULL;
}

static void forget(struct conform_watch *w)
{
	for (size_t i = 0; i < w->n; i++) {
		free(w->items[i].key);
		free(w->items[i].value);
	}
	w->n = 0;
}

static void take(struct conform_watch *w, const struct store_item *item)
{
	struct store_item *mine = find(w, item->key);

	if (!mine) {
		if (w->n == sizeof(w->items) / sizeof(w->items[0]))
			abort();
		mine = &w->items[w->n++];
		memset(mine, 0, sizeof(*mine));
		mine->key = xstrdup(item->key);
	}
	if (item->version < mine->version)
		w->backwards = true;
	free(mine->value);
	mine->value = xstrdup(item->value);
	mine->version = item->version;
}

static void on_view(void *arg, const struct store_item *items, size_t n,
		    uint64_t rev, bool full)
{
	struct conform_watch *w = arg;

	w->views++;
	w->fulls += full;
	if (rev < w->rev || (!full && !w->fulls))
		w->backwards = true;
	w->rev = rev;
	if (full)
		forget(w);
	for (size_t i = 0; i < n; i++)
		take(w, &items[i]);
}

static void on_state(void *arg, const char *error)
{
	struct conform_watch *w = arg;

	w->told = true;
	w->down = error;
	snprintf(w->error, sizeof(w->error), "%s", error ? error : "");
}

static void on_reset(void *arg)
{
	struct conform_watch *w = arg;

	w->resets++;
	w->rev = 0;
	forget(w);
}

void conform_open(struct conform_store *s, bool watch)
{
	const struct store_watcher watcher = {
		.view = on_view,
		.state = on_state,
		.reset = on_reset,
		.arg = &s->watch,
	};
	struct l2a_error err;

	memset(s, 0, sizeof(*s));
	s->ops = store_find(conform_config.store_type);
	s->store = s->ops->open(&conform_config, conform_base, &err);
	if (!s->store) {
		printf("Bail out! %s\n", err.text);
		exit(1);
	}
	if (watch)
		s->ops->watch(s->store, &watcher);
}

void conform_close(struct conform_store *s)
{
	s->ops->close(s->store);
	forget(&s->watch);
}
