/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output: text for people or JSON for programs from the same calls, chosen
 * once, when the writer is made.
 */
#ifndef L2A_LIB_WRITER_H
#define L2A_LIB_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "error.h"

struct json_object;
struct l2a_writer;

#define L2A_WRITER_JSON		(1U << 0)
#define L2A_WRITER_PRETTY	(1U << 1)	/* JSON with indentation */
#define L2A_WRITER_STATS	(1U << 2)	/* text with counters */
#define L2A_WRITER_COLOR	(1U << 3)	/* text in colours */

/**
 * enum l2a_writer_style - how rows look
 * @L2A_WRITER_TABLE: text: a column a key, headed and aligned; JSON: a list
 * @L2A_WRITER_RECORD: text: a line a key; JSON: a list
 * @L2A_WRITER_LINES: a line a row, out at once. Text: names and values, the
 *	first two values without their names; JSON: one object a line, no list
 */
enum l2a_writer_style {
	L2A_WRITER_TABLE,
	L2A_WRITER_RECORD,
	L2A_WRITER_LINES,
};

/**
 * l2a_writer_new() - begin output
 * @out: where to; stays the caller's
 * @flags: L2A_WRITER_*
 * @style: how rows look
 *
 * Return: the writer, to be ended with l2a_writer_end(); NULL where there is
 * no memory.
 */
struct l2a_writer *l2a_writer_new(FILE *out, unsigned int flags,
				  enum l2a_writer_style style);

/**
 * l2a_row_begin() - begin a row; the values that follow are its
 * @w: the writer
 *
 * Rows of one table name the same keys in the same order.
 */
void l2a_row_begin(struct l2a_writer *w);

/** l2a_row_end() - end a row; in LINES style it is out when this returns */
void l2a_row_end(struct l2a_writer *w);

/*
 * One value of the row. @key is the JSON key; text makes its heading of it. A
 * string may be NULL: null in JSON, "-" in text. A stat is a counter: JSON
 * always has it, text only with L2A_WRITER_STATS.
 */
void l2a_write_string(struct l2a_writer *w, const char *key,
		      const char *value);
void l2a_write_u64(struct l2a_writer *w, const char *key, uint64_t value);
void l2a_write_bool(struct l2a_writer *w, const char *key, bool value);
void l2a_write_null(struct l2a_writer *w, const char *key);
void l2a_write_stat(struct l2a_writer *w, const char *key, uint64_t value);

/**
 * l2a_write_json() - a value that came as JSON
 * @w: the writer
 * @key: its key
 * @value: the value, not consumed; NULL is null. Text joins a list with commas
 */
void l2a_write_json(struct l2a_writer *w, const char *key,
		    struct json_object *value);

/**
 * l2a_writer_end() - finish the output and free the writer
 * @w: the writer
 * @err: filled in on failure
 *
 * Return: 0, or a negative errno where not everything could be written.
 */
int l2a_writer_end(struct l2a_writer *w, struct l2a_error *err);

#endif /* L2A_LIB_WRITER_H */
