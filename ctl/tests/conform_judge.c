// SPDX-License-Identifier: GPL-2.0
/*
 * What the conformance suite's tests expect, and what they say where it is not so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conform.h"

void conform_expect(const struct conform_reply *r, enum el_result expected,
		    const char *what)
{
	if (!conform_check(r->result == expected, "%s", what))
		conform_diag("it is %s, expected %s %s",
			     conform_result(r->result),
			     conform_result(expected), r->error);
}

/* ------------------------------------------------------------ conditions */

bool conform_is_up(void *arg)
{
	const struct conform_watch *w = arg;

	return w->told && !w->down;
}

bool conform_is_down(void *arg)
{
	return ((const struct conform_watch *)arg)->down;
}

bool conform_has_view(void *arg)
{
	return ((const struct conform_watch *)arg)->fulls;
}

struct expected {
	const struct conform_watch *watch;
	const char *key;
	const char *value;	/* NULL: gone */
	uint64_t rev;
};

static bool is_seen(void *arg)
{
	const struct expected *e = arg;
	const char *seen = conform_seen(e->watch, e->key);

	if (e->watch->rev < e->rev)
		return false;
	return e->value ? seen && !strcmp(seen, e->value) : !seen;
}

void conform_expect_seen(struct conform_store *s, const char *key,
			 const char *value, uint64_t rev, const char *what)
{
	struct expected e = { &s->watch, key, value, rev };
	const char *seen;

	if (conform_check(conform_wait(is_seen, &e), "%s", what))
		return;
	seen = conform_seen(&s->watch, key);
	conform_diag("%s is %s, expected %s; revision %llu, expected %llu", key,
		     seen ? seen : "(none)", value ? value : "(none)",
		     (unsigned long long)s->watch.rev, (unsigned long long)rev);
}

void conform_clear(struct conform_store *s)
{
	static const char *const keys[] = { RECORD, OTHER, THIRD };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct conform_reply r = conform_get(s, keys[i]);

		if (r.result == EL_OK && r.there)
			r = conform_put(s, keys[i], r.version, NULL);
		if (r.result == EL_OK)
			continue;
		printf("Bail out! the store is not usable: %s\n", r.error);
		exit(1);
	}
}

void conform_must(const char *command)
{
	int status = system(command);

	if (!status)
		return;
	printf("Bail out! failed: %s\n", command);
	exit(1);
}
