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

/**
 * struct assign_unit - services that must be held together
 * @name: what is hashed; unique
 * @eligible: indexes of the nodes that can hold it, ascending
 * @n_eligible: how many
 * @prefer: the node that wins where it is eligible, or ASSIGN_NONE
 * @holder: the node that holds it or was told to claim it, or ASSIGN_NONE
 * @assigned: the answer: who should hold it; ASSIGN_NONE where nobody can
 */
struct assign_unit {
	const char *name;
	const size_t *eligible;
	size_t n_eligible;
	size_t prefer;
	size_t holder;
	size_t assigned;
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
 * @nodes: names of the nodes, in byte order
 * @n_nodes: how many
 * @rebalance: move what is held where the counts differ by two or more
 *
 * A preferred node wins; a holder that still can keeps what it holds; what is
 * free goes to the least loaded node, the score deciding between equals; then
 * the loads are evened out until no two nodes that can stand in for each other
 * differ by more than one.
 */
void assign(struct assign_unit *units, size_t n_units,
	    const char *const *nodes, size_t n_nodes, bool rebalance);

#endif /* L2A_ASSIGN_H */
