// SPDX-License-Identifier: GPL-2.0
/*
 * One refusal: an errno for the program, one line for the person.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error.h"

/*
 * How many bytes the control character has that a text begins with; 0 where it is
 * none. UTF-8's U+0080 to U+009F are controls too: U+009B begins an escape
 * sequence.
 */
static size_t control(const char *text)
{
	unsigned char first = (unsigned char)text[0];
	unsigned char second = first ? (unsigned char)text[1] : 0;

	if (first < ' ' || first == 0x7f)
		return 1;
	return first == 0xc2 && second >= 0x80 && second <= 0x9f ? 2 : 0;
}

void l2a_one_line(char *text)
{
	char *to = text;

	while (*text) {
		size_t n = control(text);

		*to++ = n ? '?' : *text;
		text += n ? n : 1;
	}
	*to = '\0';
}

void l2a_put_text(FILE *out, const char *text)
{
	while (text && *text) {
		size_t n = control(text);

		putc(n ? '?' : *text, out);
		text += n ? n : 1;
	}
}

int l2a_fail(struct l2a_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	l2a_one_line(err->text);
	return code;
}

int l2a_prefix(struct l2a_error *err, const char *fmt, ...)
{
	char words[L2A_ERROR_TEXT / 2];
	char line[L2A_ERROR_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	/* Cut where there is no room: the beginning tells most. */
	snprintf(line, sizeof(line), "%s: %.*s", words,
		 (int)(sizeof(line) - sizeof(words) - 3), err->text);
	memcpy(err->text, line, sizeof(err->text));
	l2a_one_line(err->text);
	return err->code;
}
