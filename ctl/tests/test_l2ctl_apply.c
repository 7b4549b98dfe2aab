// SPDX-License-Identifier: GPL-2.0
/*
 * A file of services: what is read from it, and which line is blamed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "l2ctl/apply_change.h"
#include "l2ctl/apply_file.h"

static const char good[] =
	"# Services of this LAN\n"
	"services:\n"
	"  - name: default/web\n"
	"    vips: [192.0.2.100, '2001:db8::100']\n"
	"    devs: ['eth*']\n"
	"    prefer: [w1]\n"
	"    deliver: route\n"
	"  - vips:\n"
	"      - 192.0.2.101\n"
	"      - 192.0.2.300\n"
	"    devs:\n"
	"      - eth0\n"
	"    nodes: []\n"
	"    name: db\n"
	"    checks:\n"
	"      - http: http://127.0.0.1/\n"
	"        status: 200-399\n"
	"        interval: 2s\n"
	"        fall: 4\n"
	"      - {tcp: 80, timeout: 300ms, rise: 1}\n"
	"      - command: db\n";

static void test_read(void **state)
{
	struct json_object *list = NULL;
	struct l2a_error err = { 0 };

	(void)state;
	if (apply_file_parse("f", good, strlen(good), &list, &err))
		fail_msg("%s", err.text);
	assert_string_equal(json_object_to_json_string_ext(list,
				JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
		"[{\"name\":\"default/web\","
		"\"vips\":[\"192.0.2.100\",\"2001:db8::100\"],"
		"\"devs\":[\"eth*\"],\"nodes\":[],\"prefer\":[\"w1\"],"
		"\"deliver\":\"route\",\"checks\":[]},"
		"{\"name\":\"db\",\"vips\":[\"192.0.2.101\",\"192.0.2.300\"],"
		"\"devs\":[\"eth0\"],\"nodes\":[],\"prefer\":[],"
		"\"checks\":[{\"http\":\"http://127.0.0.1/\","
		"\"status\":\"200-399\",\"interval\":\"2s\",\"fall\":4},"
		"{\"tcp\":\"80\",\"timeout\":\"300ms\",\"rise\":1},"
		"{\"command\":\"db\"}]}]");
	json_object_put(list);
}

static void test_no_services(void **state)
{
	struct json_object *list = NULL;
	struct l2a_error err = { 0 };

	(void)state;
	assert_int_equal(apply_file_parse("f", "services: []\n", 13, &list, &err),
			 0);
	assert_int_equal(json_object_array_length(list), 0);
	json_object_put(list);
}

#define WEB "services:\n  - name: web\n    vips: [192.0.2.1]\n    devs: [eth0]\n"

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		const char *says;
	} bad[] = {
		{ "", "f: empty" },
		{ "# nothing\n", "f: empty" },
		{ "- web\n", "f:1: " },
		{ "{}\n", "f:1: services: missing" },
		{ "services: web\n", "f:1: services: Expecting SEQUENCE" },
		{ "service: []\n", "f:1: service: unknown key" },
		{ WEB "nodes: [w1]\n", "f:5: nodes: unknown key" },
		{ WEB "  - name: db\n    vips: [192.0.2.2]\n    vip: [x]\n    devs: [eth0]\n",
		  "f:7: vip: unknown key" },
		{ WEB "  - name: db\n    devs: [eth0]\n", "f:5: vips: missing" },
		{ WEB "  - devs: [eth0]\n    vips: [192.0.2.2]\n",
		  "f:5: name: missing" },
		{ WEB "  - name: db\n    vips: []\n    devs: [eth0]\n",
		  "f:6: vips: empty" },
		{ WEB "  - name: db\n    vips: 192.0.2.2\n",
		  "f:6: vips: Expecting SEQUENCE" },
		{ WEB "    deliver: [route]\n", "f:5: deliver: Expecting STRING" },
		{ WEB "    deliver: none\n    deliver: none\n",
		  "deliver: Mapping field already seen" },
		{ WEB "    checks: [tcp]\n", "f:5: checks: Expecting MAPPING" },
		{ WEB "    checks:\n    - {tcp: 80, rise: x}\n", "f:6: rise: " },
		{ WEB "    checks:\n    - {tcp: 80, often: 2s}\n",
		  "f:6: often: unknown key" },
		{ WEB "    nodes: [w1\n", "f:6: not YAML: " },
		{ WEB "\t- name: db\n", "f:5: not YAML: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct json_object *list = NULL;
		struct l2a_error err = { 0 };

		assert_int_equal(apply_file_parse("f", bad[i].text,
						  strlen(bad[i].text), &list,
						  &err), -EINVAL);
		assert_null(list);
		if (!strstr(err.text, bad[i].says))
			fail_msg("%zu: '%s', not '%s'", i, err.text, bad[i].says);
	}
}

/* Which line is named for what the controller says. */
static void test_blame(void **state)
{
	static const struct {
		const char *refusal;
		const char *line;
	} table[] = {
		{ "service db: vips: 192.0.2.300: no address", "f:10: " },
		{ "service db: vips: \"192.0.2.300\": no address", "f:10: " },
		{ "service db: vips: 192.0.2.101 is also in service x", "f:9: " },
		{ "service default/web: vips: 2001:db8::100 is there twice",
		  "f:4: " },
		{ "service default/web: deliver: missing, or not", "f:7: " },
		{ "service db: devs: \"x/y\" is no device's name", "f:11: " },
		{ "service db: name: is there twice", "f:14: " },
		{ "service db: checks: number 2: tcp: \"x\" is no", "f:15: " },
		{ "service db: changed meanwhile", "f:8: " },
		{ "service nobody: vips: 192.0.2.1", "service " },
		{ "what services there are is not known", "what " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct l2a_error err = { .code = -EREMOTEIO };

		snprintf(err.text, sizeof(err.text), "%s", table[i].refusal);
		assert_int_equal(apply_file_blame("f", good, strlen(good), &err),
				 -EREMOTEIO);
		if (strncmp(err.text, table[i].line, strlen(table[i].line)))
			fail_msg("'%s', not at %s", err.text, table[i].line);
	}
}

static void prints(const char *change, const char *wanted)
{
	struct json_object *obj = json_tokener_parse(change);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(obj);
	apply_change_print(out, obj, true);
	fclose(out);
	assert_string_equal(text, wanted);
	free(text);
	json_object_put(obj);
}

/* What the store holds is anybody's: none of it steers the terminal. */
static void test_printed(void **state)
{
	(void)state;
	prints("{\"name\":\"web\",\"op\":\"change\",\"changed\":["
	       "{\"key\":\"devs\",\"from\":[\"eth0\",\"eth1\"],\"to\":[]}]}",
	       "~ web\n    devs eth0,eth1 -> -\n");
	prints("{\"name\":\"w\\u001b[2Jb\",\"op\":\"add\",\"changed\":["
	       "{\"key\":\"nodes\",\"from\":null,\"to\":[\"a\\nb\",\"\\u009b1m\u00e9\"]},"
	       "{\"key\":\"k\\r\",\"from\":null,\"to\":\"\\u0007\"}]}",
	       "+ w?[2Jb\n    nodes a?b,?1m\u00e9\n    k? ?\n");
	prints("{\"name\":\"\\u007f\",\"op\":\"delete\",\"changed\":[]}",
	       "- ?\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_no_services),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_blame),
		cmocka_unit_test(test_printed),
	};

	return cmocka_run_group_tests_name("l2ctl_apply", tests, NULL, NULL);
}
