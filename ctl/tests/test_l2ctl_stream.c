// SPDX-License-Identifier: GPL-2.0
/*
 * The controller's events as l2ctl reads them: lines out of pieces; and a server that
 * comes, tells, and goes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "l2ctl/stream.h"

#define PATIENCE	60	/* waits, of a second at most */

static char told[512];

static void on_line(const char *line, void *arg)
{
	(void)arg;
	strcat(strcat(told, line), "|");
}

static void test_lines(void **state)
{
	struct lines lines = { 0 };

	(void)state;
	told[0] = '\0';
	assert_int_equal(lines_feed(&lines, "a", 1, on_line, NULL), 0);
	assert_int_equal(lines_feed(&lines, "b\nc\n\n", 5, on_line, NULL), 0);
	assert_int_equal(lines_feed(&lines, "d", 1, on_line, NULL), 0);
	assert_string_equal(told, "ab|c||");
	assert_int_equal(lines_feed(&lines, "\n", 1, on_line, NULL), 0);
	assert_string_equal(told, "ab|c||d|");
	lines_clear(&lines);
}

static void test_long_line(void **state)
{
	struct lines lines = { 0 };
	static char piece[1024 * 1024];
	int n = 0;

	(void)state;
	memset(piece, 'x', sizeof(piece));
	while (n < 100 && !lines_feed(&lines, piece, sizeof(piece), on_line, NULL))
		n++;
	assert_int_equal(n, 16);
	lines_clear(&lines);
}

/* A controller. */

static char path[] = "/tmp/l2a-stream-XXXXXX";
static char where[64];

static int serve(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(addr.sun_path, where);
	assert_int_equal(bind(fd, (const struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void answer(int conn, const char *text)
{
	char request[1024];

	assert_true(read(conn, request, sizeof(request)) > 0);
	assert_true(write(conn, text, strlen(text)) == (ssize_t)strlen(text));
}

static void on_event(struct json_object *event, void *arg)
{
	struct json_object *value = json_object_object_get(event, "event");

	on_line(json_object_get_string(value), arg);
}

static void on_ended(void *arg)
{
	on_line("ended", arg);
}

static void on_trouble(const struct l2a_error *err, void *arg)
{
	(void)err;
	on_line("trouble", arg);
}

static const struct stream_hooks hooks = {
	.event = on_event, .ended = on_ended, .trouble = on_trouble,
};

/* Until that has been told, or somebody calls at @fd; no longer than can be waited. */
static void wait_for(struct stream *s, const char *all, int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	for (int i = 0; i < PATIENCE; i++) {
		if (all && strstr(told, all))
			return;
		assert_int_equal(stream_wait(s, &poll_fd, fd >= 0), 0);
		if (fd >= 0 && poll_fd.revents)
			return;
	}
	fail_msg("waited in vain, told: %s", told);
}

static void test_stream(void **state)
{
	struct stream *s;
	int fd, conn;

	(void)state;
	told[0] = '\0';
	s = stream_open(where, &hooks);
	assert_non_null(s);
	/* Nobody is there: not a word about it. */
	assert_int_equal(stream_wait(s, NULL, 0), 0);
	assert_string_equal(told, "");

	fd = serve();
	wait_for(s, NULL, fd);
	conn = accept(fd, NULL, NULL);
	wait_for(s, NULL, conn);
	answer(conn, "HTTP/1.1 200 OK\r\n\r\n"
	       "{\"time\":\"t\",\"event\":\"one\"}\nno event\n"
	       "{\"event\":\"untimed\"}\n{\"time\":\"t\",\"event\":\"two\"}\n");
	wait_for(s, "one|two|", -1);
	close(conn);
	wait_for(s, "one|two|ended|", -1);

	/* It is back, but another. */
	wait_for(s, NULL, fd);
	conn = accept(fd, NULL, NULL);
	wait_for(s, NULL, conn);
	answer(conn, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	wait_for(s, "one|two|ended|trouble|", -1);
	close(conn);
	assert_string_equal(told, "one|two|ended|trouble|");
	stream_close(s);
	close(fd);
}

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(path))
		return -1;
	snprintf(where, sizeof(where), "%s/socket", path);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(where);
	return rmdir(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_stream),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
