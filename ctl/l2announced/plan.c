// SPDX-License-Identifier: GPL-2.0
/*
 * From the view to the question assign() answers, and back: services that
 * share a VIP become one unit, nodes that are ready become its candidates.
 */
#include <stdlib.h>
#include <string.h>

#include "assign.h"
#include "view.h"

struct plan {
	struct election *e;
	size_t *unit_of;	/* service -> the lowest service it shares with */
	size_t *next;		/* service -> the next one of its unit, or ASSIGN_NONE */
	struct el_node **nodes;
	struct assign_node *candidates;
	size_t n_nodes;
	struct assign_unit *units;
	size_t *first;		/* unit -> its first service */
	size_t n_units;
};

static size_t root(size_t *unit_of, size_t i)
{
	while (unit_of[i] != i)
		i = unit_of[i] = unit_of[unit_of[i]];
	return i;
}

/* The lower index stays the root: the unit is named after its first service. */
static void join(size_t *unit_of, size_t a, size_t b)
{
	a = root(unit_of, a);
	b = root(unit_of, b);
	if (a < b)
		unit_of[b] = a;
	else
		unit_of[a] = b;
}

/* All that want a VIP with the first of them: so with each other. */
static void join_users(struct plan *p, const struct el_service *s)
{
	const struct names *vips = &s->spec->service.vips;

	for (size_t i = 0; i < vips->n; i++) {
		struct el_service *const *users;
		size_t n;

		users = vip_users_of(p->e->wanting, vips->v[i], &n);
		if (n > 1)
			join(p->unit_of, users[0]->index, s->index);
	}
}

static void find_units(struct plan *p)
{
	struct election *e = p->e;

	for (size_t i = 0; i < e->n_services; i++) {
		p->unit_of[i] = i;
		e->services[i]->index = i;
	}
	for (size_t i = 0; i < e->n_services; i++) {
		if (e->services[i]->spec)
			join_users(p, e->services[i]);
	}
	for (size_t i = 0; i < e->n_services; i++)
		p->unit_of[i] = root(p->unit_of, i);
}

/*
 * Ten thousand services are thousands of units: each must find its own at once.
 * Only what is wanted has VIPs, and so company.
 */
static void link_units(struct plan *p)
{
	size_t n = p->e->n_services;
	size_t *head = xmalloc((n + 1) * sizeof(*head));

	for (size_t i = 0; i < n; i++)
		head[i] = ASSIGN_NONE;
	for (size_t i = n; i > 0; i--) {
		p->next[i - 1] = head[p->unit_of[i - 1]];
		head[p->unit_of[i - 1]] = i - 1;
	}
	free(head);
}

static void find_nodes(struct plan *p)
{
	struct election *e = p->e;

	p->nodes = xmalloc((e->n_nodes + 1) * sizeof(struct el_node *));
	p->candidates = xmalloc((e->n_nodes + 1) * sizeof(*p->candidates));
	for (size_t i = 0; i < e->n_nodes; i++) {
		struct el_node *node = e->nodes[i];

		node->index = ASSIGN_NONE;
		if (node->drained)
			continue;
		if (!view_self(e, node->name) &&
		    (!node->rec || node->rec->node.state != NODE_READY))
			continue;
		node->index = p->n_nodes;
		p->candidates[p->n_nodes].name = node->name;
		p->candidates[p->n_nodes].weight = view_weight(e, node);
		p->nodes[p->n_nodes++] = node;
	}
}

/* A node has what all services of a unit need, or passes all their checks. */
static bool unit_all(const struct plan *p, size_t unit,
		     const struct el_node *node,
		     bool (*what)(const struct election *e,
				  const struct el_node *node,
				  const struct el_service *s))
{
	for (size_t i = unit; i != ASSIGN_NONE; i = p->next[i]) {
		if (!what(p->e, node, p->e->services[i]))
			return false;
	}
	return true;
}

static bool unit_can(const struct plan *p, size_t unit,
		     const struct el_node *node)
{
	return unit_all(p, unit, node, view_can_hold) &&
	       unit_all(p, unit, node, view_well);
}

