// SPDX-License-Identifier: GPL-2.0
/*
 * The log: one line an event, to the journal or to standard error. Nothing waits for
 * whoever reads it: a line that is not taken at once is left out and counted.
 */
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "journal.h"
#include "log.h"

#define LINE_MAX_LEN	1024

#define PREFIX_LEN	8	/* "<N>", the line's end */

/* What a pipe takes at all it takes as a whole. */
_Static_assert(LINE_MAX_LEN + PREFIX_LEN <= PIPE_BUF, "a line fits a pipe");

static int least = LOG_INFO;
static atomic_uint left_out;

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

/*
 * In a container standard error is a pipe, whose reader may stand still. One write,
 * so that lines of several threads do not mix.
 */
static bool to_stderr(int priority, const char *text)
{
	struct pollfd out = { .fd = STDERR_FILENO, .events = POLLOUT };
	char line[LINE_MAX_LEN + PREFIX_LEN];
	int n = snprintf(line, sizeof(line), "<%d>%s\n", priority, text);

	return n > 0 && poll(&out, 1, 0) > 0 &&
	       write(STDERR_FILENO, line, (size_t)n) == n;
}

static bool deliver(int priority, const struct log_facts *facts,
		    const char *text)
{
	return journal_send(priority, facts, text) || to_stderr(priority, text);
}

/* Before the line that gets through again. */
static void tell_left_out(void)
{
	unsigned int n = atomic_exchange(&left_out, 0);
	char text[LINE_MAX_LEN];

	if (!n)
		return;
	snprintf(text, sizeof(text),
		 "%u lines of the log were left out: nobody took them", n);
	if (!deliver(LOG_WARNING, NULL, text))
		atomic_fetch_add(&left_out, n);
}

static void say(int priority, const struct log_facts *facts, const char *fmt,
		va_list ap) __attribute__((format(printf, 3, 0)));
static void say(int priority, const struct log_facts *facts, const char *fmt,
		va_list ap)
{
	char text[LINE_MAX_LEN];

	if (priority > least)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	one_line(text);
	tell_left_out();
	if (!deliver(priority, facts, text))
		atomic_fetch_add(&left_out, 1);
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
