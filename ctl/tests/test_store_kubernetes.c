// SPDX-License-Identifier: GPL-2.0
/*
 * The Kubernetes store, against an API server that says what a test wants it to:
 * that it wants to be left alone, that it has forgotten, that a name is taken.
 * What a real one does is selftests/stores' matter.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "l2announced/config.h"
#include "l2announced/log.h"
#include "l2announced/store.h"
#include "lib/clock.h"

#define PATIENCE_MS	20000	/* what takes longer hangs */
#define DURATION_MS	2500
#define BUSY_S		1	/* the server's Retry-After */

static struct event_base *base;
static char file[] = "/tmp/l2a-store-kubernetes-XXXXXX";

/* ------------------------------------------------------------ the server */

/* What it answers next: the last one again and again. */
struct script {
	int status;
	const char *retry_after;
	const char *body;
};

struct server {
	struct evhttp *http;
	const struct script *script;
	unsigned int asked, watches;
	uint64_t asked_ms[16];
	char method[8], uri[256], body[1024];
	char watch_uri[256];
	struct evhttp_request *stream;		/* the newest that goes on */
	struct evhttp_request *held[4];		/* all that may */
};

static struct server server;

static uint64_t now_ms(void)
{
	return l2a_clock_ns(CLOCK_MONOTONIC) / L2A_NSEC_PER_MSEC;
}

static const char *method_of(struct evhttp_request *req)
{
	switch (evhttp_request_get_command(req)) {
	case EVHTTP_REQ_GET: return "GET";
	case EVHTTP_REQ_POST: return "POST";
	case EVHTTP_REQ_PATCH: return "PATCH";
	case EVHTTP_REQ_DELETE: return "DELETE";
	default: return "?";
	}
}

static void begin_stream(struct evhttp_request *req, const char *uri)
{
	assert_true(server.watches < 4);
	server.held[server.watches++] = req;
	snprintf(server.watch_uri, sizeof(server.watch_uri), "%s", uri);
	server.stream = req;
	evhttp_send_reply_start(req, 200, "OK");
}

static void answer(struct evhttp_request *req, void *arg)
{
	const struct script *s = server.script;
	const char *uri = evhttp_request_get_uri(req);
	struct evbuffer *in = evhttp_request_get_input_buffer(req);
	struct evbuffer *out = evbuffer_new();
	ev_ssize_t len;

	(void)arg;
	if (strstr(uri, "watch=true")) {
		begin_stream(req, uri);
		evbuffer_free(out);
		return;
	}
	assert_true(server.asked < 16);
	server.asked_ms[server.asked++] = now_ms();
	snprintf(server.uri, sizeof(server.uri), "%s", uri);
	snprintf(server.method, sizeof(server.method), "%s", method_of(req));
	len = evbuffer_remove(in, server.body, sizeof(server.body) - 1);
	server.body[len > 0 ? len : 0] = '\0';
	if (s->retry_after)
		evhttp_add_header(evhttp_request_get_output_headers(req),
				  "Retry-After", s->retry_after);
	evbuffer_add(out, s->body, strlen(s->body));
	evhttp_send_reply(req, s->status, "x", out);
	evbuffer_free(out);
	if (s[1].status)
		server.script++;
}

static void say(const char *line)
{
	struct evbuffer *buf = evbuffer_new();

	assert_non_null(server.stream);
	evbuffer_add_printf(buf, "%s\n", line);
	evhttp_send_reply_chunk(server.stream, buf);
	evbuffer_free(buf);
}

static void end_stream(void)
{
	evhttp_send_reply_end(server.stream);
	server.held[server.watches - 1] = NULL;
	server.stream = NULL;
}

/* ------------------------------------------------------------ the store */

struct seen {
	unsigned int views, fulls, resets;
	size_t n;
	uint64_t rev;
	bool told, down;
};

struct outcome {
	bool over;
	enum el_result result;
	bool there;
	uint64_t version;
	char error[L2A_ERROR_TEXT];
};

static struct store *store;
static struct seen seen;

static void on_view(void *arg, const struct store_item *items, size_t n,
		    uint64_t rev, bool full)
{
	(void)arg;
	(void)items;
	seen.views++;
	seen.fulls += full;
	seen.n = n;
	seen.rev = rev;
}

static void on_state(void *arg, const char *error)
{
	(void)arg;
	seen.told = true;
	seen.down = error;
}

static void on_reset(void *arg)
{
	(void)arg;
	seen.resets++;
}

