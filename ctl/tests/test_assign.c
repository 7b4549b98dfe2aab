// SPDX-License-Identifier: GPL-2.0
/*
 * Assignment: balance within one, preference, stickiness, minimal moves, and
 * equal answers for equal views, over random clusters of up to a hundred nodes
 * and ten thousand units. What judges an answer is shown wrong ones as well.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "l2announced/assign.h"

#define MAX_NODES	100
#define MAX_UNITS	10000
#define ROUNDS		60

struct cluster {
	char node_names[MAX_NODES][24];
	struct assign_node nodes[MAX_NODES];
	size_t n_nodes;
	char unit_names[MAX_UNITS][24];
	size_t eligible[MAX_UNITS][MAX_NODES];
	struct assign_unit units[MAX_UNITS];
	size_t n_units;
};

static uint64_t state_of_chance;

static size_t below(size_t n)
{
	state_of_chance = state_of_chance * 6364136223846793005ULL +
			  1442695040888963407ULL;
	return (size_t)(state_of_chance >> 33) % n;
}

static void build(struct cluster *c, uint64_t seed)
{
	state_of_chance = seed;
	memset(c, 0, sizeof(*c));
	/* Small ones are as frequent as large ones; the first is the largest. */
	c->n_nodes = seed == 1 ? MAX_NODES : 1 + below(below(MAX_NODES) + 1);
	c->n_units = seed == 1 ? MAX_UNITS : below(MAX_UNITS >> below(12));
	for (size_t i = 0; i < c->n_nodes; i++) {
		snprintf(c->node_names[i], sizeof(c->node_names[i]), "n%02zu", i);
		c->nodes[i].name = c->node_names[i];
		c->nodes[i].weight = ASSIGN_WEIGHT;
	}
	for (size_t i = 0; i < c->n_units; i++) {
		struct assign_unit *unit = &c->units[i];

		snprintf(c->unit_names[i], sizeof(c->unit_names[i]), "s/%zu", i);
		unit->name = c->unit_names[i];
		unit->eligible = c->eligible[i];
		unit->prefer = ASSIGN_NONE;
		unit->holder = ASSIGN_NONE;
		for (size_t k = 0; k < c->n_nodes; k++)
			c->eligible[i][unit->n_eligible++] = k;
	}
}

static void build_small(struct cluster *c)
{
	uint64_t seed = 2;

	do {
		build(c, seed++);
	} while (c->n_nodes < 2 || c->n_nodes > 12 || c->n_units < 2 ||
		 c->n_units > 200);
}

/* Some nodes cannot hold some units; some units are held, some preferred. */
static void vary(struct cluster *c)
{
	for (size_t i = 0; i < c->n_units; i++) {
		struct assign_unit *unit = &c->units[i];
		size_t share = below(5), n = 0;

		for (size_t k = 0; k < c->n_nodes; k++) {
			if (below(4) >= share)
				c->eligible[i][n++] = k;
		}
		unit->n_eligible = n;
		if (below(3))
			unit->holder = below(c->n_nodes);
		if (!below(10))
			unit->prefer = below(c->n_nodes);
	}
}

/* Most are alike; the others are anything, down to none and up to the most. */
static void weigh(struct cluster *c)
{
	for (size_t i = 0; i < c->n_nodes; i++) {
		switch (below(4)) {
		case 0:
			c->nodes[i].weight = (uint32_t)below(ASSIGN_WEIGHT_MOST + 1);
			break;
		case 1:
			c->nodes[i].weight = (uint32_t)below(4);
			break;
		}
	}
}

static void count(const struct cluster *c, size_t load[MAX_NODES])
{
	memset(load, 0, MAX_NODES * sizeof(*load));
	for (size_t i = 0; i < c->n_units; i++) {
		if (c->units[i].assigned != ASSIGN_NONE)
			load[c->units[i].assigned]++;
	}
}

static bool can(const struct assign_unit *unit, size_t node)
{
	for (size_t i = 0; i < unit->n_eligible; i++) {
		if (unit->eligible[i] == node)
			return true;
	}
	return false;
}

/* Each unit is with somebody who can hold it, unless nobody can. */
static bool is_eligible(const struct cluster *c)
{
	for (size_t i = 0; i < c->n_units; i++) {
		const struct assign_unit *unit = &c->units[i];

		if (unit->assigned == ASSIGN_NONE ? unit->n_eligible :
						    !can(unit, unit->assigned))
			return false;
	}
	return true;
}

