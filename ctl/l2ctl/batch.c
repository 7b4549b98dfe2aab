// SPDX-License-Identifier: GPL-2.0
/*
 * Many commands from a file: one a line, over one socket.
 */
#include <errno.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "l2ctl/batch.h"
#include "lib/clock.h"

/* Requests sent together: bounds the memory, not the system calls alone. */
#define QUEUE_MOST	1024
#define PROGRESS_NS	(L2A_NSEC_PER_SEC / 5)

/* A request that waits, and the line it is from. */
struct waiting {
	size_t line;
	char *words;
};

struct batch {
	const char *name;
	FILE *file;
	size_t line;		/* of the command at hand */
	size_t lines_read;
	bool force;
	int status;
	struct l2a_genl *g;
	struct nl_msg *msgs[QUEUE_MOST];
	struct waiting waiting[QUEUE_MOST];
	size_t n_waiting;
	char where[128];
	bool watched;		/* by somebody at a terminal */
	uint64_t progress_ns;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* One word, from its first character: its end, or NULL where a quote has none. */
static char *take_word(char *from, char **word)
{
	const char *mark = *from == '"' || *from == '\'' ? from : NULL;
	char *end;

	if (mark) {
		*word = from + 1;
		return strchr(from + 1, *mark);
	}
	*word = from;
	for (end = from; *end && !is_blank(*end); end++)
		;
	return end;
}

int batch_split(char *line, char **words, struct l2a_error *err)
{
	while (true) {
		char *end;

		while (is_blank(*line))
			line++;
		*words = NULL;
		if (!*line || *line == '#')
			return 0;
		end = take_word(line, words);
		if (!end)
			return l2a_fail(err, -EINVAL, "%.40s: the quote does not end",
					line);
		words++;
		line = *end ? end + 1 : end;
		*end = '\0';
	}
}

const char *batch_where(struct batch *batch)
{
	snprintf(batch->where, sizeof(batch->where), "%s:%zu: ", batch->name,
		 batch->line);
	return batch->where;
}

int batch_family(struct batch *batch, struct l2a_genl **g,
		 struct l2a_error *err)
{
	int ret = batch->g ? 0 : l2a_genl_open(&batch->g, err);

