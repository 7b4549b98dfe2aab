// SPDX-License-Identifier: GPL-2.0
/*
 * Whether services that share a VIP can be one unit.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "units.h"

/* A VIP, and one of the services that have it. */
struct use {
	const char *vip;
	const struct unit_member *member;
};

static int by_vip(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	int c = strcmp(x->vip, y->vip);

	if (c)
		return c;
	return x->member < y->member ? -1 : x->member > y->member;
}

static bool same_set(const struct names *a, const struct names *b)
{
	for (size_t i = 0; i < a->n; i++) {
		if (!names_has(b, a->v[i]))
			return false;
	}
	for (size_t i = 0; i < b->n; i++) {
		if (!names_has(a, b->v[i]))
			return false;
	}
	return true;
}

/* NULL where two services can always be held by the same nodes. */
static const char *difference(const struct unit_member *a,
			      const struct unit_member *b)
{
	if (!same_set(&a->spec->devs, &b->spec->devs))
		return "devs";
	return same_set(&a->spec->nodes, &b->spec->nodes) ? NULL : "nodes";
}

/* All services that have one VIP: each is compared with one that changes. */
static int check_uses(const struct use *uses, size_t n, struct l2a_error *err)
{
	size_t at = 0;

	while (at < n && !uses[at].member->changed)
		at++;
	for (size_t i = 0; at < n && i < n; i++) {
		const char *key = difference(uses[at].member, uses[i].member);

		if (key)
			return l2a_fail(err, -EINVAL,
					"service %s: vips: %s is also in service %s, which has other %s: services that share a VIP must have the same devs and nodes",
					uses[at].member->name, uses[at].vip,
					uses[i].member->name, key);
	}
	return 0;
}

static struct use *list_uses(const struct unit_member *list, size_t n,
			     size_t *n_uses)
{
	struct use *uses;
	size_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += list[i].spec->vips.n;
	uses = xmalloc((total + 1) * sizeof(*uses));
	*n_uses = 0;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < list[i].spec->vips.n; k++) {
			uses[*n_uses].vip = list[i].spec->vips.v[k];
			uses[(*n_uses)++].member = &list[i];
		}
	}
	qsort(uses, total, sizeof(*uses), by_vip);
	return uses;
}

int units_check(const struct unit_member *list, size_t n, struct l2a_error *err)
{
	size_t n_uses, end;
	struct use *uses = list_uses(list, n, &n_uses);
	int ret = 0;

	for (size_t i = 0; i < n_uses && !ret; i = end) {
		end = i + 1;
		while (end < n_uses && !strcmp(uses[end].vip, uses[i].vip))
			end++;
		ret = check_uses(&uses[i], end - i, err);
	}
	free(uses);
	return ret;
}
