// SPDX-License-Identifier: GPL-2.0
/*
 * Assignment: balance within one, preference, stickiness, minimal moves, and
 * equal answers for equal views, over random clusters.
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

#define MAX_NODES	12
#define MAX_UNITS	200
#define ROUNDS		300

struct cluster {
	char node_names[MAX_NODES][24];
	const char *nodes[MAX_NODES];
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
	c->n_nodes = 1 + below(MAX_NODES);
	c->n_units = below(MAX_UNITS + 1);
	for (size_t i = 0; i < c->n_nodes; i++) {
		snprintf(c->node_names[i], sizeof(c->node_names[i]), "n%02zu", i);
		c->nodes[i] = c->node_names[i];
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

/* A node leaves: only what it held moves. It comes back: as little as can be. */
static void test_membership_change_moves_little(void **state)
{
	static struct cluster c;
	size_t least, most, moved;

	(void)state;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		build(&c, seed);
		if (c.n_nodes < 2)
			continue;
		assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
		hold_as_assigned(&c);
		for (size_t i = 0; i < c.n_units; i++) {
			c.units[i].n_eligible--;
			if (c.units[i].holder == c.n_nodes - 1)
				c.units[i].holder = ASSIGN_NONE;
		}
		assign(c.units, c.n_units, c.nodes, c.n_nodes - 1, true);
		for (size_t i = 0; i < c.n_units; i++) {
			if (c.units[i].holder != ASSIGN_NONE)
				assert_int_equal(c.units[i].assigned,
						 c.units[i].holder);
		}
		hold_as_assigned(&c);
		for (size_t i = 0; i < c.n_units; i++)
			c.units[i].n_eligible++;
		assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
		moved = 0;
		for (size_t i = 0; i < c.n_units; i++)
			moved += c.units[i].assigned != c.units[i].holder;
		if (!c.n_units)
			continue;
		spread(&c, &least, &most);
		assert_in_range(most - least, 0, 1);
		assert_in_range(moved, 0, c.n_units / c.n_nodes + 1);
	}
}

static void test_order_does_not_matter(void **state)
{
	static struct cluster a, b;

	(void)state;
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		build(&a, seed);
		build(&b, seed);
		for (size_t i = 0; i < b.n_units; i++)
			b.units[i] = a.units[b.n_units - 1 - i];
		assign(a.units, a.n_units, a.nodes, a.n_nodes, true);
		assign(b.units, b.n_units, b.nodes, b.n_nodes, true);
		for (size_t i = 0; i < b.n_units; i++)
			assert_int_equal(b.units[i].assigned,
					 a.units[b.n_units - 1 - i].assigned);
	}
}

static void test_prefer_wins(void **state)
{
	static struct cluster c;

	(void)state;
	build(&c, 7);
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
	build(&c, 7);
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
	build(&c, 7);
	c.units[0].n_eligible = 0;
	c.units[0].holder = 0;
	assign(c.units, c.n_units, c.nodes, c.n_nodes, true);
	assert_int_equal(c.units[0].assigned, ASSIGN_NONE);
}

static void test_sticky_without_rebalance(void **state)
{
	static struct cluster c;

	(void)state;
	build(&c, 7);
	for (size_t i = 0; i < c.n_units; i++)
		c.units[i].holder = 0;
	assign(c.units, c.n_units, c.nodes, c.n_nodes, false);
	for (size_t i = 0; i < c.n_units; i++)
		assert_int_equal(c.units[i].assigned, 0);
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
		cmocka_unit_test(test_order_does_not_matter),
		cmocka_unit_test(test_prefer_wins),
		cmocka_unit_test(test_a_preference_that_cannot_hold),
		cmocka_unit_test(test_nobody_can),
		cmocka_unit_test(test_sticky_without_rebalance),
		cmocka_unit_test(test_score_is_what_it_was),
	};

	return cmocka_run_group_tests_name("assign", tests, NULL, NULL);
}
