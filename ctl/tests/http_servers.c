// SPDX-License-Identifier: GPL-2.0
/*
 * Servers in the event loop of a test of the HTTP client, and the asking of one
 * request after the other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <stdio.h>
#include <string.h>

#include "http_servers.h"

struct event_base *base;

int make_base(void **state)
{
	(void)state;
	base = event_base_new();
	return !base;
}

int free_base(void **state)
{
	(void)state;
	event_base_free(base);
	libevent_global_shutdown();
	return 0;
}

/* ------------------------------------------------------------ servers */

static void hold(struct server *s, struct evhttp_request *req)
{
	assert_true(s->n_held < 4);
	s->held[s->n_held++] = req;
	s->open = req;
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

void server_start(struct server *s)
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
void server_stop(struct server *s)
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

void cutter_start(struct server *s)
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

unsigned int order;

void on_done(void *arg, const struct http_reply *reply)
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

struct http_client *client_of(const struct server *a,
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

unsigned int run_until(const bool *so)
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

struct seen ask(struct http_client *client, struct http_request r)
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
