// SPDX-License-Identifier: GPL-2.0
/*
 * Units (services that share a VIP) and who could hold them, by what the store
 * says and by what is true of the nodes, without a word of the election's.
 */
#include <string.h>

#include "sim.h"

static const struct record *newest(const struct world *w, enum record_kind kind,
				   int s)
{
	const struct change *c = store_find(&w->store, kind, service_name(s));

	return c ? c->rec : NULL;
}

const struct service_record *wanted_service(const struct world *w, int s)
{
	const struct record *rec = newest(w, RECORD_SERVICE, s);

	return rec ? &rec->service : NULL;
}

static bool share(const struct service_record *a, const struct service_record *b)
{
	for (size_t i = 0; i < a->vips.n; i++) {
		if (names_has(&b->vips, a->vips.v[i]))
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
			if (b->has[t] && share(wanted_service(w, s),
					       wanted_service(w, t)))
				return true;
		}
	}
	return false;
}

/* Each service joins all before it that it shares a VIP with. */
void units_find(const struct world *w, struct unit units[MAX_SERVICES])
{
	memset(units, 0, MAX_SERVICES * sizeof(*units));
	for (int s = 0; s < w->n_services; s++) {
		if (!wanted_service(w, s))
			continue;
		units[s].any = true;
		units[s].has[s] = true;
		for (int t = 0; t < s; t++) {
			if (units[t].any && together(w, &units[t], &units[s]))
				merge(&units[s], &units[t]);
		}
	}
}

int service_holder(const struct world *w, int s)
{
	const struct record *rec = newest(w, RECORD_HOLDER, s);

	return rec && rec->holder.node ? number_of(rec->holder.node) : -1;
}

int unit_holder(const struct world *w, const struct unit *unit)
{
	int holder = -1;

	for (int s = 0; s < w->n_services; s++) {
		int one;

		if (!unit->has[s])
			continue;
		one = service_holder(w, s);
		if (one < 0 || (holder >= 0 && holder != one))
			return -1;
		holder = one;
	}
	return holder;
}

bool unit_could(const struct world *w, const struct unit *unit,
		const struct host *h)
{
	if (!host_serves(h))
		return false;
	for (int s = 0; s < w->n_services; s++) {
		if (unit->has[s] && h->failing[s] &&
		    wanted_service(w, s)->checks.n)
			return false;
	}
	return true;
}

/*
 * Whoever has it, or had it last, is to keep it where the checks fail on all. Of
 * several such nodes it is said of none which, so each must be there.
 */
static bool kept(const struct world *w, const struct unit *unit)
{
	bool any = false;

	for (int s = 0; s < w->n_services; s++) {
		const struct record *rec = newest(w, RECORD_HOLDER, s);
		const char *name;

		if (!unit->has[s] || !rec)
			continue;
		name = rec->holder.node ? rec->holder.node : rec->holder.last;
		if (name && !host_serves(&w->hosts[number_of(name)]))
			return false;
		any |= name != NULL;
	}
	return any;
}

static bool unit_is_due(const struct world *w, const struct unit *unit)
{
	for (int i = 0; i < w->n_processes; i++) {
		if (unit_could(w, unit, &w->hosts[i]))
			return true;
	}
	return kept(w, unit);
}

bool vip_is_due(const struct world *w, int vip)
{
	struct unit units[MAX_SERVICES];

	units_find(w, units);
	for (int u = 0; u < w->n_services; u++) {
		for (int s = 0; s < w->n_services; s++) {
			if (units[u].has[s] &&
			    names_has(&wanted_service(w, s)->vips, vip_name(vip)))
				return unit_is_due(w, &units[u]);
		}
	}
	return false;
}
