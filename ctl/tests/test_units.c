// SPDX-License-Identifier: GPL-2.0
/*
 * Services that share a VIP: which may, and what is said of those that may not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "l2announced/units.h"

#define MOST	4

struct service {
	const char *name;
	const char *vips;	/* words, as all of these */
	const char *devs;
	const char *nodes;
	bool changed;
};

static void add_words(struct names *names, const char *words)
{
	char copy[128], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", words);
	for (char *word = strtok_r(copy, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		names_add(names, word);
}

static int check(const struct service *services, size_t n,
		 struct l2a_error *err)
{
	struct unit_member list[MOST];
	struct record *recs[MOST];
	int ret;

	for (size_t i = 0; i < n; i++) {
		recs[i] = record_new(RECORD_SERVICE);
		add_words(&recs[i]->service.vips, services[i].vips);
		add_words(&recs[i]->service.devs, services[i].devs);
		add_words(&recs[i]->service.nodes, services[i].nodes);
		list[i] = (struct unit_member){
			services[i].name, &recs[i]->service, services[i].changed,
		};
	}
	ret = units_check(list, n, err);
	for (size_t i = 0; i < n; i++)
		record_put(recs[i]);
	return ret;
}

static void test_nothing(void **state)
{
	(void)state;
	assert_int_equal(units_check(NULL, 0, NULL), 0);
}

static void test_one_unit(void **state)
{
	static const struct service good[][2] = {
		{ { "a", "10.0.0.1", "eth0", "", false },
		  { "b", "10.0.0.2", "eth1", "n1", true } },
		{ { "a", "10.0.0.1", "eth0 eth1", "n1 n2", false },
		  { "b", "10.0.0.3 10.0.0.1", "eth1 eth0", "n2 n1", true } },
		{ { "a", "10.0.0.1", "eth0 eth0", "", true },
		  { "b", "10.0.0.1", "eth0", "", true } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct l2a_error err = { 0 };

		if (check(good[i], 2, &err))
			fail_msg("%zu: %s", i, err.text);
	}
}

static void test_refused(void **state)
{
	static const struct {
		struct service services[3];
		const char *says;
	} bad[] = {
		{ { { "a", "10.0.0.1", "eth0", "", false },
		    { "b", "10.0.0.2 10.0.0.1", "eth1", "", true },
		    { "c", "10.0.0.3", "eth1", "", false } },
		  "service b: vips: 10.0.0.1 is also in service a, which has other devs:" },
		{ { { "a", "10.0.0.1", "eth0", "", true },
		    { "b", "10.0.0.1", "eth0", "n1", false },
		    { "c", "10.0.0.3", "eth1", "", false } },
		  "service a: vips: 10.0.0.1 is also in service b, which has other nodes:" },
		/* One that fits in with the first of them only. */
		{ { { "a", "10.0.0.1", "eth0", "", false },
		    { "b", "10.0.0.1", "eth1", "", false },
		    { "c", "10.0.0.1", "eth0", "", true } },
		  "service c: vips: 10.0.0.1 is also in service b, which has other devs:" },
		{ { { "a", "10.0.0.1", "eth*", "", false },
		    { "b", "10.0.0.2", "eth0", "", false },
		    { "c", "10.0.0.1 10.0.0.2", "eth0", "", true } },
		  "service c: vips: 10.0.0.1 is also in service a, which has other devs:" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct l2a_error err = { 0 };

		assert_int_equal(check(bad[i].services, 3, &err), -EINVAL);
		if (strncmp(err.text, bad[i].says, strlen(bad[i].says)))
			fail_msg("%zu: '%s', not '%s'", i, err.text, bad[i].says);
	}
}

/* What somebody let in before is no reason to refuse anything else. */
static void test_only_what_changes(void **state)
{
	static const struct service services[] = {
		{ "a", "10.0.0.1", "eth0", "", false },
		{ "b", "10.0.0.1", "eth1", "", false },
		{ "c", "10.0.0.2", "eth2", "", true },
	};
	struct l2a_error err = { 0 };

	(void)state;
	assert_int_equal(check(services, 3, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_one_unit),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_only_what_changes),
	};

	return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
