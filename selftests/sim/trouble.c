// SPDX-License-Identifier: GPL-2.0
/*
 * What goes wrong, and when: a stretch of trouble, a stretch of quiet in which
 * the world must find its feet again, and so on.
 */
#include <stdlib.h>

#include "sim.h"

/* Longer than any mending, restart, stop or slow answer takes. */
#define SETTLE	(9 * SEC)

static struct host *any_host(struct world *w)
{
	return &w->hosts[chance_below(w, (uint64_t)w->n_processes)];
}

static uint64_t some_time(struct world *w, const struct host *h)
{
	return between(w, 5 * MS, 3ULL * h->config.duration_ms * MS);
}

/* Gone for a while. */
static void outage(struct world *w, struct host *h, enum outage what)
{
	outage_begin(w, h, what);
	outage_end(w, h, what, some_time(w, h));
}

static void restart_later(struct world *w, struct host *h)
{
	outage_end(w, h, OUTAGE_PROCESS, some_time(w, h));
}

static void mend_store(struct world *w, struct happening *hp)
{
	(void)hp;
	if (!w->store.down)
		return;
	w->store.down = false;
	tell(w, NULL, "the store is back");
	store_back(w);
}

static void mend_backend(struct world *w, struct happening *hp)
{
	if (w->trouble)
		host_fail(w, hp->host, hp->number, false);
}

/* A service's backend fails on one node, or on all. */
static void fail_backend(struct world *w, struct host *h)
{
	int service = (int)chance_below(w, (uint64_t)w->n_services);
	bool all = chance(w, 30);

	for (int i = 0; i < w->n_hosts; i++) {
		struct host *one = &w->hosts[i];
		struct happening *hp;

		if (!all && one != h)
			continue;
		host_fail(w, one, service, true);
		if (!chance(w, 70))
			continue;
		hp = later(w, some_time(w, one), mend_backend);
		hp->host = one;
		hp->number = service;
	}
}

/*
 * What fails when it is quiet: on one node nothing, unless it is one service
 * on all of them.
 */
static void settle_backends(struct world *w)
{
	w->well = any_host(w);
	w->doomed = chance(w, 30) ?
		    (int)chance_below(w, (uint64_t)w->n_services) : -1;
	for (int i = 0; i < w->n_hosts; i++) {
		struct host *h = &w->hosts[i];

		for (int s = 0; s < w->n_services; s++)
			host_fail(w, h, s, s == w->doomed ||
				  (h != w->well && chance(w, 25)));
	}
}

static void old_list(struct world *w, struct happening *hp)
{
	store_list(w, hp->host);
}

static void add_check(struct world *w, struct check_list *checks)
{
	const struct check check = {
		.type = CHECK_COMMAND,
		.target = (char *)(uintptr_t)vip_name(chance(w, 20)),
	};

	checks->v = xmalloc(sizeof(*checks->v));
	checks->n = 1;
	check_copy(checks->v, &check);
}

/* A service appears, changes its VIPs or its check, or goes. */
static void change_service(struct world *w)
{
	int number = (int)chance_below(w, (uint64_t)w->n_services);
	const struct change *c = store_find(&w->store, RECORD_SERVICE,
					    service_name(number));
	struct record *rec = NULL;

	if (!c || !c->rec || chance(w, 70)) {
		rec = record_new(RECORD_SERVICE);
		names_add(&rec->service.devs, "eth*");
		/* Often its own, sometimes one that others have too. */
		names_add(&rec->service.vips,
			  vip_name(chance(w, 70) ? number :
				   (int)chance_below(w, MAX_VIPS)));
		if (chance(w, 20))
			names_add(&rec->service.vips,
				  vip_name((int)chance_below(w, MAX_VIPS)));
		names_sort(&rec->service.vips);
		if (chance(w, 30))
			names_add(&rec->service.prefer, any_host(w)->name);
		if (chance(w, 60))
			add_check(w, &rec->service.checks);
	}
	tell(w, NULL, "service %s %s", service_name(number),
	     rec ? rec->service.vips.v[0] : "deleted");
	if (rec || (c && c->rec))
		store_write(w, RECORD_SERVICE, service_name(number),
			    c && c->rec ? c->version : 0, rec);
	record_put(rec);
}

