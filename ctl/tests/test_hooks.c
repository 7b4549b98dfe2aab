// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks, with real commands that write down what they found, and when.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "l2announced/hooks.h"
#include "l2announced/log.h"

#define PATIENCE_S	30

static struct event_base *base;
static struct hooks *hooks;
static struct config config;
static char file[] = "/tmp/l2a-hooks-XXXXXX";

static const struct names none;

/* What all hooks together have written. */
static const char *written(void)
{
	static char text[4096];
	FILE *f = fopen(file, "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	return text;
}

/* A hook that runs a script; $OUT is the file. */
static void set_hook(enum config_hook hook, const char *script)
{
	struct names *argv = &config.hooks[hook];

	names_clear(argv);
	names_add(argv, "/bin/sh");
	names_add(argv, "-c");
	names_add(argv, script);
}

static void run(enum config_hook hook, const char *service)
{
	const struct hook_facts facts = {
		.service = service, .devs = &none, .reason = "why", .token = 1,
	};

	hooks_run(hooks, hook, &facts);
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(bool *)arg = true;
}

/* Until all are over; only once it is told so, nothing is left. */
static void wait_idle(void)
{
	const struct timeval tv = { .tv_sec = PATIENCE_S };
	bool late = false;
	struct event *timer = evtimer_new(base, on_late, &late);

	event_add(timer, &tv);
	while (!hooks_idle(hooks) && !late)
		event_base_loop(base, EVLOOP_ONCE);
	event_free(timer);
	assert_true(hooks_idle(hooks));
}

static int set_up(void **state)
{
	FILE *f = fopen(file, "w");

	(void)state;
	fclose(f);
	base = event_base_new();
	memset(&config, 0, sizeof(config));
	config.node = xstrdup("n1");
	config.hook_timeout_ms = PATIENCE_S * 1000;
	hooks = hooks_new(base, &config);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hooks_free(hooks);
	config_free(&config);
	event_base_free(base);
	return 0;
}

static void test_environment(void **state)
{
	static const char service[] =
		"{\"vips\":[\"12.0.0.100\",\"2001:db8::1\"],\"devs\":[\"e*\"]}";
	struct names devs = { 0, NULL };
	struct hook_facts facts = {
		.service = "a/b", .devs = &devs, .token = 18446744073709551615U,
		.reason = "claimed",
	};
	struct l2a_error err;

	(void)state;
	set_hook(HOOK_ACQUIRE, "env | grep ^L2ANNOUNCE_ | sort >> $OUT; echo >> $OUT");
	set_hook(HOOK_RELEASE, "env | grep ^L2ANNOUNCE_ | sort >> $OUT");
	names_add(&devs, "eth0");
	names_add(&devs, "eth1");
	facts.spec = record_parse(RECORD_SERVICE, service, &err);
	hooks_run(hooks, HOOK_ACQUIRE, &facts);
	record_put(facts.spec);
	/* The service is gone by now. */
	facts.spec = NULL;
	facts.token = 0;
	facts.reason = "handed-over";
	facts.next = "n2";
	facts.devs = &none;
	hooks_run(hooks, HOOK_RELEASE, &facts);
	names_clear(&devs);
	wait_idle();
	assert_string_equal(written(),
			    "L2ANNOUNCE_DEVS=eth0 eth1\n"
			    "L2ANNOUNCE_EVENT=acquire\n"
			    "L2ANNOUNCE_NODE=n1\n"
			    "L2ANNOUNCE_REASON=claimed\n"
			    "L2ANNOUNCE_SERVICE=a/b\n"
			    "L2ANNOUNCE_TOKEN=18446744073709551615\n"
			    "L2ANNOUNCE_VIPS=12.0.0.100 2001:db8::1\n"
			    "\n"
			    "L2ANNOUNCE_DEVS=\n"
			    "L2ANNOUNCE_EVENT=release\n"
			    "L2ANNOUNCE_NEXT=n2\n"
			    "L2ANNOUNCE_NODE=n1\n"
			    "L2ANNOUNCE_REASON=handed-over\n"
			    "L2ANNOUNCE_SERVICE=a/b\n"
			    "L2ANNOUNCE_TOKEN=18446744073709551615\n"
			    "L2ANNOUNCE_VIPS=12.0.0.100 2001:db8::1\n");
}

/* The first takes longer than the second, but the second waits. */
static void test_in_order(void **state)
{
	(void)state;
	set_hook(HOOK_ACQUIRE, "sleep 0.3; echo acquire >> $OUT");
	set_hook(HOOK_RELEASE, "echo release >> $OUT");
	for (int i = 0; i < 2; i++) {
		run(HOOK_ACQUIRE, "a");
		run(HOOK_RELEASE, "a");
	}
	wait_idle();
	assert_string_equal(written(), "acquire\nrelease\nacquire\nrelease\n");
}

/* One service's hook waits for what another's does. */
static void test_beside_each_other(void **state)
{
	(void)state;
	set_hook(HOOK_ACQUIRE, "test $L2ANNOUNCE_SERVICE = b || while ! grep -q b $OUT; do sleep 0.01; done; echo $L2ANNOUNCE_SERVICE >> $OUT");
	run(HOOK_ACQUIRE, "a");
	run(HOOK_ACQUIRE, "b");
	wait_idle();
	assert_string_equal(written(), "b\na\n");
}

static void test_time_limit(void **state)
{
	(void)state;
	config.hook_timeout_ms = 200;
	set_hook(HOOK_ACQUIRE, "sleep 1000; echo acquire >> $OUT");
	set_hook(HOOK_RELEASE, "echo release >> $OUT");
	run(HOOK_ACQUIRE, "a");
	run(HOOK_RELEASE, "a");
	config.hook_timeout_ms = PATIENCE_S * 1000;
	wait_idle();
	assert_string_equal(written(), "release\n");
}

static void test_one_fails(void **state)
{
	(void)state;
	set_hook(HOOK_ACQUIRE, "exit 3");
	set_hook(HOOK_RELEASE, "echo release >> $OUT");
	run(HOOK_ACQUIRE, "a");
	run(HOOK_RELEASE, "a");
	wait_idle();
	assert_string_equal(written(), "release\n");
}

/* While one is told of, many more of the same VIP are one. */
static void test_conflicts(void **state)
{
	struct hook_facts facts = {
		.service = "a", .devs = &none, .vip = "12.0.0.100",
		.mac = "02:00:00:00:00:66", .reason = "foreign-claim",
	};

	(void)state;
	set_hook(HOOK_CONFLICT, "sleep 0.2; echo $L2ANNOUNCE_VIP $L2ANNOUNCE_MAC >> $OUT");
	run(HOOK_ACQUIRE, "a");
	for (int i = 0; i < 10; i++)
		hooks_run(hooks, HOOK_CONFLICT, &facts);
	facts.vip = "12.0.0.101";
	hooks_run(hooks, HOOK_CONFLICT, &facts);
	wait_idle();
	assert_string_equal(written(), "12.0.0.100 02:00:00:00:00:66\n"
				       "12.0.0.100 02:00:00:00:00:66\n"
				       "12.0.0.101 02:00:00:00:00:66\n");
}

static void test_none_configured(void **state)
{
	(void)state;
	run(HOOK_ACQUIRE, "a");
	run(HOOK_CONFLICT, "a");
	run(HOOK_RELEASE, "a");
	assert_true(hooks_idle(hooks));
}

/* Far more than anybody waits for: the oldest are left out, the last is not. */
static void test_too_many(void **state)
{
	const struct attempts *a;
	uint64_t left_out;
	const char *text;

	(void)state;
	set_hook(HOOK_ACQUIRE, "echo $L2ANNOUNCE_TOKEN >> $OUT");
	for (uint64_t i = 1; i <= 200; i++) {
		const struct hook_facts facts = {
			.service = "a", .devs = &none, .reason = "", .token = i,
		};

		hooks_run(hooks, HOOK_ACQUIRE, &facts);
	}
	wait_idle();
	text = written();
	assert_memory_equal(text, "1\n", 2);
	assert_non_null(strstr(text, "\n200\n"));
	assert_null(strstr(text, "\n100\n"));
	a = hooks_attempts(hooks, HOOK_ACQUIRE, &left_out);
	assert_true(left_out > 0);
	assert_int_equal(a->ok + left_out, 200);
}

static void test_attempts(void **state)
{
	const struct attempts *a;
	uint64_t left_out;

	(void)state;
	set_hook(HOOK_ACQUIRE, "exit 0");
	set_hook(HOOK_RELEASE, "exit 1");
	run(HOOK_ACQUIRE, "a");
	run(HOOK_RELEASE, "a");
	run(HOOK_ACQUIRE, "b");
	run(HOOK_CONFLICT, "b");
	wait_idle();
	a = hooks_attempts(hooks, HOOK_ACQUIRE, &left_out);
	assert_int_equal(a->ok, 2);
	assert_int_equal(a->failed, 0);
	assert_true(a->duration.sum > 0);
	assert_int_equal(left_out, 0);
	a = hooks_attempts(hooks, HOOK_RELEASE, &left_out);
	assert_int_equal(a->ok, 0);
	assert_int_equal(a->failed, 1);
	/* None is configured. */
	a = hooks_attempts(hooks, HOOK_CONFLICT, &left_out);
	assert_int_equal(a->ok + a->failed + left_out, 0);
}

static void on_over(void *arg)
{
	*(bool *)arg = true;
	event_base_loopbreak(base);
}

static void test_finish(void **state)
{
	bool over = false;

	(void)state;
	set_hook(HOOK_RELEASE, "sleep 0.2; echo release >> $OUT");
	run(HOOK_RELEASE, "a");
	run(HOOK_RELEASE, "b");
	hooks_finish(hooks, on_over, &over);
	assert_false(over);
	event_base_dispatch(base);
	assert_true(over);
	assert_true(hooks_idle(hooks));
	assert_string_equal(written(), "release\nrelease\n");
	/* With nothing to wait for as well. */
	over = false;
	hooks_finish(hooks, on_over, &over);
	event_base_dispatch(base);
	assert_true(over);
}

/* Too much is left: it ends all the same, and kills what runs. */
static void test_finish_has_an_end(void **state)
{
	bool over = false;

	(void)state;
	config.hook_timeout_ms = 150;
	set_hook(HOOK_RELEASE, "sleep 1000");
	for (int i = 0; i < 20; i++)
		run(HOOK_RELEASE, "a");
	hooks_finish(hooks, on_over, &over);
	event_base_dispatch(base);
	assert_true(over);
	assert_false(hooks_idle(hooks));
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_environment),
		TEST(test_in_order),
		TEST(test_beside_each_other),
		TEST(test_time_limit),
		TEST(test_one_fails),
		TEST(test_conflicts),
		TEST(test_none_configured),
		TEST(test_attempts),
		TEST(test_too_many),
		TEST(test_finish),
		TEST(test_finish_has_an_end),
	};
	int fd = mkstemp(file), failed;

	if (fd < 0)
		return 1;
	close(fd);
	setenv("OUT", file, 1);
	log_level(LOG_EMERG);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(file);
	return failed;
}
