// SPDX-License-Identifier: GPL-2.0
/*
 * The HTTP client, and answers that go on and on: whole and half lines, the end of
 * a stream, silence, giving up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "http_servers.h"

static void send_stream(struct server *s, const char *text)
{
	struct evbuffer *buf = evbuffer_new();

	evbuffer_add(buf, text, strlen(text));
	evhttp_send_reply_chunk(s->open, buf);
	evbuffer_free(buf);
}

static void on_line(void *arg, const char *line, size_t len)
{
	struct seen *seen = arg;
	size_t used = strlen(seen->lines);

	assert_int_equal(strlen(line), len);
	snprintf(seen->lines + used, sizeof(seen->lines) - used, "%s|", line);
	if (seen->cancel)
		http_cancel(seen->cancel);
}

static void run_until_asked(const struct server *s, unsigned int asked)
{
	while (s->asked < asked)
		event_base_loop(base, EVLOOP_ONCE);
}

/* Whatever is ready now, and nothing else. */
static void run_idle(void)
{
	for (int i = 0; i < 20; i++) {
		usleep(1000);
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
}

static struct http_call *stream(struct http_client *client, struct server *s,
				struct seen *seen, uint32_t idle_ms)
{
	struct http_request r = { .method = "GET", .path = "/stream",
				  .timeout_ms = PATIENCE_MS,
				  .idle_ms = idle_ms, .line = on_line,
				  .done = on_done, .arg = seen };
	struct http_call *call = http_send(client, &r);

	run_until_asked(s, 1);
	return call;
}

static void run_until_lines(const struct seen *seen, const char *lines)
{
	for (int i = 0; i < PATIENCE_MS && strcmp(seen->lines, lines); i++) {
		usleep(1000);
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	assert_string_equal(seen->lines, lines);
}

static void test_stream(void **state)
{
	struct server s;
	struct http_client *client;
	struct seen seen = { 0 };

	(void)state;
	server_start(&s);
	client = client_of(&s, NULL);
	stream(client, &s, &seen, 0);
	send_stream(&s, "one\n\ntwo\nthr");
	run_until_lines(&seen, "one|two|");
	send_stream(&s, "ee\n");
	run_until_lines(&seen, "one|two|three|");
	send_stream(&s, "rest");
	evhttp_send_reply_end(s.open);
	s.n_held = 0;
	run_until(&seen.over);
	assert_int_equal(seen.status, 200);
	assert_string_equal(seen.error, "");
	assert_string_equal(seen.lines, "one|two|three|rest|");
	assert_string_equal(seen.body, "");
	http_close(client);
	server_stop(&s);
}

static void test_stream_cut(void **state)
{
	struct server s;
	struct http_client *client;
	struct seen seen = { 0 };

	(void)state;
	server_start(&s);
	client = client_of(&s, NULL);
	stream(client, &s, &seen, 0);
	send_stream(&s, "one\nhal");
	run_until_lines(&seen, "one|");
	server_stop(&s);
	run_until(&seen.over);
	assert_int_equal(seen.status, 0);
	assert_true(seen.error[0]);
	/* Half a line is none. */
	assert_string_equal(seen.lines, "one|");
	http_close(client);
}

static void test_stream_silent(void **state)
{
	struct server s;
	struct http_client *client;
	struct seen seen = { 0 };

	(void)state;
	server_start(&s);
	client = client_of(&s, NULL);
	stream(client, &s, &seen, SHORT_MS);
	send_stream(&s, "one\n");
	run_until(&seen.over);
	assert_int_equal(seen.status, 0);
	assert_string_equal(seen.lines, "one|");
	assert_non_null(strstr(seen.error, s.url));
	http_close(client);
	server_stop(&s);
}

/* Without a word of it in the answer so far, it has begun all the same. */
static void test_stream_waits(void **state)
{
	struct server s;
	struct http_client *client;
	struct seen seen = { 0 };
	struct http_request r = { .method = "GET", .path = "/stream",
				  .timeout_ms = SHORT_MS, .line = on_line,
				  .done = on_done, .arg = &seen };
	struct http_call *call;

	(void)state;
	server_start(&s);
	client = client_of(&s, NULL);
	call = http_send(client, &r);
	run_until_asked(&s, 1);
	for (int i = 0; i < 2 * SHORT_MS; i++) {
		usleep(1000);
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	assert_false(seen.over);
	http_cancel(call);
	http_close(client);
	assert_false(seen.over);
	server_stop(&s);
}

static void test_cancel(void **state)
{
	struct server s;
	struct http_client *client;
	struct seen seen = { 0 };

	(void)state;
	server_start(&s);
	client = client_of(&s, NULL);
	seen.cancel = stream(client, &s, &seen, 0);
	send_stream(&s, "one\ntwo\n");
	run_until_lines(&seen, "one|");
	run_idle();
	assert_string_equal(seen.lines, "one|");
	assert_false(seen.over);
	http_close(client);
	assert_false(seen.over);
	server_stop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_stream_cut),
		cmocka_unit_test(test_stream_silent),
		cmocka_unit_test(test_stream_waits),
		cmocka_unit_test(test_cancel),
	};

	return cmocka_run_group_tests_name("http_streams", tests, make_base, free_base);
}