	*g = batch->g;
	return ret;
}

static void line_failed(struct batch *batch, int status)
{
	if (status != CTL_OK && batch->status == CTL_OK)
		batch->status = status;
}

bool batch_queue(struct batch *batch, const char *words, struct nl_msg *msg)
{
	struct waiting *w = &batch->waiting[batch->n_waiting];

	if (!batch->force)
		return false;
	w->words = strdup(words);
	if (!w->words)
		return false;
	w->line = batch->line;
	batch->msgs[batch->n_waiting++] = msg;
	if (batch->n_waiting == QUEUE_MOST)
		batch_send(batch);
	return true;
}

static void report(struct batch *batch, const struct waiting *w,
		   const struct l2a_error *err)
{
	if (!err->code)
		return;
	fflush(stdout);
	fprintf(stderr, "l2ctl: %s:%zu: %s: %s\n", batch->name, w->line,
		w->words, err->text);
	line_failed(batch, CTL_REFUSED);
}

void batch_send(struct batch *batch)
{
	static struct l2a_error verdicts[QUEUE_MOST];
	struct l2a_error err = { 0 };
	size_t n = batch->n_waiting;

	if (!n)
		return;
	/* Where the way to the kernel failed, no line is known to be done. */
	if (l2a_genl_batch(batch->g, batch->msgs, n, verdicts, &err) < 0) {
		for (size_t i = 0; i < n; i++)
			verdicts[i] = err;
	}
	batch->n_waiting = 0;
	for (size_t i = 0; i < n; i++) {
		report(batch, &batch->waiting[i], &verdicts[i]);
		free(batch->waiting[i].words);
		nlmsg_free(batch->msgs[i]);
	}
}

/* Drop the backslash and the newline that say a line goes on with the next. */
static bool goes_on(char *text, size_t *len)
{
	if (*len < 2 || text[*len - 1] != '\n' || text[*len - 2] != '\\')
		return false;
	*len -= 2;
	text[*len] = '\0';
	return true;
}

/*
 * The next command, from one line or several: its length, -1 at the end. A line
 * number that a message names is that of the first.
 */
static ssize_t next_command(struct batch *batch, char **text, size_t *room)
{
	ssize_t got = getline(text, room, batch->file);
	size_t len = got < 0 ? 0 : (size_t)got;
	char *more = NULL;
	size_t more_room = 0;

	if (got < 0)
		return -1;
	batch->line = ++batch->lines_read;
	while (goes_on(*text, &len)) {
		char *joined;

		got = getline(&more, &more_room, batch->file);
		if (got < 0)
			break;
		batch->lines_read++;
		joined = realloc(*text, len + (size_t)got + 1);
		if (!joined) {
			len = 0;
			errno = ENOMEM;
			break;
		}
		*text = joined;
		*room = len + (size_t)got + 1;
		memcpy(joined + len, more, (size_t)got + 1);
		len += (size_t)got;
	}
	free(more);
	return (ssize_t)len;
}

static int run_line(struct ctl *ctl, char *text, size_t len)
{
	char **words = calloc(len / 2 + 2, sizeof(*words));
	struct l2a_error err = { 0 };
	int status = CTL_OK;

	ctl->what[0] = '\0';
	ctl->words[0] = '\0';
	if (!words)
		l2a_fail(&err, -ENOMEM, "out of memory");
	else if (strlen(text) < len)
		l2a_fail(&err, -EINVAL, "a zero byte: this is no text");
	else
		batch_split(text, words, &err);
	if (err.code) {
		status = ctl_misused(ctl, &err);
	} else if (words[0]) {
		ctl->started_ns = l2a_boottime_ns();
		status = ctl_run(ctl, words);
	}
	free(words);
	return status;
}

/* Long work is not done in silence while somebody waits at a terminal. */
static void show_progress(struct batch *batch)
{
	uint64_t now = l2a_boottime_ns();

	if (now < batch->progress_ns)
		return;
	fprintf(stderr, "\r%zu lines", batch->lines_read);
	batch->progress_ns = now + PROGRESS_NS;
}

static void hide_progress(void)
{
	fputs("\r\033[K", stderr);
}

static void run_lines(struct ctl *ctl, struct batch *batch)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = next_command(batch, &text, &room)) >= 0) {
		line_failed(batch, run_line(ctl, text, (size_t)len));
		if (batch->status != CTL_OK && !batch->force)
			break;
		if (batch->watched)
			show_progress(batch);
	}
	free(text);
	batch_send(batch);
	if (batch->watched)
		hide_progress();
}

int batch_run(struct ctl *ctl, const char *path, bool force)
{
	bool from_stdin = !strcmp(path, "-");
	struct batch *batch = calloc(1, sizeof(*batch));
	struct l2a_error err = { 0 };
	int status;

	snprintf(ctl->what, sizeof(ctl->what), "%s", path);
	snprintf(ctl->words, sizeof(ctl->words), "%s", path);
	if (!batch) {
		l2a_fail(&err, -ENOMEM, "out of memory");
		return ctl_refused(ctl, &err);
	}
	batch->file = from_stdin ? stdin : fopen(path, "re");
	if (!batch->file) {
		l2a_fail(&err, -errno, "cannot read: %s", strerror(errno));
		free(batch);
		return ctl_refused(ctl, &err);
	}
	batch->name = path;
	batch->force = force;
	batch->watched = isatty(STDERR_FILENO) && !isatty(fileno(batch->file));

	ctl->batch = batch;
	run_lines(ctl, batch);
	ctl->batch = NULL;

	status = batch->status;
	if (ferror(batch->file) && status == CTL_OK) {
		l2a_fail(&err, -EIO, "cannot read all of it: %s", strerror(errno));
		status = ctl_refused(ctl, &err);
	}
	l2a_genl_close(batch->g);
	if (!from_stdin)
		fclose(batch->file);
	free(batch);
	return status;
}
