/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One change of a set of services, as the controller tells of it, for people.
 */
#ifndef L2CTL_APPLY_CHANGE_H
#define L2CTL_APPLY_CHANGE_H

#include <stdbool.h>
#include <stdio.h>

struct json_object;

/** apply_word() - a member as text; "" where it is null or not there */
const char *apply_word(struct json_object *obj, const char *key);

/**
 * apply_change_print() - as diff(1) would: added, deleted, changed
 * @out: where to
 * @change: what the controller says of it; nothing in it steers a terminal
 * @dry_run: nothing was to be done
 *
 * What was not done says so.
 */
void apply_change_print(FILE *out, struct json_object *change, bool dry_run);

#endif /* L2CTL_APPLY_CHANGE_H */