static void give_vips(struct world *w, int to, uint64_t version,
		      const struct record *from)
{
	struct record *rec = record_new(RECORD_SERVICE);

	names_add(&rec->service.devs, "eth*");
	names_copy(&rec->service.vips, &from->service.vips);
	store_write(w, RECORD_SERVICE, service_name(to), version, rec);
	record_put(rec);
}

/* Two services exchange their VIPs: between the two writes, both have the same. */
static void exchange_vips(struct world *w)
{
	int a = (int)chance_below(w, (uint64_t)w->n_services);
	int b = (int)chance_below(w, (uint64_t)w->n_services);
	const struct change *was[2] = {
		store_find(&w->store, RECORD_SERVICE, service_name(a)),
		store_find(&w->store, RECORD_SERVICE, service_name(b)),
	};
	struct record *first;
	uint64_t version;

	if (a == b || !was[0] || !was[1] || !was[0]->rec || !was[1]->rec)
		return;
	tell(w, NULL, "services %s and %s exchange their VIPs", service_name(a),
	     service_name(b));
	/* The log moves as it grows. */
	first = record_get(was[0]->rec);
	version = was[1]->version;
	give_vips(w, a, was[0]->version, was[1]->rec);
	give_vips(w, b, version, first);
	record_put(first);
}

static void change_services(struct world *w)
{
	if (chance(w, 30))
		exchange_vips(w);
	else
		change_service(w);
}

static void changed_meanwhile(struct world *w, struct happening *hp)
{
	(void)hp;
	if (w->trouble)
		change_services(w);
}

/* What the next process finds in its kernel need not be wanted any more. */
static void change_meanwhile(struct world *w)
{
	if (chance(w, 30))
		later(w, between(w, 0, 100 * MS), changed_meanwhile);
}

static bool drained(struct world *w, const struct host *h, uint64_t *version)
{
	const struct change *c = store_find(&w->store, RECORD_DRAIN, h->name);

	*version = c && c->rec ? c->version : 0;
	return *version;
}

static void undrain(struct world *w, const struct host *h)
{
	uint64_t version;

	if (!drained(w, h, &version))
		return;
	tell(w, h, "is undrained");
	store_write(w, RECORD_DRAIN, h->name, version, NULL);
}

/* Somebody wants a node empty, or no longer. */
static void change_drain(struct world *w, const struct host *h)
{
	struct record *rec;
	uint64_t version;

	if (drained(w, h, &version)) {
		undrain(w, h);
		return;
	}
	tell(w, h, "is drained");
	rec = record_new(RECORD_DRAIN);
	store_write(w, RECORD_DRAIN, h->name, 0, rec);
	record_put(rec);
}

/* Now and then, for it leaves the VIPs to others for as long as it takes to join anew. */
static void unload_module(struct world *w, struct host *h)
{
	if (!h->kernel->unloaded && chance(w, 30))
		outage(w, h, OUTAGE_MODULE);
}

static void stop_store(struct world *w, const struct host *h)
{
	w->store.down = true;
	w->store.refuses = chance(w, 50);
	tell(w, NULL, "the store is down%s",
	     w->store.refuses ? ", and refuses at once" : "");
	later(w, some_time(w, h), mend_store);
}

/* Never less than what makes up for the drift. */
static void change_margin(struct world *w, struct host *h)
{
	uint32_t least = h->config.duration_ms / 10;

	if (!(w->own_faults & SIM_FAULT_NO_MARGIN))
		host_margin(w, h, (uint32_t)between(w, least, 2 * least));
}

