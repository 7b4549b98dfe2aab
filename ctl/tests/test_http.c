// SPDX-License-Identifier: GPL-2.0
/*
 * The HTTP client, against servers in the same event loop: what it makes of
 * answers, of none, of slow ones and of half ones; failing over; streams; TLS.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <dlfcn.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "l2announced/http.h"
#include "lib/clock.h"

#define PATIENCE_MS	20000	/* a request that takes longer hangs */
#define SHORT_MS	150
#define DNS_MS		1500

static struct event_base *base;

/* A name server that takes its time: libcurl's resolver comes by here. */
int getaddrinfo(const char *node, const char *service,
		const struct addrinfo *hints, struct addrinfo **result)
{
	int (*real)(const char *, const char *, const struct addrinfo *,
		    struct addrinfo **);

	if (node && !strcmp(node, "slow.test")) {
		usleep(DNS_MS * 1000);
		return EAI_NONAME;
	}
	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	return real(node, service, hints, result);
}

/* ------------------------------------------------------------ servers */

struct server {
	struct evhttp *http;
	struct evconnlistener *listener;	/* one that breaks off */
	unsigned int asked;
	char url[64];
	char last[32];				/* path */
	char auth[64];
	struct evhttp_request *open;		/* not answered, or a stream */
	struct evhttp_request *held[4];		/* all that were */
	unsigned int n_held;
};

static void hold(struct server *s, struct evhttp_request *req)
{
	assert_true(s->n_held < 4);
	s->held[s->n_held++] = req;
	s->open = req;
}

static void send_stream(struct server *s, const char *text)
{
	struct evbuffer *buf = evbuffer_new();

	evbuffer_add(buf, text, strlen(text));
	evhttp_send_reply_chunk(s->open, buf);
	evbuffer_free(buf);
}

static void answer(struct evhttp_request *req, void *arg)
{
	struct server *s = arg;
	const char *path = evhttp_request_get_uri(req);
	const char *auth = evhttp_find_header(
		evhttp_request_get_input_headers(req), "Authorization");
	struct evbuffer *buf = evbuffer_new();

	s->asked++;
	snprintf(s->last, sizeof(s->last), "%s", path);
	snprintf(s->auth, sizeof(s->auth), "%s", auth ? auth : "");
	if (!strcmp(path, "/hang")) {
		hold(s, req);
	} else if (!strcmp(path, "/stream")) {
		hold(s, req);
		evhttp_send_reply_start(req, 200, "OK");
	} else if (!strcmp(path, "/busy")) {
		evhttp_add_header(evhttp_request_get_output_headers(req),
				  "Retry-After", "7");
		evhttp_send_reply(req, 429, "Too Many Requests", NULL);
	} else if (!strcmp(path, "/sick")) {
		evhttp_send_reply(req, 503, "Service Unavailable", NULL);
	} else if (!strcmp(path, "/none")) {
		evbuffer_add_printf(buf, "no such thing");
		evhttp_send_reply(req, 404, "Not Found", buf);
	} else {
		evbuffer_add_printf(buf, "hello ");
		evbuffer_add_buffer(buf, evhttp_request_get_input_buffer(req));
		evhttp_send_reply(req, 200, "OK", buf);
	}
	evbuffer_free(buf);
}

static void server_start(struct server *s)
{
	struct evhttp_bound_socket *bound;
	struct sockaddr_in at;
	socklen_t len = sizeof(at);

	memset(s, 0, sizeof(*s));
	s->http = evhttp_new(base);
	evhttp_set_gencb(s->http, answer, s);
	bound = evhttp_bind_socket_with_handle(s->http, "127.0.0.1", 0);
	assert_non_null(bound);
	assert_int_equal(getsockname(evhttp_bound_socket_get_fd(bound),
				     (struct sockaddr *)&at, &len), 0);
	snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%u",
		 ntohs(at.sin_port));
}

/* Requests whose asker has gone are ours to free; a reply does. */
static void server_stop(struct server *s)
{
	for (unsigned int i = 0; i < s->n_held; i++) {
		if (!evhttp_request_get_connection(s->held[i]))
			evhttp_send_reply(s->held[i], 200, "OK", NULL);
	}
	s->n_held = 0;
	if (s->http)
		evhttp_free(s->http);
	if (s->listener)
		evconnlistener_free(s->listener);
	s->http = NULL;
	s->listener = NULL;
}

/* ---- one that answers its first request whole and breaks off at others */

