// SPDX-License-Identifier: GPL-2.0
/*
 * A service as it is asked for over the API: which addresses are taken, how they
 * are kept, and what each refusal says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "l2announced/api_json.h"

static struct record *parse(const char *vips, struct l2a_error *err)
{
	struct api_condition condition;
	char body[256];

	snprintf(body, sizeof(body),
		 "{\"vips\":[%s],\"devs\":[\"eth0\"],\"create\":true}", vips);
	return api_service_parse(body, &condition, err);
}

static void test_both_families(void **state)
{
	struct l2a_error err = { 0 };
	struct record *rec;

	(void)state;
	rec = parse("\"12.0.0.100\",\"2001:db8::100\",\"fe80::100\"", &err);
	assert_non_null(rec);
	assert_int_equal(rec->service.vips.n, 3);
	assert_string_equal(rec->service.vips.v[0], "12.0.0.100");
	assert_string_equal(rec->service.vips.v[1], "2001:db8::100");
	assert_string_equal(rec->service.vips.v[2], "fe80::100");
	record_put(rec);
}

/* One address has one text, so that two services that share it are found. */
static void test_one_text(void **state)
{
	struct l2a_error err = { 0 };
	struct record *rec;

	(void)state;
	rec = parse("\"2001:DB8:0:0::0100\"", &err);
	assert_non_null(rec);
	assert_string_equal(rec->service.vips.v[0], "2001:db8::100");
	record_put(rec);
}

static void test_refused(void **state)
{
	static const struct {
		const char *vips;
		const char *says;
	} bad[] = {
		{ "\"::\"", "vips: ::: no host can own this address" },
		{ "\"::1\"", "vips: ::1: no host can own this address" },
		{ "\"ff02::1\"", "vips: ff02::1: no host can own" },
		{ "\"::ffff:12.0.0.1\"", "no host can own this address" },
		{ "\"224.0.0.1\"", "vips: 224.0.0.1: no host can own" },
		{ "\"0.0.0.1\"", "no host can own this address" },
		{ "\"127.0.0.1\"", "no host can own this address" },
		{ "\"255.255.255.255\"", "no host can own this address" },
		{ "\"2001:db8::1/64\"", "without a prefix length" },
		{ "\"fe80::1%eth0\"", "without a zone" },
		{ "\"2001:db8::1\",\"2001:DB8:0::1\"",
		  "vips: 2001:db8::1 is there twice" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct l2a_error err = { 0 };

		assert_null(parse(bad[i].vips, &err));
		if (!strstr(err.text, bad[i].says))
			fail_msg("%s says '%s', not '%s'", bad[i].vips,
				 err.text, bad[i].says);
	}
}

static void test_condition(void **state)
{
	static const struct {
		const char *body;
		bool create;
		uint64_t version;
		const char *says;
	} table[] = {
		{ "", false, 0, NULL },
		{ ",\"create\":true", true, 0, NULL },
		{ ",\"create\":false,\"version\":7", false, 7, NULL },
		{ ",\"create\":1", false, 0, "create: true or false" },
		{ ",\"version\":0", false, 0, "version: a number above 0" },
		{ ",\"version\":\"7\"", false, 0, "version: a number" },
		{ ",\"create\":true,\"version\":7", false, 0, "has none yet" },
		{ ",\"versions\":7", false, 0, "unknown key" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct api_condition condition;
		struct l2a_error err = { 0 };
		struct record *rec;
		char body[256];

		snprintf(body, sizeof(body),
			 "{\"vips\":[\"12.0.0.1\"],\"devs\":[\"eth0\"]%s}",
			 table[i].body);
		rec = api_service_parse(body, &condition, &err);
		if (!rec != !!table[i].says || (table[i].says &&
					       !strstr(err.text, table[i].says)))
			fail_msg("%s: %s", body, err.text);
		if (rec) {
			assert_int_equal(condition.create, table[i].create);
			assert_int_equal(condition.version, table[i].version);
		}
		record_put(rec);
	}
}

/* Refused here; a record that has it already is read as it is. */
static void test_url(void **state)
{
	static const char body[] =
		"{\"vips\":[\"12.0.0.1\"],\"devs\":[\"eth0\"],\"checks\":["
		"{\"http\":\"http://127.0.0.1/?a[0]=1\"}]}";
	struct api_condition condition;
	struct l2a_error err = { 0 };
	struct record *rec;

	(void)state;
	assert_null(api_service_parse(body, &condition, &err));
	assert_string_equal(err.text, "checks: number 1: http: \"http://127.0.0.1/?a[0]=1\": \"[\" must be percent-encoded, as %5B");
	rec = record_parse(RECORD_SERVICE, body, &err);
	assert_non_null(rec);
	record_put(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_families),
		cmocka_unit_test(test_one_text),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_condition),
		cmocka_unit_test(test_url),
	};

	return cmocka_run_group_tests_name("api_service", tests, NULL, NULL);
}