static void one_trouble(struct world *w)
{
	struct host *h = any_host(w);
	struct happening *hp;

	switch (chance_below(w, 20)) {
	case 0:
	case 1:
	case 2:
		host_pause(w, h, some_time(w, h));
		break;
	case 3:
		outage(w, h, OUTAGE_PROCESS);
		change_meanwhile(w);
		break;
	case 4:
		outage(w, h, OUTAGE_MACHINE);
		break;
	case 5:
		outage(w, h, OUTAGE_WAY);
		break;
	case 6:
		if (chance(w, 30))
			stop_store(w, h);
		break;
	case 7:
		outage(w, h, OUTAGE_LINK);
		break;
	case 8:
		host_stop(w, h);
		restart_later(w, h);
		break;
	case 9:
		change_services(w);
		break;
	case 11:
		change_drain(w, h);
		break;
	case 12:
	case 13:
		fail_backend(w, h);
		break;
	case 10:
		hp = later(w, some_time(w, h) / 8, old_list);
		hp->host = h;
		break;
	case 15:
		host_leave(w, h);
		restart_later(w, h);
		change_meanwhile(w);
		break;
	case 16:
		unload_module(w, h);
		break;
	case 17:
		host_conflict(w, h, (int)chance_below(w, (uint64_t)w->n_services));
		break;
	case 18:
		change_margin(w, h);
		break;
	case 19:
		host_meddle(w, h, (int)chance_below(w, MAX_VIPS));
		break;
	default:
		host_suspend(w, h, some_time(w, h));
		break;
	}
}

static void next_trouble(struct world *w, struct happening *hp);

static void calm(struct world *w, struct happening *hp)
{
	(void)hp;
	if (w->trouble)
		settle_backends(w);
	w->trouble = false;
	w->quiet_since = w->now + SETTLE;
	tell(w, NULL, "quiet");
	for (int i = 0; i < w->n_processes; i++) {
		struct host *h = &w->hosts[i];

		h->cut = false;
		if (!h->kernel->link)
			host_link(w, h, true);
		if (h->kernel->unloaded)
			host_module(w, h, true);
		undrain(w, h);
		if (!h->election)
			host_start(w, h);
		/* Who pauses wakes within the longest pause from now. */
	}
	w->store.down = false;
	store_notify(w);
}

/* Restarts and mends already on their way may still come: then it is quiet. */
static void settled(struct world *w, struct happening *hp)
{
	calm(w, hp);
	w->quiet_since = w->now;
	for (int i = 0; i < w->n_processes; i++) {
		if (w->hosts[i].paused_until > w->quiet_since)
			w->quiet_since = w->hosts[i].paused_until;
		if (w->hosts[i].sick_until > w->quiet_since)
			w->quiet_since = w->hosts[i].sick_until;
	}
	if (chance(w, 60))
		lasting_begin(w);
}

static void begin_trouble(struct world *w, struct happening *hp)
{
	(void)hp;
	w->trouble = true;
	lasting_end(w);
	w->slow = between(w, 2 * MS, 3 * SEC);
	tell(w, NULL, "trouble");
	later(w, 0, next_trouble);
}

static void next_trouble(struct world *w, struct happening *hp)
{
	(void)hp;
	one_trouble(w);
	if (chance(w, 8)) {
		later(w, 0, calm);
		later(w, SETTLE, settled);
		later(w, SETTLE + between(w, 5 * SEC, 8 * SEC), begin_trouble);
		return;
	}
	later(w, between(w, MS, 400 * MS), next_trouble);
}

void trouble_start(struct world *w)
{
	w->n_hosts = (int)between(w, 2, 4);
	w->n_services = (int)between(w, 1, MAX_SERVICES);
	w->quick = (uint64_t[]){ 4 * MS, MS, MS / 10 }[chance_below(w, 3)];
	w->quiet_since = 0;
	w->n_processes = w->n_hosts;
	for (int i = 0; i < w->n_hosts; i++)
		host_init(w, &w->hosts[i], i);
	if (w->own_faults & SIM_FAULT_TWO_CONTROLLERS)
		host_twin(w, &w->hosts[w->n_processes++], &w->hosts[0]);
	for (int i = 0; i < w->n_services; i++)
		change_service(w);
	for (int i = 0; i < w->n_processes; i++)
		host_start(w, &w->hosts[i]);
	w->trouble = true;
	w->doomed = -1;
	w->slow = 500 * MS;
	later(w, between(w, 0, 4 * SEC), begin_trouble);
}
