// SPDX-License-Identifier: GPL-2.0
/*
 * The promises, tested after every step:
 *
 *   I1  at most one node answers for a VIP at any instant
 *   I2  tokens and incarnations grow
 *   I3  where a node could answer and nothing has gone wrong for two durations,
 *       be one lastingly gone, somebody answers; where a service's checks fail on
 *       all nodes, whoever had it
 *   I4  in quiet, where every node evens out what it holds, no node holds two
 *       units more than another that could hold one of them as well
 *   I5  in quiet nothing moves
 *   I6  in quiet nobody whose checks of a service fail answers for it, unless
 *       they fail on all nodes
 *
 * And I7, in world.c: nobody is busy without end.
 */
#include <string.h>

#include "sim.h"

/* Beyond the two durations: the ways to the store and back, and turns. */
#define SLACK	(300 * MS)

/* After that long without trouble somebody answers... */
static uint64_t found(const struct world *w)
{
	return 2 * w->longest_ms * MS + SLACK;
}

/* ...and all is where it belongs. */
static uint64_t arranged(const struct world *w)
{
	return found(w) + SEC;
}

/* A host answers for VIPs that one before it answers for. */
static void two_answer(struct world *w, int second, unsigned int both)
{
	int first = 0, vip = 0;

	while (!(both & 1u << vip))
		vip++;
	while (!(host_answers(w, &w->hosts[first]) & 1u << vip))
		first++;
	broken(w, "I1: %s and %s both answer for %s", w->hosts[first].name,
	       w->hosts[second].name, vip_name(vip));
}

static bool quiet_for(const struct world *w, uint64_t ns)
{
	return !w->trouble && !w->store.down && w->quiet_since &&
	       w->now >= w->quiet_since + ns;
}

/* By then it is answered, and no longer silent than a hand-over takes. */
static void check_answered(struct world *w, int vip)
{
	if (!quiet_for(w, found(w)) || w->now < w->answered[vip] + SLACK ||
	    !vip_is_due(w, vip))
		return;
	broken(w, "I3: nobody has answered for %s for %.0f ms", vip_name(vip),
	       (double)(w->now - w->answered[vip]) / 1e6);
}

static void check_well(struct world *w, const struct host *h,
		       unsigned int answers)
{
	for (int s = 0; s < w->n_services; s++) {
		for (int vip = 0; h->failing[s] && vip < MAX_VIPS; vip++) {
			const struct service_record *spec;

			if (!(answers & 1u << vip))
				continue;
			spec = wanted_service(w, s);
			if (spec && spec->checks.n &&
			    names_has(&spec->vips, vip_name(vip)))
				broken(w, "I6: %s answers for %s, though its check of %s fails",
				       h->name, vip_name(vip), service_name(s));
		}
	}
}

static void check_vips(struct world *w)
{
	bool well = w->doomed < 0 && quiet_for(w, found(w));
	unsigned int all = 0, answers[MAX_HOSTS];

	for (int i = 0; i < w->n_hosts; i++) {
		answers[i] = host_answers(w, &w->hosts[i]);
		if (all & answers[i])
			two_answer(w, i, all & answers[i]);
		all |= answers[i];
	}
	for (int vip = 0; vip < MAX_VIPS; vip++) {
		if (all & 1u << vip)
			w->answered[vip] = w->now;
		else
			check_answered(w, vip);
	}
	for (int i = 0; well && i < w->n_hosts; i++)
		check_well(w, &w->hosts[i], answers[i]);
}

void check(struct world *w)
{
	check_vips(w);
	if (quiet_for(w, arranged(w)))
		check_balance(w);
}

static void check_node(struct world *w, const char *name,
		       const struct record *was, const struct record *rec)
{
	if (!was || !rec)
		return;
	if (rec->node.incarnation < was->node.incarnation)
		broken(w, "I2: incarnation of %s goes back", name);
	if (was->node.state == NODE_FENCED && rec->node.state != NODE_FENCED &&
	    rec->node.incarnation == was->node.incarnation)
		broken(w, "I2: %s lives on in a fenced incarnation", name);
}

static void check_holder(struct world *w, const char *name,
			 const struct record *rec)
{
	uint64_t *last = &w->tokens[number_of(name)];

	if (!rec)
		return;
	if (rec->holder.token < *last ||
	    (rec->holder.node && rec->holder.token == *last))
		broken(w, "I2: token of %s does not grow", name);
	*last = rec->holder.token;
	if (quiet_for(w, arranged(w)))
		broken(w, "I5: %s moves though nothing has happened", name);
}

void check_write(struct world *w, enum record_kind kind, const char *name,
		 const struct record *was, const struct record *rec)
{
	if (kind == RECORD_NODE)
		check_node(w, name, was, rec);
	if (kind == RECORD_HOLDER)
		check_holder(w, name, rec);
}
