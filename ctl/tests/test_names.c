// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns of names: what most of them are, plain names, is decided without
 * fnmatch(), and by its rules.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fnmatch.h>

#include "l2announced/names.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static char *texts[] = {
	"", "eth0", "eth1", "eth", "eth*", "eth?", "*", "?", "eth[01]", "eth[",
	"eth[01", "[e]th0", "\\eth0", "eth\\0", "eth\\", "\\*", "e*0", "br-lan",
	"br.10", "eth]", "[!e]*", "[*]",
};

/* Each as a pattern for each. */
static void test_as_fnmatch(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(texts); i++) {
		const struct names pattern = { .n = 1, .v = &texts[i] };

		for (size_t k = 0; k < N(texts); k++) {
			if (names_match(&pattern, texts[k]) !=
			    !fnmatch(texts[i], texts[k], 0))
				fail_msg("pattern '%s', name '%s'", texts[i],
					 texts[k]);
		}
	}
}

static void test_any_of_several(void **state)
{
	char *patterns[] = { "eth0", "br*" };
	const struct names list = { .n = N(patterns), .v = patterns };
	const struct names none = { 0, NULL };

	(void)state;
	assert_true(names_match(&list, "eth0"));
	assert_true(names_match(&list, "br-lan"));
	assert_false(names_match(&list, "eth1"));
	assert_false(names_match(&none, "eth0"));
}

static void test_has_sorted(void **state)
{
	struct names list = { 0, NULL };

	(void)state;
	assert_false(names_has_sorted(&list, "eth0"));
	for (size_t i = 0; i < N(texts); i++)
		names_add(&list, texts[i]);
	names_sort(&list);
	for (size_t i = 0; i < N(texts); i++)
		assert_true(names_has_sorted(&list, texts[i]));
	assert_false(names_has_sorted(&list, "eth2"));
	names_clear(&list);
}

static void test_unique(void **state)
{
	static const char *const all[] = { "b", "a", "b", "c", "a", "b" };
	struct names list = { 0, NULL };

	(void)state;
	names_unique(&list);
	assert_int_equal(list.n, 0);
	for (size_t i = 0; i < N(all); i++)
		names_add(&list, all[i]);
	names_unique(&list);
	assert_int_equal(list.n, 3);
	assert_string_equal(list.v[0], "b");
	assert_string_equal(list.v[1], "a");
	assert_string_equal(list.v[2], "c");
	names_clear(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_fnmatch),
		cmocka_unit_test(test_any_of_several),
		cmocka_unit_test(test_has_sorted),
		cmocka_unit_test(test_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
