/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Colour in text for people: when there is any, and which a value has.
 */
#ifndef L2A_LIB_COLOR_H
#define L2A_LIB_COLOR_H

#include <stdbool.h>

#include "error.h"

/**
 * l2a_color_wanted() - whether output is to be coloured
 * @when: "always", "never", "auto"; NULL is "auto": on a terminal that can, unless
 *	the environment has NO_COLOR
 * @fd: where output goes
 * @wanted: filled in on success
 * @err: says what is wrong with @when
 *
 * Return: 0 or -EINVAL.
 */
int l2a_color_wanted(const char *when, int fd, bool *wanted,
		     struct l2a_error *err);

/**
 * l2a_color_of() - the colour of a value
 * @key: its key
 * @text: the value
 *
 * Return: the escape sequence that begins it, NULL for none.
 */
const char *l2a_color_of(const char *key, const char *text);

/* Ends any colour. */
#define L2A_COLOR_OFF	"\033[0m"

#endif /* L2A_LIB_COLOR_H */
