// SPDX-License-Identifier: GPL-2.0
/*
 * I4, judged by what the store says and without a word of assign.c: units are
 * counted for whoever holds them, and none may have to go elsewhere.
 */
#include <string.h>

#include "sim.h"

struct unit {
	bool any;		/* it has services */
	bool has[MAX_SERVICES];
	int holder;		/* of all of them, or -1 */
};

static const struct record *newest(const struct world *w, enum record_kind kind,
				   int s)
{
	const struct change *c = store_find(&w->store, kind, service_name(s));

	return c ? c->rec : NULL;
}

static bool share(const struct record *a, const struct record *b)
{
	for (size_t i = 0; i < a->service.vips.n; i++) {
		if (names_has(&b->service.vips, a->service.vips.v[i]))
			return true;
	}
	return false;
}

static void merge(struct unit *to, struct unit *from)
{
	for (int s = 0; s < MAX_SERVICES; s++)
		to->has[s] |= from->has[s];
	memset(from, 0, sizeof(*from));
}

static bool together(const struct world *w, const struct unit *a,
		     const struct unit *b)
{
	for (int s = 0; s < w->n_services; s++) {
		for (int t = 0; a->has[s] && t < w->n_services; t++) {
			if (b->has[t] && share(newest(w, RECORD_SERVICE, s),
					       newest(w, RECORD_SERVICE, t)))
				return true;
		}
	}
	return false;
}

/* Each service joins all before it that it shares a VIP with. */
static void find_units(const struct world *w, struct unit units[MAX_SERVICES])
{
	memset(units, 0, MAX_SERVICES * sizeof(*units));
	for (int s = 0; s < w->n_services; s++) {
		if (!newest(w, RECORD_SERVICE, s))
			continue;
		units[s].any = true;
		units[s].has[s] = true;
		for (int t = 0; t < s; t++) {
			if (units[t].any && together(w, &units[t], &units[s]))
				merge(&units[s], &units[t]);
		}
	}
}

static int holder_of(const struct world *w, const struct unit *unit)
{
	int holder = -1;

	for (int s = 0; s < w->n_services; s++) {
		const struct record *rec;

		if (!unit->has[s])
			continue;
		rec = newest(w, RECORD_HOLDER, s);
		if (!rec || !rec->holder.node)
			return -1;
		if (holder >= 0 && holder != number_of(rec->holder.node))
			return -1;
		holder = number_of(rec->holder.node);
	}
	return holder;
}

static bool could_hold(const struct world *w, const struct host *h,
		       const struct unit *unit)
{
	if (!host_serves(h))
		return false;
	for (int s = 0; s < w->n_services; s++) {
		if (unit->has[s] && h->failing[s] &&
		    newest(w, RECORD_SERVICE, s)->service.checks.n)
			return false;
	}
	return true;
}

static bool preferred(const struct world *w, const struct host *h,
		      const struct unit *unit)
{
	for (int s = 0; s < w->n_services; s++) {
		if (unit->has[s] &&
		    names_has(&newest(w, RECORD_SERVICE, s)->service.prefer, h->name))
			return true;
	}
	return false;
}

static bool all_even_out(const struct world *w)
{
	for (int i = 0; i < w->n_hosts; i++) {
		if (!w->hosts[i].evens_out)
			return false;
	}
	return true;
}

/* Of what the two have together, more than its share by weight, rounded. */
static bool too_much(const struct host *a, int a_load, const struct host *b,
		     int b_load)
{
	int a_weight = (int)a->config.weight, b_weight = (int)b->config.weight;

	return a_weight && b_weight &&
	       2 * a_load * b_weight - 2 * b_load * a_weight >
	       a_weight + b_weight;
}

/* A unit's holder has too much beside a node that could hold it as well. */
static void check_unit(struct world *w, const struct unit *unit,
		       const int load[MAX_HOSTS], int name)
{
	int from = unit->holder;

	if (from < 0 || preferred(w, &w->hosts[from], unit))
		return;
	for (int to = 0; to < w->n_hosts; to++) {
		const struct host *a = &w->hosts[from], *b = &w->hosts[to];

		if (too_much(a, load[from], b, load[to]) &&
		    could_hold(w, b, unit))
			broken(w, "I4: %s holds %d by weight %u, and %s, which could hold %s, %d by %u",
			       a->name, load[from], a->config.weight, b->name,
			       service_name(name), load[to], b->config.weight);
	}
}

void check_balance(struct world *w)
{
	struct unit units[MAX_SERVICES];
	int load[MAX_HOSTS] = { 0 };

	if (!all_even_out(w))
		return;
	find_units(w, units);
	for (int u = 0; u < w->n_services; u++) {
		units[u].holder = units[u].any ? holder_of(w, &units[u]) : -1;
		if (units[u].holder >= 0)
			load[units[u].holder]++;
	}
	for (int u = 0; u < w->n_services; u++)
		check_unit(w, &units[u], load, u);
}