static size_t index_of(const struct plan *p, const char *name)
{
	const struct el_node *node = name ? view_find_node(p->e, name) : NULL;

	return node ? node->index : ASSIGN_NONE;
}

/* The first preference that can be met, of the first service that has any. */
static size_t unit_prefer(const struct plan *p, size_t unit)
{
	for (size_t i = unit; i != ASSIGN_NONE; i = p->next[i]) {
		const struct record *spec = p->e->services[i]->spec;

		for (size_t k = 0; k < spec->service.prefer.n; k++) {
			size_t at = index_of(p, spec->service.prefer.v[k]);

			if (at != ASSIGN_NONE && unit_can(p, unit, p->nodes[at]))
				return at;
		}
	}
	return ASSIGN_NONE;
}

/*
 * Who holds the unit: of several the one whose claim is the oldest, for it is
 * the one that answers. Without any: who was told to claim it.
 */
static size_t unit_holder(const struct plan *p, size_t unit)
{
	size_t held = ASSIGN_NONE, next = ASSIGN_NONE;
	uint64_t oldest = 0;

	for (size_t i = unit; i != ASSIGN_NONE; i = p->next[i]) {
		const struct el_service *s = p->e->services[i];

		if (!s->holder)
			continue;
		if (!view_free(p->e, s)) {
			if (held == ASSIGN_NONE || s->holder_version < oldest) {
				held = index_of(p, s->holder->holder.node);
				oldest = s->holder_version;
			}
		} else if (next == ASSIGN_NONE) {
			next = index_of(p, s->holder->holder.next);
		}
	}
	return held != ASSIGN_NONE ? held : next;
}

/*
 * No node passes the checks: moving would help nobody. Who has it keeps it; who
 * had it last, and gave it to one that was still well then, takes it back.
 */
static size_t unit_keeper(const struct plan *p, size_t unit)
{
	size_t keeper = ASSIGN_NONE;

	if (el_fault(p->e, EL_FAULT_NO_KEEPER))
		return ASSIGN_NONE;
	for (size_t i = unit; i != ASSIGN_NONE; i = p->next[i]) {
		const struct el_service *s = p->e->services[i];
		const struct holder_record *h;

		if (!s->holder)
			continue;
		h = &s->holder->holder;
		keeper = index_of(p, h->node ? h->node : h->last);
		if (keeper != ASSIGN_NONE)
			break;
	}
	if (keeper == ASSIGN_NONE ||
	    !unit_all(p, unit, p->nodes[keeper], view_can_hold))
		return ASSIGN_NONE;
	return keeper;
}

static void make_unit(struct plan *p, size_t service)
{
	struct assign_unit *unit = &p->units[p->n_units];
	size_t *eligible = xmalloc((p->n_nodes + 1) * sizeof(*eligible));

	p->first[p->n_units++] = service;
	unit->name = p->e->services[service]->name;
	for (size_t i = 0; i < p->n_nodes; i++) {
		if (unit_can(p, service, p->nodes[i]))
			eligible[unit->n_eligible++] = i;
	}
	p->e->services[service]->eligible = unit->n_eligible;
	if (!unit->n_eligible) {
		size_t keeper = unit_keeper(p, service);

		if (keeper != ASSIGN_NONE)
			eligible[unit->n_eligible++] = keeper;
	}
	unit->eligible = eligible;
	unit->prefer = unit_prefer(p, service);
	unit->holder = unit_holder(p, service);
}

/* How many would be asked before us, if the assigned node did not move. */
static size_t own_rank(const struct plan *p, const struct assign_unit *unit)
{
	uint64_t own = assign_score(unit->name, p->e->config.node);
	size_t rank = 1;

	for (size_t i = 0; i < unit->n_eligible; i++) {
		size_t at = unit->eligible[i];

		if (at != unit->assigned &&
		    !view_self(p->e, p->nodes[at]->name) &&
		    assign_score(unit->name, p->nodes[at]->name) > own)
			rank++;
	}
	return rank;
}

/*
 * As far as checks go, may this node hold a unit? As its keeper not before its
 * own checks have come to an end: they may be better than the others'.
 */
