// SPDX-License-Identifier: GPL-2.0
/*
 * How every verb ends: output on stdout, one line on stderr, an exit status.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static void complain(const char *what, const struct l2a_error *err)
{
	fflush(stdout);
	fprintf(stderr, "l2ctl: %s%s%s\n", what, what[0] ? ": " : "",
		err->text);
}

int ctl_refused(const struct ctl *ctl, const struct l2a_error *err)
{
	complain(ctl->words, err);
	return CTL_REFUSED;
}

int ctl_misused(const struct ctl *ctl, const struct l2a_error *err)
{
	/* Well formed but refused, as a device that does not exist. */
	if (err->code != -EINVAL && err->code != -ERANGE)
		return ctl_refused(ctl, err);
	complain(ctl->what, err);
	return CTL_USAGE;
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

struct l2a_genl *ctl_kernel(const struct ctl *ctl)
{
	struct l2a_error err = { 0 };
	struct l2a_genl *g;

	if (l2a_genl_open(&g, &err)) {
		ctl_refused(ctl, &err);
		return NULL;
	}
	return g;
}

int ctl_kernel_done(const struct ctl *ctl, struct l2a_genl *g, int ret,
		    const struct l2a_error *err)
{
	l2a_genl_close(g);
	return ret ? ctl_refused(ctl, err) : CTL_OK;
}
