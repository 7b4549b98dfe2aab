// SPDX-License-Identifier: GPL-2.0
/*
 * The log: one line an event, to the journal or to standard error.
 */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "journal.h"
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

static void say(int priority, const struct log_facts *facts, const char *fmt,
		va_list ap) __attribute__((format(printf, 3, 0)));
static void say(int priority, const struct log_facts *facts, const char *fmt,
		va_list ap)
{
	char text[LINE_MAX_LEN], line[LINE_MAX_LEN + 8];
	int n;

	if (priority > least)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	one_line(text);
	if (journal_send(priority, facts, text))
		return;
	n = snprintf(line, sizeof(line), "<%d>%s\n", priority, text);
	/* One write, so that lines of several threads do not mix. */
	if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
		return;
}

void log_line(int priority, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(priority, NULL, fmt, ap);
	va_end(ap);
}

void log_event(int priority, const struct log_facts *facts, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(priority, facts, fmt, ap);
	va_end(ap);
}