static bool is_preferred(const struct cluster *c)
{
	for (size_t i = 0; i < c->n_units; i++) {
		const struct assign_unit *unit = &c->units[i];

		if (can(unit, unit->prefer) && unit->assigned != unit->prefer)
			return false;
	}
	return true;
}

/*
 * Of what two nodes have together one has more than its share, by weight, and more
 * than what comes of rounding it to whole units.
 */
static bool has_too_much(const struct assign_node *a, size_t a_load,
			 const struct assign_node *b, size_t b_load)
{
	uint64_t both = a->weight + b->weight;

	return a->weight && b->weight &&
	       2 * a_load * both >
	       2 * (a_load + b_load) * a->weight + both;
}

/* No unit is with a node that has too much beside another that can hold it. */
static bool is_even(const struct cluster *c)
{
	size_t load[MAX_NODES];

	count(c, load);
	for (size_t i = 0; i < c->n_units; i++) {
		const struct assign_unit *unit = &c->units[i];

		if (unit->assigned == ASSIGN_NONE || unit->assigned == unit->prefer)
			continue;
		for (size_t k = 0; k < unit->n_eligible; k++) {
			if (has_too_much(&c->nodes[unit->assigned],
					 load[unit->assigned],
					 &c->nodes[unit->eligible[k]],
					 load[unit->eligible[k]]))
				return false;
		}
	}
	return true;
}

/* Nothing new is with a node without weight while one with some can hold it. */
static bool is_weighed(const struct cluster *c)
{
	for (size_t i = 0; i < c->n_units; i++) {
		const struct assign_unit *unit = &c->units[i];

		if (unit->assigned == ASSIGN_NONE ||
		    c->nodes[unit->assigned].weight ||
		    unit->assigned == unit->holder || unit->assigned == unit->prefer)
			continue;
		for (size_t k = 0; k < unit->n_eligible; k++) {
			if (c->nodes[unit->eligible[k]].weight)
				return false;
		}
	}
	return true;
}

/* What is held by somebody who can go on, and is not preferred, stays. */
static bool is_sticky(const struct cluster *c)
{
	for (size_t i = 0; i < c->n_units; i++) {
		const struct assign_unit *unit = &c->units[i];

		if (can(unit, unit->holder) && !can(unit, unit->prefer) &&
		    unit->assigned != unit->holder)
			return false;
	}
	return true;
}

static size_t held_elsewhere(const struct cluster *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_units; i++)
		n += c->units[i].holder != ASSIGN_NONE &&
		     c->units[i].assigned != c->units[i].holder;
	return n;
}

static void spread(const struct cluster *c, size_t *least, size_t *most)
{
	size_t load[MAX_NODES] = { 0 };

	for (size_t i = 0; i < c->n_units; i++)
		load[c->units[i].assigned]++;
	*least = SIZE_MAX;
	*most = 0;
	for (size_t i = 0; i < c->n_nodes; i++) {
		*least = load[i] < *least ? load[i] : *least;
		*most = load[i] > *most ? load[i] : *most;
	}
}

static void hold_as_assigned(struct cluster *c)
{
	for (size_t i = 0; i < c->n_units; i++)
		c->units[i].holder = c->units[i].assigned;
}

static void test_balance_from_nothing(void **state)
{
	static struct cluster c;
	size_t least, most;

	(void)state;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		build(&c, seed);
		assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
		if (!c.n_units)
			continue;
		spread(&c, &least, &most);
		assert_in_range(most - least, 0, 1);
		/* What is free finds its place, with nothing moved. */
		assign(c.units, c.n_units, c.nodes, c.n_nodes, false);
		spread(&c, &least, &most);
		assert_in_range(most - least, 0, 1);
	}
}

static void test_nothing_moves_unless_it_must(void **state)
{
	static struct cluster c;

	(void)state;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		build(&c, seed);
		assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
		hold_as_assigned(&c);
		assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
		for (size_t i = 0; i < c.n_units; i++)
			assert_int_equal(c.units[i].assigned, c.units[i].holder);
	}
}

/* The last node leaves: only what it held moves. */
static void last_leaves(struct cluster *c)
{
	hold_as_assigned(c);
	for (size_t i = 0; i < c->n_units; i++) {
		c->units[i].n_eligible--;
		if (c->units[i].holder == c->n_nodes - 1)
			c->units[i].holder = ASSIGN_NONE;
	}
	assign(c->units, c->n_units, c->nodes, c->n_nodes - 1, true);
	assert_int_equal(held_elsewhere(c), 0);
}