static void read_request(struct bufferevent *bev, void *arg)
{
	static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	struct server *s = arg;
	char text[4096];
	size_t len = bufferevent_read(bev, text, sizeof(text) - 1);

	text[len] = '\0';
	if (!strstr(text, "\r\n\r\n"))
		return;
	s->asked++;
	if (s->asked == 1 && strstr(text, "/once"))
		bufferevent_write(bev, ok, strlen(ok));
	else
		bufferevent_free(bev);
}

static void on_end(struct bufferevent *bev, short what, void *arg)
{
	(void)what;
	(void)arg;
	bufferevent_free(bev);
}

static void accepted(struct evconnlistener *listener, evutil_socket_t fd,
		     struct sockaddr *from, int len, void *arg)
{
	struct bufferevent *bev = bufferevent_socket_new(base, fd,
						BEV_OPT_CLOSE_ON_FREE);

	(void)listener;
	(void)from;
	(void)len;
	bufferevent_setcb(bev, read_request, NULL, on_end, arg);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

static void cutter_start(struct server *s)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);

	memset(s, 0, sizeof(*s));
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->listener = evconnlistener_new_bind(base, accepted, s,
					      LEV_OPT_CLOSE_ON_FREE, -1,
					      (struct sockaddr *)&at, sizeof(at));
	assert_non_null(s->listener);
	getsockname(evconnlistener_get_fd(s->listener), (struct sockaddr *)&at,
		    &len);
	snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%u",
		 ntohs(at.sin_port));
}

/* ------------------------------------------------------------ the client */

struct seen {
	bool over;
	int status;
	bool sent;
	char body[64];
	char error[L2A_ERROR_TEXT];
	uint32_t retry_after_ms;
	char lines[256];
	unsigned int order;
	struct http_call *cancel;	/* at the first line */
};

static unsigned int order;

static void on_done(void *arg, const struct http_reply *reply)
{
	struct seen *seen = arg;

	assert_false(seen->over);
	seen->over = true;
	seen->status = reply->status;
	seen->sent = reply->sent;
	seen->retry_after_ms = reply->retry_after_ms;
	seen->order = ++order;
	snprintf(seen->body, sizeof(seen->body), "%s", reply->body);
	assert_int_equal(reply->len, strlen(reply->body));
	snprintf(seen->error, sizeof(seen->error), "%s",
		 reply->error ? reply->error : "");
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

static struct http_client *client_of(const struct server *a,
				     const struct server *b)
{
	const char *const urls[] = { a->url, b ? b->url : NULL };
	const struct http_config config = { .endpoints = urls, .n = b ? 2 : 1 };
	struct l2a_error err;
	struct http_client *client = http_open(base, &config, &err);

	assert_non_null(client);
	return client;
}

static void tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	++*(unsigned int *)arg;
}

