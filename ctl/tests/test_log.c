// SPDX-License-Identifier: GPL-2.0
/*
 * The log on standard error where that is a pipe whose reader stands still, as in a
 * container: the program goes on, and says afterwards how much was left out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "l2announced/log.h"

#define PATIENCE_S	10	/* for a write that never ends */
#define PIPE		65536	/* bytes that nobody has read */
#define LINES		5000	/* more than it takes */

static int reader, old_stderr;

static int begin(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_true(fcntl(fds[1], F_SETPIPE_SZ, PIPE) > 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	old_stderr = dup(STDERR_FILENO);
	assert_int_equal(dup2(fds[1], STDERR_FILENO), STDERR_FILENO);
	close(fds[1]);
	reader = fds[0];
	/* Ends a program that waits for the reader. */
	alarm(PATIENCE_S);
	return 0;
}

static int end(void **state)
{
	(void)state;
	alarm(0);
	dup2(old_stderr, STDERR_FILENO);
	close(old_stderr);
	close(reader);
	return 0;
}

/* All that the pipe holds. */
static const char *read_all(void)
{
	static char text[2 * PIPE];
	size_t len = 0;
	ssize_t n;

	while ((n = read(reader, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	return text;
}

static unsigned int count_lines(const char *text)
{
	unsigned int n = 0;

	for (; (text = strchr(text, '\n')); text++)
		n++;
	return n;
}

static void test_nobody_reads(void **state)
{
	char expected[128];
	const char *text;
	unsigned int n;

	(void)state;
	for (unsigned int i = 0; i < LINES; i++)
		log_warn("line %u of them", i);
	text = read_all();
	n = count_lines(text);
	assert_in_range(n, 1, LINES - 1);
	assert_memory_equal(text, "<4>line 0 of them\n", 18);
	snprintf(expected, sizeof(expected), "<4>line %u of them\n", n - 1);
	assert_string_equal(text + strlen(text) - strlen(expected), expected);
	log_notice("and on");
	snprintf(expected, sizeof(expected),
		 "<4>%u lines of the log were left out: nobody took them\n<5>and on\n",
		 LINES - n);
	assert_string_equal(read_all(), expected);
	log_notice("and on");
	assert_string_equal(read_all(), "<5>and on\n");
}

/* A line is written as a whole or not at all. */
static void test_whole_lines(void **state)
{
	char text[2000];

	(void)state;
	memset(text, 'y', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (unsigned int i = 0; i < LINES; i++)
		log_warn("%s", text);
	for (const char *line = read_all(); *line; line = strchr(line, '\n') + 1) {
		assert_memory_equal(line, "<4>yyy", 6);
		assert_non_null(strchr(line, '\n'));
		assert_int_equal(strcspn(line, "\n"), strspn(line + 3, "y") + 3);
	}
	log_notice("and on");
	assert_non_null(strstr(read_all(), "lines of the log were left out"));
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nobody_reads),
		TEST(test_whole_lines),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