static bool own_fit(const struct plan *p, size_t service, bool keeps)
{
	const struct el_node *self = view_find_node(p->e, p->e->config.node);

	if (!self || unit_all(p, service, self, view_well))
		return self;
	for (size_t i = service; keeps && i != ASSIGN_NONE; i = p->next[i]) {
		const struct el_service *s = p->e->services[i];

		if (s->health == EL_HEALTH_UNKNOWN &&
		    !view_well(p->e, self, s))
			return false;
	}
	return keeps;
}

static bool own_split(const struct plan *p, size_t service)
{
	for (size_t i = service; i != ASSIGN_NONE; i = p->next[i]) {
		const struct el_service *s = p->e->services[i];

		if (!s->holder || !view_self(p->e, s->holder->holder.node))
			return true;
	}
	return false;
}

static void give_answers(struct plan *p)
{
	for (size_t i = 0; i < p->n_units; i++) {
		const struct assign_unit *unit = &p->units[i];
		size_t eligible = p->e->services[p->first[i]]->eligible;
		bool kept = !eligible && unit->n_eligible;
		bool fit = own_fit(p, p->first[i], kept &&
				   view_self(p->e, p->nodes[unit->assigned]->name));
		bool split = own_split(p, p->first[i]);
		size_t rank = own_rank(p, unit);

		for (size_t k = p->first[i]; k != ASSIGN_NONE; k = p->next[k]) {
			struct el_service *s = p->e->services[k];

			s->unit = p->e->services[p->first[i]];
			s->assigned = unit->assigned == ASSIGN_NONE ? NULL :
				      p->nodes[unit->assigned];
			s->rank = rank;
			s->eligible = eligible;
			s->kept = kept;
			s->fit = fit;
			s->split = split;
		}
	}
}

/*
 * Claimed by turn, what is free goes to whom the first plan gave it, also by the
 * plans that are made meanwhile (see assign()). What nobody wants comes last.
 */
static void give_turns(struct plan *p)
{
	struct election *e = p->e;
	size_t *units = xmalloc((p->n_units + 1) * sizeof(*units));

	e->turns = xrealloc(e->turns, e->n_services + 1,
			    sizeof(struct el_service *));
	e->n_turns = 0;
	for (size_t i = 0; i < p->n_units; i++)
		units[p->units[i].turn] = p->first[i];
	for (size_t i = 0; i < p->n_units; i++) {
		for (size_t k = units[i]; k != ASSIGN_NONE; k = p->next[k])
			e->turns[e->n_turns++] = e->services[k];
	}
	for (size_t i = 0; i < e->n_services; i++) {
		if (!e->services[i]->spec)
			e->turns[e->n_turns++] = e->services[i];
	}
	free(units);
}

void plan_make(struct election *e)
{
	struct plan p = { .e = e };

	e->dirty = false;
	e->plans++;
	e->behind = false;
	e->replan = NEVER;
	p.unit_of = xmalloc((e->n_services + 1) * sizeof(size_t));
	p.units = xmalloc((e->n_services + 1) * sizeof(*p.units));
	p.first = xmalloc((e->n_services + 1) * sizeof(size_t));
	p.next = xmalloc((e->n_services + 1) * sizeof(size_t));
	find_units(&p);
	link_units(&p);
	find_nodes(&p);
	for (size_t i = 0; i < e->n_services; i++) {
		e->services[i]->assigned = NULL;
		e->services[i]->eligible = 0;
		e->services[i]->kept = false;
		e->services[i]->fit = false;
		e->services[i]->split = false;
		if (e->services[i]->sick_until > e->now->mono)
			el_replan_at(e, e->services[i]->sick_until);
		if (e->services[i]->spec && p.unit_of[i] == i)
			make_unit(&p, i);
	}
	assign(p.units, p.n_units, p.candidates, p.n_nodes, e->config.rebalance);
	give_answers(&p);
	give_turns(&p);
	for (size_t i = 0; i < p.n_units; i++)
		free((void *)(uintptr_t)p.units[i].eligible);
	free(p.unit_of);
	free(p.units);
	free(p.first);
	free(p.next);
	free(p.nodes);
	free(p.candidates);
}