static void on_reply(void *arg, const struct store_reply *reply)
{
	struct outcome *o = arg;

	o->over = true;
	o->result = reply->result;
	o->there = reply->n && reply->items[0].value;
	o->version = reply->n ? reply->items[0].version : 0;
	snprintf(o->error, sizeof(o->error), "%s", reply->error ? reply->error : "");
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

/* One turn of the loop, of a few ms where nothing happens. */
static void turn(uint64_t end)
{
	struct timeval tv = { 0, 5000 };
	struct event *ev = evtimer_new(base, on_tick, NULL);

	if (now_ms() > end)
		fail_msg("waited in vain");
	event_add(ev, &tv);
	event_base_loop(base, EVLOOP_ONCE);
	event_free(ev);
}

#define wait_for(condition) \
	do { \
		uint64_t end_ = now_ms() + PATIENCE_MS; \
		while (!(condition)) \
			turn(end_); \
	} while (0)

static void script(const struct script *s)
{
	server.script = s;
	server.asked = 0;
}

static struct outcome get(const char *key)
{
	struct outcome o = { 0 };

	store_kubernetes.get(store, key, on_reply, &o);
	wait_for(o.over);
	return o;
}

static struct outcome put(const char *key, uint64_t version, const char *value)
{
	struct outcome o = { 0 };

	if (value)
		store_kubernetes.put_if(store, key, version, value, on_reply, &o);
	else
		store_kubernetes.delete_if(store, key, version, on_reply, &o);
	assert_false(o.over);
	wait_for(o.over);
	return o;
}

#define LIST(rev, items) \
	"{\"metadata\":{\"resourceVersion\":\"" rev "\"},\"items\":[" items "]}"
#define LEASE(rev, key) \
	"{\"metadata\":{\"resourceVersion\":\"" rev "\",\"annotations\":{" \
	"\"l2announce/key\":\"" key "\",\"l2announce/record\":\"{}\"}}}"
#define EVENT(type, object) "{\"type\":\"" type "\",\"object\":" object "}"

static const struct script empty_list[] = { { 200, NULL, LIST("10", "") }, { 0 } };

static void watch(void)
{
	const struct store_watcher watcher = {
		.view = on_view, .state = on_state, .reset = on_reset,
	};

	script(empty_list);
	store_kubernetes.watch(store, &watcher);
	wait_for(seen.fulls && server.stream);
}

static int start(void **state)
{
	const struct config config = {
		.store_namespace = (char[]){ "ns" },
		.store_kubeconfig = file,
		.duration_ms = DURATION_MS,
		.renew_ms = DURATION_MS / 5,
		.margin_ms = DURATION_MS / 10,
	};
	struct evhttp_bound_socket *bound;
	struct sockaddr_in at;
	socklen_t len = sizeof(at);
	struct l2a_error err;
	FILE *f = fopen(file, "w");

	(void)state;
	memset(&server, 0, sizeof(server));
	memset(&seen, 0, sizeof(seen));
	base = event_base_new();
	server.http = evhttp_new(base);
	evhttp_set_allowed_methods(server.http, EVHTTP_REQ_GET | EVHTTP_REQ_POST |
				   EVHTTP_REQ_PATCH | EVHTTP_REQ_DELETE);
	evhttp_set_gencb(server.http, answer, NULL);
	bound = evhttp_bind_socket_with_handle(server.http, "127.0.0.1", 0);
	getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&at,
		    &len);
	fprintf(f, "current-context: x\n"
		"contexts: [{name: x, context: {cluster: x, user: x}}]\n"
		"clusters: [{name: x, cluster: {server: 'http://127.0.0.1:%u/at/'}}]\n"
		"users: [{name: x, user: {token: x}}]\n", ntohs(at.sin_port));
	fclose(f);
	store = store_kubernetes.open(&config, base, &err);
	if (!store)
		fail_msg("%s", err.text);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	store_kubernetes.close(store);
	/* Requests whose asker has gone are ours to free; a reply does. */
	for (unsigned int i = 0; i < server.watches; i++) {
		if (server.held[i] &&
		    !evhttp_request_get_connection(server.held[i]))
			evhttp_send_reply_end(server.held[i]);
	}
	evhttp_free(server.http);
	event_base_free(base);
	return 0;
}

/* ------------------------------------------------------------ keeping still */

#define BUSY(seconds) { 429, seconds, "{\"message\":\"too many\"}" }

static void test_busy(void **state)
{
	static const struct script busy[] = {
		BUSY("1"), { 200, NULL, LIST("10", LEASE("9", "node/a")) }, { 0 },
	};
	struct outcome first = { 0 }, second = { 0 };

	(void)state;
	script(busy);
	store_kubernetes.get(store, "node/a", on_reply, &first);
	wait_for(server.asked == 1);
	/* Let its answer come; then this one has to wait as well. */
	while (now_ms() < server.asked_ms[0] + BUSY_S * 1000 / 2)
		turn(now_ms() + PATIENCE_MS);
	store_kubernetes.get(store, "node/a", on_reply, &second);
	wait_for(first.over && second.over);
	assert_int_equal(first.result, EL_OK);
	assert_int_equal(second.result, EL_OK);
	assert_int_equal(server.asked, 3);
	assert_true(server.asked_ms[1] >= server.asked_ms[0] + BUSY_S * 1000);
	assert_true(server.asked_ms[2] >= server.asked_ms[0] + BUSY_S * 1000);
}

