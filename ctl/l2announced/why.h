/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a service is where it is, as the assigner of this node sees it. Decides
 * nothing.
 */
#ifndef L2A_WHY_H
#define L2A_WHY_H

#include "election.h"

#define WHY_TEXT	256

/**
 * struct why_node - a node, as a candidate
 * @name: its name
 * @hindrance: why it cannot hold the service, NULL where it can
 * @hindered: the service of the unit that this is about
 * @prefer: its place among those the service prefers, from 1; 0 for none
 * @score: how much it and the unit attract each other; the highest wins a tie
 * @weight: its share, beside the others'
 * @load: how many units are its
 * @holds: it holds the service
 * @assigned: it should hold it
 */
struct why_node {
	const char *name;
	const char *hindrance;
	const char *hindered;
	size_t prefer;
	uint64_t score;
	uint32_t weight;
	size_t load;
	bool holds;
	bool assigned;
};

/**
 * struct why - the whole of it; names are good until the next election_step()
 * @unit: services that share a VIP with this one, and itself
 * @n_unit: how many
 * @leads: the one of them whose preferences come before this one's; itself, where none
 *	before it has any: what it prefers first is where they all go
 * @holder: who holds it, NULL for nobody
 * @assigned: who should, NULL where nobody can
 * @choice: why that one
 * @here: what that means for this node
 * @nodes: all nodes that are known, by name
 * @n_nodes: how many
 */
struct why {
	const char **unit;
	size_t n_unit;
	const char *leads;
	const char *holder;
	const char *assigned;
	const char *choice;
	char here[WHY_TEXT];
	struct why_node *nodes;
	size_t n_nodes;
};

/**
 * why_find() - look at one service
 * @e: the election
 * @now: the instant
 * @service: its name
 * @why: filled in; why_clear() frees what it holds
 *
 * Return: whether there is such a service.
 */
bool why_find(struct election *e, const struct el_now *now, const char *service,
	      struct why *why);

/** why_find_node() - what it says of a node; NULL where it knows of none */
const struct why_node *why_find_node(const struct why *why, const char *name);

/** why_clear() - free what it holds */
void why_clear(struct why *why);

#endif /* L2A_WHY_H */
