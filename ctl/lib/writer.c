// SPDX-License-Identifier: GPL-2.0
/*
 * Output: text for people or JSON for programs from the same calls.
 *
 * A value becomes a cell (text) or a member of the row's object (JSON). A
 * table's cells are kept to the end, when their widths are known; everything
 * else is out when its row ends.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "color.h"
#include "writer.h"

/* In LINES style, how many values stand without their names. */
#define UNNAMED		2

struct cell {
	char *key;
	char *text;
};

struct l2a_writer {
	FILE *out;
	unsigned int flags;
	enum l2a_writer_style style;
	int error;			/* negative errno, the first there was */

	struct json_object *object;	/* JSON: the row under way */
	size_t rows;

	struct cell *cells;		/* text: of all rows not yet out */
	size_t n_cells;
	size_t room;
	size_t row_start;
	size_t columns;			/* of the first row */
};

struct l2a_writer *l2a_writer_new(FILE *out, unsigned int flags,
				  enum l2a_writer_style style)
{
	struct l2a_writer *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->out = out;
	w->flags = flags;
	w->style = style;
	return w;
}

static void fail(struct l2a_writer *w, int error)
{
	if (!w->error)
		w->error = error;
}

static bool is_json(const struct l2a_writer *w)
{
	return w->flags & L2A_WRITER_JSON;
}

/* A member of the row's object, which takes @value over. */
static void add_member(struct l2a_writer *w, const char *key,
		       struct json_object *value)
{
	if (!w->object || json_object_object_add(w->object, key, value)) {
		json_object_put(value);
		fail(w, -ENOMEM);
	}
}

static struct cell *new_cell(struct l2a_writer *w)
{
	if (w->n_cells == w->room) {
		size_t room = w->room ? w->room * 2 : 64;
		struct cell *cells = reallocarray(w->cells, room,
						  sizeof(*cells));

		if (!cells) {
			fail(w, -ENOMEM);
			return NULL;
		}
		w->cells = cells;
		w->room = room;
	}
	return &w->cells[w->n_cells++];
}

static void add_cell(struct l2a_writer *w, const char *key, const char *text)
{
	struct cell *cell = new_cell(w);

	if (!cell)
		return;
	cell->key = strdup(key);
	cell->text = strdup(*text ? text : "-");
	if (cell->text)
		l2a_one_line(cell->text);
	if (!cell->key || !cell->text)
		fail(w, -ENOMEM);
}

void l2a_write_string(struct l2a_writer *w, const char *key, const char *value)
{
	if (!value)
		l2a_write_null(w, key);
	else if (is_json(w))
		add_member(w, key, json_object_new_string(value));
	else
		add_cell(w, key, value);
}

void l2a_write_u64(struct l2a_writer *w, const char *key, uint64_t value)
{
	char text[24];

	if (is_json(w)) {
		add_member(w, key, json_object_new_uint64(value));
		return;
	}
	snprintf(text, sizeof(text), "%" PRIu64, value);
	add_cell(w, key, text);
}

void l2a_write_bool(struct l2a_writer *w, const char *key, bool value)
{
	if (is_json(w))
		add_member(w, key, json_object_new_boolean(value));
	else
		add_cell(w, key, value ? "yes" : "no");
}

void l2a_write_null(struct l2a_writer *w, const char *key)
{
	if (is_json(w))
		add_member(w, key, NULL);
	else
		add_cell(w, key, "-");
}

void l2a_write_stat(struct l2a_writer *w, const char *key, uint64_t value)
{
	if (is_json(w) || w->flags & L2A_WRITER_STATS)
		l2a_write_u64(w, key, value);
}

