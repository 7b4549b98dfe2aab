// SPDX-License-Identifier: GPL-2.0
/*
 * Counting, and the text format: what falls into which bucket, that buckets are
 * cumulative, and that a label's value cannot end it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>

#include "l2announced/exposition.h"

#define MS	1000000ULL

static struct evbuffer *buf;

static int begin(void **state)
{
	(void)state;
	buf = evbuffer_new();
	return !buf;
}

static int end(void **state)
{
	(void)state;
	evbuffer_free(buf);
	return 0;
}

static void assert_text(const char *want)
{
	char *text;

	evbuffer_add(buf, "", 1);
	text = (char *)evbuffer_pullup(buf, -1);
	assert_string_equal(text, want);
	evbuffer_drain(buf, evbuffer_get_length(buf));
}

static void test_samples(void **state)
{
	(void)state;
	expo_one(buf, "x", "gauge", "An x.", 1.5);
	assert_text("# HELP l2announce_x An x.\n# TYPE l2announce_x gauge\nl2announce_x 1.5\n");
	expo_sample(buf, "x", 9007199254740991.0, EXPO_LABELS("a", "b", "c", "d"));
	assert_text("l2announce_x{a=\"b\",c=\"d\"} 9007199254740991\n");
	expo_sample(buf, "x", 0, EXPO_LABELS("a", "q\"b\\n\nz"));
	assert_text("l2announce_x{a=\"q\\\"b\\\\n\\nz\"} 0\n");
}

static void test_buckets(void **state)
{
	struct histogram h = { { 0 }, 0 };

	(void)state;
	histogram_add(&h, 0);
	histogram_add(&h, 5 * MS);	/* the bound itself is in */
	histogram_add(&h, 5 * MS + 1);
	histogram_add(&h, 3600 * 1000 * MS);
	for (size_t i = 0; i <= METRICS_BUCKETS; i++) {
		bool one = i == 0 || i == METRICS_BUCKETS ||
			   (metrics_bucket(i) >= 0.005 &&
			    metrics_bucket(i) <= 0.01);

		assert_int_equal(h.counts[i], one);
	}
	assert_true(h.sum == 3600010 * MS + 1);
	for (size_t i = 1; i < METRICS_BUCKETS; i++)
		assert_true(metrics_bucket(i) > metrics_bucket(i - 1));
}

static void test_histogram(void **state)
{
	struct histogram h = { { 0 }, 0 };
	char *text;

	(void)state;
	histogram_add(&h, 2 * MS);
	histogram_add(&h, 20 * MS);
	histogram_add(&h, 20000 * MS);
	expo_histogram(buf, "x_seconds", "An x.", &h);
	evbuffer_add(buf, "", 1);
	text = (char *)evbuffer_pullup(buf, -1);
	assert_non_null(strstr(text, "l2announce_x_seconds_bucket{le=\"0.001\"} 0\n"));
	assert_non_null(strstr(text, "l2announce_x_seconds_bucket{le=\"0.0025\"} 1\n"));
	assert_non_null(strstr(text, "l2announce_x_seconds_bucket{le=\"0.025\"} 2\n"));
	assert_non_null(strstr(text, "l2announce_x_seconds_bucket{le=\"10\"} 2\n"));
	assert_non_null(strstr(text, "l2announce_x_seconds_bucket{le=\"+Inf\"} 3\n"));
	assert_non_null(strstr(text, "l2announce_x_seconds_count 3\n"));
	assert_non_null(strstr(text, "l2announce_x_seconds_sum 20.02"));
}

static void test_attempts(void **state)
{
	struct attempts a = { 0, 0, { { 0 }, 0 } };
	char *text;

	(void)state;
	attempts_add(&a, true, 2 * MS);
	attempts_add(&a, false, 20 * MS);
	attempts_add(&a, true, 2 * MS);
	assert_int_equal(a.ok, 2);
	assert_int_equal(a.failed, 1);
	expo_buckets(buf, "x_seconds", "type", "tcp", &a.duration);
	evbuffer_add(buf, "", 1);
	text = (char *)evbuffer_pullup(buf, -1);
	assert_non_null(strstr(text, "l2announce_x_seconds_bucket{le=\"0.0025\",type=\"tcp\"} 2\n"));
	assert_non_null(strstr(text, "l2announce_x_seconds_bucket{le=\"+Inf\",type=\"tcp\"} 3\n"));
	assert_non_null(strstr(text, "l2announce_x_seconds_count{type=\"tcp\"} 3\n"));
	assert_null(strstr(text, "# TYPE"));
}

/* A renewal that comes early is not late, and the first has no time to be at. */
static void test_lateness(void **state)
{
	struct metrics m = { .due = 0 };
	const struct el_action over = { .type = EL_LEASE_END };

	(void)state;
	metrics_sent(&m, 1000 * MS, 500 * MS);
	assert_true(m.lateness.sum == 0 && m.lateness.counts[0] == 0);
	metrics_sent(&m, 1400 * MS, 500 * MS);
	assert_true(m.lateness.sum == 0 && m.lateness.counts[0] == 1);
	metrics_sent(&m, 2000 * MS, 500 * MS);
	assert_true(m.lateness.sum == 100 * MS);
	/* Of a life that is over nothing can be late. */
	metrics_action(&m, &over);
	metrics_sent(&m, 90000 * MS, 500 * MS);
	assert_true(m.lateness.sum == 100 * MS);
}

static void test_counts(void **state)
{
	const struct el_action acquired = {
		.type = EL_NOTE, .note = EL_NOTE_ACQUIRED,
		.reason = EL_REASON_FAILURE,
	};
	const struct el_action lost = { .type = EL_NOTE, .note = EL_NOTE_LOST };
	struct metrics m = { .due = 0 };

	(void)state;
	metrics_action(&m, &acquired);
	metrics_action(&m, &lost);
	assert_int_equal(m.takeovers[EL_REASON_FAILURE], 1);
	assert_int_equal(m.takeovers[EL_REASON_RETURN], 0);
	assert_int_equal(m.notes[EL_NOTE_LOST], 1);
	metrics_answered(&m, EL_OK);
	metrics_answered(&m, EL_CONFLICT);
	assert_int_equal(m.store_failed + m.store_unknown, 0);
	metrics_answered(&m, EL_FAILED);
	metrics_answered(&m, EL_UNKNOWN);
	assert_int_equal(m.store_failed, 1);
	assert_int_equal(m.store_unknown, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_samples, begin, end),
		cmocka_unit_test(test_buckets),
		cmocka_unit_test_setup_teardown(test_histogram, begin, end),
		cmocka_unit_test_setup_teardown(test_attempts, begin, end),
		cmocka_unit_test(test_lateness),
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
