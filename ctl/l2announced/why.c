// SPDX-License-Identifier: GPL-2.0
/*
 * Why a service is where it is: the questions plan.c answered, asked again for
 * people.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assign.h"
#include "view.h"
#include "why.h"

/* Checks come second: where they fail everywhere somebody holds it all the same. */
static const char *hindrance(const struct election *e, const struct el_node *node,
			     const struct el_service *s)
{
	const char *what = view_hindrance(e, node, s);

	if (what || view_well(e, node, s))
		return what;
	if (!view_self(e, node->name))
		return "is unhealthy";
	return s->health == EL_HEALTH_UNKNOWN ?
	       "its checks have not come to an end yet" : "its checks fail";
}

/* What one service of the unit and then the next says of a node. */
static void look_at_node(struct election *e, const struct el_service *s,
			 const struct el_node *node, struct why_node *to)
{
	for (size_t i = 0; i < e->n_services; i++) {
		const struct el_service *member = e->services[i];

		if (member->spec && member->unit == s->unit && !to->hindrance) {
			to->hindrance = hindrance(e, node, member);
			to->hindered = member->name;
		}
		if (member->spec && member->unit == member &&
		    member->assigned == node)
			to->load++;
	}
	for (size_t i = s->spec->service.prefer.n; i > 0; i--) {
		if (!strcmp(s->spec->service.prefer.v[i - 1], node->name))
			to->prefer = i;
	}
}

static void list_nodes(struct election *e, const struct el_service *s,
		       struct why *why)
{
	why->nodes = xmalloc((e->n_nodes + 1) * sizeof(*why->nodes));
	for (size_t i = 0; i < e->n_nodes; i++) {
		struct why_node *to = &why->nodes[why->n_nodes++];

		memset(to, 0, sizeof(*to));
		to->name = e->nodes[i]->name;
		to->score = assign_score(s->unit->name, to->name);
		to->weight = view_weight(e, e->nodes[i]);
		to->holds = why->holder && !strcmp(to->name, why->holder);
		to->assigned = e->nodes[i] == s->assigned;
		look_at_node(e, s, e->nodes[i], to);
	}
}

static void list_unit(const struct election *e, const struct el_service *s,
		      struct why *why)
{
	why->unit = xmalloc((e->n_services + 1) * sizeof(const char *));
	for (size_t i = 0; i < e->n_services; i++) {
		const struct el_service *member = e->services[i];

		if (!member->spec || member->unit != s->unit)
			continue;
		why->unit[why->n_unit++] = member->name;
		if (!why->leads && (member == s || member->spec->service.prefer.n))
			why->leads = member->name;
	}
}

const struct why_node *why_find_node(const struct why *why, const char *name)
{
	for (size_t i = 0; i < why->n_nodes; i++) {
		if (!strcmp(why->nodes[i].name, name))
			return &why->nodes[i];
	}
	return NULL;
}

/* The first preference that can be met, of the first of the unit that has any. */
static const char *preferred(const struct election *e,
			     const struct el_service *s, const struct why *why)
{
	for (size_t i = 0; i < e->n_services; i++) {
		const struct el_service *member = e->services[i];

		if (!member->spec || member->unit != s->unit)
			continue;
		for (size_t k = 0; k < member->spec->service.prefer.n; k++) {
			const char *name = member->spec->service.prefer.v[k];
			const struct why_node *node = why_find_node(why, name);

			if (node && !node->hindrance)
				return node->name;
		}
	}
	return NULL;
}

static const char *choice(const struct election *e, const struct el_service *s,
			  const struct why *why)
{
	const char *first = preferred(e, s, why);

	if (!why->assigned)
		return "no node can hold it";
	if (s->kept)
		return "no node passes the checks: who had it last keeps it";
	if (first && !strcmp(first, why->assigned))
		return "of those it prefers, the first that can";
	if (why->holder && !strcmp(why->holder, why->assigned))
		return e->config.rebalance ?
		       "holds it, and none that could has so much less for its weight" :
		       "holds it, and rebalance is off";
	return "of those that can, the one with the fewest for its weight; of equals, the highest score";
}

static void say(struct why *why, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void say(struct why *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why->here, sizeof(why->here), fmt, ap);
	va_end(ap);
}

static void say_mine(struct election *e, const struct el_service *s,
		     struct why *why, const struct why_node *self)
{
	if (self->holds && self->assigned)
		say(why, "this node holds it%s", s->want == EL_SERVE_ACTIVE ? "" :
		    ", and does not answer for it yet");
	else if (self->holds && why->assigned)
		say(why, "this node holds it and is to hand it over to %s, once that has been ready for %u ms and it is its turn (move_rate %u a second)",
		    why->assigned, e->config.duration_ms, e->config.move_rate);
	else if (self->holds)
		say(why, "this node holds it and gives it up: %s",
		    self->hindrance ? self->hindrance : "no node can hold it");
	else if (why->holder)
		say(why, "this node is to hold it: %s has to hand it over",
		    why->holder);
	else if (view_taken(e, s, NEVER))
		say(why, "this node is to hold it: another still answers for one of its VIPs");
	else
		say(why, "this node is to hold it: it claims it now");
}

static void say_here(struct election *e, const struct el_service *s,
		     struct why *why)
{
	const struct why_node *self = why_find_node(why, e->config.node);
	bool other = self && self->hindered && strcmp(self->hindered, s->name);

	if (!self)
		say(why, "this node has not joined yet");
	else if (self->holds || self->assigned)
		say_mine(e, s, why, self);
	else if (self->hindrance && other)
		say(why, "this node cannot hold it: service %s, of the same unit: %s",
		    self->hindered, self->hindrance);
	else if (self->hindrance)
		say(why, "this node cannot hold it: %s", self->hindrance);
	else if (why->assigned)
		say(why, "this node could hold it; %s is the better one",
		    why->assigned);
	else
		say(why, "nobody can hold it");
}

bool why_find(struct election *e, const struct el_now *now, const char *service,
	      struct why *why)
{
	const struct el_service *s = view_find_service(e, service);

	memset(why, 0, sizeof(*why));
	if (!s || !s->spec || !s->unit)
		return false;
	e->now = now;
	if (!view_free(e, s))
		why->holder = s->holder->holder.node;
	if (s->assigned)
		why->assigned = s->assigned->name;
	list_unit(e, s, why);
	list_nodes(e, s, why);
	why->choice = choice(e, s, why);
	say_here(e, s, why);
	e->now = NULL;
	return true;
}

void why_clear(struct why *why)
{
	free(why->unit);
	free(why->nodes);
	memset(why, 0, sizeof(*why));
}
