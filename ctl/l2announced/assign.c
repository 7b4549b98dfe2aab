// SPDX-License-Identifier: GPL-2.0
/*
 * Who should hold what: rendezvous hashing with bounded loads.
 */
#include <stdlib.h>
#include <string.h>

#include "assign.h"
#include "names.h"

/* FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
#define FNV_BASIS	0xcbf29ce484222325ULL
#define FNV_PRIME	0x100000001b3ULL

static uint64_t hash(uint64_t h, const char *s)
{
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * FNV_PRIME;
	return (h ^ '\n') * FNV_PRIME;
}

/* MurmurHash3's finaliser: FNV alone leaves the high bits too much alike. */
static uint64_t mix(uint64_t h)
{
	h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdULL;
	h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53ULL;
	return h ^ (h >> 33);
}

uint64_t assign_score(const char *unit, const char *node)
{
	return mix(hash(hash(FNV_BASIS, unit), node));
}

/* The state of one run. */
struct run {
	struct assign_unit *units;
	struct assign_unit **order;	/* by hash, so that no name is favoured */
	size_t n_units;
	const char *const *nodes;
	size_t n_nodes;
	size_t *load;
};

static bool can_hold(const struct assign_unit *unit, size_t node)
{
	for (size_t i = 0; i < unit->n_eligible; i++) {
		if (unit->eligible[i] == node)
			return true;
	}
	return false;
}

static int by_hash(const void *a, const void *b)
{
	const struct assign_unit *x = *(struct assign_unit *const *)a;
	const struct assign_unit *y = *(struct assign_unit *const *)b;
	uint64_t hx = mix(hash(FNV_BASIS, x->name));
	uint64_t hy = mix(hash(FNV_BASIS, y->name));

	if (hx != hy)
		return hx < hy ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void give(struct run *run, struct assign_unit *unit, size_t node)
{
	if (unit->assigned != ASSIGN_NONE)
		run->load[unit->assigned]--;
	unit->assigned = node;
	run->load[node]++;
}

static bool fixed(const struct assign_unit *unit)
{
	return unit->prefer != ASSIGN_NONE && can_hold(unit, unit->prefer);
}

static void keep(struct run *run)
{
	for (size_t i = 0; i < run->n_units; i++) {
		struct assign_unit *unit = run->order[i];

		unit->assigned = ASSIGN_NONE;
		if (fixed(unit))
			give(run, unit, unit->prefer);
		else if (unit->holder != ASSIGN_NONE &&
			 can_hold(unit, unit->holder))
			give(run, unit, unit->holder);
	}
}

static size_t least_loaded(const struct run *run, const struct assign_unit *unit)
{
	size_t best = ASSIGN_NONE;
	uint64_t best_score = 0;

	for (size_t i = 0; i < unit->n_eligible; i++) {
		size_t node = unit->eligible[i];
		uint64_t score = assign_score(unit->name, run->nodes[node]);

		if (best != ASSIGN_NONE &&
		    (run->load[node] > run->load[best] ||
		     (run->load[node] == run->load[best] && score <= best_score)))
			continue;
		best = node;
		best_score = score;
	}
	return best;
}

static void place_free(struct run *run)
{
	for (size_t i = 0; i < run->n_units; i++) {
		struct assign_unit *unit = run->order[i];

		if (unit->assigned == ASSIGN_NONE && unit->n_eligible)
			give(run, unit, least_loaded(run, unit));
	}
}

/*
 * The unit that moves from one node to another with the least harm: one that
 * nobody holds before one that is held, then the one that is drawn most.
 */
static struct assign_unit *movable(const struct run *run, size_t from, size_t to)
{
	struct assign_unit *best = NULL;
	uint64_t best_score = 0;

	for (size_t i = 0; i < run->n_units; i++) {
		struct assign_unit *unit = run->order[i];
		bool held = unit->holder == from;
		uint64_t score;

		if (unit->assigned != from || fixed(unit) || !can_hold(unit, to))
			continue;
		score = assign_score(unit->name, run->nodes[to]);
		if (best && ((best->holder == from) < held ||
			     ((best->holder == from) == held &&
			      score <= best_score)))
			continue;
		best = unit;
		best_score = score;
	}
	return best;
}

/*
 * From the most loaded to the least loaded that it can go to: any other pair
 * would move some unit twice.
 */
static bool even_out_once(struct run *run)
{
	size_t best_to = 0, best_gap = 1;
	struct assign_unit *best = NULL;

	for (size_t from = 0; from < run->n_nodes; from++) {
		for (size_t to = 0; to < run->n_nodes; to++) {
			struct assign_unit *unit;

			if (run->load[from] <= run->load[to] + best_gap)
				continue;
			unit = movable(run, from, to);
			if (!unit)
				continue;
			best = unit;
			best_to = to;
			best_gap = run->load[from] - run->load[to];
		}
	}
	if (best)
		give(run, best, best_to);
	return best;
}

void assign(struct assign_unit *units, size_t n_units,
	    const char *const *nodes, size_t n_nodes, bool rebalance)
{
	struct run run = {
		.units = units,
		.n_units = n_units,
		.nodes = nodes,
		.n_nodes = n_nodes,
	};

	run.order = xmalloc((n_units + 1) * sizeof(struct assign_unit *));
	run.load = xmalloc((n_nodes + 1) * sizeof(*run.load));
	for (size_t i = 0; i < n_units; i++)
		run.order[i] = &units[i];
	qsort(run.order, n_units, sizeof(struct assign_unit *), by_hash);
	keep(&run);
	place_free(&run);
	/* Each move lessens the sum of the squared loads: this ends. */
	while (rebalance && even_out_once(&run))
		;
	free(run.order);
	free(run.load);
}
