// SPDX-License-Identifier: GPL-2.0
/*
 * The records: what is written is read back, what is no record is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "l2announced/record.h"

/* Read, write, and read what was written: the text must not change. */
static struct record *round_trip(enum record_kind kind, const char *text)
{
	struct l2a_error err = { 0 };
	struct record *rec = record_parse(kind, text, &err);
	struct record *again;
	char *first, *second;

	if (!rec)
		fail_msg("%s", err.text);
	first = record_format(rec);
	again = record_parse(kind, first, &err);
	assert_non_null(again);
	second = record_format(again);
	assert_string_equal(first, second);
	free(first);
	free(second);
	record_put(again);
	return rec;
}

static void test_node(void **state)
{
	struct record *rec = round_trip(RECORD_NODE,
		"{\"incarnation\":3,\"seq\":9,\"duration_ms\":2000,"
		"\"state\":\"draining\",\"devs\":[\"eth0\",\"eth1\"],"
		"\"unhealthy\":[\"s\"],\"boot\":\"b\",\"run\":\"r\",\"host\":null,"
		"\"from_the_future\":{}}");

	(void)state;
	assert_int_equal(rec->node.incarnation, 3);
	assert_int_equal(rec->node.seq, 9);
	assert_int_equal(rec->node.duration_ms, 2000);
	assert_int_equal(rec->node.state, NODE_DRAINING);
	/* As every node had it before there were weights. */
	assert_int_equal(rec->node.weight, 100);
	assert_false(rec->node.left);
	assert_int_equal(rec->node.devs.n, 2);
	assert_string_equal(rec->node.unhealthy.v[0], "s");
	assert_null(rec->node.host);
	record_put(rec);
	rec = round_trip(RECORD_NODE,
		"{\"incarnation\":3,\"duration_ms\":2000,\"state\":\"ready\",\"weight\":0}");
	assert_int_equal(rec->node.weight, 0);
	record_put(rec);
}

static void test_service(void **state)
{
	struct record *rec = round_trip(RECORD_SERVICE,
		"{\"vips\":[\"192.0.2.1\"],\"devs\":[\"eth*\"],"
		"\"prefer\":[\"a\"],\"deliver\":\"route\"}");

	(void)state;
	assert_true(rec->service.deliver);
	assert_string_equal(rec->service.vips.v[0], "192.0.2.1");
	assert_int_equal(rec->service.nodes.n, 0);
	record_put(rec);
}

static void test_drain(void **state)
{
	struct record *rec = round_trip(RECORD_DRAIN,
					"{\"since\":\"2026-01-02T03:04:05Z\"}");

	(void)state;
	assert_string_equal(rec->drain.since, "2026-01-02T03:04:05Z");
	record_put(rec);
	rec = round_trip(RECORD_DRAIN, "{}");
	assert_null(rec->drain.since);
	record_put(rec);
}

static void test_holder(void **state)
{
	struct record *rec = round_trip(RECORD_HOLDER,
		"{\"node\":\"a\",\"incarnation\":2,"
		"\"token\":18446744073709551615,\"since\":\"2026-01-01T00:00:00Z\","
		"\"next\":null,\"vips\":[\"192.0.2.1\"],\"transitions\":4}");

	(void)state;
	assert_string_equal(rec->holder.node, "a");
	assert_true(rec->holder.token == UINT64_MAX);
	assert_int_equal(rec->holder.transitions, 4);
	record_put(rec);
	rec = round_trip(RECORD_HOLDER, "{\"node\":null,\"token\":5,\"next\":\"b\"}");
	assert_null(rec->holder.node);
	assert_string_equal(rec->holder.next, "b");
	record_put(rec);
}