/* It comes back: nothing moves but to it, and no more than its share. */
static void last_joins(struct cluster *c)
{
	size_t load[MAX_NODES], moved;

	hold_as_assigned(c);
	for (size_t i = 0; i < c->n_units; i++)
		c->units[i].n_eligible++;
	assign(c->units, c->n_units, c->nodes, c->n_nodes, true);
	count(c, load);
	moved = held_elsewhere(c);
	assert_int_equal(moved, load[c->n_nodes - 1]);
}

static void test_membership_change_moves_little(void **state)
{
	static struct cluster c;

	(void)state;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		build(&c, seed);
		if (c.n_nodes < 2)
			continue;
		if (seed % 2)
			weigh(&c);
		assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
		last_leaves(&c);
		last_joins(&c);
		assert_true(is_even(&c));
	}
}

/* Whole numbers, as people give them. */
static void test_shares_by_weight(void **state)
{
	static const struct {
		uint32_t weights[3];
		size_t units;
		size_t loads[3];
	} cases[] = {
		{ { 100, 100, 200 }, 400, { 100, 100, 200 } },
		{ { 100, 100, 200 }, 3, { 1, 1, 1 } },
		{ { 100, 100, 200 }, 4, { 1, 1, 2 } },
		{ { 1, 1, 2 }, 4, { 1, 1, 2 } },
		{ { 0, 100, 100 }, 8, { 0, 4, 4 } },
		{ { 50, 100, 0 }, 9, { 3, 6, 0 } },
		{ { 0, 0, 0 }, 9, { 3, 3, 3 } },
		{ { 1000, 1, 1 }, 20, { 20, 0, 0 } },
	};
	static struct cluster c;
	size_t load[MAX_NODES];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		build_small(&c);
		assert_true(c.n_nodes >= 3);
		c.n_nodes = 3;
		c.n_units = cases[i].units;
		for (size_t k = 0; k < c.n_units; k++) {
			snprintf(c.unit_names[k], sizeof(c.unit_names[k]), "u%zu", k);
			c.units[k] = (struct assign_unit){
				.name = c.unit_names[k],
				.eligible = c.eligible[0], .n_eligible = 3,
				.prefer = ASSIGN_NONE, .holder = ASSIGN_NONE,
			};
		}
		for (size_t k = 0; k < 3; k++)
			c.nodes[k].weight = cases[i].weights[k];
		assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
		count(&c, load);
		for (size_t k = 0; k < 3; k++)
			assert_int_equal(load[k], cases[i].loads[k]);
	}
}

/* It keeps what it holds, gets what prefers it, and is all there is in need. */
static void test_without_weight(void **state)
{
	static struct cluster c;

	(void)state;
	build_small(&c);
	assert_true(c.n_units > 3);
	c.nodes[0].weight = 0;
	c.units[0].holder = 0;
	c.units[1].prefer = 0;
	c.units[2].n_eligible = 1;
	assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
	assert_int_equal(c.units[0].assigned, 0);
	assert_int_equal(c.units[1].assigned, 0);
	assert_int_equal(c.units[2].assigned, 0);
	for (size_t i = 3; i < c.n_units; i++)
		assert_int_not_equal(c.units[i].assigned, 0);
}

static void test_every_promise_at_once(void **state)
{
	static struct cluster c;

	(void)state;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		build(&c, seed);
		vary(&c);
		if (seed % 2)
			weigh(&c);
		assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
		if (!is_eligible(&c) || !is_preferred(&c) || !is_even(&c) ||
		    !is_weighed(&c))
			fail_msg("seed %zu, evened out: eligible %d, preferred %d, even %d, weighed %d",
				 (size_t)seed, is_eligible(&c), is_preferred(&c),
				 is_even(&c), is_weighed(&c));
		assign(c.units, c.n_units, c.nodes, c.n_nodes, false);
		if (!is_eligible(&c) || !is_preferred(&c) || !is_sticky(&c))
			fail_msg("seed %zu, sticky: eligible %d, preferred %d, sticky %d",
				 (size_t)seed, is_eligible(&c), is_preferred(&c),
				 is_sticky(&c));
	}
}

/* Once it is as it should be, it is so for good. */
static void test_the_same_again(void **state)
{
	static struct cluster c;

	(void)state;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		build(&c, seed);
		vary(&c);
		weigh(&c);
		assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
		hold_as_assigned(&c);
		assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
		assert_int_equal(held_elsewhere(&c), 0);
	}
}

