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

/* A unit in its place in the order. */
struct item {
	struct assign_unit *unit;
	uint64_t hash;		/* of its name, to be gone on with */
	struct item *next;	/* on the same node, and movable */
};

/* The units of a node that may move away: none but the first list is held. */
enum { GIVEN, KEPT, LISTS };

struct place {
	size_t load;
	struct item *movable[LISTS];
	bool *none_for;		/* known: nothing here can go to that node */
};

/* The state of one run. */
struct run {
	struct item *items;	/* by hash, so that no name is favoured */
	size_t n_items;
	const char *const *nodes;
	struct place *places;
	size_t n_nodes;
};

static int by_number(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static bool can_hold(const struct assign_unit *unit, size_t node)
{
	return node != ASSIGN_NONE && unit->n_eligible &&
	       bsearch(&node, unit->eligible, unit->n_eligible, sizeof(node),
		       by_number);
}

static int by_hash(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	uint64_t hx = mix(x->hash), hy = mix(y->hash);

	if (hx != hy)
		return hx < hy ? -1 : 1;
	return strcmp(x->unit->name, y->unit->name);
}

static void give(struct run *run, struct item *item, size_t node, int list)
{
	struct place *place = &run->places[node];

	item->unit->assigned = node;
	item->next = place->movable[list];
	place->movable[list] = item;
	place->load++;
	memset(place->none_for, 0, run->n_nodes * sizeof(*place->none_for));
}

static void keep(struct run *run)
{
	for (size_t i = 0; i < run->n_items; i++) {
		struct item *item = &run->items[i];
		struct assign_unit *unit = item->unit;

		unit->assigned = ASSIGN_NONE;
		if (can_hold(unit, unit->prefer)) {
			unit->assigned = unit->prefer;
			run->places[unit->prefer].load++;
		} else if (can_hold(unit, unit->holder)) {
			give(run, item, unit->holder, KEPT);
		}
	}
}

static size_t least_loaded(const struct run *run, const struct item *item)
{
	const struct assign_unit *unit = item->unit;
	size_t best = ASSIGN_NONE;
	uint64_t best_score = 0;

	for (size_t i = 0; i < unit->n_eligible; i++) {
		size_t node = unit->eligible[i];
		size_t load = run->places[node].load;
		uint64_t score;

		if (best != ASSIGN_NONE && load > run->places[best].load)
			continue;
		score = mix(hash(item->hash, run->nodes[node]));
		if (best != ASSIGN_NONE && load == run->places[best].load &&
		    score <= best_score)
			continue;
		best = node;
		best_score = score;
	}
	return best;
}

static void place_free(struct run *run)
{
	for (size_t i = 0; i < run->n_items; i++) {
		struct item *item = &run->items[i];

		if (item->unit->assigned == ASSIGN_NONE && item->unit->n_eligible)
			give(run, item, least_loaded(run, item), GIVEN);
	}
}

/*
 * Move one unit, with the least harm: one that the node does not hold yet before
 * one that it does.
 */
static bool move_one(struct run *run, size_t from, size_t to)
{
	for (int list = 0; list < LISTS; list++) {
		struct item **link = &run->places[from].movable[list];

		for (; *link; link = &(*link)->next) {
			struct item *item = *link;

			if (!can_hold(item->unit, to))
				continue;
			*link = item->next;
			run->places[from].load--;
			give(run, item, to, GIVEN);
			return true;
		}
	}
	run->places[from].none_for[to] = true;
	return false;
}

/* The pair of nodes that differ most, of those not known to be stuck. */
static bool widest(const struct run *run, size_t *from, size_t *to)
{
	const struct place *places = run->places;
	size_t least = SIZE_MAX, gap = 1;

	for (size_t i = 0; i < run->n_nodes; i++) {
		if (places[i].load < least)
			least = places[i].load;
	}
	for (size_t i = 0; i < run->n_nodes; i++) {
		if (places[i].load <= least + gap)
			continue;
		for (size_t k = 0; k < run->n_nodes; k++) {
			if (places[i].load <= places[k].load + gap ||
			    places[i].none_for[k])
				continue;
			gap = places[i].load - places[k].load;
			*from = i;
			*to = k;
		}
	}
	return gap > 1;
}

/*
 * From the most loaded to the least loaded that something can go to: any other
 * pair would move some unit twice. Each move lessens the sum of the squared
 * loads: this ends.
 */
static void even_out(struct run *run)
{
	size_t from, to;

	while (widest(run, &from, &to))
		move_one(run, from, to);
}

static void begin(struct run *run, struct assign_unit *units, bool *stuck)
{
	for (size_t i = 0; i < run->n_items; i++) {
		run->items[i].unit = &units[i];
		run->items[i].hash = hash(FNV_BASIS, units[i].name);
	}
	qsort(run->items, run->n_items, sizeof(*run->items), by_hash);
	for (size_t i = 0; i < run->n_nodes; i++)
		run->places[i].none_for = &stuck[i * run->n_nodes];
}

void assign(struct assign_unit *units, size_t n_units,
	    const char *const *nodes, size_t n_nodes, bool rebalance)
{
	bool *stuck = xmalloc(n_nodes * n_nodes + 1);
	struct run run = {
		.items = xmalloc((n_units + 1) * sizeof(*run.items)),
		.n_items = n_units,
		.nodes = nodes,
		.places = xmalloc((n_nodes + 1) * sizeof(*run.places)),
		.n_nodes = n_nodes,
	};

	begin(&run, units, stuck);
	keep(&run);
	place_free(&run);
	if (rebalance)
		even_out(&run);
	free(run.items);
	free(run.places);
	free(stuck);
}
