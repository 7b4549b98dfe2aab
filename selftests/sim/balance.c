// SPDX-License-Identifier: GPL-2.0
/*
 * I4, judged by what the store says and without a word of assign.c: units are
 * counted for whoever holds them, and none may have to go elsewhere.
 */
#include "sim.h"

static bool preferred(const struct world *w, const struct host *h,
		      const struct unit *unit)
{
	for (int s = 0; s < w->n_services; s++) {
		if (unit->has[s] &&
		    names_has(&wanted_service(w, s)->prefer, h->name))
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
		    unit_could(w, unit, b))
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
	units_find(w, units);
	for (int u = 0; u < w->n_services; u++) {
		units[u].holder = units[u].any ? unit_holder(w, &units[u]) : -1;
		if (units[u].holder >= 0)
			load[units[u].holder]++;
	}
	for (int u = 0; u < w->n_services; u++)
		check_unit(w, &units[u], load, u);
}
