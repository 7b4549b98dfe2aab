/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the services there are to the services somebody wants: what has to be
 * written. Pure.
 */
#ifndef L2A_APPLY_H
#define L2A_APPLY_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "record.h"

/**
 * struct apply_service - a service
 * @name: its name
 * @rec: what is wanted of it
 * @version: of that record in the store; 0 where it is not in it
 */
struct apply_service {
	char *name;
	struct record *rec;
	uint64_t version;
};

/** struct apply_list - services, and what they are sorted by is their order */
struct apply_list {
	struct apply_service *v;
	size_t n;
};

/**
 * struct apply_change - one record to be written or deleted
 * @name: of the service
 * @rec: what to write; NULL: delete it
 * @version: what the store must have
 * @diff: what differs: a list of {key, from, to}
 */
struct apply_change {
	char *name;
	struct record *rec;
	uint64_t version;
	json_object *diff;
};

/** struct apply_plan - changes, in the order to make them in */
struct apply_plan {
	struct apply_change *v;
	size_t n;
};

/** apply_add() - append a service; @rec by reference */
void apply_add(struct apply_list *list, const char *name, struct record *rec,
	       uint64_t version);

/** apply_list_clear() - forget a list's services */
void apply_list_clear(struct apply_list *list);

/**
 * apply_plan() - what to do
 * @wanted: the services there should be
 * @known: those there are, in byte order of their names
 * @prune: those of @known that are not in @wanted are to be deleted
 * @plan: filled in on success; apply_plan_clear() frees what it holds
 * @err: names the service and the rule
 *
 * Additions and changes come in the order of @wanted. Deletions come last: where
 * a VIP goes from one service to another, who holds it holds on.
 *
 * Return: 0 or -EINVAL, where the outcome as a whole would not do.
 */
int apply_plan(const struct apply_list *wanted, const struct apply_list *known,
	       bool prune, struct apply_plan *plan, struct l2a_error *err);

/** apply_plan_clear() - forget a plan's changes */
void apply_plan_clear(struct apply_plan *plan);

/** apply_op() - "add", "change" or "delete" */
const char *apply_op(const struct apply_change *change);

#endif /* L2A_APPLY_H */
