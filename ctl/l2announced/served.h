/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What this node should do for each service, as the election last said:
 * the responder makes the kernel do it, deliver.c sets the routes for it.
 */
#ifndef L2A_SERVED_H
#define L2A_SERVED_H

#include <stdbool.h>
#include <stdint.h>

#include "deliver.h"
#include "election.h"
#include "links.h"

/**
 * struct served - one service
 * @name: its name
 * @spec: its record, NULL once it is gone
 * @vips: its addresses, of which the record has the text
 * @n_vips: how many
 * @serve: active, standby or gone
 * @token: under which it is active
 * @seq: of the election's action
 * @linger_until: CLOCK_MONOTONIC ns until which to deliver though standby
 * @silent_by: CLOCK_MONOTONIC ns by when a standby falls silent, and until when it
 *	answers; 0: at once
 * @answered: how often it had answered when that began, or NOT_COUNTED
 * @unfinished: the kernel has not done it yet
 */
struct served {
	char *name;
	struct record *spec;
	struct l2a_addr *vips;
	size_t n_vips;
	enum el_serve serve;
	uint64_t token;
	uint64_t seq;
	uint64_t linger_until;
	uint64_t silent_by;
	uint64_t answered;
	bool unfinished;
};

#define UNHURRIED_NS	(50 * 1000000ULL)
#define NOT_COUNTED	UINT64_MAX

struct lh_table;

/**
 * struct served_list - all of them, in the order they came
 * @v: the services
 * @n: how many
 * @by_name: from a name to its place, from 1; NULL while there are none
 */
struct served_list {
	struct served *v;
	size_t n;
	struct lh_table *by_name;
};

/** served_find() - by name, NULL where there is none */
struct served *served_find(struct served_list *list, const char *name);

/**
 * served_set() - take an action of the election
 * @list: all of them
 * @action: an EL_SERVE
 * @now: CLOCK_MONOTONIC ns
 * @linger_ns: how long to deliver what is handed over
 *
 * What falls silent unhurried and answered for the same until now, does so right behind
 * its next answer (see responder_part()), or after UNHURRIED_NS: who asks at a
 * steady pace does not ask in the time that it takes the next node to begin.
 *
 * Return: the service, good until the next call.
 */
struct served *served_set(struct served_list *list,
			  const struct el_action *action, uint64_t now,
			  uint64_t linger_ns);

/** served_answers() - its VIPs should be active: as it serves, or for one more answer */
bool served_answers(const struct served *s);

/** served_clear() - forget all */
void served_clear(struct served_list *list);

/**
 * served_routes() - the local routes that should be
 * @list: all services
 * @links: the devices
 * @now: CLOCK_MONOTONIC ns
 * @n: how many
 * @next: when the next lingering one ends; UINT64_MAX if none does
 *
 * Return: an array for free(), or NULL. A VIP that services share is in it for
 * each of them.
 */
struct deliver_route *served_routes(const struct served_list *list,
				    const struct links *links, uint64_t now,
				    size_t *n, uint64_t *next);

/**
 * served_lingers() - how long something is delivered that is handed over
 * @list: all services
 * @now: CLOCK_MONOTONIC ns
 *
 * Return: ns from now to the end of the last one; 0 where nothing lingers.
 */
uint64_t served_lingers(const struct served_list *list, uint64_t now);

/**
 * served_routes_of() - append those of one service
 * @s: the service; NULL has none
 * @links: the devices
 * @now: CLOCK_MONOTONIC ns
 * @routes: the array so far, for free(), or NULL
 * @n: how many are in it
 *
 * Return: the array, where it is now.
 */
struct deliver_route *served_routes_of(const struct served *s,
				       const struct links *links, uint64_t now,
				       struct deliver_route *routes, size_t *n);

#endif /* L2A_SERVED_H */
