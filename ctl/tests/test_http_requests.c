// SPDX-License-Identifier: GPL-2.0
/*
 * The HTTP client, against servers in the same event loop: what it makes of
 * answers, of none, of slow ones; failing over; whose turn it is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http_servers.h"
#include "lib/clock.h"

#define DNS_MS		1500

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
	};

	return cmocka_run_group_tests_name("http_requests", tests, make_base, free_base);
}
