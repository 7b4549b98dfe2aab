// SPDX-License-Identifier: GPL-2.0
/*
 * How every verb ends: output on stdout, one line on stderr, an exit status.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/msg.h>

#include "l2ctl/batch.h"
#include "l2ctl/l2ctl.h"

void ctl_set_words(struct ctl *ctl, char **words)
{
	size_t used = 0;

	for (; *words && used < sizeof(ctl->words); words++) {
		int n = snprintf(ctl->words + used, sizeof(ctl->words) - used,
				 "%s%s", used ? " " : "", *words);

		if (n < 0)
			break;
		used += (size_t)n;
	}
	if (used >= sizeof(ctl->words))
		strcpy(ctl->words + sizeof(ctl->words) - sizeof("..."), "...");
	l2a_one_line(ctl->words);
}

static void complain(const struct ctl *ctl, const char *what,
		     const struct l2a_error *err)
{
	/* Refusals are reported in the order of the lines. */
	if (ctl->batch)
		batch_send(ctl->batch);
	fflush(stdout);
	fprintf(stderr, "l2ctl: %s%s%s%s\n",
		ctl->batch ? batch_where(ctl->batch) : "", what,
		what[0] ? ": " : "", err->text);
}

int ctl_refused(const struct ctl *ctl, const struct l2a_error *err)
{
	complain(ctl, ctl->words, err);
	return CTL_REFUSED;
}

int ctl_misused(const struct ctl *ctl, const struct l2a_error *err)
{
	/* Well formed but refused, as a device that does not exist. */
	if (err->code != -EINVAL && err->code != -ERANGE)
		return ctl_refused(ctl, err);
	complain(ctl, ctl->what, err);
	return CTL_USAGE;
}

int ctl_wrong_word(const struct ctl *ctl, const char *word, const char *what)
{
	struct l2a_error err = { 0 };

	if (word)
		l2a_fail(&err, -EINVAL, "\"%s\": %s", word, what);
	else
		l2a_fail(&err, -EINVAL, "%s", what);
	return ctl_misused(ctl, &err);
}

struct l2a_writer *ctl_writer(const struct ctl *ctl,
			      enum l2a_writer_style style)
{
	struct l2a_writer *w = l2a_writer_new(stdout, ctl->flags, style);
	struct l2a_error err = { 0 };

	if (w)
		return w;
	l2a_fail(&err, -ENOMEM, "out of memory");
	exit(ctl_refused(ctl, &err));
}

int ctl_written(const struct ctl *ctl, struct l2a_writer *w)
{
	struct l2a_error err = { 0 };

	if (l2a_writer_end(w, &err))
		return ctl_refused(ctl, &err);
	return CTL_OK;
}

struct l2a_genl *ctl_family(const struct ctl *ctl)
{
	struct l2a_error err = { 0 };
	struct l2a_genl *g = NULL;
	int ret;

	ret = ctl->batch ? batch_family(ctl->batch, &g, &err) :
			   l2a_genl_open(&g, &err);
	if (ret)
		ctl_refused(ctl, &err);
	return g;
}

struct l2a_genl *ctl_kernel(const struct ctl *ctl)
{
	if (ctl->batch)
		batch_send(ctl->batch);
	return ctl_family(ctl);
}

int ctl_kernel_done(const struct ctl *ctl, struct l2a_genl *g, int ret,
		    const struct l2a_error *err)
{
	if (!ctl->batch)
		l2a_genl_close(g);
	return ret ? ctl_refused(ctl, err) : CTL_OK;
}

int ctl_kernel_request(const struct ctl *ctl, struct l2a_genl *g,
		       struct nl_msg *msg)
{
	struct l2a_error err = { 0 };
	int ret;

	if (msg && ctl->batch && batch_queue(ctl->batch, ctl->words, msg))
		return CTL_OK;
	ret = l2a_genl_send(g, msg, NULL, NULL, &err);
	return ctl_kernel_done(ctl, g, ret, &err);
}
