/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What has changed in the cluster between two looks at it. Pure.
 */
#ifndef L2A_CHANGES_H
#define L2A_CHANGES_H

#include "election.h"

/**
 * struct seen_service - a service as it was seen
 * @name: its name
 * @version: of the record that says what people want
 * @rec: that record. One reference
 * @holder: who holds it, NULL for nobody
 * @token: of its last claim
 * @state: "held", "free" or "unservable"
 */
struct seen_service {
	char *name;
	uint64_t version;
	struct record *rec;
	char *holder;
	uint64_t token;
	const char *state;
};

/**
 * struct seen_node - a node as it was seen
 * @name: its name
 * @state: "ready", "draining" and so on
 * @incarnation: which life of it
 */
struct seen_node {
	char *name;
	const char *state;
	uint64_t incarnation;
};

/**
 * struct seen - one look at the cluster
 * @self: this node's part in the election
 * @warnings: sorted
 */
struct seen {
	struct seen_service *services;
	size_t n_services;
	struct seen_node *nodes;
	size_t n_nodes;
	const char *self;
	struct names warnings;
};

enum change_type {
	CHANGE_SELF,		/* this node's part in the election */
	CHANGE_NODE,		/* there, in another state, or in another life */
	CHANGE_NODE_DEL,
	CHANGE_SERVICE,		/* there, or wanted otherwise */
	CHANGE_SERVICE_DEL,
	CHANGE_HOLDER,		/* held by another, claimed anew, in another state */
	CHANGE_WARNING,
	CHANGE_WARNING_END,
	CHANGES,
};

/**
 * struct change - one thing that has changed
 * @type: what
 * @service: of CHANGE_SERVICE, _SERVICE_DEL and _HOLDER: as it is now, or was
 * @node: of CHANGE_NODE and _NODE_DEL: as it is now, or was
 * @text: of CHANGE_SELF the state, of CHANGE_WARNING and _WARNING_END the warning
 * @before: of CHANGE_HOLDER: who held it, NULL for nobody
 */
struct change {
	enum change_type type;
	const struct seen_service *service;
	const struct seen_node *node;
	const char *text;
	const char *before;
};

/**
 * seen_take() - look at what an election knows
 * @seen: unused; to be given to seen_clear(). Its warnings stay empty
 * @election: to be read
 * @now: the instant
 */
void seen_take(struct seen *seen, struct election *election,
	       const struct el_now *now);

/** seen_clear() - forget a look */
void seen_clear(struct seen *seen);

/**
 * changes_each() - what is other than before
 * @before: the look before
 * @now: this look
 * @fn: called for each change
 * @arg: passed to @fn
 *
 * What others are about comes first: nodes, services, their holders.
 */
void changes_each(const struct seen *before, const struct seen *now,
		  void (*fn)(const struct change *change, void *arg), void *arg);

#endif /* L2A_CHANGES_H */
