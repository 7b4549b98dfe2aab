// SPDX-License-Identifier: GPL-2.0
/*
 * l2announce-sim: run histories of the election, seed by seed.
 *
 *   l2announce-sim [--seeds FROM-TO] [--seconds N] [--fault NAME] [--count]
 *   l2announce-sim --replay SEED [--trace] [--seconds N] [--fault NAME]
 *   l2announce-sim --faults
 *
 * Exit 0: every history kept its promises. 1: one did not; its seed is
 * printed. 2: usage. With --fault the meaning turns: the failure is that no
 * history breaks the promise which that fault is to break. --count runs every seed
 * and says how many broke what; --faults lists them, each with its promise.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static const struct fault {
	const char *name;
	size_t breaks;		/* the number of the promise that needs what is gone */
	unsigned int flag;
	unsigned int own;
} faults[] = {
	{ "no-margin", 1, 0, SIM_FAULT_NO_MARGIN },
	{ "relative-ttl", 1, 0, SIM_FAULT_RELATIVE_TTL },
	{ "fence-early", 1, EL_FAULT_FENCE_EARLY, 0 },
	{ "fence-blind", 1, EL_FAULT_FENCE_BLIND, 0 },
	{ "fence-late", 3, EL_FAULT_FENCE_LATE, 0 },
	{ "no-fence", 3, EL_FAULT_NO_FENCE, 0 },
	{ "renew-early", 1, EL_FAULT_RENEW_EARLY, 0 },
	{ "no-token", 1, EL_FAULT_NO_TOKEN, 0 },
	{ "unbarred", 1, EL_FAULT_UNBARRED, 0 },
	{ "stale-holder", 1, EL_FAULT_STALE_HOLDER, 0 },
	{ "stale-node", 1, EL_FAULT_STALE_NODE, 0 },
	{ "release-loud", 1, EL_FAULT_RELEASE_LOUD, 0 },
	{ "same-incarnation", 2, EL_FAULT_SAME_INCARNATION, 0 },
	{ "blind-activation", 1, EL_FAULT_BLIND_ACTIVATION, 0 },
	{ "no-keeper", 3, EL_FAULT_NO_KEEPER, 0 },
	{ "unchecked", 6, EL_FAULT_UNCHECKED, 0 },
	{ "no-balance", 4, 0, SIM_FAULT_NO_BALANCE },
	{ "two-controllers", 1, 0, SIM_FAULT_TWO_CONTROLLERS },
};

#define N_FAULTS	(sizeof(faults) / sizeof(faults[0]))

struct options {
	uint64_t from, to;
	uint64_t seconds;
	const struct fault *fault;
	bool trace;
	bool replay;
	bool count;
};

static unsigned long steps, fences, claims, refusals, resets;

static bool run(const struct options *o, uint64_t seed, char verdict[256])
{
	struct world *w = xmalloc(sizeof(*w));
	bool good;

	w->seed = seed;
	w->rng = seed * 0x2545f4914f6cdd1dULL + 1;
	w->end = o->seconds * SEC;
	w->trace = o->trace;
	w->faults = o->fault ? o->fault->flag : 0;
	w->own_faults = o->fault ? o->fault->own : 0;
	good = world_run(w);
	snprintf(verdict, 256, "%s", w->verdict);
	steps += w->steps;
	fences += w->fences;
	claims += w->claims;
	refusals += w->refusals;
	resets += w->resets;
	free(w);
	return good;
}

/* A verdict begins with its number. */
static size_t promise_of(const char *verdict)
{
	return (size_t)(verdict[1] - '0');
}

/* How many histories show something, and which promise each breaks. */
static int count_all(const struct options *o)
{
	unsigned long broke[10] = { 0 }, n = 0;
	char verdict[256];

	for (uint64_t seed = o->from; seed <= o->to; seed++) {
		if (run(o, seed, verdict))
			continue;
		n++;
		broke[promise_of(verdict)]++;
	}
	printf("%s: %lu of %llu seeds", o->fault ? o->fault->name : "no fault", n,
	       (unsigned long long)(o->to - o->from + 1));
	for (size_t i = 0; i < 10; i++) {
		if (broke[i])
			printf(", I%zu %lu", i, broke[i]);
	}
	putchar('\n');
	return n ? 0 : 1;
}

