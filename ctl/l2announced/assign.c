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
	uint64_t order;		/* that hash, finished */
	struct item *next;	/* on the same node, and movable */
};

/* The units of a node that may move away: none but the first list is held. */
enum { GIVEN, KEPT, LISTS };

struct place {
	size_t load;
	struct item *movable[LISTS];
	bool *none_for;		/* nothing here can go to that node, as far as known */
};

/* The state of one run. */
struct run {
	struct item *items;	/* by hash, so that no name is favoured */
	size_t n_items;
	const struct assign_node *nodes;
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

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return strcmp(x->unit->name, y->unit->name);
}

/* Only to where this one can go is there a way that may not have been before. */
static void give(struct run *run, struct item *item, size_t node, int list)
{
	const struct assign_unit *unit = item->unit;
	struct place *place = &run->places[node];

	item->unit->assigned = node;
	item->next = place->movable[list];
	place->movable[list] = item;
	place->load++;
	for (size_t i = 0; i < unit->n_eligible; i++)
		place->none_for[unit->eligible[i]] = false;
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

/*
 * What is evened out is the sum over the nodes of load squared by weight: least
 * where each has its share. One unit more adds (2 * load + 1) / weight to it; one
 * less takes (2 * load - 1) / weight away. A fraction, for it must come out the
 * same on every node: whole numbers alone are used to compare.
 */
struct ratio {
	int64_t over;
	int64_t under;
};

static struct ratio one_more(uint32_t weight, size_t load)
{
	return (struct ratio){ 2 * (int64_t)load + 1, weight };
}

static struct ratio one_less(uint32_t weight, size_t load)
{
	return (struct ratio){ 2 * (int64_t)load - 1, weight };
}

/* By how much @a is greater. */
static struct ratio difference(struct ratio a, struct ratio b)
{
	return (struct ratio){ a.over * b.under - b.over * a.under,
			       a.under * b.under };
}

/* Negative, 0 or positive. Without weight a ratio is beyond all with one. */
static int compare(struct ratio a, struct ratio b)
{
	int64_t c;

	if (!a.under || !b.under)
		c = a.under || b.under ? !a.under - !b.under : a.over - b.over;
	else
		c = a.over * b.under - b.over * a.under;
	return c < 0 ? -1 : c > 0;
}

static size_t least_loaded(const struct run *run, const struct item *item)
{
	const struct assign_unit *unit = item->unit;
	struct ratio best_ratio = { 0, 0 };
	size_t best = ASSIGN_NONE;
	uint64_t best_score = 0;

	for (size_t i = 0; i < unit->n_eligible; i++) {
		size_t node = unit->eligible[i];
		struct ratio ratio = one_more(run->nodes[node].weight,
					      run->places[node].load);
		int c = best == ASSIGN_NONE ? -1 : compare(ratio, best_ratio);
		uint64_t score;

		if (c > 0)
			continue;
		score = mix(hash(item->hash, run->nodes[node].name));
		if (!c && score <= best_score)
			continue;
		best = node;
		best_ratio = ratio;
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
static void move_one(struct run *run, size_t from, size_t to)
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
			return;
		}
	}
	run->places[from].none_for[to] = true;
}

static struct ratio gain(const struct run *run, size_t from, size_t to)
{
	return difference(one_less(run->nodes[from].weight,
				   run->places[from].load),
			  one_more(run->nodes[to].weight,
				   run->places[to].load));
}

/* Who would take one more with the least harm. */
static size_t emptiest(const struct run *run)
{
	size_t best = ASSIGN_NONE;

	for (size_t i = 0; i < run->n_nodes; i++) {
		if (!run->nodes[i].weight)
			continue;
		if (best == ASSIGN_NONE ||
		    compare(one_more(run->nodes[i].weight, run->places[i].load),
			    one_more(run->nodes[best].weight,
				     run->places[best].load)) < 0)
			best = i;
	}
	return best;
}

/*
 * The pair of nodes between which a move helps most, of those not known to be
 * stuck. A node without weight neither takes nor is made to give.
 */
static bool widest(const struct run *run, size_t *from, size_t *to)
{
	struct ratio most = { 0, 1 };
	size_t least = emptiest(run);

	for (size_t i = 0; i < run->n_nodes; i++) {
		if (!run->nodes[i].weight ||
		    compare(gain(run, i, least), most) <= 0)
			continue;
		for (size_t k = 0; k < run->n_nodes; k++) {
			/* The cheapest first: mostly it is the answer. */
			if (run->places[i].none_for[k] ||
			    !run->nodes[k].weight ||
			    compare(gain(run, i, k), most) <= 0)
				continue;
			most = gain(run, i, k);
			*from = i;
			*to = k;
		}
	}
	return most.over > 0;
}

/*
 * From the most loaded to the least loaded that something can go to: any other
 * pair would move some unit twice. Each move lessens the sum: this ends.
 */
static size_t even_out(struct run *run)
{
	size_t from, to, tried;

	for (tried = 0; widest(run, &from, &to); tried++)
		move_one(run, from, to);
	return tried;
}

static void begin(struct run *run, struct assign_unit *units, bool *stuck)
{
	for (size_t i = 0; i < run->n_items; i++) {
		run->items[i].unit = &units[i];
		run->items[i].hash = hash(FNV_BASIS, units[i].name);
		run->items[i].order = mix(run->items[i].hash);
	}
	qsort(run->items, run->n_items, sizeof(*run->items), by_hash);
	memset(stuck, true, run->n_nodes * run->n_nodes * sizeof(*stuck));
	for (size_t i = 0; i < run->n_items; i++)
		run->items[i].unit->turn = i;
	for (size_t i = 0; i < run->n_nodes; i++)
		run->places[i].none_for = &stuck[i * run->n_nodes];
}

size_t assign(struct assign_unit *units, size_t n_units,
	      const struct assign_node *nodes, size_t n_nodes, bool rebalance)
{
	bool *stuck = xmalloc((n_nodes * n_nodes + 1) * sizeof(*stuck));
	size_t tried = 0;
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
		tried = even_out(&run);
	free(run.items);
	free(run.places);
	free(stuck);
	return tried;
}