/* A call that would be too late fails when that is known. */
static void test_busy_for_long(void **state)
{
	static const struct script busy[] = {
		BUSY("3600"), BUSY("3600"), { 0 },
	};
	uint64_t begun = now_ms();
	struct outcome o;

	(void)state;
	script(busy);
	o = put("node/a", 7, "{}");
	assert_int_equal(o.result, EL_FAILED);
	assert_non_null(strstr(o.error, "429: too many"));
	assert_int_equal(server.asked, 2);
	assert_true(now_ms() < begun + DURATION_MS);
}

/* No lease runs out over it: what is said may be anybody's guess. */
static void test_busy_for_too_long(void **state)
{
	static const struct script busy[][3] = {
		{ { 503, "3600", "" }, { 200, NULL, LIST("10", "") } },
		{ { 503, "5000000", "" }, { 200, NULL, LIST("10", "") } },
		/* By this machine's clock, which may be wrong. */
		{ { 503, "Fri, 31 Dec 2100 23:59:59 GMT", "" },
		  { 200, NULL, LIST("10", "") } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(busy) / sizeof(busy[0]); i++) {
		uint64_t end = now_ms() + PATIENCE_MS, later;
		struct outcome o;

		script(busy[i]);
		o = get("node/a");
		while (o.result != EL_OK && now_ms() < end)
			o = get("node/a");
		if (o.result != EL_OK)
			fail_msg("Retry-After: %s: %u requests: %s",
				 busy[i][0].retry_after, server.asked, o.error);
		later = server.asked_ms[1] - server.asked_ms[0];
		if (later < DURATION_MS / 2 || later > DURATION_MS * 3 / 4)
			fail_msg("Retry-After: %s: asked again %u ms later",
				 busy[i][0].retry_after, (unsigned int)later);
	}
}

/* ------------------------------------------------------------ following */

static void test_forgotten(void **state)
{
	static const struct script later[] = {
		{ 200, NULL, LIST("30", LEASE("29", "node/a")) }, { 0 },
	};

	(void)state;
	watch();
	assert_non_null(strstr(server.watch_uri, "resourceVersion=10"));
	assert_non_null(strstr(server.watch_uri, "allowWatchBookmarks=true"));
	say(EVENT("ADDED", LEASE("12", "node/a")));
	wait_for(seen.views == 2);
	assert_int_equal(seen.rev, 12);
	script(later);
	say(EVENT("ERROR", "{\"code\":410,\"message\":\"too old\"}"));
	wait_for(seen.fulls == 2);
	assert_int_equal(seen.rev, 30);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.resets, 0);
}

static void test_resumed_at_a_bookmark(void **state)
{
	(void)state;
	watch();
	say(EVENT("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"25\"}}"));
	wait_for(seen.rev == 25);
	end_stream();
	wait_for(server.watches == 2);
	assert_non_null(strstr(server.watch_uri, "resourceVersion=25"));
	assert_int_equal(seen.fulls, 1);
}

/* The change of our own does not come back. */
static void test_silent_stream(void **state)
{
	static const struct script done[] = { { 200, NULL, LEASE("40", "node/a") },
					      { 0 } };

	(void)state;
	watch();
	script(done);
	assert_int_equal(put("node/a", 9, "{}").result, EL_OK);
	wait_for(server.watches == 2);
	assert_non_null(strstr(server.watch_uri, "resourceVersion=10"));
}

static void test_older_store(void **state)
{
	static const struct script older[] = { { 200, NULL, LIST("3", "") }, { 0 } };

	(void)state;
	watch();
	script(older);
	assert_int_equal(get("node/a").result, EL_OK);
	assert_int_equal(seen.resets, 1);
	wait_for(seen.fulls == 2);
	assert_int_equal(seen.rev, 3);
}

/* ------------------------------------------------------------ writing */

