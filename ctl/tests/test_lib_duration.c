// SPDX-License-Identifier: GPL-2.0
/*
 * Durations: what is read, what is refused, and that what is written is read
 * back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/duration.h"

static void test_reads(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{ "0s", 0 },
		{ "0ms", 0 },
		{ "300ms", 300 * L2A_NSEC_PER_MSEC },
		{ "2s", 2 * L2A_NSEC_PER_SEC },
		{ "1m", 60 * L2A_NSEC_PER_SEC },
		{ "1h", 3600 * L2A_NSEC_PER_SEC },
		{ "007s", 7 * L2A_NSEC_PER_SEC },
		/* The longest there is: INT64_MAX ns is 9223372036854.775807 ms. */
		{ "9223372036854ms", 9223372036854 * L2A_NSEC_PER_MSEC },
	};
	struct l2a_error err = { 0 };
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ns = 1;
		assert_int_equal(l2a_duration_parse(good[i].text, &ns, &err), 0);
		assert_int_equal(ns, good[i].ns);
	}
}

static void test_refuses(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *says;
	} bad[] = {
		{ "", -EINVAL, "whole number and a unit" },
		{ "s", -EINVAL, "whole number and a unit" },
		{ "-1s", -EINVAL, "whole number and a unit" },
		{ "+1s", -EINVAL, "whole number and a unit" },
		{ " 1s", -EINVAL, "whole number and a unit" },
		{ "0x1s", -EINVAL, "units" },
		{ "1", -EINVAL, "units" },
		{ "1 s", -EINVAL, "units" },
		{ "1s ", -EINVAL, "units" },
		{ "1.5s", -EINVAL, "units" },
		{ "1S", -EINVAL, "units" },
		{ "1us", -EINVAL, "units" },
		{ "1m30s", -EINVAL, "units" },
		{ "9223372036855ms", -ERANGE, "too long" },
		{ "18446744073709551616ms", -ERANGE, "too long" },
		{ "5124095576030432h", -ERANGE, "too long" },
		{ "99999999999999999999999999h", -ERANGE, "too long" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct l2a_error err = { 0 };
		uint64_t ns = 77;

		assert_int_equal(l2a_duration_parse(bad[i].text, &ns, &err),
				 bad[i].code);
		assert_int_equal(err.code, bad[i].code);
		assert_non_null(strstr(err.text, bad[i].says));
		assert_non_null(strstr(err.text, bad[i].text));
		/* Nothing half done. */
		assert_int_equal(ns, 77);
	}
}

static void test_milliseconds(void **state)
{
	struct l2a_error err = { 0 };
	uint32_t ms = 0;

	(void)state;
	assert_int_equal(l2a_duration_parse_ms("4294967295ms", &ms, &err), 0);
	assert_int_equal(ms, UINT32_MAX);
	assert_int_equal(l2a_duration_parse_ms("4294967296ms", &ms, &err),
			 -ERANGE);
	assert_int_equal(ms, UINT32_MAX);
	assert_int_equal(l2a_duration_parse_ms("2s", &ms, NULL), 0);
	assert_int_equal(ms, 2000);
}

static void test_formats(void **state)
{
	char buf[L2A_DURATION_STRLEN];

	(void)state;
	assert_string_equal(l2a_duration_format(0, buf), "0s");
	assert_string_equal(l2a_duration_format(1, buf), "1ms");
	assert_string_equal(l2a_duration_format(1100, buf), "1100ms");
	assert_string_equal(l2a_duration_format(2000, buf), "2s");
	assert_string_equal(l2a_duration_format(90000, buf), "90s");
	assert_string_equal(l2a_duration_format(120000, buf), "2m");
	assert_string_equal(l2a_duration_format(7200000, buf), "2h");
	assert_string_equal(l2a_duration_format(UINT64_MAX, buf),
			    "18446744073709551615ms");
}

static void test_reads_back(void **state)
{
	char buf[L2A_DURATION_STRLEN];

	(void)state;
	for (uint64_t ms = 0; ms < 8000000; ms += 499) {
		uint64_t ns;

		l2a_duration_format(ms, buf);
		assert_int_equal(l2a_duration_parse(buf, &ns, NULL), 0);
		assert_int_equal(ns, ms * L2A_NSEC_PER_MSEC);
	}
}

static void test_instants(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
		int ret;
	} rows[] = {
		{ "0", 0, 0 },
		{ "17.05", 17050000000, 0 },
		{ "0000000000000000000000001.5", 1500000000, 0 },
		{ "3.123456789", 3123456789, 0 },
		{ "9223372036.854775807", INT64_MAX, 0 },
		{ "9223372036.854775808", 0, -ERANGE },
		{ "99999999999999999999", 0, -ERANGE },
		{ "3.1234567890", 0, -EINVAL },
		{ "3.", 0, -EINVAL },
		{ ".5", 0, -EINVAL },
		{ "", 0, -EINVAL },
		{ "-1", 0, -EINVAL },
		{ "1.5s", 0, -EINVAL },
		{ "1 2", 0, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t ns = 0;

		assert_int_equal(l2a_uptime_parse(rows[i].text, &ns, NULL),
				 rows[i].ret);
		assert_int_equal(ns, rows[i].ns);
	}
}

static void test_deadlines(void **state)
{
	uint64_t before = l2a_boottime_ns();

	(void)state;
	assert_true(before > 0);
	assert_true(l2a_boottime_ns() >= before);
	assert_int_equal(l2a_deadline_after(5, 7), 12);
	assert_int_equal(l2a_deadline_after(UINT64_MAX - 1, 7), UINT64_MAX);
	assert_int_equal(l2a_deadline_left(12, 5), 7);
	assert_int_equal(l2a_deadline_left(5, 5), 0);
	assert_int_equal(l2a_deadline_left(5, 12), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_milliseconds),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_reads_back),
		cmocka_unit_test(test_instants),
		cmocka_unit_test(test_deadlines),
	};

	return cmocka_run_group_tests_name("lib_duration", tests, NULL, NULL);
}