/* "a,b,c"; NULL where there is no memory. */
static char *join_list(struct json_object *list)
{
	size_t n = json_object_array_length(list);
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (size_t i = 0; i < n; i++)
		fprintf(f, "%s%s", i ? "," : "", json_object_get_string(
				json_object_array_get_idx(list, i)));
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

void l2a_write_json(struct l2a_writer *w, const char *key,
		    struct json_object *value)
{
	char *text;

	if (!value) {
		l2a_write_null(w, key);
		return;
	}
	if (is_json(w)) {
		add_member(w, key, json_object_get(value));
		return;
	}
	switch (json_object_get_type(value)) {
	case json_type_boolean:
		l2a_write_bool(w, key, json_object_get_boolean(value));
		return;
	case json_type_array:
		text = join_list(value);
		if (text)
			add_cell(w, key, text);
		else
			fail(w, -ENOMEM);
		free(text);
		return;
	default:
		add_cell(w, key, json_object_get_string(value));
	}
}

void l2a_row_begin(struct l2a_writer *w)
{
	if (is_json(w)) {
		w->object = json_object_new_object();
		if (!w->object)
			fail(w, -ENOMEM);
	}
	w->row_start = w->n_cells;
}

static void flush(struct l2a_writer *w)
{
	if (fflush(w->out) || ferror(w->out))
		fail(w, errno ? -errno : -EIO);
}

static void json_row(struct l2a_writer *w)
{
	int how = JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *before = "";

	if (w->flags & L2A_WRITER_PRETTY)
		how |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	if (w->style != L2A_WRITER_LINES)
		before = w->rows ? "," : "[";
	fprintf(w->out, "%s%s", before,
		json_object_to_json_string_ext(w->object, how));
	if (w->style == L2A_WRITER_LINES)
		putc('\n', w->out);
	json_object_put(w->object);
	w->object = NULL;
}

static void drop_cells(struct l2a_writer *w)
{
	for (size_t i = 0; i < w->n_cells; i++) {
		free(w->cells[i].key);
		free(w->cells[i].text);
	}
	w->n_cells = 0;
	w->row_start = 0;
}

/* Colour takes no room: the padding stands behind it. */
static void print_cell(const struct l2a_writer *w, const struct cell *cell,
		       int width)
{
	const char *color = NULL;
	int len = (int)strlen(cell->text);

	if (w->flags & L2A_WRITER_COLOR)
		color = l2a_color_of(cell->key, cell->text);
	fprintf(w->out, "%s%s%s%*s", color ? color : "", cell->text,
		color ? L2A_COLOR_OFF : "", width > len ? width - len : 0, "");
}

static void text_line(struct l2a_writer *w)
{
	for (size_t i = 0; i < w->n_cells; i++) {
		fputs(i ? " " : "", w->out);
		if (i >= UNNAMED)
			fprintf(w->out, "%s ", w->cells[i].key);
		print_cell(w, &w->cells[i], 0);
	}
	putc('\n', w->out);
	drop_cells(w);
}

static void text_record(struct l2a_writer *w)
{
	size_t width = 0;

	for (size_t i = 0; i < w->n_cells; i++) {
		size_t len = strlen(w->cells[i].key);

		if (len > width)
			width = len;
	}
	if (w->rows)
		putc('\n', w->out);
	for (size_t i = 0; i < w->n_cells; i++) {
		fprintf(w->out, "%-*s  ", (int)width, w->cells[i].key);
		print_cell(w, &w->cells[i], 0);
		putc('\n', w->out);
	}
	drop_cells(w);
}

void l2a_row_end(struct l2a_writer *w)
{
	if (!w->error && is_json(w))
		json_row(w);
	else if (!w->error && w->style == L2A_WRITER_LINES)
		text_line(w);
	else if (!w->error && w->style == L2A_WRITER_RECORD)
		text_record(w);
	if (!w->rows)
		w->columns = w->n_cells;
	w->rows++;
	if (w->style == L2A_WRITER_LINES)
		flush(w);
}

static void print_heading(FILE *out, const char *key, int width)
{
	for (; *key; key++, width--)
		putc(toupper((unsigned char)*key), out);
	fprintf(out, "%*s", width > 0 ? width : 0, "");
}

/* The last column is not padded: no line ends in blanks. */
static int column_width(const struct l2a_writer *w, size_t column)
{
	size_t width = strlen(w->cells[column].key);

	if (column == w->columns - 1)
		return 0;
	for (size_t i = column; i < w->n_cells; i += w->columns) {
		size_t len = strlen(w->cells[i].text);

		if (len > width)
			width = len;
	}
	return (int)width;
}

static void text_table(struct l2a_writer *w)
{
	int *widths = w->columns ? calloc(w->columns, sizeof(*widths)) : NULL;

	if (!widths) {
		if (w->columns)
			fail(w, -ENOMEM);
		return;
	}
	for (size_t i = 0; i < w->columns; i++) {
		widths[i] = column_width(w, i);
		fputs(i ? "  " : "", w->out);
		print_heading(w->out, w->cells[i].key, widths[i]);
	}
	putc('\n', w->out);
	for (size_t i = 0; i < w->n_cells; i++) {
		size_t column = i % w->columns;

		fputs(column ? "  " : "", w->out);
		print_cell(w, &w->cells[i], widths[column]);
		if (column == w->columns - 1)
			putc('\n', w->out);
	}
	free(widths);
}

int l2a_writer_end(struct l2a_writer *w, struct l2a_error *err)
{
	int ret;

	if (!w->error && is_json(w) && w->style != L2A_WRITER_LINES)
		fputs(w->rows ? "]\n" : "[]\n", w->out);
	else if (!w->error && w->style == L2A_WRITER_TABLE)
		text_table(w);
	flush(w);
	ret = w->error;
	drop_cells(w);
	json_object_put(w->object);
	free(w->cells);
	free(w);
	if (ret)
		return l2a_fail(err, ret, "cannot write: %s", strerror(-ret));
	return 0;
}
