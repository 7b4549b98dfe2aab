// SPDX-License-Identifier: GPL-2.0
/*
 * Checks as JSON: defaults, what is kept and how, what each refusal says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <event2/http.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "l2announced/record.h"

static int parse(const char *text, struct check_list *list,
		 struct l2a_error *err)
{
	json_object *array = json_tokener_parse(text);
	int ret = checks_parse(array, list, err);

	json_object_put(array);
	return ret;
}

static void test_defaults(void **state)
{
	struct check_list list = { NULL, 0 };
	struct l2a_error err = { 0 };

	(void)state;
	assert_int_equal(parse("[{\"tcp\":\"80\"}]", &list, &err), 0);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.v[0].type, CHECK_TCP);
	assert_string_equal(list.v[0].target, "127.0.0.1:80");
	assert_int_equal(list.v[0].interval_ms, 1000);
	assert_int_equal(list.v[0].timeout_ms, 1000);
	assert_int_equal(list.v[0].rise, 2);
	assert_int_equal(list.v[0].fall, 3);
	checks_clear(&list);
	assert_int_equal(checks_parse(NULL, &list, &err), 0);
	assert_int_equal(list.n, 0);
}

static void test_targets(void **state)
{
	static const char *const good[] = {
		"[{\"tcp\":\"192.0.2.1:65535\"}]",
		"[{\"tcp\":\"[2001:db8::1]:1\"}]",
		"[{\"http\":\"http://192.0.2.1\"}]",
		"[{\"http\":\"http://192.0.2.1:8080/a?b=c\"}]",
		"[{\"http\":\"http://[::1]/\"}]",
		"[{\"http\":\"http://[::1]:81/\",\"status\":\"204\"}]",
		"[{\"command\":\"web-1.x_y\",\"interval\":\"100ms\"}]",
		"[{\"tcp\":\"1\",\"timeout\":\"1m\",\"rise\":1,\"fall\":100}]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct check_list list = { NULL, 0 };
		struct l2a_error err = { 0 };

		if (parse(good[i], &list, &err))
			fail_msg("%s: %s", good[i], err.text);
		checks_clear(&list);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		const char *says;
	} bad[] = {
		{ "{}", "checks: a list is expected" },
		{ "[7]", "checks: number 1: an object is expected" },
		{ "[{\"tcp\":\"80\"},{}]", "number 2: one of command, tcp" },
		{ "[{\"tcp\":\"80\",\"http\":\"x\"}]", "http: there is tcp already" },
		{ "[{\"ping\":\"x\"}]", "\"ping\": unknown key" },
		{ "[{\"tcp\":80}]", "tcp: a string" },
		{ "[{\"tcp\":\"0\"}]", "tcp: \"0\" is no [ADDRESS:]PORT" },
		{ "[{\"tcp\":\"65536\"}]", "is no [ADDRESS:]PORT" },
		{ "[{\"tcp\":\"localhost:80\"}]", "is no [ADDRESS:]PORT" },
		{ "[{\"tcp\":\"::1:80\"}]", "is no [ADDRESS:]PORT" },
		{ "[{\"tcp\":\"[::1]\"}]", "is no [ADDRESS:]PORT" },
		{ "[{\"tcp\":\"[::1]x:80\"}]", "is no [ADDRESS:]PORT" },
		{ "[{\"tcp\":\"[::1\"}]", "is no [ADDRESS:]PORT" },
		{ "[{\"http\":\"https://192.0.2.1/\"}]", "needs a command" },
		{ "[{\"http\":\"http://web/\"}]", "an address is expected" },
		{ "[{\"http\":\"http:///x\"}]", "an address is expected" },
		{ "[{\"http\":\"http://192.0.2.1:/\"}]", "an address" },
		{ "[{\"http\":\"http://u@192.0.2.1/\"}]", "an address" },
		{ "[{\"http\":\"http://192.0.2.1/a b\"}]", "percent-encoded" },
		{ "[{\"http\":\"http://192.0.2.1/\\r\\nX: y\"}]",
		  "percent-encoded" },
		{ "[{\"command\":\"/bin/sh\"}]", "is no name of a command" },
		{ "[{\"command\":\"\"}]", "is no name of a command" },
		{ "[{\"tcp\":\"80\",\"interval\":\"99ms\"}]",
		  "interval: 99ms is out of range, 100ms to 1h" },
		{ "[{\"tcp\":\"80\",\"timeout\":\"2\"}]", "timeout: " },
		{ "[{\"tcp\":\"80\",\"timeout\":2}]", "timeout: a duration" },
		{ "[{\"tcp\":\"80\",\"rise\":0}]", "rise: a number, 1 to 100" },
		{ "[{\"tcp\":\"80\",\"fall\":101}]", "fall: a number" },
		{ "[{\"tcp\":\"80\",\"fall\":\"3\"}]", "fall: a number" },
		{ "[{\"tcp\":\"80\",\"status\":\"200\"}]", "status: only of http" },
		{ "[{\"http\":\"http://[::1]/\",\"status\":\"300-200\"}]",
		  "status: \"300-200\" is no status" },
		{ "[{\"http\":\"http://[::1]/\",\"status\":\"2xx\"}]",
		  "is no status" },
		{ "[{\"http\":\"http://[::1]/\",\"status\":200}]",
		  "is no status" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct check_list list = { NULL, 0 };
		struct l2a_error err = { 0 };

		assert_int_equal(parse(bad[i].text, &list, &err), -EINVAL);
		assert_int_equal(list.n, 0);
		if (!strstr(err.text, bad[i].says))
			fail_msg("%s: says '%s', not '%s'", bad[i].text,
				 err.text, bad[i].says);
	}
}

/* The rule by itself, against the parser of what asks for the URL. */
static void test_usable(void **state)
{
	static const char *const begins[] = {
		"http://127.0.0.1/a", "http://127.0.0.1/?b=", "http://[::1]:81/%41",
	};

	(void)state;
	for (size_t i = 0; i < 3 * 127; i++) {
		struct check check = { .type = CHECK_HTTP };
		struct check_list list = { &check, 1 };
		struct l2a_error err = { 0 };
		struct evhttp_uri *uri;
		char url[64], says[64];
		char c = (char)(i / 3);

		if (c <= ' ' || c == '#')
			continue;
		snprintf(url, sizeof(url), "%s%c", begins[i % 3], c);
		check.target = url;
		uri = evhttp_uri_parse(url);
		if (!checks_usable(&list, &err) != !!uri)
			fail_msg("%s: %s, but %s", url, uri ? "is sent" : "is not",
				 err.code ? err.text : "is taken");
		snprintf(says, sizeof(says), "\"%c\" must be percent-encoded, as %%%02X",
			 c, (unsigned char)c);
		if (!uri && !strstr(err.text, says))
			fail_msg("%s: %s", url, err.text);
		if (uri)
			evhttp_uri_free(uri);
	}
}

