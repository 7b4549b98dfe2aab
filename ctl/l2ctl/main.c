// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl: its options.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "l2ctl/batch.h"
#include "l2ctl/l2ctl.h"
#include "l2ctl/watch.h"
#include "lib/clock.h"
#include "lib/color.h"

/* Options without a letter of their own. */
enum { OPT_SOCKET = 256, OPT_FORCE };

static const struct option long_options[] = {
	{ "batch", required_argument, NULL, 'b' },
	{ "color", optional_argument, NULL, 'c' },
	{ "force", no_argument, NULL, OPT_FORCE },
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "statistics", no_argument, NULL, 's' },
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "watch", optional_argument, NULL, 'w' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

/* What the options ask for, beside what they set in struct ctl. */
struct options {
	const char *batch;
	const char *color;
	const char *interval;
	bool force;
	bool watch;
};

/*
 * Long options may have one dash, as ip(8)'s have. Returns whether to go on; if
 * not, *status is how to end.
 */
static bool take_options(struct ctl *ctl, struct options *options, int argc,
			 char **argv, int *status)
{
	int opt;

	while ((opt = getopt_long_only(argc, argv, "+b:c::jpsw::Vh", long_options,
				       NULL)) != -1) {
		switch (opt) {
		case 'j':
			ctl->flags |= L2A_WRITER_JSON;
			break;
		case 'p':
			ctl->flags |= L2A_WRITER_PRETTY;
			break;
		case 's':
			ctl->flags |= L2A_WRITER_STATS;
			break;
		case OPT_SOCKET:
			ctl->socket = optarg;
			break;
		case 'c':
			options->color = optarg ? optarg : "always";
			break;
		case 'b':
			options->batch = optarg;
			break;
		case 'w':
			options->watch = true;
			options->interval = optarg;
			break;
		case OPT_FORCE:
			options->force = true;
			break;
		case 'V':
			puts("l2ctl " L2A_VERSION);
			*status = CTL_OK;
			return false;
		case 'h':
			*status = ctl_help();
			return false;
		default:
			*status = CTL_USAGE;
			return false;
		}
	}
	return true;
}

static int run(struct ctl *ctl, const struct options *options, char **words)
{
	struct l2a_error err = { 0 };
	bool color;

	if (l2a_color_wanted(options->color, STDOUT_FILENO, &color, &err))
		return ctl_misused(ctl, &err);
	if (color)
		ctl->flags |= L2A_WRITER_COLOR;
	if (options->force && !options->batch)
		return ctl_wrong_word(ctl, "--force", "is for a batch (-b FILE)");
	if (options->watch && options->batch)
		return ctl_wrong_word(ctl, "--watch", "a batch is carried out once");
	if (options->watch)
		return watch_run(ctl, options->interval, words);
	if (!options->batch)
		return ctl_run(ctl, words);
	if (*words)
		return ctl_wrong_word(ctl, *words, "a batch's commands are in its file");
	return batch_run(ctl, options->batch, options->force);
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct ctl ctl = { .started_ns = l2a_boottime_ns() };
	struct l2a_error err = { 0 };
	int status;

	ctl.socket = getenv(CTL_SOCKET_ENV);
	if (!ctl.socket || !*ctl.socket)
		ctl.socket = CTL_SOCKET;
	if (take_options(&ctl, &options, argc, argv, &status)) {
		ctl.flags |= args_output(argv + optind);
		status = run(&ctl, &options, argv + optind);
	}
	if (!fflush(stdout) || status != CTL_OK)
		return status;
	l2a_fail(&err, -errno, "cannot write: %s", strerror(errno));
	return ctl_refused(&ctl, &err);
}
