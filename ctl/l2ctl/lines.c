// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes that come in pieces, as lines.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "l2ctl/stream.h"

#define LINE_MOST	(16 * 1024 * 1024)	/* what the controller takes at most */

static int append(struct lines *lines, const char *piece, size_t n)
{
	char *text;

	if (n > LINE_MOST - lines->len)
		return -EMSGSIZE;
	text = realloc(lines->text, lines->len + n + 1);
	if (!text)
		return -ENOMEM;
	memcpy(text + lines->len, piece, n);
	lines->text = text;
	lines->len += n;
	text[lines->len] = '\0';
	return 0;
}

int lines_feed(struct lines *lines, const char *piece, size_t n,
	       void (*fn)(const char *line, void *arg), void *arg)
{
	while (n) {
		const char *end = memchr(piece, '\n', n);
		size_t len = end ? (size_t)(end - piece) : n;
		int ret = append(lines, piece, len);

		if (ret || !end)
			return ret;
		fn(lines->text, arg);
		lines->len = 0;
		piece += len + 1;
		n -= len + 1;
	}
	return 0;
}

void lines_clear(struct lines *lines)
{
	free(lines->text);
	lines->text = NULL;
	lines->len = 0;
}