static void test_refused(void **state)
{
	static const struct {
		enum record_kind kind;
		const char *text;
		const char *named;
	} bad[] = {
		{ RECORD_NODE, "", "JSON" },
		{ RECORD_NODE, "[]", "JSON" },
		{ RECORD_NODE, "{", "JSON" },
		{ RECORD_NODE, "null", "JSON" },
		{ RECORD_NODE, "{\"duration_ms\":1,\"state\":\"ready\"}",
		  "incarnation" },
		{ RECORD_NODE, "{\"incarnation\":-1,\"duration_ms\":1,"
		  "\"state\":\"ready\"}", "incarnation" },
		{ RECORD_NODE, "{\"incarnation\":1,\"duration_ms\":0,"
		  "\"state\":\"ready\"}", "duration_ms" },
		{ RECORD_NODE, "{\"incarnation\":1,\"duration_ms\":5000000000,"
		  "\"state\":\"ready\"}", "duration_ms" },
		{ RECORD_NODE, "{\"incarnation\":1,\"duration_ms\":1}", "state" },
		{ RECORD_NODE, "{\"incarnation\":1,\"duration_ms\":1,\"state\":\"ready\",\"weight\":1001}",
		  "weight" },
		{ RECORD_NODE, "{\"incarnation\":1,\"duration_ms\":1,"
		  "\"state\":\"sleepy\"}", "state" },
		{ RECORD_NODE, "{\"incarnation\":1,\"duration_ms\":1,"
		  "\"state\":\"ready\",\"devs\":[1]}", "devs" },
		{ RECORD_SERVICE, "{\"devs\":[\"e\"]}", "vips" },
		{ RECORD_SERVICE, "{\"vips\":[],\"devs\":[\"e\"]}", "vips" },
		{ RECORD_SERVICE, "{\"vips\":[\"v\"],\"devs\":\"e\"}", "devs" },
		{ RECORD_SERVICE, "{\"vips\":[\"v\"],\"devs\":[\"e\"],"
		  "\"deliver\":\"pigeon\"}", "deliver" },
		{ RECORD_HOLDER, "{\"token\":\"7\"}", "token" },
		{ RECORD_HOLDER, "{\"node\":7}", "node" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct l2a_error err = { 0 };

		assert_null(record_parse(bad[i].kind, bad[i].text, &err));
		assert_non_null(strstr(err.text, bad[i].named));
	}
}

static void test_keys(void **state)
{
	char buf[RECORD_KEY_MAX], longest[RECORD_NAME_MAX + 16];
	enum record_kind kind;

	(void)state;
	assert_string_equal(record_key(RECORD_HOLDER, "default/x", buf),
			    "holder/default/x");
	assert_string_equal(record_key_parse("holder/default/x", &kind),
			    "default/x");
	assert_int_equal(kind, RECORD_HOLDER);
	assert_null(record_key_parse("holder/", &kind));
	assert_null(record_key_parse("other/x", &kind));
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "node/", 5);
	longest[5 + RECORD_NAME_MAX + 1] = '\0';
	assert_null(record_key_parse(longest, &kind));
	longest[5 + RECORD_NAME_MAX] = '\0';
	assert_non_null(record_key_parse(longest, &kind));
}

/* All that a record can say, and nothing as it would be by itself. */
static void test_copy(void **state)
{
	static const struct {
		enum record_kind kind;
		const char *text;
	} table[] = {
		{ RECORD_NODE,
		  "{\"incarnation\":3,\"seq\":9,\"duration_ms\":2000,"
		  "\"state\":\"fenced\",\"weight\":7,\"left\":true,"
		  "\"seen\":17,\"devs\":[\"eth0\"],\"unhealthy\":[\"s\"],\"boot\":\"b\","
		  "\"run\":\"r\",\"host\":\"h\"}" },
		{ RECORD_SERVICE,
		  "{\"vips\":[\"192.0.2.1\"],\"devs\":[\"eth*\"],"
		  "\"nodes\":[\"n*\"],\"prefer\":[\"a\",\"b\"],"
		  "\"deliver\":\"route\",\"checks\":[{\"tcp\":\"127.0.0.1:80\","
		  "\"interval\":\"2s\",\"timeout\":\"3s\",\"rise\":4,"
		  "\"fall\":5}]}" },
		{ RECORD_HOLDER,
		  "{\"node\":\"a\",\"incarnation\":2,\"duration_ms\":2000,\"token\":5,"
		  "\"since\":\"2026-01-01T00:00:00Z\",\"next\":\"b\","
		  "\"last\":\"c\",\"why\":\"is drained\",\"transitions\":4,\"vips\":[\"192.0.2.1\"]}" },
		{ RECORD_DRAIN, "{\"since\":\"2026-01-02T03:04:05Z\"}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct l2a_error err = { 0 };
		struct record *rec = record_parse(table[i].kind, table[i].text,
						  &err);
		struct record *copy = rec ? record_copy(rec, &err) : NULL;
		char *text;

		if (!copy)
			fail_msg("%s: %s", table[i].text, err.text);
		assert_ptr_not_equal(copy, rec);
		record_put(rec);
		text = record_format(copy);
		assert_string_equal(text, table[i].text);
		free(text);
		record_put(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_node),
		cmocka_unit_test(test_service),
		cmocka_unit_test(test_holder),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_copy),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
