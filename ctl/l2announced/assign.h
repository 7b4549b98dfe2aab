/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who should hold what. Pure: equal views give equal answers, on every node.
 */
#ifndef L2A_ASSIGN_H
#define L2A_ASSIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASSIGN_NONE	SIZE_MAX

/* A node's weight where nothing else is said, and the greatest there is. */
#define ASSIGN_WEIGHT		100
#define ASSIGN_WEIGHT_MOST	1000

/**
 * struct assign_node - a node that may hold units
 * @name: its name
 * @weight: its share, beside the others'; 0 takes nothing over while another can
 */
struct assign_node {
	const char *name;
	uint32_t weight;
};

/**
 * struct assign_unit - services that must be held together
 * @name: what is hashed; unique
 * @eligible: indexes of the nodes that can hold it, ascending
 * @n_eligible: how many
 * @prefer: the node that wins where it is eligible, or ASSIGN_NONE
 * @holder: the node that holds it or was told to claim it, or ASSIGN_NONE
 * @assigned: the answer: who should hold it; ASSIGN_NONE where nobody can
 * @turn: the answer: its place in the order in which the units were dealt with
 */
struct assign_unit {
	const char *name;
	const size_t *eligible;
	size_t n_eligible;
	size_t prefer;
	size_t holder;
	size_t assigned;
	size_t turn;
};

/**
 * assign_score() - how much a node and a unit attract each other
 * @unit: name of the unit
 * @node: name of the node
 *
 * Return: rendezvous hash; the highest wins.
 */
uint64_t assign_score(const char *unit, const char *node);

/**
 * assign() - decide for every unit
 * @units: the units, in any order
 * @n_units: how many
 * @nodes: the nodes, in byte order of their names
 * @n_nodes: how many
 * @rebalance: move what is held where that brings the loads nearer to the weights
 *
 * A preferred node wins; a holder that still can keeps what it holds; what is
 * free goes to the node with the least load for its weight, the score deciding
 * between equals; then the loads are evened out until of any two nodes that can
 * stand in for each other each has its share, by weight, of what the two have:
 * of equal weights, until no two differ by more than one.
 *
 * Where each node claims what is free by turn, the answer for the rest stays what it
 * was, however far one is ahead of another: a unit went to a node for the load that
 * the turns before it had brought there, and those are what it has claimed by then;
 * another that is ahead has only more.
 *
 * Return: how many moves it tried, which is what evening out costs: for each it looks
 * at every pair of nodes and at what one of them has, at the most.
 */
size_t assign(struct assign_unit *units, size_t n_units,
	      const struct assign_node *nodes, size_t n_nodes, bool rebalance);

#endif /* L2A_ASSIGN_H */
