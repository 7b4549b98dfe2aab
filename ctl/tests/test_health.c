// SPDX-License-Identifier: GPL-2.0
/*
 * Health: counting, and checks against commands and servers that are real. The
 * servers run in the same event loop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "l2announced/health.h"
#include "l2announced/log.h"

#define PATIENCE_S	30

static struct event_base *base;
static struct health *health;
static struct config config;

/* What was told: "NAME good" or "NAME bad", in that order. */
static struct names told;

static void on_health(void *arg, const char *service, bool ok)
{
	char text[64];

	(void)arg;
	snprintf(text, sizeof(text), "%s %s", service, ok ? "good" : "bad");
	names_add(&told, text);
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(bool *)arg = true;
}

static void wait_for(bool (*true_now)(void *arg), void *arg)
{
	const struct timeval tv = { .tv_sec = PATIENCE_S };
	bool late = false;
	struct event *timer = evtimer_new(base, on_late, &late);

	event_add(timer, &tv);
	while (!true_now(arg) && !late)
		event_base_loop(base, EVLOOP_ONCE);
	event_free(timer);
	assert_true(true_now(arg));
}

static bool n_told(void *arg)
{
	return told.n >= *(size_t *)arg;
}

static void wait_told(size_t n, const char *last)
{
	wait_for(n_told, &n);
	assert_int_equal(told.n, n);
	assert_string_equal(told.v[n - 1], last);
}

/* A service S with these checks, as JSON. */
static void set(const char *checks)
{
	struct l2a_error err = { 0 };
	struct record *rec;
	char *text;

	assert_true(asprintf(&text, "{\"vips\":[\"12.0.0.100\",\"2001:db8::1\"],\"devs\":[\"eth0\"],\"checks\":[%s]}",
			     checks) > 0);
	rec = record_parse(RECORD_SERVICE, text, &err);
	if (!rec)
		fail_msg("%s: %s", checks, err.text);
	health_set(health, "s", rec);
	record_put(rec);
	free(text);
}

