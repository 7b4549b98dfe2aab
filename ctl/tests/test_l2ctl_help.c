// SPDX-License-Identifier: GPL-2.0
/*
 * Help: of all commands, and of each noun the same by itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "l2ctl/l2ctl.h"

/* What a command that succeeds prints; to be freed. */
static char *said(char **words)
{
	struct ctl ctl = { .started_ns = 0 };
	FILE *before = stdout;
	char *text = NULL;
	size_t len;
	int status;

	stdout = open_memstream(&text, &len);
	assert_non_null(stdout);
	status = ctl_run(&ctl, words);
	fclose(stdout);
	stdout = before;
	assert_int_equal(status, CTL_OK);
	return text;
}

static void check_noun(const char *all, char *noun)
{
	char *words[] = { noun, "help", NULL };
	char *text = said(words);
	char *colon = strchr(text, ':');

	assert_non_null(colon);
	assert_int_equal(colon - text, strlen(noun));
	assert_memory_equal(text, noun, strlen(noun));
	assert_non_null(strstr(text, "\n  l2ctl "));
	if (!strstr(all, text))
		fail_msg("not part of \"l2ctl help\": %s", text);
	free(text);
}

static void test_help(void **state)
{
	char *words[] = { "help", NULL };
	char *all = said(words), *at, noun[32];
	size_t n = 0;

	(void)state;
	assert_memory_equal(all, "Usage: l2ctl ", strlen("Usage: l2ctl "));
	/* A noun's part begins after an empty line. */
	for (at = all; (at = strstr(at, "\n\n")); at += 2) {
		if (sscanf(at, "\n\n%31[a-z]:", noun) != 1)
			continue;
		check_noun(all, noun);
		n++;
	}
	assert_true(n > 10);
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests_name("l2ctl_help", tests, NULL, NULL);
}
