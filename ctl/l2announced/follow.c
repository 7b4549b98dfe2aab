// SPDX-License-Identifier: GPL-2.0
/*
 * Following what changes in a store that is asked over HTTP. A stream that ends is
 * resumed where it was; where the store has forgotten that place, everything is
 * read again.
 *
 * A stream comes from one server, which may be cut off from the others and silent
 * for good. What we write ourselves has to come back on it: where it does not in
 * time, another stream is begun. It may be no more than slow, where much has changed at
 * once: another has to send all that again, and is given twice as long, so that one
 * comes to its end.
 */
#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>

#include "follow.h"
#include "http.h"
#include "lib/clock.h"
#include "log.h"

/* How often the wait doubles at most. */
#define DOUBLINGS	6

static void set_timer(struct event *timer, uint32_t ms)
{
	const struct timeval tv = l2a_timeval(ms * L2A_NSEC_PER_MSEC);

	event_add(timer, &tv);
}

static uint32_t wait_ms(const struct follow *f)
{
	return f->ops->wait_ms ? f->ops->wait_ms(f->store) : 0;
}

static void try_later(struct follow *f, uint32_t ms)
{
	uint32_t wait = wait_ms(f);

	if (f->retry)
		set_timer(f->retry, wait > ms ? wait : ms);
}

static void stop(struct follow *f)
{
	http_cancel(f->stream);
	f->stream = NULL;
}

static void begin_stream(struct follow *f)
{
	stop(f);
	f->stream = f->ops->stream(f->store);
	if (!f->stream)
		follow_start(f);
}

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct follow *f = arg;

	(void)fd;
	(void)what;
	if (wait_ms(f))
		try_later(f, 0);
	else if (f->have_cursor)
		begin_stream(f);
	else
		follow_start(f);
}

/* ------------------------------------------------------------ everything */

void follow_start(struct follow *f)
{
	if (f->listing)
		return;
	stop(f);
	f->listing = true;
	f->have_cursor = false;
	f->ops->list(f->store);
}

void follow_listed(struct follow *f, const struct store_item *items, size_t n,
		   uint64_t rev)
{
	const struct store_watcher *w = f->watcher;

	f->listing = false;
	if (!f->retry)
		return;
	f->cursor = rev;
	f->barren = 0;
	f->have_cursor = true;
	if (w->view)
		w->view(w->arg, items, n, rev, true);
	begin_stream(f);
}

void follow_list_failed(struct follow *f)
{
	f->listing = false;
	try_later(f, f->retry_ms);
}

void follow_reset(struct follow *f)
{
	if (f->watcher->reset)
		f->watcher->reset(f->watcher->arg);
	f->written = 0;
	/* A list that is under way may be the one that found out. */
	f->have_cursor = false;
	stop(f);
	if (!f->listing)
		try_later(f, 0);
}

/* ------------------------------------------------------------ the changes */

void follow_changes(struct follow *f, const struct store_item *items, size_t n,
		    uint64_t rev)
{
	const struct store_watcher *w = f->watcher;
	size_t from = 0;

	if (rev <= f->cursor)
		return;
	while (from < n && items[from].version <= f->cursor)
		from++;
	f->cursor = rev;
	f->barren = 0;
	if (w->view)
		w->view(w->arg, n ? items + from : NULL, n - from, rev, false);
}

void follow_again(struct follow *f, uint32_t ms)
{
	stop(f);
	try_later(f, ms);
}

void follow_forget(struct follow *f, uint32_t ms)
{
	f->have_cursor = false;
	follow_again(f, ms);
}

bool follow_ended(struct follow *f)
{
	f->stream = NULL;
	return f->retry;
}

/* ------------------------------------------------------------ its liveness */

static void await(struct follow *f)
{
	f->awaited = f->written;
	set_timer(f->lag, f->lag_ms << f->barren);
}

static void on_lag(evutil_socket_t fd, short what, void *arg)
{
	struct follow *f = arg;

	(void)fd;
	(void)what;
	if (!f->have_cursor || f->cursor >= f->written)
		return;
	/* What has been written since may be on its way. */
	if (f->cursor < f->awaited) {
		log_info("store: the watch has not shown version %" PRIu64 ": beginning another",
			 f->awaited);
		if (f->barren < DOUBLINGS)
			f->barren++;
		follow_again(f, 0);
	}
	await(f);
}

void follow_wrote(struct follow *f, uint64_t rev)
{
	if (rev > f->written)
		f->written = rev;
	if (f->lag && f->cursor < rev &&
	    !event_pending(f->lag, EV_TIMEOUT, NULL))
		await(f);
}

int follow_open(struct follow *f, struct event_base *base)
{
	f->retry = evtimer_new(base, on_retry, f);
	f->lag = evtimer_new(base, on_lag, f);
	return f->retry && f->lag ? 0 : -ENOMEM;
}

void follow_close(struct follow *f)
{
	stop(f);
	if (f->retry)
		event_free(f->retry);
	if (f->lag)
		event_free(f->lag);
	f->retry = NULL;
	f->lag = NULL;
}
