// SPDX-License-Identifier: GPL-2.0
/*
 * A list of names: devices, nodes, patterns, addresses.
 */
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

void out_of_memory(void)
{
	fputs("<2>out of memory\n", stderr);
	abort();
}

static void *need(void *p)
{
	if (!p)
		out_of_memory();
	return p;
}

void *xmalloc(size_t size)
{
	return need(calloc(1, size));
}

void *xrealloc(void *p, size_t n, size_t size)
{
	return need(reallocarray(p, n, size));
}

char *xstrdup(const char *s)
{
	return s ? need(strdup(s)) : NULL;
}

void names_add(struct names *list, const char *name)
{
	list->v = xrealloc(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = xstrdup(name);
}

void names_copy(struct names *to, const struct names *from)
{
	for (size_t i = 0; i < from->n; i++)
		names_add(to, from->v[i]);
}

void names_clear(struct names *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
	list->n = 0;
	list->v = NULL;
}

bool names_has(const struct names *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++) {
		if (!strcmp(list->v[i], name))
			return true;
	}
	return false;
}

/* Most patterns are plain names, and fnmatch() is dear. */
static bool matches(const char *pattern, const char *name)
{
	if (!strcmp(pattern, name) && !strpbrk(pattern, "[\\"))
		return true;
	return strpbrk(pattern, "*?[\\") && !fnmatch(pattern, name, 0);
}

bool names_match(const struct names *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->n; i++) {
		if (matches(patterns->v[i], name))
			return true;
	}
	return false;
}

bool names_equal(const struct names *a, const struct names *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (strcmp(a->v[i], b->v[i]))
			return false;
	}
	return true;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool names_has_sorted(const struct names *list, const char *name)
{
	return list->n && bsearch(&name, list->v, list->n, sizeof(*list->v),
				  by_bytes);
}

char *names_join(const struct names *list, const char *between)
{
	size_t len = 1;
	char *text, *end;

	for (size_t i = 0; i < list->n; i++)
		len += strlen(list->v[i]) + strlen(between);
	text = xmalloc(len);
	end = text;
	for (size_t i = 0; i < list->n; i++) {
		end = stpcpy(end, i ? between : "");
		end = stpcpy(end, list->v[i]);
	}
	return text;
}

void names_sort(struct names *list)
{
	size_t kept = 0;

	if (list->n < 2)
		return;
	qsort(list->v, list->n, sizeof(*list->v), by_bytes);
	for (size_t i = 1; i < list->n; i++) {
		if (strcmp(list->v[i], list->v[kept]))
			list->v[++kept] = list->v[i];
		else
			free(list->v[i]);
	}
	list->n = kept + 1;
}

/* Of two that say the same the earlier comes first. */
static int by_bytes_and_place(const void *a, const void *b)
{
	char *const *x = *(char *const *const *)a, *const *y = *(char *const *const *)b;
	int c = strcmp(*x, *y);

	return c ? c : (x > y) - (x < y);
}

void names_unique(struct names *list)
{
	char ***order = xmalloc((list->n + 1) * sizeof(*order));
	const char *last = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++)
		order[i] = &list->v[i];
	qsort(order, list->n, sizeof(*order), by_bytes_and_place);
	for (size_t i = 0; i < list->n; i++) {
		if (last && !strcmp(last, *order[i])) {
			free(*order[i]);
			*order[i] = NULL;
		} else {
			last = *order[i];
		}
	}
	for (size_t i = 0; i < list->n; i++) {
		if (list->v[i])
			list->v[kept++] = list->v[i];
	}
	list->n = kept;
	free(order);
}