static void say_replay(const struct options *o, uint64_t seed)
{
	printf("replay with: l2announce-sim --replay %llu --trace%s%s --seconds %llu\n",
	       (unsigned long long)seed, o->fault ? " --fault " : "",
	       o->fault ? o->fault->name : "", (unsigned long long)o->seconds);
}

static int run_all(const struct options *o)
{
	char verdict[256];

	for (uint64_t seed = o->from; seed <= o->to; seed++) {
		if (run(o, seed, verdict))
			continue;
		printf("seed %llu: %s\n", (unsigned long long)seed, verdict);
		say_replay(o, seed);
		return 1;
	}
	printf("seeds %llu to %llu, %llu s each: all promises kept (%lu steps, %lu fenced, %lu acquired, %lu refused, %lu reset)\n",
	       (unsigned long long)o->from, (unsigned long long)o->to,
	       (unsigned long long)o->seconds, steps, fences, claims,
	       refusals, resets);
	return 0;
}

/* What else it breaks does not count: another rule may be missed than this one. */
static int find_break(const struct options *o)
{
	char verdict[256], other[256] = "";
	unsigned long others = 0;

	for (uint64_t seed = o->from; seed <= o->to; seed++) {
		if (run(o, seed, verdict))
			continue;
		if (promise_of(verdict) == o->fault->breaks) {
			printf("seed %llu: %s\n", (unsigned long long)seed, verdict);
			say_replay(o, seed);
			return 0;
		}
		if (!others++)
			snprintf(other, sizeof(other), "%s", verdict);
	}
	printf("fault %s did not break I%zu in seeds %llu to %llu",
	       o->fault->name, o->fault->breaks, (unsigned long long)o->from,
	       (unsigned long long)o->to);
	if (others)
		printf("; %lu broke another promise, the first of them: %s",
		       others, other);
	putchar('\n');
	return 1;
}

static int list_faults(void)
{
	for (size_t i = 0; i < N_FAULTS; i++)
		printf("%s I%zu\n", faults[i].name, faults[i].breaks);
	return 0;
}

static bool parse_number(const char *text, char **end, uint64_t *value)
{
	*value = strtoull(text, end, 10);
	return *end != text && *text != '-';
}

static bool parse_seeds(const char *text, struct options *o)
{
	char *end;

	if (!parse_number(text, &end, &o->from))
		return false;
	o->to = o->from;
	if (*end == '-' && !parse_number(end + 1, &end, &o->to))
		return false;
	return !*end && o->from <= o->to;
}

static const struct fault *find_fault(const char *name)
{
	for (size_t i = 0; i < N_FAULTS; i++) {
		if (!strcmp(faults[i].name, name))
			return &faults[i];
	}
	return NULL;
}

static int usage(void)
{
	fprintf(stderr, "usage: l2announce-sim [--seeds FROM-TO | --replay SEED [--trace]] [--seconds N] [--fault NAME] [--count] | --faults\nfaults:");
	for (size_t i = 0; i < N_FAULTS; i++)
		fprintf(stderr, " %s", faults[i].name);
	fputc('\n', stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seeds", required_argument, NULL, 's' },
		{ "replay", required_argument, NULL, 'r' },
		{ "trace", no_argument, NULL, 't' },
		{ "seconds", required_argument, NULL, 'n' },
		{ "fault", required_argument, NULL, 'f' },
		{ "count", no_argument, NULL, 'c' },
		{ "faults", no_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	struct options o = { .from = 1, .to = 1000, .seconds = 60 };
	char *end;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'r':
			o.replay = true;
			/* fall through */
		case 's':
			if (!parse_seeds(optarg, &o))
				return usage();
			break;
		case 't':
			o.trace = true;
			break;
		case 'n':
			if (!parse_number(optarg, &end, &o.seconds) || *end)
				return usage();
			break;
		case 'f':
			o.fault = find_fault(optarg);
			if (!o.fault)
				return usage();
			break;
		case 'c':
			o.count = true;
			break;
		case 'l':
			return list_faults();
		default:
			return usage();
		}
	}
	if (optind < argc)
		return usage();
	if (o.count)
		return count_all(&o);
	return o.fault && !o.replay ? find_break(&o) : run_all(&o);
}
