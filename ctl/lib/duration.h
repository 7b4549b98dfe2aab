/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Durations as people write them: a whole number and a unit, "300ms", "2s"; and
 * the instant since which they count, as the kernel writes it.
 */
#ifndef L2A_LIB_DURATION_H
#define L2A_LIB_DURATION_H

#include <stdint.h>

#include "error.h"

#define L2A_DURATION_STRLEN	24

/**
 * l2a_duration_parse() - read a duration
 * @text: digits and one of ms, s, m, h, with nothing before, between or after
 * @ns: nanoseconds, filled in on success; at most INT64_MAX, so that it may be
 *	used signed
 * @err: says what is wrong with @text
 *
 * Return: 0, -EINVAL, or -ERANGE where it is too long.
 */
int l2a_duration_parse(const char *text, uint64_t *ns, struct l2a_error *err);

/**
 * l2a_duration_parse_ms() - read a duration that a u32 of milliseconds holds
 * @text: as above
 * @ms: milliseconds, filled in on success
 * @err: says what is wrong with @text
 *
 * Return: 0, -EINVAL, or -ERANGE where it is too long.
 */
int l2a_duration_parse_ms(const char *text, uint32_t *ms,
			  struct l2a_error *err);

/**
 * l2a_uptime_parse() - read an instant as /proc/uptime writes it
 * @text: seconds since boot, with up to nine digits of a fraction or none
 * @ns: nanoseconds of CLOCK_BOOTTIME, filled in on success; at most INT64_MAX
 * @err: says what is wrong with @text
 *
 * Return: 0, -EINVAL, or -ERANGE where it is too large.
 */
int l2a_uptime_parse(const char *text, uint64_t *ns, struct l2a_error *err);

/**
 * l2a_duration_format() - write milliseconds in the largest unit that holds
 *	them exactly
 * @ms: milliseconds
 * @buf: receives the text, which l2a_duration_parse() reads back
 *
 * Return: @buf.
 */
const char *l2a_duration_format(uint64_t ms, char buf[L2A_DURATION_STRLEN]);

#endif /* L2A_LIB_DURATION_H */