static void test_how_it_asks(void **state)
{
	static const struct script done[] = { { 200, NULL, LEASE("40", "holder/a/b") },
					      { 0 } };
	struct outcome o;

	(void)state;
	script(done);
	o = put("holder/a/b", 0, "{}");
	assert_int_equal(o.result, EL_OK);
	assert_int_equal(o.version, 40);
	assert_string_equal(server.method, "POST");
	assert_string_equal(server.uri, "/at/apis/coordination.k8s.io/v1/namespaces/ns/leases");
	put("holder/a/b", 40, "{}");
	assert_string_equal(server.method, "PATCH");
	assert_string_equal(server.uri, "/at/apis/coordination.k8s.io/v1/namespaces/ns/leases/l2announce-a-b");
	assert_non_null(strstr(server.body, "\"resourceVersion\":\"40\""));
}

static void test_taken_name(void **state)
{
	static const struct script by_another[] = {
		{ 409, NULL, "{\"kind\":\"Status\"}" },
		{ 200, NULL, LIST("10", LEASE("9", "holder/a-b")) }, { 0 },
	};
	static const struct script by_it[] = {
		{ 409, NULL, "{\"kind\":\"Status\"}" },
		{ 200, NULL, LIST("10", LEASE("9", "holder/a/b")) }, { 0 },
	};
	struct outcome o;

	(void)state;
	script(by_another);
	o = put("holder/a/b", 0, "{}");
	assert_int_equal(o.result, EL_FAILED);
	assert_string_equal(o.error, "holder/a/b: its lease l2announce-a-b is there already, and is holder/a-b");
	/* Nor is it taken for the record that was asked for. */
	o = get("holder/a/b");
	assert_int_equal(o.result, EL_OK);
	assert_false(o.there);
	script(by_it);
	assert_int_equal(put("holder/a/b", 0, "{}").result, EL_CONFLICT);
}

static void test_outcomes(void **state)
{
	static const struct {
		struct script script[2];
		uint64_t version;
		enum el_result result;
	} cases[] = {
		{ { { 409, NULL, "{\"kind\":\"Status\"}" } }, 7, EL_CONFLICT },
		{ { { 404, NULL, "{\"kind\":\"Status\"}" } }, 7, EL_CONFLICT },
		{ { { 404, NULL, "no such page" } }, 7, EL_FAILED },
		/* The namespace is not there. */
		{ { { 404, NULL, "{\"kind\":\"Status\"}" } }, 0, EL_FAILED },
		{ { { 403, NULL, "{\"kind\":\"Status\"}" } }, 7, EL_FAILED },
		{ { { 422, NULL, "{\"kind\":\"Status\"}" } }, 7, EL_FAILED },
		{ { { 500, NULL, "{\"kind\":\"Status\"}" } }, 7, EL_UNKNOWN },
		{ { { 504, NULL, "" } }, 7, EL_UNKNOWN },
		{ { { 200, NULL, "<html>" } }, 7, EL_UNKNOWN },
		{ { { 200, NULL, "{}" } }, 7, EL_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct outcome o;

		script(cases[i].script);
		o = put("node/a", cases[i].version, "{}");
		if (o.result != cases[i].result)
			fail_msg("case %zu: result %d %s", i, o.result, o.error);
	}
	assert_int_equal(get("node/a").result, EL_FAILED);
}

static void test_deleted(void **state)
{
	static const struct script gone[] = {
		{ 200, NULL, "{\"kind\":\"Status\"}" }, { 200, NULL, LIST("50", "") },
		{ 0 },
	};
	static const struct script anew[] = {
		{ 200, NULL, "{\"kind\":\"Status\"}" },
		{ 200, NULL, LIST("60", LEASE("58", "node/a")) }, { 0 },
	};
	struct outcome o;

	(void)state;
	script(gone);
	o = put("node/a", 44, NULL);
	assert_int_equal(o.result, EL_OK);
	assert_int_equal(o.version, 50);
	script(anew);
	o = put("node/a", 44, NULL);
	assert_int_equal(o.result, EL_OK);
	assert_int_equal(o.version, 57);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_busy, start, stop),
		cmocka_unit_test_setup_teardown(test_busy_for_long, start, stop),
		cmocka_unit_test_setup_teardown(test_busy_for_too_long, start,
						stop),
		cmocka_unit_test_setup_teardown(test_forgotten, start, stop),
		cmocka_unit_test_setup_teardown(test_resumed_at_a_bookmark, start,
						stop),
		cmocka_unit_test_setup_teardown(test_silent_stream, start, stop),
		cmocka_unit_test_setup_teardown(test_older_store, start, stop),
		cmocka_unit_test_setup_teardown(test_how_it_asks, start, stop),
		cmocka_unit_test_setup_teardown(test_taken_name, start, stop),
		cmocka_unit_test_setup_teardown(test_outcomes, start, stop),
		cmocka_unit_test_setup_teardown(test_deleted, start, stop),
	};
	int status;

	close(mkstemp(file));
	status = cmocka_run_group_tests_name("store_kubernetes", tests, NULL, NULL);
	unlink(file);
	return status;
}
