/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The checks of a service: what its health on a node is judged by, as
 * structures and as JSON. Pure: health.c carries them out.
 */
#ifndef L2A_CHECK_H
#define L2A_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"

struct json_object;

enum check_type {
	CHECK_COMMAND,	/* exit status 0 of a command each node names */
	CHECK_TCP,	/* a connection is accepted */
	CHECK_HTTP,	/* a GET is answered with the right status */
};

#define N_CHECK_TYPES	3

/**
 * struct check - one check
 * @type: what is done
 * @target: the command's name, "ADDRESS:PORT", or a URL
 * @interval_ms: from the beginning of one attempt to that of the next
 * @timeout_ms: an attempt that takes longer has failed
 * @rise: successes in a row that make a sick service well
 * @fall: failures in a row that make a well service sick
 * @status_least: HTTP: least status that is well
 * @status_most: HTTP: greatest
 */
struct check {
	enum check_type type;
	char *target;
	uint32_t interval_ms;
	uint32_t timeout_ms;
	uint32_t rise;
	uint32_t fall;
	uint32_t status_least;
	uint32_t status_most;
};

/** struct check_list - all have to pass */
struct check_list {
	struct check *v;
	size_t n;
};

/** check_type_name() - "command", "tcp" or "http": also the target's JSON key */
const char *check_type_name(enum check_type type);

/**
 * checks_parse() - read and check a list of checks
 * @array: JSON: a list of objects; NULL is an empty one
 * @list: an empty list, filled in on success
 * @err: names the entry, the key and the rule
 *
 * Return: 0 or -EINVAL.
 */
int checks_parse(struct json_object *array, struct check_list *list,
		 struct l2a_error *err);

/**
 * checks_usable() - whether what is asked for anew can be carried out
 * @list: the checks, as checks_parse() took them
 * @err: names the entry, the input and the rule
 *
 * Stricter than checks_parse(): a record that is in the store already is kept, and
 * such a check of it fails, rather than the service going.
 *
 * Return: 0 or -EINVAL.
 */
int checks_usable(const struct check_list *list, struct l2a_error *err);

/** checks_format() - the same as JSON, defaults written out */
struct json_object *checks_format(const struct check_list *list);

/** checks_equal() - whether two lists say the same, order included */
bool checks_equal(const struct check_list *a, const struct check_list *b);

/** check_copy() - fill an unused check with a copy of another */
void check_copy(struct check *to, const struct check *from);

/** check_clear() - free what a check holds */
void check_clear(struct check *check);

/** checks_clear() - forget all checks and free them */
void checks_clear(struct check_list *list);

#endif /* L2A_CHECK_H */