static void test_percent(void **state)
{
	static const struct {
		char url[32];
		bool ok;
	} table[] = {
		{ "http://[::1]", true },
		{ "http://[::1]/%20%aF?%5b", true },
		{ "http://[::1]/%", false },
		{ "http://[::1]/%5", false },
		{ "http://[::1]/%5g", false },
		{ "http://[::1]/?%%20", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char command[] = "web", url[32];
		struct check checks[] = {
			{ .type = CHECK_COMMAND, .target = command },
			{ .type = CHECK_HTTP, .target = url },
		};
		struct check_list list = { checks, 2 };
		struct l2a_error err = { 0 };

		strcpy(url, table[i].url);
		if (!checks_usable(&list, &err) != table[i].ok)
			fail_msg("%s: %s", url, err.text);
		if (!table[i].ok && !strstr(err.text, "checks: number 2: http: \"http://[::1]/"))
			fail_msg("%s: %s", url, err.text);
	}
}

/* What the store gets is what comes out of it. */
static void test_record(void **state)
{
	static const char text[] =
		"{\"vips\":[\"12.0.0.100\"],\"devs\":[\"eth0\"],\"nodes\":[],"
		"\"prefer\":[],\"deliver\":\"none\",\"checks\":["
		"{\"http\":\"http:\\/\\/127.0.0.1\\/\",\"status\":\"200-299\","
		"\"interval\":\"1500ms\",\"timeout\":\"1s\",\"rise\":2,"
		"\"fall\":3},{\"command\":\"web\",\"interval\":\"1m\","
		"\"timeout\":\"1s\",\"rise\":2,\"fall\":3}]}";
	struct l2a_error err = { 0 };
	struct record *rec, *again;
	char *out;

	(void)state;
	rec = record_parse(RECORD_SERVICE, text, &err);
	assert_non_null(rec);
	out = record_format(rec);
	assert_string_equal(out, text);
	again = record_parse(RECORD_SERVICE, out, &err);
	assert_non_null(again);
	assert_true(checks_equal(&rec->service.checks, &again->service.checks));
	again->service.checks.v[1].fall++;
	assert_false(checks_equal(&rec->service.checks,
				  &again->service.checks));
	free(out);
	record_put(rec);
	record_put(again);
	assert_null(record_parse(RECORD_SERVICE,
				 "{\"vips\":[\"1.2.3.4\"],\"devs\":[\"e\"],"
				 "\"checks\":[{}]}", &err));
	assert_non_null(strstr(err.text, "checks"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_usable),
		cmocka_unit_test(test_percent),
		cmocka_unit_test(test_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
