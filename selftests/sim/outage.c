// SPDX-License-Identifier: GPL-2.0
/*
 * What a node can lose, and gets back: its process, its machine, its way to the
 * store, its link, its kernel module. In trouble it does so after a while; where
 * it is gone lastingly, not before there is trouble again, and the others have to
 * do without it.
 */
#include "sim.h"

static void restart(struct world *w, struct happening *hp)
{
	if (!hp->host->election)
		host_start(w, hp->host);
}

static void cut(struct world *w, struct host *h)
{
	h->cut = true;
	h->refused = chance(w, 50);
	tell(w, h, "is cut off from the store%s",
	     h->refused ? ", and refused at once" : "");
}

static void mend_way(struct world *w, struct happening *hp)
{
	struct host *h = hp->host;

	if (!h->cut)
		return;
	h->cut = false;
	tell(w, h, "reaches the store");
	store_found_again(w, h);
}

static void unplug(struct world *w, struct host *h)
{
	host_link(w, h, false);
}

static void mend_link(struct world *w, struct happening *hp)
{
	host_link(w, hp->host, true);
}

static void unload(struct world *w, struct host *h)
{
	host_module(w, h, false);
}

static void load(struct world *w, struct happening *hp)
{
	if (hp->host->kernel->unloaded)
		host_module(w, hp->host, true);
}

static const struct {
	void (*begin)(struct world *w, struct host *h);
	void (*end)(struct world *w, struct happening *hp);
} outages[] = {
	[OUTAGE_PROCESS] = { host_kill, restart },
	[OUTAGE_MACHINE] = { host_reboot, restart },
	[OUTAGE_WAY] = { cut, mend_way },
	[OUTAGE_LINK] = { unplug, mend_link },
	[OUTAGE_MODULE] = { unload, load },
};

void outage_begin(struct world *w, struct host *h, enum outage what)
{
	outages[what].begin(w, h);
}

void outage_end(struct world *w, struct host *h, enum outage what, uint64_t delay)
{
	later(w, delay, outages[what].end)->host = h;
}

/* Who holds something, if chance has found one; never who is to be left. */
static struct host *victim(struct world *w)
{
	struct host *h = NULL;

	for (int try = 0; try < 3; try++) {
		int s = (int)chance_below(w, (uint64_t)w->n_services);
		int holder = service_holder(w, s);

		if (holder >= 0 && &w->hosts[holder] != w->well)
			return &w->hosts[holder];
	}
	do
		h = &w->hosts[chance_below(w, (uint64_t)w->n_hosts)];
	while (h == w->well);
	return h;
}

void lasting_begin(struct world *w)
{
	w->gone = victim(w);
	w->gone_how = (enum outage)chance_below(w, OUTAGES);
	tell(w, w->gone, "will be gone for good:");
	outage_begin(w, w->gone, w->gone_how);
}

void lasting_end(struct world *w)
{
	if (w->gone)
		outage_end(w, w->gone, w->gone_how, between(w, MS, SEC));
	w->gone = NULL;
}
