// SPDX-License-Identifier: GPL-2.0
/*
 * One refusal: an errno for the program, one line for the person.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error.h"

void l2a_one_line(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
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
