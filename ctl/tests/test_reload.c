// SPDX-License-Identifier: GPL-2.0
/*
 * Which changes of a configuration a running controller takes, and which not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "l2announced/reload.h"

#define FIRST	"node: a\nstore: {path: /s}\n"

static void load(const char *text, struct config *config)
{
	char path[] = "/tmp/reload.XXXXXX";
	struct l2a_error err = { 0 };
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	if (config_load(path, NULL, config, &err))
		fail_msg("%s", err.text);
	unlink(path);
}

static void words(const struct names *names, char *buf, size_t size)
{
	buf[0] = '\0';
	for (size_t i = 0; i < names->n; i++)
		snprintf(buf + strlen(buf), size - strlen(buf), "%s%s",
			 i ? " " : "", names->v[i]);
}

static void test_differences(void **state)
{
	static const struct {
		const char *text;
		const char *live;
		const char *fixed;
	} table[] = {
		{ FIRST, "", "" },
		{ FIRST "log: debug\n", "log", "" },
		{ FIRST "margin: 100ms\nlinger: 1m\n", "margin linger", "" },
		{ FIRST "reconcile: 1s\nrebalance: off\nmove_rate: 3\n",
		  "reconcile rebalance move_rate", "" },
		{ FIRST "weight: 0\n", "weight", "" },
		{ FIRST "checks: [{name: a, command: [/a]}]\n", "checks", "" },
		{ FIRST "checks: []\n", "", "" },
		{ FIRST "hooks: {on_acquire: [/a]}\nlink_up: 0s\nlink_down: 1s\n",
		  "link_up link_down hooks", "" },
		{ FIRST "hooks: {timeout: 1s}\n", "hooks", "" },
		{ FIRST "renew: 300ms\n", "", "renew" },
		{ FIRST "duration: 4s\n", "margin", "duration renew" },
		{ FIRST "lease: 2\nsocket: /x\nlockdir: /y\nuser: nobody\n"
		  "metrics: {listen: 1}\nlog: error\n",
		  "log", "lease socket lockdir user metrics" },
		{ FIRST "realtime: {priority: 1}\n", "", "realtime" },
		{ FIRST "realtime: {lock_memory: yes}\n", "", "realtime" },
		{ FIRST "realtime: {lock_memory: no}\n", "", "" },
		{ "node: b\nstore: {path: /s}\n", "", "node" },
		{ "node: a\nstore: {path: /t}\n", "", "store" },
		{ "node: a\nstore: {type: etcd, endpoints: ['http://h:1']}\n",
		  "margin", "store duration renew" },
	};
	struct config first;

	(void)state;
	load(FIRST, &first);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct names live = { 0, NULL }, fixed = { 0, NULL };
		struct config config;
		char text[128];

		load(table[i].text, &config);
		reload_differences(&first, &config, &live, &fixed);
		words(&live, text, sizeof(text));
		assert_string_equal(text, table[i].live);
		words(&fixed, text, sizeof(text));
		assert_string_equal(text, table[i].fixed);
		names_clear(&live);
		names_clear(&fixed);
		config_free(&config);
	}
	config_free(&first);
}

/* A key that nothing looks at would be taken for unchanged. */
static void test_keys(void **state)
{
	size_t n = 0;

	(void)state;
	for (const char *key; (key = config_key(n)); n++) {
		if (!reload_knows(key))
			fail_msg("%s: no reload looks at it", key);
	}
	assert_true(n > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_differences),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests_name("reload", tests, NULL, NULL);
}
