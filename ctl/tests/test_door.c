// SPDX-License-Identifier: GPL-2.0
/*
 * The door: an HTTP server with more comers than it takes, with comers that bring too
 * much, and in a process without descriptors. Server and clients share a loop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "l2announced/door.h"

#define PATIENCE_S	30
#define CLIENTS		(3 * DOOR_CONNECTIONS_MOST)
#define GET		"GET / HTTP/1.1\r\nHost: x\r\n\r\n"

static struct event_base *base;
static struct evhttp *http;
static struct door *door;
static struct sockaddr_un where;
static socklen_t where_len;
static int clients[CLIENTS];
static size_t body_most;

/* Requests that are kept unanswered. */
static bool keep;
static struct evhttp_request *kept[CLIENTS];
static size_t n_kept;

/* The process has no descriptors. */
static bool starved;
static size_t refused;

int accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	if (!starved)
		return (int)syscall(SYS_accept4, fd, addr, len, flags);
	refused++;
	errno = EMFILE;
	return -1;
}

static size_t most(int fd)
{
	int type;
	socklen_t len = sizeof(type);

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len), 0);
	return body_most;
}

static void on_request(struct evhttp_request *req, void *arg)
{
	(void)arg;
	if (keep)
		kept[n_kept++] = req;
	else
		evhttp_send_reply(req, 200, "OK", NULL);
}

static int begin(void **state)
{
	struct evconnlistener *lev;

	(void)state;
	base = event_base_new();
	http = evhttp_new(base);
	where = (struct sockaddr_un){ .sun_family = AF_UNIX };
	/* Of the abstract ones, which leave no file. */
	where_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
		(size_t)snprintf(where.sun_path + 1, sizeof(where.sun_path) - 1,
				 "l2a-door-%d", (int)getpid()));
	lev = evconnlistener_new_bind(base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE,
				      -1, (struct sockaddr *)&where,
				      (int)where_len);
	assert_non_null(lev);
	evhttp_set_gencb(http, on_request, NULL);
	door = door_open(http, lev, base, most);
	assert_non_null(door);
	for (size_t i = 0; i < CLIENTS; i++)
		clients[i] = -1;
	keep = false;
	n_kept = 0;
	starved = false;
	refused = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	for (size_t i = 0; i < CLIENTS; i++) {
		if (clients[i] >= 0)
			close(clients[i]);
	}
	evhttp_free(http);
	door_close(door);
	event_base_free(base);
	return 0;
}

/* What is there is dealt with, and what that leads to. */
static void settle(void)
{
	for (int i = 0; i < 20; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static void come(size_t i)
{
	clients[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(clients[i] >= 0);
	assert_int_equal(connect(clients[i], (struct sockaddr *)&where,
				 where_len), 0);
}

static void say(size_t i, const char *text)
{
	assert_int_equal(send(clients[i], text, strlen(text), MSG_NOSIGNAL),
			 strlen(text));
}

static bool closed(size_t i)
{
	char c;

	return !recv(clients[i], &c, 1, MSG_PEEK | MSG_DONTWAIT);
}

/* The status that a client is answered with; 0 for none. */
static int status(size_t i)
{
	char text[256] = "";

	settle();
	if (recv(clients[i], text, sizeof(text) - 1, MSG_DONTWAIT) < 12)
		return 0;
	return atoi(text + strlen("HTTP/1.1 "));
}

/* Who comes and says nothing makes room for who comes after. */
static void test_many(void **state)
{
	(void)state;
	for (size_t i = 0; i < CLIENTS; i++) {
		come(i);
		if (i % 16 == 0)
			settle();
	}
	settle();
	assert_int_equal(door_count(door), DOOR_CONNECTIONS_MOST);
	for (size_t i = 0; i < CLIENTS; i++)
		assert_int_equal(closed(i), i < CLIENTS - DOOR_CONNECTIONS_MOST);
	say(CLIENTS - 1, GET);
	assert_int_equal(status(CLIENTS - 1), 200);
	for (size_t i = 0; i < CLIENTS; i++) {
		close(clients[i]);
		clients[i] = -1;
	}
	settle();
	assert_int_equal(door_count(door), 0);
}

/* Whose request is under way stays; the next one is let in when one is done. */
static void test_under_way(void **state)
{
	(void)state;
	keep = true;
	for (size_t i = 0; i < DOOR_CONNECTIONS_MOST; i++) {
		come(i);
		say(i, GET);
		settle();
	}
	assert_int_equal(n_kept, DOOR_CONNECTIONS_MOST);
	come(DOOR_CONNECTIONS_MOST);
	settle();
	assert_true(closed(DOOR_CONNECTIONS_MOST));
	assert_int_equal(door_count(door), DOOR_CONNECTIONS_MOST);
	for (size_t i = 0; i < n_kept; i++)
		evhttp_send_reply(kept[i], 200, "OK", NULL);
	for (size_t i = 0; i < DOOR_CONNECTIONS_MOST; i++)
		assert_int_equal(status(i), 200);
	keep = false;
	come(DOOR_CONNECTIONS_MOST + 1);
	say(DOOR_CONNECTIONS_MOST + 1, GET);
	assert_int_equal(status(DOOR_CONNECTIONS_MOST + 1), 200);
	assert_int_equal(door_count(door), DOOR_CONNECTIONS_MOST);
}

static int post(size_t i, size_t len)
{
	char text[256];

	come(i);
	snprintf(text, sizeof(text), "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n%0*d",
		 len, (int)len, 0);
	say(i, text);
	return status(i);
}

static void test_body(void **state)
{
	(void)state;
	body_most = 100;
	assert_int_equal(post(0, 100), 200);
	assert_int_equal(post(1, 101), 413);
	body_most = 101;
	assert_int_equal(post(2, 101), 200);
}

/* A line that never ends is not waited for. */
static void test_headers(void **state)
{
	char text[1025];

	(void)state;
	come(0);
	say(0, "GET / HTTP/1.1\r\nX: ");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < 64 && !n_kept; i++) {
		if (send(clients[0], text, sizeof(text) - 1, MSG_NOSIGNAL) < 0)
			break;
		settle();
		if (recv(clients[0], text, 1, MSG_PEEK | MSG_DONTWAIT) >= 0)
			break;
	}
	assert_in_range(status(0), 400, 499);
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(bool *)arg = true;
}

static void test_no_descriptors(void **state)
{
	const struct timeval tv = { .tv_sec = PATIENCE_S };
	bool late = false;
	struct event *timer = evtimer_new(base, on_late, &late);

	(void)state;
	starved = true;
	come(0);
	say(0, GET);
	for (int i = 0; i < 1000; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
	/* Not each time the loop comes round, and not never. */
	assert_in_range(refused, 1, 100);
	starved = false;
	event_add(timer, &tv);
	while (!door_count(door) && !late)
		event_base_loop(base, EVLOOP_ONCE);
	event_free(timer);
	assert_int_equal(status(0), 200);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_many),
		TEST(test_under_way),
		TEST(test_body),
		TEST(test_headers),
		TEST(test_no_descriptors),
	};

	return cmocka_run_group_tests_name("door", tests, NULL, NULL);
}
