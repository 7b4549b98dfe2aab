// SPDX-License-Identifier: GPL-2.0
/*
 * The agent's ears: what the store, the kernel, the checks and the clock tell
 * becomes an event for the election.
 */
#include <event2/event.h>
#include <stdlib.h>

#include "agent_priv.h"
#include "lib/clock.h"
#include "log.h"
#include "log_ids.h"

#define MISSING_MS	1000	/* between two looks for the module */

/* What the store tells. */

static void on_view(void *arg, const struct store_item *items, size_t n,
		    uint64_t rev, bool full)
{
	struct el_event ev = { .type = EL_EV_VIEW };
	struct agent *a = arg;
	struct el_item *view = xmalloc((n + 1) * sizeof(*view));
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct el_item *item = &view[kept];

		item->name = record_key_parse(items[i].key, &item->kind);
		if (!item->name)
			continue;
		item->version = items[i].version;
		item->rec = items[i].value ? agent_parse(item->kind, &items[i]) : NULL;
		item->unreadable = items[i].value && !item->rec;
		kept++;
	}
	ev.view.rev = rev;
	ev.view.full = full;
	ev.view.items = view;
	ev.view.n = kept;
	agent_raise_soon(a, &ev, NULL);
	for (size_t i = 0; i < kept; i++)
		record_put(view[i].rec);
	free(view);
}

void agent_stored(struct agent *a, const struct el_item *items, size_t n)
{
	struct el_event ev = { .type = EL_EV_VIEW };

	/* No word on any other record: the revision stays what it was. */
	ev.view.items = items;
	ev.view.n = n;
	agent_step(a, &ev);
}

static void on_store_state(void *arg, const char *error)
{
	struct agent *a = arg;
	const struct log_facts facts = {
		.id = error ? LOG_ID_STORE_GONE : LOG_ID_STORE_BACK,
		.node = a->config->node,
	};

	/* Another reason for the same is for the status alone. */
	if (error && !a->store_error)
		log_event(LOG_ERR, &facts, "store unreachable node=%s: %s",
			  a->config->node, error);
	else if (!error && a->store_error)
		log_event(LOG_NOTICE, &facts, "store back node=%s",
			  a->config->node);
	free(a->store_error);
	a->store_error = xstrdup(error);
	a->store_seen = true;
}

static void on_store_reset(void *arg)
{
	struct el_event ev = { .type = EL_EV_RESET };
	struct agent *a = arg;

	log_warn("store is another than before node=%s: beginning anew",
		 a->config->node);
	agent_step(a, &ev);
}

/* What the kernel tells. */

static void on_module(void *arg, bool there, uint64_t token,
		      const struct names *active)
{
	struct el_event ev = { .type = EL_EV_KERNEL };
	struct agent *a = arg;

	a->kernel = there;
	a->routes_stale = true;
	if (!there)
		agent_set_timer(a->check, MISSING_MS * L2A_NSEC_PER_MSEC);
	ev.kernel.there = there;
	ev.kernel.token = token;
	agent_raise(a, &ev, active, NULL);
}

static void on_served(void *arg, const struct served *s)
{
	struct el_event ev = { .type = EL_EV_SERVE_DONE };

	ev.serve.seq = s->seq;
	ev.serve.ok = true;
	agent_raise(arg, &ev, NULL, s->name);
}

static void on_conflict(void *arg, const char *vip, const uint8_t *mac)
{
	struct el_event ev = { .type = EL_EV_CONFLICT };
	struct agent *a = arg;
	char text[L2A_MAC_STRLEN];
	const struct log_facts facts = {
		.id = LOG_ID_CONFLICT,
		.node = a->config->node,
		.vip = vip,
		.lladdr = l2a_mac_format(mac, text),
	};

	a->metrics.conflicts++;
	log_event(LOG_WARNING, &facts, "conflict vip=%s node=%s: %s claims it",
		  vip, a->config->node, text);
	for (size_t i = 0; i < a->served.n; i++) {
		const struct served *s = &a->served.v[i];

		if (!s->spec || !names_has(&s->spec->service.vips, vip))
			continue;
		agent_tell_conflict(a, s, vip, text);
		agent_raise(a, &ev, NULL, s->name);
	}
}

static void on_expired(void *arg)
{
	struct agent *a = arg;
	const struct log_facts facts = {
		.id = LOG_ID_EXPIRED,
		.node = a->config->node,
		.token = election_self(a->election).incarnation,
	};

	a->metrics.expiries++;
	log_event(LOG_WARNING, &facts,
		  "lease ran out node=%s lease=%u: silent until the store confirms again",
		  a->config->node, a->config->lease);
}

void agent_on_links(void *arg)
{
	struct el_event ev = { .type = EL_EV_LINKS };
	struct names up = { 0, NULL };
	struct agent *a = arg;

	/* New devices get their standby VIPs before anything else happens. */
	responder_sync(a->responder);
	links_up(a->links, &up);
	a->routes_stale = true;
	agent_raise(a, &ev, &up, NULL);
	names_clear(&up);
}

void agent_on_health(void *arg, const char *service, bool ok)
{
	struct el_event ev = { .type = EL_EV_HEALTH };

	ev.health.ok = ok;
	agent_raise_soon(arg, &ev, service);
}

/* Time. */

void agent_on_tick(int fd, short what, void *arg)
{
	struct el_event ev = { .type = EL_EV_TICK };
	struct agent *a = arg;

	(void)fd;
	(void)what;
	/* What waits is as good as a tick. */
	agent_step(a, a->queue ? NULL : &ev);
}

void agent_on_check(int fd, short what, void *arg)
{
	struct agent *a = arg;
	uint64_t ms = a->config->reconcile_ms;

	(void)fd;
	(void)what;
	if (a->done && !a->lingering)
		return;
	responder_check(a->responder, election_settled(a->election));
	agent_set_routes(a);
	if (!a->kernel && ms > MISSING_MS)
		ms = MISSING_MS;
	agent_set_timer(a->check, ms * L2A_NSEC_PER_MSEC);
}

void agent_on_routes(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	agent_set_routes(arg);
}

void agent_on_part(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	agent_part(arg);
}

const struct store_watcher agent_watcher = {
	.view = on_view,
	.state = on_store_state,
	.reset = on_store_reset,
};

const struct responder_hooks agent_hooks = {
	.there = on_module,
	.served = on_served,
	.conflict = on_conflict,
	.expired = on_expired,
};
