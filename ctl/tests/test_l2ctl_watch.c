// SPDX-License-Identifier: GPL-2.0
/*
 * What a screen has room for; and what can be shown again and again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "l2ctl/watch.h"

/* The picture, with | for what ends a line and ! for what ends the screen. */
static void expect(const char *text, unsigned int rows, unsigned int columns,
		   const char *picture)
{
	char *seen = NULL, *p;
	size_t len;
	FILE *out = open_memstream(&seen, &len);

	watch_fit(out, text, rows, columns);
	assert_int_equal(fclose(out), 0);
	while ((p = strstr(seen, "\033[K\r\n"))) {
		*p = '|';
		memmove(p + 1, p + 5, strlen(p + 5) + 1);
	}
	while ((p = strstr(seen, "\033[K"))) {
		*p = '.';
		memmove(p + 1, p + 3, strlen(p + 3) + 1);
	}
	p = strstr(seen, "\033[J");
	assert_non_null(p);
	assert_string_equal(p, "\033[J");
	*p = '\0';
	assert_string_equal(seen, picture);
	free(seen);
}

static void test_rows(void **state)
{
	(void)state;
	expect("", 3, 10, "");
	expect("a\n", 3, 10, "a|");
	expect("a\n\nc\n", 4, 10, "a||c|");
	/* The last row ends without a new line: the screen would move. */
	expect("a\nb\nc\n", 3, 10, "a|b|c.");
	expect("a\nb\nc\nd\n", 3, 10, "a|b|... 2 lines more.");
	expect("a\nb\nc", 3, 10, "a|b|c.");
	expect("a\nb\n", 1, 10, "... 2 lines more.");
	expect("a\n", 0, 10, "");
}

static void test_columns(void **state)
{
	(void)state;
	expect("abcdef\n", 3, 6, "abcdef|");
	expect("abcdefg\n", 3, 6, "abcdef|");
	/* Characters of several bytes are one wide, and stay whole. */
	expect("a\303\244b\303\244c\n", 3, 4, "a\303\244b\303\244|");
	/* Colour takes no room, and ends although its text is cut. */
	expect("a\033[32mbcd\033[0me\n", 3, 3, "a\033[32mbc\033[0m|");
	expect("\033[32", 3, 3, "\033[32|");
}

#define SHOWS(...)	ctl_shows((char *[]){ __VA_ARGS__, NULL })

static void test_shows(void **state)
{
	(void)state;
	assert_true(SHOWS("status"));
	assert_true(SHOWS("why", "a"));
	assert_true(SHOWS("stats"));
	assert_true(SHOWS("vip", "show", "dev", "eth0"));
	assert_true(SHOWS("node", "show"));
	assert_false(SHOWS("vip", "flush"));
	assert_false(SHOWS("monitor"));
	assert_false(SHOWS("announce", "all"));
	assert_false(SHOWS("apply", "-f", "x"));
	/* Wrong words are told of by who knows them. */
	assert_true(SHOWS("nonsense"));
	assert_true(SHOWS("vip", "nonsense"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
