// SPDX-License-Identifier: GPL-2.0
/*
 * From the services there are to those that are wanted: what is planned, in which
 * order, and what is refused as a whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "l2announced/apply.h"

static struct apply_list wanted, known;
static struct apply_plan plan;

static void add(struct apply_list *list, const char *name, const char *vip,
		const char *dev, uint64_t version)
{
	struct record *rec = record_new(RECORD_SERVICE);

	names_add(&rec->service.vips, vip);
	names_add(&rec->service.devs, dev);
	apply_add(list, name, rec, version);
	record_put(rec);
}

static void want(const char *name, const char *vip, const char *dev)
{
	add(&wanted, name, vip, dev, 0);
}

static void know(const char *name, const char *vip, const char *dev,
		 uint64_t version)
{
	add(&known, name, vip, dev, version);
}

static int end(void **state)
{
	(void)state;
	apply_list_clear(&wanted);
	apply_list_clear(&known);
	apply_plan_clear(&plan);
	return 0;
}

static void make(bool prune)
{
	struct l2a_error err = { 0 };

	if (apply_plan(&wanted, &known, prune, &plan, &err))
		fail_msg("%s", err.text);
}

/* All that is planned, one word a change. */
static void assert_plan(const char *expected)
{
	char seen[256] = "";

	for (size_t i = 0; i < plan.n; i++)
		snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen),
			 "%s%s:%s@%d", i ? " " : "", apply_op(&plan.v[i]),
			 plan.v[i].name, (int)plan.v[i].version);
	assert_string_equal(seen, expected);
}

static void test_nothing_to_do(void **state)
{
	(void)state;
	know("a", "10.0.0.1", "eth0", 3);
	know("b", "10.0.0.2", "eth0", 4);
	want("b", "10.0.0.2", "eth0");
	want("a", "10.0.0.1", "eth0");
	make(true);
	assert_plan("");
}

static void test_all_kinds(void **state)
{
	(void)state;
	know("a", "10.0.0.1", "eth0", 3);
	know("b", "10.0.0.2", "eth0", 4);
	know("z", "10.0.0.9", "eth0", 9);
	want("new", "10.0.0.5", "eth0");
	want("b", "10.0.0.3", "eth0");
	make(false);
	assert_plan("add:new@0 change:b@4");
	apply_plan_clear(&plan);
	make(true);
	assert_plan("add:new@0 change:b@4 delete:a@3 delete:z@9");
}

static void test_what_differs(void **state)
{
	(void)state;
	know("a", "10.0.0.1", "eth0", 3);
	want("a", "10.0.0.1", "eth1");
	make(false);
	assert_string_equal(json_object_to_json_string_ext(plan.v[0].diff,
							   JSON_C_TO_STRING_PLAIN),
		"[{\"key\":\"devs\",\"from\":[\"eth0\"],\"to\":[\"eth1\"]}]");
}

static void assert_refused(bool prune, const char *says)
{
	struct l2a_error err = { 0 };

	assert_int_equal(apply_plan(&wanted, &known, prune, &plan, &err), -EINVAL);
	assert_int_equal(plan.n, 0);
	if (!strstr(err.text, says))
		fail_msg("'%s', not '%s'", err.text, says);
}

static void test_twice(void **state)
{
	(void)state;
	want("a", "10.0.0.1", "eth0");
	want("b", "10.0.0.2", "eth0");
	want("a", "10.0.0.3", "eth0");
	assert_refused(false, "service a: name: is there twice");
}

/* The outcome counts: what would part a unit on the way there is no matter. */
static void test_the_outcome_counts(void **state)
{
	(void)state;
	know("a", "10.0.0.1", "eth0", 3);
	know("b", "10.0.0.1", "eth0", 4);
	want("a", "10.0.0.1", "eth1");
	assert_refused(false, "service a: vips: 10.0.0.1 is also in service b");
	make(true);
	assert_plan("change:a@3 delete:b@4");
	apply_plan_clear(&plan);
	want("b", "10.0.0.1", "eth1");
	make(false);
	assert_plan("change:a@3 change:b@4");
}

#define TEST(name)	cmocka_unit_test_teardown(name, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_to_do),
		TEST(test_all_kinds),
		TEST(test_what_differs),
		TEST(test_twice),
		TEST(test_the_outcome_counts),
	};

	return cmocka_run_group_tests_name("apply", tests, NULL, NULL);
}
