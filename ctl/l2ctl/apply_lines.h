/* SPDX-License-Identifier: GPL-2.0 */
/*
 * In which line of a file of services something stands. Pure.
 */
#ifndef L2CTL_APPLY_LINES_H
#define L2CTL_APPLY_LINES_H

#include <stddef.h>

/**
 * apply_lines_key() - where a key stands
 * @text: YAML
 * @len: how long it is
 * @key: the key
 * @from: the first line it may be in
 *
 * Return: its line, or @from where it is not found.
 */
unsigned int apply_lines_key(const char *text, size_t len, const char *key,
			     unsigned int from);

/** apply_lines_broken() - the line from which on a text is no YAML; 0 where it is */
unsigned int apply_lines_broken(const char *text, size_t len);

/**
 * apply_lines_of() - where that stands which a refusal is about
 * @text: YAML
 * @len: how long it is
 * @refusal: "service NAME: KEY: VALUE ...", or a beginning of that
 *
 * Of two services of one name it is the later one.
 *
 * Return: the line of the value, else of the key, else of the service; 0 where
 * not even that is found.
 */
unsigned int apply_lines_of(const char *text, size_t len, const char *refusal);

#endif /* L2CTL_APPLY_LINES_H */