/* One unit in the wrong place: whoever judges that must see it. */
static void test_wrong_answers_are_seen(void **state)
{
	static struct cluster c;
	struct assign_unit *unit = &c.units[0];
	size_t load[MAX_NODES], to = 0;

	(void)state;
	build_small(&c);
	assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
	assert_true(is_eligible(&c) && is_preferred(&c) && is_even(&c));
	unit->holder = unit->assigned;
	unit->prefer = unit->assigned;
	count(&c, load);
	while (to == unit->assigned || load[to] < load[unit->assigned])
		to = (to + 1) % c.n_nodes;
	unit->assigned = to;
	assert_false(is_preferred(&c));
	assert_false(is_even(&c));
	assert_int_equal(held_elsewhere(&c), 1);
	unit->prefer = ASSIGN_NONE;
	assert_false(is_sticky(&c));
	assert_true(is_weighed(&c));
	c.nodes[to].weight = 0;
	assert_false(is_weighed(&c));
	unit->n_eligible = 0;
	assert_false(is_eligible(&c));
	unit->n_eligible = 1;
	unit->assigned = ASSIGN_NONE;
	assert_false(is_eligible(&c));
}

/* Each unit can be held by some neighbours alone, the first of which has it. */
static void hold_in_line(struct cluster *c, size_t first, size_t unit, size_t n)
{
	c->units[unit].n_eligible = n;
	for (size_t i = 0; i < n; i++)
		c->eligible[unit][i] = first + i;
	c->units[unit].holder = first;
}

/* Racks, of which some have nothing: none can help another, so nothing is tried. */
static void test_racks_cost_nothing(void **state)
{
	static struct cluster c;

	(void)state;
	build(&c, 1);
	for (size_t i = 0; i < c.n_units; i++)
		hold_in_line(&c, i % 7 * 10, i, 10);
	assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
	hold_as_assigned(&c);
	assert_int_equal(assign(c.units, c.n_units, c.nodes, c.n_nodes, true), 0);
}

/*
 * Three of a hundred nodes can hold a unit, and the further down, the more units:
 * thousands have to move, each past nodes that it cannot go to. Not everything
 * that is tried comes off; but that is a share of it, not many times as much.
 */
static void test_a_chain_costs_its_moves(void **state)
{
	static struct cluster c;
	size_t tried, moved;

	(void)state;
	build(&c, 1);
	for (size_t i = 0; i < c.n_units; i++) {
		size_t first = i * (c.n_nodes - 2) / c.n_units;

		hold_in_line(&c, first * first / (c.n_nodes - 2), i, 3);
	}
	tried = assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
	moved = held_elsewhere(&c);
	print_message("%zu moves, %zu tried\n", moved, tried);
	assert_true(is_even(&c));
	assert_in_range(moved, c.n_units / 2, tried);
	assert_in_range(tried, moved, 2 * moved);
}

/* Any order of the records, and the same for every unit. */
static void test_order_does_not_matter(void **state)
{
	static struct cluster a;
	static struct assign_unit shuffled[MAX_UNITS];
	static size_t from[MAX_UNITS];

	(void)state;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		build(&a, seed);
		vary(&a);
		weigh(&a);
		for (size_t i = 0; i < a.n_units; i++) {
			size_t at = below(i + 1);

			from[i] = from[at];
			from[at] = i;
		}
		for (size_t i = 0; i < a.n_units; i++)
			shuffled[i] = a.units[from[i]];
		assign(a.units, a.n_units, a.nodes, a.n_nodes, true);
		assign(shuffled, a.n_units, a.nodes, a.n_nodes, true);
		for (size_t i = 0; i < a.n_units; i++)
			assert_int_equal(shuffled[i].assigned,
					 a.units[from[i]].assigned);
	}
}

static void test_prefer_wins(void **state)
{
	static struct cluster c;

	(void)state;
	build_small(&c);
	assert_true(c.n_nodes > 1 && c.n_units > 1);
	for (size_t i = 0; i < c.n_units; i++)
		c.units[i].holder = 1;
	c.units[0].prefer = 0;
	assign(c.units, c.n_units, c.nodes, c.n_nodes, false);
	assert_int_equal(c.units[0].assigned, 0);
	assert_int_equal(c.units[1].assigned, 1);
}

