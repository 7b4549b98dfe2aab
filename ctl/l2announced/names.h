/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A list of names: devices, nodes, patterns, addresses.
 */
#ifndef L2A_NAMES_H
#define L2A_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct names - a list of strings, owned by the list
 * @n: how many
 * @v: the strings; NULL where there are none
 */
struct names {
	size_t n;
	char **v;
};

/**
 * names_add() - append a copy of a name
 * @list: the list
 * @name: the name
 *
 * Running out of memory ends the program: a controller that cannot
 * remember what it holds had better be restarted, its lease running out.
 */
void names_add(struct names *list, const char *name);

/** names_copy() - fill an unused list with copies of another's names */
void names_copy(struct names *to, const struct names *from);

/** names_clear() - forget all names and free them */
void names_clear(struct names *list);

/** names_has() - whether a list has a name, letter by letter */
bool names_has(const struct names *list, const char *name);

/** names_has_sorted() - names_has() for a list in the order of names_sort() */
bool names_has_sorted(const struct names *list, const char *name);

/** names_match() - whether one of a list's glob patterns fits a name */
bool names_match(const struct names *patterns, const char *name);

/** names_equal() - whether two lists are the same, order included */
bool names_equal(const struct names *a, const struct names *b);

/** names_join() - all names as one string, for free() */
char *names_join(const struct names *list, const char *between);

/** names_sort() - put a list into byte order and drop what is there twice */
void names_sort(struct names *list);

/** names_unique() - drop what is there twice, and keep the order of the rest */
void names_unique(struct names *list);

/** out_of_memory() - the end of the program */
void out_of_memory(void) __attribute__((noreturn));

/** xmalloc() - zeroed memory, or the end of the program */
void *xmalloc(size_t size);

/** xrealloc() - memory resized, or the end of the program */
void *xrealloc(void *p, size_t n, size_t size);

/** xstrdup() - a copy of a string (NULL stays NULL), or the end */
char *xstrdup(const char *s);

#endif /* L2A_NAMES_H */
