// SPDX-License-Identifier: GPL-2.0
/*
 * The log's way into systemd's journal: KEY=value lines in one datagram, as
 * "Native Journal Protocol" describes it. What is sent has no line breaks in its
 * values, so the protocol's binary form is not needed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "journal.h"

/* A line of the log and its fields: names are shorter than 256 bytes each. */
#define MESSAGE_MOST	4096

static struct sockaddr_un journal = { .sun_family = AF_UNIX };
static int fd = -1;

struct message {
	char text[MESSAGE_MOST];
	size_t len;
	bool whole;
};

/* Whether standard error is the stream that the journal has made for us. */
static bool is_ours(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == dev && st.st_ino == ino;
}

bool journal_open(const char *path)
{
	journal_close();
	if (!is_ours() || strlen(path) >= sizeof(journal.sun_path))
		return false;
	strcpy(journal.sun_path, path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return fd >= 0;
}

void journal_close(void)
{
	if (fd >= 0)
		close(fd);
	fd = -1;
}

static void add(struct message *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void add(struct message *m, const char *fmt, ...)
{
	size_t room = sizeof(m->text) - m->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(m->text + m->len, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		m->whole = false;
	else
		m->len += (size_t)n;
}

/* A line break within would begin a field of somebody else's making. */
static void add_text(struct message *m, const char *key, const char *value)
{
	if (!value)
		return;
	add(m, "%s=", key);
	for (; *value; value++)
		add(m, "%c", (unsigned char)*value < ' ' ? '?' : *value);
	add(m, "\n");
}

static void add_facts(struct message *m, const struct log_facts *facts)
{
	add_text(m, "MESSAGE_ID", facts->id);
	add_text(m, "L2A_SERVICE", facts->service);
	add_text(m, "L2A_NODE", facts->node);
	add_text(m, "L2A_NEXT", facts->next);
	add_text(m, "L2A_VIP", facts->vip);
	add_text(m, "L2A_LLADDR", facts->lladdr);
	add_text(m, "L2A_HOOK", facts->hook);
	if (facts->token)
		add(m, "L2A_TOKEN=%llu\n", (unsigned long long)facts->token);
}

bool journal_send(int priority, const struct log_facts *facts, const char *text)
{
	struct message m = { .len = 0, .whole = true };

	if (fd < 0)
		return false;
	add(&m, "PRIORITY=%d\nSYSLOG_IDENTIFIER=l2announced\n", priority);
	if (facts)
		add_facts(&m, facts);
	add_text(&m, "MESSAGE", text);
	return m.whole &&
	       sendto(fd, m.text, m.len, MSG_NOSIGNAL,
		      (const struct sockaddr *)&journal, sizeof(journal)) >= 0;
}
