// SPDX-License-Identifier: GPL-2.0
/*
 * The part of a text that a screen has room for.
 */
#include <stdbool.h>
#include <string.h>

#include "l2ctl/watch.h"

/* To the end of the line nothing of an earlier picture may stay. */
#define END_LINE	"\033[K\r\n"
#define END_SCREEN	"\033[J"

/* An escape sequence, which takes no room: its length, 0 for none. */
static size_t escape(const char *text, const char *end)
{
	const char *p = text;

	if (end - text < 2 || p[0] != '\033' || p[1] != '[')
		return 0;
	for (p += 2; p < end && (*p < '@' || *p > '~'); p++)
		;
	return (size_t)(p - text) + (p < end);
}

/* Not the first byte of a UTF-8 character. */
static bool continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Colours go on behind the edge: one that began before it has to end. */
static void put_line(FILE *out, const char *line, const char *end,
		     unsigned int columns)
{
	unsigned int column = 0;
	size_t len;

	for (; line < end; line += len) {
		len = escape(line, end);
		if (len) {
			fwrite(line, 1, len, out);
			continue;
		}
		len = 1;
		column += !continues(*line);
		if (column <= columns)
			putc(*line, out);
	}
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		n++;
	return n;
}

void watch_fit(FILE *out, const char *text, unsigned int rows,
	       unsigned int columns)
{
	size_t left = count_lines(text);
	bool all = left <= rows;

	for (unsigned int row = all ? 0 : 1; left && row < rows; row++, left--) {
		const char *end = text + strcspn(text, "\n");

		put_line(out, text, end, columns);
		/* One after the last would move the screen up. */
		fputs(row + 1 < rows || !all ? END_LINE : "\033[K", out);
		text = *end ? end + 1 : end;
	}
	if (!all && rows)
		fprintf(out, "... %zu lines more\033[K", left);
	fputs(END_SCREEN, out);
}