static void test_a_preference_that_cannot_hold(void **state)
{
	static struct cluster c;

	(void)state;
	build_small(&c);
	/* Node 0 is not eligible any more. */
	memmove(&c.eligible[0][0], &c.eligible[0][1],
		(c.n_nodes - 1) * sizeof(size_t));
	c.units[0].n_eligible--;
	c.units[0].prefer = 0;
	assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
	assert_int_not_equal(c.units[0].assigned, 0);
	assert_int_not_equal(c.units[0].assigned, ASSIGN_NONE);
}

static void test_nobody_can(void **state)
{
	static struct cluster c;

	(void)state;
	build_small(&c);
	c.units[0].n_eligible = 0;
	c.units[0].holder = 0;
	assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
	assert_int_equal(c.units[0].assigned, ASSIGN_NONE);
}

static void test_sticky_without_rebalance(void **state)
{
	static struct cluster c;

	(void)state;
	build_small(&c);
	for (size_t i = 0; i < c.n_units; i++)
		c.units[i].holder = 0;
	assign(c.units, c.n_units, c.nodes, c.n_nodes, false);
	for (size_t i = 0; i < c.n_units; i++)
		assert_int_equal(c.units[i].assigned, 0);
}

static int by_turn(const void *a, const void *b)
{
	const struct assign_unit *const *x = a, *const *y = b;

	return (*x)->turn < (*y)->turn ? -1 : (*x)->turn > (*y)->turn;
}

/* Of what is free each node has claimed as much as it came to, by turn. */
static void claim_some(struct cluster *c)
{
	static struct assign_unit *units[MAX_UNITS];
	size_t left[MAX_NODES];

	for (size_t i = 0; i < c->n_nodes; i++)
		left[i] = below(c->n_units / c->n_nodes + 2);
	for (size_t i = 0; i < c->n_units; i++)
		units[i] = &c->units[i];
	qsort(units, c->n_units, sizeof(struct assign_unit *), by_turn);
	for (size_t i = 0; i < c->n_units; i++) {
		struct assign_unit *unit = units[i];

		assert_int_equal(unit->turn, i);
		if (unit->assigned == ASSIGN_NONE || can(unit, unit->holder) ||
		    can(unit, unit->prefer) || !left[unit->assigned])
			continue;
		left[unit->assigned]--;
		unit->holder = unit->assigned;
	}
}

/* Who is ahead with claiming changes nothing for what is still free. */
static void test_claimed_by_turn(void **state)
{
	static struct cluster c;
	static size_t assigned[MAX_UNITS];

	(void)state;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		bool even = seed % 2;

		build(&c, seed);
		if (!even) {
			vary(&c);
			weigh(&c);
		}
		assign(c.units, c.n_units, c.nodes, c.n_nodes, even);
		for (size_t i = 0; i < c.n_units; i++)
			assigned[i] = c.units[i].assigned;
		claim_some(&c);
		assign(c.units, c.n_units, c.nodes, c.n_nodes, even);
		for (size_t i = 0; i < c.n_units; i++)
			assert_int_equal(c.units[i].assigned, assigned[i]);
	}
}

/* Written down so that a release never assigns differently from the last. */
static void test_score_is_what_it_was(void **state)
{
	(void)state;
	assert_true(assign_score("default/deathstar", "worker1") ==
		    UINT64_C(0xb564361cb000be96));
	assert_true(assign_score("default/deathstar", "worker2") ==
		    UINT64_C(0x29a32074a96e522a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_balance_from_nothing),
		cmocka_unit_test(test_nothing_moves_unless_it_must),
		cmocka_unit_test(test_membership_change_moves_little),
		cmocka_unit_test(test_shares_by_weight),
		cmocka_unit_test(test_without_weight),
		cmocka_unit_test(test_every_promise_at_once),
		cmocka_unit_test(test_the_same_again),
		cmocka_unit_test(test_wrong_answers_are_seen),
		cmocka_unit_test(test_racks_cost_nothing),
		cmocka_unit_test(test_a_chain_costs_its_moves),
		cmocka_unit_test(test_order_does_not_matter),
		cmocka_unit_test(test_prefer_wins),
		cmocka_unit_test(test_a_preference_that_cannot_hold),
		cmocka_unit_test(test_nobody_can),
		cmocka_unit_test(test_sticky_without_rebalance),
		cmocka_unit_test(test_claimed_by_turn),
		cmocka_unit_test(test_score_is_what_it_was),
	};

	return cmocka_run_group_tests_name("assign", tests, NULL, NULL);
}
