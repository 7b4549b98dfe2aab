// SPDX-License-Identifier: GPL-2.0
/*
 * Tokens and passwords: the first line of a file, and nothing that would keep the
 * loop waiting for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "l2announced/secret.h"

/* Seconds: who waits that long for a FIFO waits for good. */
#define FOR_GOOD	10

static char dir[32], path[48];

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_secret-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/secret", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

static void holds(const char *content, size_t len, const char *secret)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	struct l2a_error err = { 0 };
	char *text;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, len), (ssize_t)len);
	close(fd);
	text = secret_read(path, &err);
	if (!text)
		fail_msg("%s", err.text);
	assert_string_equal(text, secret);
	free(text);
}

static void test_first_line(void **state)
{
	(void)state;
	holds("word", 4, "word");
	holds("word\nanother\n", 13, "word");
	holds("word\r\n", 6, "word");
	holds("", 0, "");
}

/* No more than that is read, and none of it is lost. */
static void test_long(void **state)
{
	static char content[70000], secret[65537];

	(void)state;
	memset(content, 'x', sizeof(content));
	memset(secret, 'x', sizeof(secret) - 1);
	holds(content, sizeof(content), secret);
}

static void refused(const char *says)
{
	struct l2a_error err = { 0 };
	char *text = secret_read(path, &err);

	if (text)
		fail_msg("read '%s'", text);
	if (!strstr(err.text, path) || !strstr(err.text, says))
		fail_msg("says '%s', not '%s'", err.text, says);
}

static void test_not_there(void **state)
{
	(void)state;
	refused("No such file or directory");
}

static void on_alarm(int sig)
{
	static const char text[] = "# it waits for who writes the FIFO\n";

	(void)sig;
	_exit(write(STDOUT_FILENO, text, sizeof(text) - 1) < 0 ? 2 : 1);
}

/* With nobody who writes it, and with somebody who does not. */
static void test_fifo(void **state)
{
	const struct sigaction act = { .sa_handler = on_alarm };
	int writer;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	sigaction(SIGALRM, &act, NULL);
	alarm(FOR_GOOD);
	refused("no regular file");
	writer = open(path, O_RDWR | O_CLOEXEC);
	assert_true(writer >= 0);
	refused("no regular file");
	alarm(0);
	close(writer);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_first_line),
		TEST(test_long),
		TEST(test_not_there),
		TEST(test_fifo),
	};

	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
