// SPDX-License-Identifier: GPL-2.0
/*
 * One command: the table of nouns, the verb that is meant, and help.
 */
#include <string.h>

#include "l2ctl/l2ctl.h"

/* In the order of help: the kernel's, then the cluster's. */
static const struct noun *const nouns[] = {
	&noun_vip,
	&noun_lease,
	&noun_announce,
	&noun_monitor,
	&noun_stats,
	&noun_settings,
	&noun_service,
	&noun_apply,
	&noun_node,
	&noun_move,
	&noun_why,
	&noun_status,
	&noun_reload,
};

#define N_NOUNS	(sizeof(nouns) / sizeof(nouns[0]))

static void print_usage(FILE *out, const struct noun *noun)
{
	for (const struct verb *v = noun->verbs; v->run; v++) {
		fprintf(out, "  l2ctl %s%s%s%s%s\n      %s\n", noun->name,
			v->name ? " " : "", v->name ? v->name : "",
			v->args[0] ? " " : "", v->args, v->help);
	}
}

int ctl_help(void)
{
	printf("Usage: l2ctl [-j] [-p] [-s] [-c[=WHEN]] [--socket PATH] NOUN VERB ...\n"
	       "       l2ctl [OPTIONS] [-force] -b FILE\n"
	       "       l2ctl [OPTIONS] -w[INTERVAL] status | why SERVICE | stats | NOUN show\n"
	       "       l2ctl help | l2ctl NOUN help\n\n"
	       "  -j, --json        JSON, always a list\n"
	       "  -p, --pretty      JSON with indentation\n"
	       "  -s, --statistics  text with counters\n"
	       "  -c, --color[=WHEN] always, never, or auto: on a terminal\n"
	       "  -b, --batch FILE  one command a line, from standard input for -\n"
	       "  -w, --watch[=INTERVAL] show it again and again, on one screen (1s)\n"
	       "      --force       a batch goes on after a line that failed\n"
	       "      --socket PATH the controller's socket, else $" CTL_SOCKET_ENV
	       ",\n"
	       "                    else " CTL_SOCKET "\n"
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
		return ctl_wrong_word(ctl, NULL, "a verb expected, \"help\" lists them");
	verb = find_verb(noun, args_peek(args));
	if (!verb)
		return ctl_wrong_word(ctl, args_peek(args),
			       "no such verb, \"help\" lists them");
	args_next(args);
	snprintf(ctl->what, sizeof(ctl->what), "%s %s", noun->name,
		 verb->name);
	return verb->run(ctl, args);
}

bool ctl_shows(char *const *words)
{
	const struct noun *noun = words[0] ? find_noun(words[0]) : NULL;

	if (!noun)
		return true;
	if (!noun->verbs->name)
		return noun == &noun_status || noun == &noun_stats ||
		       noun == &noun_why;
	return !words[1] || !strcmp(words[1], "show") ||
	       !find_verb(noun, words[1]);
}

int ctl_run(struct ctl *ctl, char **words)
{
	struct args args = { .words = words };
	const char *name = args_next(&args);
	const struct noun *noun;

	ctl_set_words(ctl, words);
	if (!name)
		return ctl_wrong_word(ctl, NULL, "a noun expected, \"l2ctl help\" lists them");
	if (!strcmp(name, "help"))
		return ctl_help();
	noun = find_noun(name);
	if (!noun)
		return ctl_wrong_word(ctl, name, "no such noun, \"l2ctl help\" lists them");
	return run_noun(ctl, noun, &args);
}
