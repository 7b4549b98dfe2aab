// SPDX-License-Identifier: GPL-2.0
/*
 * What this node should do for each service, as the election last said.
 */
#include <stdlib.h>
#include <string.h>

#include <json-c/linkhash.h>

#include "served.h"

#define SIZE_AT_FIRST	64	/* it grows */

struct served *served_find(struct served_list *list, const char *name)
{
	void *place;

	if (!list->by_name ||
	    !lh_table_lookup_ex(list->by_name, name, &place))
		return NULL;
	return &list->v[(uintptr_t)place - 1];
}

static struct served *add(struct served_list *list, const char *name)
{
	struct served *s;

	if (!list->by_name)
		list->by_name = lh_kchar_table_new(SIZE_AT_FIRST, NULL);
	list->v = xrealloc(list->v, list->n + 1, sizeof(*list->v));
	s = &list->v[list->n++];
	memset(s, 0, sizeof(*s));
	s->name = xstrdup(name);
	if (!list->by_name ||
	    lh_table_insert(list->by_name, s->name, (void *)(uintptr_t)list->n))
		out_of_memory();
	return s;
}

/* They are asked for all the time, and change hardly ever. */
static void set_spec(struct served *s, struct record *spec)
{
	size_t n = spec ? spec->service.vips.n : 0;

	if (s->spec == spec)
		return;
	record_get(spec);
	record_put(s->spec);
	s->spec = spec;
	s->vips = xrealloc(s->vips, n + 1, sizeof(*s->vips));
	s->n_vips = 0;
	for (size_t i = 0; i < n; i++) {
		if (!l2a_addr_parse(spec->service.vips.v[i],
				    &s->vips[s->n_vips], NULL))
			s->n_vips++;
	}
}

bool served_answers(const struct served *s)
{
	return s->serve == EL_SERVE_ACTIVE || s->silent_by;
}

/* Nothing becomes active by it that was not. */
static bool same(const struct served *s, const struct record *spec)
{
	return s->spec && spec &&
	       names_equal(&s->spec->service.vips, &spec->service.vips) &&
	       names_equal(&s->spec->service.devs, &spec->service.devs);
}

static bool may_wait(const struct served *s, const struct el_action *action)
{
	return action->unhurried && action->serve == EL_SERVE_STANDBY &&
	       served_answers(s) && s->token == action->token &&
	       same(s, action->rec);
}

static void wait_or_not(struct served *s, const struct el_action *action,
			uint64_t now)
{
	if (!may_wait(s, action)) {
		s->silent_by = 0;
	} else if (!s->silent_by) {
		s->silent_by = now + UNHURRIED_NS;
		s->answered = NOT_COUNTED;
	}
}

struct served *served_set(struct served_list *list,
			  const struct el_action *action, uint64_t now,
			  uint64_t linger_ns)
{
	struct served *s = served_find(list, action->name);

	if (!s)
		s = add(list, action->name);
	wait_or_not(s, action, now);
	set_spec(s, action->rec);
	s->serve = action->serve;
	s->token = action->token;
	s->seq = action->seq;
	if (action->linger)
		s->linger_until = now + linger_ns;
	else if (action->serve != EL_SERVE_STANDBY)
		s->linger_until = 0;
	return s;
}

void served_clear(struct served_list *list)
{
	if (list->by_name)
		lh_table_free(list->by_name);
	list->by_name = NULL;
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].name);
		record_put(list->v[i].spec);
		free(list->v[i].vips);
	}
	free(list->v);
	list->v = NULL;
	list->n = 0;
}

static const struct link *first_up(const struct record *spec,
				   const struct links *links)
{
	const struct link *list;
	size_t n;

	list = links_list(links, &n);
	for (size_t i = 0; i < n; i++) {
		if (list[i].up && names_match(&spec->service.devs, list[i].name))
			return &list[i];
	}
	return NULL;
}

static bool delivers(const struct served *s, uint64_t now, uint64_t *next)
{
	if (!s->spec || !s->spec->service.deliver)
		return false;
	if (s->serve == EL_SERVE_ACTIVE)
		return true;
	if (s->serve != EL_SERVE_STANDBY || now >= s->linger_until)
		return false;
	if (s->linger_until < *next)
		*next = s->linger_until;
	return true;
}

static struct deliver_route *add_routes(const struct served *s,
					const struct links *links,
					struct deliver_route *routes, size_t *n)
{
	const struct link *link = first_up(s->spec, links);

	if (!link)
		return routes;
	routes = xrealloc(routes, *n + s->n_vips + 1, sizeof(*routes));
	for (size_t k = 0; k < s->n_vips; k++) {
		memset(&routes[*n], 0, sizeof(*routes));
		routes[*n].addr = s->vips[k];
		routes[(*n)++].ifindex = link->ifindex;
	}
	return routes;
}

struct deliver_route *served_routes_of(const struct served *s,
				       const struct links *links, uint64_t now,
				       struct deliver_route *routes, size_t *n)
{
	uint64_t next = UINT64_MAX;

	return s && delivers(s, now, &next) ? add_routes(s, links, routes, n) :
	       routes;
}

struct deliver_route *served_routes(const struct served_list *list,
				    const struct links *links, uint64_t now,
				    size_t *n, uint64_t *next)
{
	struct deliver_route *routes = NULL;

	*n = 0;
	*next = UINT64_MAX;
	for (size_t i = 0; i < list->n; i++) {
		if (delivers(&list->v[i], now, next))
			routes = add_routes(&list->v[i], links, routes, n);
	}
	return routes;
}

uint64_t served_lingers(const struct served_list *list, uint64_t now)
{
	uint64_t left = 0;

	for (size_t i = 0; i < list->n; i++) {
		uint64_t end = UINT64_MAX;

		if (delivers(&list->v[i], now, &end) && end != UINT64_MAX &&
		    end - now > left)
			left = end - now;
	}
	return left;
}
