// SPDX-License-Identifier: GPL-2.0
/*
 * The log: stderr, one line an event.
 */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "log.h"

#define LINE_MAX_LEN	1024

static int least = LOG_INFO;

void log_level(int level)
{
	least = level;
}

/* Lines quote names and errors of others: nothing in them may make a second. */
static void one_line(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
	}
}

void log_line(int priority, const char *fmt, ...)
{
	char text[LINE_MAX_LEN], line[LINE_MAX_LEN + 8];
	va_list ap;
	int n;

	if (priority > least)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	one_line(text);
	n = snprintf(line, sizeof(line), "<%d>%s\n", priority, text);
	/* One write, so that lines of several threads do not mix. */
	if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
		return;
}
