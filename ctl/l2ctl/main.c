// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl: options, the table of nouns, and help.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "l2ctl/l2ctl.h"
#include "lib/clock.h"

#define DEFAULT_SOCKET	"/run/l2announce/l2announced.sock"
#define SOCKET_ENV	"L2ANNOUNCED_SOCKET"

/* In the order of help: the kernel's, then the cluster's. */
static const struct noun *const nouns[] = {
	&noun_vip,
	&noun_lease,
	&noun_announce,
	&noun_monitor,
	&noun_stats,
	&noun_settings,
	&noun_service,
	&noun_node,
	&noun_status,
};

#define N_NOUNS	(sizeof(nouns) / sizeof(nouns[0]))

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "statistics", no_argument, NULL, 's' },
	{ "socket", required_argument, NULL, 'S' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void print_usage(FILE *out, const struct noun *noun)
{
	for (const struct verb *v = noun->verbs; v->run; v++) {
		fprintf(out, "  l2ctl %s%s%s%s%s\n      %s\n", noun->name,
			v->name ? " " : "", v->name ? v->name : "",
			v->args[0] ? " " : "", v->args, v->help);
	}
}

static int help_all(void)
{
	printf("Usage: l2ctl [-j] [-p] [-s] [--socket PATH] NOUN VERB ...\n"
	       "       l2ctl help | l2ctl NOUN help\n\n"
	       "  -j, --json        JSON, always a list\n"
	       "  -p, --pretty      JSON with indentation\n"
	       "  -s, --statistics  text with counters\n"
	       "      --socket PATH the controller's socket, else $" SOCKET_ENV
	       ",\n"
	       "                    else " DEFAULT_SOCKET "\n"
	       "  -V, --version     print the version\n"
	       "  -h, --help        print this\n\n"
	       "Durations: 300ms, 2s, 1m, 1h. Exit status: 0 done, 1 refused, 2 usage.\n");
	for (size_t i = 0; i < N_NOUNS; i++) {
		printf("\n%s: %s\n", nouns[i]->name, nouns[i]->help);
		print_usage(stdout, nouns[i]);
	}
	return CTL_OK;
}

static int help_noun(const struct noun *noun)
{
	printf("%s: %s\n", noun->name, noun->help);
	print_usage(stdout, noun);
	return CTL_OK;
}

static int misused(const struct ctl *ctl, const char *word, const char *what)
{
	struct l2a_error err = { 0 };

	if (word)
		l2a_fail(&err, -EINVAL, "\"%s\": %s", word, what);
	else
		l2a_fail(&err, -EINVAL, "%s", what);
	return ctl_misused(ctl, &err);
}

static const struct noun *find_noun(const char *name)
{
	for (size_t i = 0; i < N_NOUNS; i++) {
		if (!strcmp(nouns[i]->name, name))
			return nouns[i];
	}
	return NULL;
}

static const struct verb *find_verb(const struct noun *noun, const char *name)
{
	for (const struct verb *v = noun->verbs; v->run; v++) {
		if (!strcmp(v->name, name))
			return v;
	}
	return NULL;
}

static int run_noun(struct ctl *ctl, const struct noun *noun,
		    struct args *args)
{
	const struct verb *verb = noun->verbs;

	snprintf(ctl->what, sizeof(ctl->what), "%s", noun->name);
	if (args_accept(args, "help"))
		return help_noun(noun);
	if (!verb->name)
		return verb->run(ctl, args);
	if (!args_peek(args))
		return misused(ctl, NULL, "a verb expected, \"help\" lists them");
	verb = find_verb(noun, args_peek(args));
	if (!verb)
		return misused(ctl, args_peek(args),
			       "no such verb, \"help\" lists them");
	args_next(args);
	snprintf(ctl->what, sizeof(ctl->what), "%s %s", noun->name,
		 verb->name);
	return verb->run(ctl, args);
}

static int run(struct ctl *ctl, struct args *args)
{
	const char *name = args_next(args);
	const struct noun *noun;

	if (!name)
		return misused(ctl, NULL, "a noun expected, \"l2ctl help\" lists them");
	if (!strcmp(name, "help"))
		return help_all();
	noun = find_noun(name);
	if (!noun)
		return misused(ctl, name, "no such noun, \"l2ctl help\" lists them");
	return run_noun(ctl, noun, args);
}

/* Returns whether to go on; if not, *status is how to end. */
static bool take_options(struct ctl *ctl, int argc, char **argv, int *status)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "+jpsVh", long_options,
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
		case 'S':
			ctl->socket = optarg;
			break;
		case 'V':
			puts("l2ctl " L2A_VERSION);
			*status = CTL_OK;
			return false;
		case 'h':
			*status = help_all();
			return false;
		default:
			*status = CTL_USAGE;
			return false;
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	struct ctl ctl = { .started_ns = l2a_boottime_ns() };
	struct l2a_error err = { 0 };
	struct args args;
	int status;

	ctl.socket = getenv(SOCKET_ENV);
	if (!ctl.socket || !*ctl.socket)
		ctl.socket = DEFAULT_SOCKET;
	if (take_options(&ctl, argc, argv, &status)) {
		args.words = argv + optind;
		ctl_set_words(&ctl, args.words);
		status = run(&ctl, &args);
	}
	if (!fflush(stdout) || status != CTL_OK)
		return status;
	l2a_fail(&err, -errno, "cannot write: %s", strerror(errno));
	return ctl_refused(&ctl, &err);
}