/* Runs the loop until that is so. Return: how often it came round, in 10 ms. */
static unsigned int run_until(const bool *so)
{
	struct timeval tv = { 0, 10000 };
	unsigned int ticks = 0;
	struct event *ev = event_new(base, -1, EV_PERSIST, tick, &ticks);

	event_add(ev, &tv);
	while (!*so && ticks < PATIENCE_MS / 10)
		event_base_loop(base, EVLOOP_ONCE);
	assert_true(*so);
	event_free(ev);
	return ticks;
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

static struct seen ask(struct http_client *client, struct http_request r)
{
	struct seen seen = { 0 };

	if (!r.method)
		r.method = "GET";
	r.done = on_done;
	r.arg = &seen;
	if (!r.timeout_ms)
		r.timeout_ms = PATIENCE_MS;
	http_send(client, &r);
	assert_false(seen.over);
	run_until(&seen.over);
	return seen;
}

/* ------------------------------------------------------------ answers */

static void test_answers(void **state)
{
	struct server s;
	struct http_client *client;
	struct seen seen;

	(void)state;
	server_start(&s);
	client = client_of(&s, NULL);
	seen = ask(client, (struct http_request){
		.method = "POST", .path = "/x", .body = "world" });
	assert_int_equal(seen.status, 200);
	assert_string_equal(seen.body, "hello world");
	assert_string_equal(seen.error, "");
	assert_true(seen.sent);
	seen = ask(client, (struct http_request){ .path = "/none" });
	assert_int_equal(seen.status, 404);
	assert_string_equal(seen.body, "no such thing");
	assert_non_null(strstr(seen.error, s.url));
	assert_non_null(strstr(seen.error, "404"));
	seen = ask(client, (struct http_request){ .path = "/busy" });
	assert_int_equal(seen.status, 429);
	assert_int_equal(seen.retry_after_ms, 7000);
	http_close(client);
	server_stop(&s);
}

static void test_endpoints_are_urls(void **state)
{
	const char *const urls[] = { "127.0.0.1:2379" };
	struct http_config config = { .endpoints = urls, .n = 1 };
	struct l2a_error err;

	(void)state;
	assert_null(http_open(base, &config, &err));
	assert_non_null(strstr(err.text, "http://"));
	config.n = 0;
	assert_null(http_open(base, &config, &err));
}

/* A token that has been renewed in its file is used from then on. */
static void test_secrets(void **state)
{
	char file[] = "/tmp/l2a-http-XXXXXX";
	struct server s;
	struct http_client *client;
	const char *urls[] = { s.url };
	struct http_config config = { .endpoints = urls, .n = 1,
				      .token_file = file };
	struct l2a_error err;
	struct seen seen;
	int fd = mkstemp(file);

	(void)state;
	server_start(&s);
	assert_int_equal(write(fd, "old\n", 4), 4);
	client = http_open(base, &config, &err);
	ask(client, (struct http_request){ .path = "/x" });
	assert_string_equal(s.auth, "Bearer old");
	assert_int_equal(pwrite(fd, "new\n", 4, 0), 4);
	ask(client, (struct http_request){ .path = "/x" });
	assert_string_equal(s.auth, "Bearer new");
	unlink(file);
	seen = ask(client, (struct http_request){ .path = "/x" });
	assert_int_equal(seen.status, 0);
	assert_false(seen.sent);
	assert_non_null(strstr(seen.error, file));
	assert_int_equal(s.asked, 2);
	http_close(client);
	config.token_file = NULL;
	config.user = "me";
	client = http_open(base, &config, &err);
	ask(client, (struct http_request){ .path = "/x" });
	assert_string_equal(s.auth, "Basic bWU6");
	http_close(client);
	server_stop(&s);
	close(fd);
}

/* ------------------------------------------------------------ failing over */

static void test_nobody_there(void **state)
{
	struct server a, b;
	struct http_client *client;
	struct seen seen;

	(void)state;
	server_start(&a);
	server_start(&b);
	server_stop(&a);
	client = client_of(&a, &b);
	/* What must not be done twice may go on as well: nothing was sent. */
	seen = ask(client, (struct http_request){ .path = "/x" });
	assert_int_equal(seen.status, 200);
	assert_string_equal(http_endpoint(client), b.url);
	/* And stays where it works, also when the first is back. */
	ask(client, (struct http_request){ .path = "/x" });
	assert_int_equal(b.asked, 2);
	server_stop(&b);
	seen = ask(client, (struct http_request){ .path = "/x" });
	assert_int_equal(seen.status, 0);
	assert_false(seen.sent);
	assert_true(strstr(seen.error, a.url) || strstr(seen.error, b.url));
	http_close(client);
}

static void test_sick(void **state)
{
	struct server a, b;
	struct http_client *client;
	struct seen seen;

	(void)state;
	server_start(&a);
	server_start(&b);
	client = client_of(&a, &b);
	seen = ask(client, (struct http_request){ .path = "/sick" });
	assert_int_equal(seen.status, 503);
	assert_true(seen.sent);
	assert_int_equal(b.asked, 0);
	assert_string_equal(http_endpoint(client), b.url);
	/* What may be repeated asks everybody, once. */
	seen = ask(client, (struct http_request){ .path = "/sick",
						  .repeat = true });
	assert_int_equal(seen.status, 503);
	assert_int_equal(a.asked, 2);
	assert_int_equal(b.asked, 1);
	http_close(client);
	server_stop(&a);
	server_stop(&b);
}

static void test_slow(void **state)
{
	struct server a, b;
	struct http_client *client;
	struct seen seen;

	(void)state;
	server_start(&a);
	server_start(&b);
	client = client_of(&a, &b);
	seen = ask(client, (struct http_request){
		.path = "/hang", .attempt_ms = SHORT_MS });
	assert_int_equal(seen.status, 0);
	assert_true(seen.sent);
	assert_int_equal(b.asked, 0);
	/* A whole round, each with its own time; then the time for all is up. */
	seen = ask(client, (struct http_request){
		.path = "/hang", .attempt_ms = SHORT_MS, .repeat = true });
	assert_int_equal(seen.status, 0);
	assert_int_equal(a.asked, 2);
	assert_int_equal(b.asked, 1);
	seen = ask(client, (struct http_request){
		.path = "/hang", .timeout_ms = SHORT_MS, .repeat = true });
	assert_int_equal(seen.status, 0);
	assert_true(seen.sent);
	assert_true(seen.error[0]);
	http_close(client);
	server_stop(&a);
	server_stop(&b);
}

/* Read, and then the connection is gone: done or not, and never sent twice. */
static void test_cut(void **state)
{
	struct server a, b;
	struct http_client *client;
	struct seen seen;

	(void)state;
	cutter_start(&a);
	server_start(&b);
	client = client_of(&a, &b);
	seen = ask(client, (struct http_request){ .method = "POST",
						  .path = "/x", .body = "1" });
	assert_int_equal(seen.status, 0);
	assert_true(seen.sent);
	assert_int_equal(a.asked, 1);
	assert_int_equal(b.asked, 0);
	http_close(client);
	client = client_of(&a, &b);
	seen = ask(client, (struct http_request){ .path = "/x", .repeat = true });
	assert_int_equal(seen.status, 200);
	assert_int_equal(b.asked, 1);
	http_close(client);
	server_stop(&a);
	server_stop(&b);
}

/* The same on a connection that was kept from the request before. */
static void test_cut_later(void **state)
{
	struct server a;
	struct http_client *client;
	struct seen seen;

	(void)state;
	cutter_start(&a);
	client = client_of(&a, NULL);
	seen = ask(client, (struct http_request){ .path = "/once" });
	assert_int_equal(seen.status, 200);
	seen = ask(client, (struct http_request){ .method = "POST",
						  .path = "/x", .body = "1" });
	assert_int_equal(seen.status, 0);
	assert_true(seen.sent);
	assert_int_equal(a.asked, 2);
	http_close(client);
	server_stop(&a);
}

/* ------------------------------------------------------------ the queue */

static void test_turns(void **state)
{
	struct server s;
	const char *urls[] = { s.url };
	struct http_config config = { .endpoints = urls, .n = 1, .parallel = 1 };
	struct http_request r = { .method = "GET", .path = "/x",
				  .timeout_ms = PATIENCE_MS, .done = on_done };
	struct seen seen[4] = { { 0 } };
	struct l2a_error err;
	struct http_client *client;

	(void)state;
	server_start(&s);
	client = http_open(base, &config, &err);
	order = 0;
	for (int i = 0; i < 3; i++) {
		r.arg = &seen[i];
		r.urgent = i == 2;
		http_send(client, &r);
	}
	run_until(&seen[1].over);
	assert_true(seen[2].order < seen[0].order);
	assert_true(seen[0].order < seen[1].order);
	/* Who never gets a turn is told so, in its own time. */
	r.path = "/hang";
	r.arg = &seen[3];
	http_send(client, &r);
	memset(seen, 0, 3 * sizeof(seen[0]));
	r.timeout_ms = SHORT_MS;
	r.path = "/x";
	r.arg = &seen[0];
	r.urgent = false;
	http_send(client, &r);
	run_until(&seen[0].over);
	assert_int_equal(seen[0].status, 0);
	assert_false(seen[0].sent);
	assert_false(seen[3].over);
	/* The end answers what is under way. */
	http_close(client);
	assert_true(seen[3].over);
	assert_int_equal(seen[3].status, 0);
	assert_true(seen[3].sent);
	server_stop(&s);
}

static void test_slow_names(void **state)
{
	const char *const urls[] = { "http://slow.test:1" };
	const struct http_config config = { .endpoints = urls, .n = 1 };
	struct seen seen = { 0 };
	struct http_request r = { .method = "GET", .path = "/x",
				  .timeout_ms = DNS_MS / 2, .done = on_done,
				  .arg = &seen };
	struct l2a_error err;
	struct http_client *client = http_open(base, &config, &err);
	uint64_t begin = l2a_clock_ns(CLOCK_MONOTONIC);

	(void)state;
	http_send(client, &r);
	/* The loop goes round meanwhile, and giving up does not wait either. */
	assert_true(run_until(&seen.over) >= 3);
	assert_int_equal(seen.status, 0);
	assert_false(seen.sent);
	http_close(client);
	assert_true(l2a_clock_ns(CLOCK_MONOTONIC) - begin <
		    DNS_MS * L2A_NSEC_PER_MSEC);
}

/* ------------------------------------------------------------ streams */

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

static int make_base(void **state)
{
	(void)state;
	base = event_base_new();
	return !base;
}

static int free_base(void **state)
{
	(void)state;
	event_base_free(base);
	libevent_global_shutdown();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_endpoints_are_urls),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_nobody_there),
		cmocka_unit_test(test_sick),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_cut_later),
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_slow_names),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_stream_cut),
		cmocka_unit_test(test_stream_silent),
		cmocka_unit_test(test_stream_waits),
		cmocka_unit_test(test_cancel),
	};

	return cmocka_run_group_tests_name("http", tests, make_base, free_base);
}