static void set_one(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void set_one(const char *fmt, ...)
{
	char check[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(check, sizeof(check), fmt, ap);
	va_end(ap);
	set(check);
}

/* Why the only check failed last; empty where it has not. */
static char why[256];

static void take_why(const struct health_info *info, void *arg)
{
	(void)arg;
	snprintf(why, sizeof(why), "%s", info->text ? info->text : "");
}

static const char *reason(void)
{
	why[0] = '\0';
	health_each(health, take_why, NULL);
	return why;
}

static void add_command(const char *name, const char *script)
{
	struct config_command *c;

	config.checks = xrealloc(config.checks, config.n_checks + 1,
				 sizeof(*config.checks));
	c = &config.checks[config.n_checks++];
	memset(c, 0, sizeof(*c));
	c->name = xstrdup(name);
	names_add(&c->argv, "/bin/sh");
	names_add(&c->argv, "-c");
	names_add(&c->argv, script);
}

static int set_up(void **state)
{
	(void)state;
	base = event_base_new();
	memset(&config, 0, sizeof(config));
	config.node = xstrdup("n1");
	health = health_new(base, &config, on_health, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	names_clear(&told);
	health_free(health);
	config_free(&config);
	event_base_free(base);
	return 0;
}

/* Counting. */

static void test_count(void **state)
{
	/* The attempts, and the verdict after each. */
	static const struct {
		const char *attempts, *verdicts;
	} rows[] = {
		{ "+", "G" },
		{ "-", "B" },
		{ "+--+---", "GGGGGGB" },
		{ "-+-++", "BBBBG" },
		{ "+---++---", "GGGBBGGGB" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct health_count count = { HEALTH_UNKNOWN, 0 };

		for (size_t k = 0; rows[i].attempts[k]; k++) {
			enum health_verdict was = count.verdict;
			bool changed = health_take(&count,
						   rows[i].attempts[k] == '+',
						   2, 3);

			assert_int_equal(count.verdict,
					 rows[i].verdicts[k] == 'G' ?
					 HEALTH_GOOD : HEALTH_BAD);
			assert_int_equal(changed, was != count.verdict);
		}
	}
}

/* Commands. */

static void test_command(void **state)
{
	(void)state;
	add_command("web", "test \"$L2ANNOUNCE_SERVICE $L2ANNOUNCE_NODE $L2ANNOUNCE_VIPS\" = 's n1 12.0.0.100 2001:db8::1'");
	set("{\"command\":\"web\"}");
	wait_told(1, "s good");
	assert_string_equal(reason(), "");
}

static void test_command_fails(void **state)
{
	(void)state;
	add_command("web", "exit 3");
	set("{\"command\":\"web\"}");
	wait_told(1, "s bad");
	assert_string_equal(reason(), "exit status 3");
}

static void test_command_is_slow(void **state)
{
	(void)state;
	add_command("web", "exec sleep 1000");
	set("{\"command\":\"web\",\"timeout\":\"50ms\"}");
	wait_told(1, "s bad");
	assert_string_equal(reason(), "not done within 50 ms: killed");
	assert_true(health_attempts(health, CHECK_COMMAND)->duration.sum >= 50000000);
}

static void test_no_such_command(void **state)
{
	(void)state;
	set("{\"command\":\"web\"}");
	wait_told(1, "s bad");
	assert_string_equal(reason(),
			    "this node's configuration has no such command");
}

/* TCP. */

static int listen_on(uint16_t *port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	*port = ntohs(addr.sin_port);
	return fd;
}

/* Refused, then listening, then no more: each is noticed. */
static void test_tcp(void **state)
{
	uint16_t port;
	int fd = listen_on(&port);

	(void)state;
	set_one("{\"tcp\":\"%u\",\"interval\":\"100ms\",\"rise\":1,\"fall\":2}",
		port);
	wait_told(1, "s bad");
	assert_string_equal(reason(), "Connection refused");
	listen(fd, 1000);
	wait_told(2, "s good");
	assert_true(health_attempts(health, CHECK_TCP)->failed >= 1);
	assert_int_equal(health_attempts(health, CHECK_TCP)->ok, 1);
	close(fd);
	wait_told(3, "s bad");
	assert_true(health_attempts(health, CHECK_TCP)->failed >= 3);
	assert_int_equal(health_attempts(health, CHECK_COMMAND)->failed, 0);
}

/* HTTP. */

struct web {
	struct evhttp *http;
	uint16_t port;
	int status;
	unsigned int asked;
	bool silent;
	char host[64];
	char uri[64];
};

static void on_request(struct evhttp_request *req, void *arg)
{
	const char *host = evhttp_find_header(evhttp_request_get_input_headers(req),
					      "Host");
	struct web *web = arg;

	web->asked++;
	snprintf(web->host, sizeof(web->host), "%s", host ? host : "");
	snprintf(web->uri, sizeof(web->uri), "%s",
		 evhttp_request_get_uri(req));
	if (web->silent)
		return;
	if (web->status == 302)
		evhttp_add_header(evhttp_request_get_output_headers(req),
				  "Location", "/elsewhere");
	evhttp_send_reply(req, web->status, "so be it", NULL);
}

static void web_start(struct web *web, const char *address)
{
	struct evhttp_bound_socket *bound;
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	memset(web, 0, sizeof(*web));
	web->http = evhttp_new(base);
	web->status = 200;
	bound = evhttp_bind_socket_with_handle(web->http, address, 0);
	assert_non_null(bound);
	assert_int_equal(getsockname(evhttp_bound_socket_get_fd(bound),
				     (struct sockaddr *)&addr, &len), 0);
	web->port = addr.ss_family == AF_INET ?
		    ntohs(((struct sockaddr_in *)&addr)->sin_port) :
		    ntohs(((struct sockaddr_in6 *)&addr)->sin6_port);
	evhttp_set_gencb(web->http, on_request, web);
}

static void test_http(void **state)
{
	struct web web;
	char host[64];

	(void)state;
	web_start(&web, "127.0.0.1");
	set_one("{\"http\":\"http://127.0.0.1:%u/a?b=c\",\"interval\":\"100ms\",\"rise\":1,\"fall\":1}",
		web.port);
	wait_told(1, "s good");
	assert_string_equal(web.uri, "/a?b=c");
	snprintf(host, sizeof(host), "127.0.0.1:%u", web.port);
	assert_string_equal(web.host, host);
	web.status = 503;
	wait_told(2, "s bad");
	assert_string_equal(reason(), "status 503");
	web.status = 204;
	wait_told(3, "s good");
	/* Not followed. */
	web.status = 302;
	wait_told(4, "s bad");
	assert_string_equal(web.uri, "/a?b=c");
	evhttp_free(web.http);
}

static void test_http_status(void **state)
{
	struct web web;

	(void)state;
	web_start(&web, "::1");
	web.status = 404;
	set_one("{\"http\":\"http://[::1]:%u\",\"status\":\"404\"}", web.port);
	wait_told(1, "s good");
	assert_string_equal(web.uri, "/");
	evhttp_free(web.http);
}

static void test_http_is_slow(void **state)
{
	struct web web;

	(void)state;
	web_start(&web, "127.0.0.1");
	web.silent = true;
	set_one("{\"http\":\"http://127.0.0.1:%u/\",\"timeout\":\"50ms\"}",
		web.port);
	wait_told(1, "s bad");
	assert_string_equal(reason(), "no answer in time");
	evhttp_free(web.http);
}

static void test_http_refused(void **state)
{
	uint16_t port;
	int fd = listen_on(&port);

	(void)state;
	set_one("{\"http\":\"http://127.0.0.1:%u/\"}", port);
	wait_told(1, "s bad");
	assert_string_equal(reason(), "no HTTP answer");
	close(fd);
}

/* What the store has from elsewhere: nobody has refused it on its way there. */
static void test_http_no_url(void **state)
{
	(void)state;
	set_one("{\"http\":\"http://127.0.0.1/?a[0]=1\",\"interval\":\"100ms\"}");
	wait_told(1, "s bad");
	assert_string_equal(reason(), "cannot be asked for: some of this URL must be percent-encoded");
}

/* Who accepts, and says what is no HTTP. */
static void on_accept(evutil_socket_t fd, short what, void *arg)
{
	int client = accept(fd, NULL, NULL);

	(void)what;
	(void)arg;
	assert_int_equal(write(client, "220 mail\r\n\r\n", 12), 12);
	close(client);
}

static void test_not_http(void **state)
{
	struct event *ev;
	uint16_t port;
	int fd = listen_on(&port);

	(void)state;
	listen(fd, 8);
	ev = event_new(base, fd, EV_READ | EV_PERSIST, on_accept, NULL);
	event_add(ev, NULL);
	set_one("{\"http\":\"http://127.0.0.1:%u/\"}", port);
	wait_told(1, "s bad");
	assert_string_equal(reason(), "no HTTP answer");
	event_free(ev);
	close(fd);
}

/* Services. */

static bool asked_again(void *arg)
{
	const struct web *web = arg;

	return web->asked >= 3;
}

/* All have to pass; what is set again is told again, and goes on. */
static void test_several(void **state)
{
	struct web web;
	uint16_t port;
	int fd = listen_on(&port);
	char checks[256];

	(void)state;
	web_start(&web, "127.0.0.1");
	snprintf(checks, sizeof(checks),
		 "{\"http\":\"http://127.0.0.1:%u/\",\"interval\":\"100ms\"},"
		 "{\"tcp\":\"%u\",\"interval\":\"100ms\",\"rise\":1}",
		 web.port, port);
	set(checks);
	wait_told(1, "s bad");
	wait_for(asked_again, &web);
	assert_int_equal(told.n, 1);
	set(checks);
	wait_told(2, "s bad");
	listen(fd, 1000);
	wait_told(3, "s good");
	close(fd);
	evhttp_free(web.http);
}

/* One that is set anew, or no more, is not told of by its former checks. */
static void test_changed(void **state)
{
	struct web web;

	(void)state;
	web_start(&web, "127.0.0.1");
	web.silent = true;
	set_one("{\"http\":\"http://127.0.0.1:%u/\"}", web.port);
	while (!web.asked)
		event_base_loop(base, EVLOOP_ONCE);
	add_command("web", "exit 0");
	set("{\"command\":\"web\"}");
	wait_told(1, "s good");
	set("");
	event_base_loop(base, EVLOOP_NONBLOCK);
	assert_int_equal(told.n, 1);
	assert_string_equal(reason(), "");
	evhttp_free(web.http);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_count),
		TEST(test_command),
		TEST(test_command_fails),
		TEST(test_command_is_slow),
		TEST(test_no_such_command),
		TEST(test_tcp),
		TEST(test_http),
		TEST(test_http_status),
		TEST(test_http_is_slow),
		TEST(test_http_refused),
		TEST(test_http_no_url),
		TEST(test_not_http),
		TEST(test_several),
		TEST(test_changed),
	};

	log_level(LOG_EMERG);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
