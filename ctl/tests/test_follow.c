// SPDX-License-Identifier: GPL-2.0
/*
 * A stream of changes that keeps up with what is written, and one that does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <sys/time.h>

#include "../l2announced/follow.h"
#include "../l2announced/http.h"

static char stream_of_ours;
static struct event_base *base;
static struct follow follow;
static int streams;

/* Instead of the one that knows real calls. */
void http_cancel(struct http_call *call)
{
	(void)call;
}

static void list(struct store *store)
{
	(void)store;
}

static struct http_call *begin_stream(struct store *store)
{
	(void)store;
	streams++;
	return (struct http_call *)&stream_of_ours;
}

static const struct follow_ops ops = { .list = list, .stream = begin_stream };
static const struct store_watcher watcher = { .view = NULL };

/* All up to version 10 is known. */
static int begin(void **state)
{
	(void)state;
	base = event_base_new();
	follow = (struct follow){
		.ops = &ops, .watcher = &watcher, .retry_ms = 1, .lag_ms = 20,
	};
	streams = 0;
	if (!base || follow_open(&follow, base))
		return -1;
	follow_start(&follow);
	follow_listed(&follow, NULL, 0, 10);
	return 0;
}

static int end(void **state)
{
	(void)state;
	follow_close(&follow);
	event_base_free(base);
	return 0;
}

/* The next thing that is due. */
static void next(void)
{
	event_base_loop(base, EVLOOP_ONCE);
}

static void test_one_that_keeps_up(void **state)
{
	(void)state;
	follow_wrote(&follow, 11);
	follow_changes(&follow, NULL, 0, 11);
	/* Just written when it is looked whether 11 has come. */
	follow_wrote(&follow, 12);
	next();
	follow_changes(&follow, NULL, 0, 12);
	next();
	assert_int_equal(streams, 1);
	assert_int_equal(event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED),
			 0);
}

static void test_one_that_does_not(void **state)
{
	(void)state;
	follow_wrote(&follow, 11);
	follow_wrote(&follow, 12);
	next();
	next();
	assert_int_equal(streams, 2);
}

static void test_one_that_stops_keeping_up(void **state)
{
	(void)state;
	follow_wrote(&follow, 11);
	follow_changes(&follow, NULL, 0, 11);
	follow_wrote(&follow, 12);
	next();
	assert_int_equal(streams, 1);
	next();
	next();
	assert_int_equal(streams, 2);
}

/* How long the stream there is has to show what was written, ms. */
static double due_in(void)
{
	struct timeval due, now;

	assert_true(event_pending(follow.lag, EV_TIMEOUT, &due));
	assert_int_equal(gettimeofday(&now, NULL), 0);
	evutil_timersub(&due, &now, &due);
	return (double)due.tv_sec * 1e3 + (double)due.tv_usec / 1e3;
}

/* The time is over for the stream there is: another is begun. */
static void too_late(void)
{
	int before = streams;

	event_active(follow.lag, EV_TIMEOUT, 1);
	next();
	while (streams == before)
		next();
}

static void test_slow_ones(void **state)
{
	(void)state;
	follow.lag_ms = 100000;
	follow_wrote(&follow, 11);
	assert_true(due_in() <= 100000);
	for (int doubled = 1; doubled <= 6; doubled++) {
		too_late();
		assert_true(due_in() > 100000U << (doubled - 1));
	}
	too_late();
	assert_true(due_in() <= 100000U << 6);
	/* One of them has told something. */
	follow_changes(&follow, NULL, 0, 11);
	event_del(follow.lag);
	follow_wrote(&follow, 12);
	assert_true(due_in() <= 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one_that_keeps_up, begin, end),
		cmocka_unit_test_setup_teardown(test_one_that_does_not, begin, end),
		cmocka_unit_test_setup_teardown(test_one_that_stops_keeping_up,
						begin, end),
		cmocka_unit_test_setup_teardown(test_slow_ones, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
