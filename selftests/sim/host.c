// SPDX-License-Identifier: GPL-2.0
/*
 * A node: its clocks, its backends, and the process that runs the election one
 * action at a time, with pauses where it hurts.
 */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

const char *service_name(int number)
{
	static const char *const names[MAX_SERVICES] = {
		"s0", "s1", "s2", "s3", "s4", "s5",
	};

	return names[number];
}

const char *vip_name(int number)
{
	static const char *const names[MAX_VIPS] = {
		"192.0.2.0", "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4",
		"192.0.2.5",
	};

	return names[number];
}

/* Of a node or a service. */
int number_of(const char *name)
{
	return name[1] - '0';
}

/* The same name, for as long as the world lasts. */
const char *known_name(const struct world *w, enum record_kind kind,
		       const char *name)
{
	int number = number_of(name);

	return kind == RECORD_SERVICE || kind == RECORD_HOLDER ?
	       service_name(number) : w->hosts[number].name;
}

struct message *message_new(enum el_event_type type)
{
	struct message *msg = xmalloc(sizeof(*msg));

	msg->ev.type = type;
	return msg;
}

struct message *message_turn(void (*turn)(struct world *w, struct host *h))
{
	struct message *msg = xmalloc(sizeof(*msg));

	msg->turn = turn;
	return msg;
}

void message_free(struct message *msg)
{
	if (!msg)
		return;
	if (msg->ev.type == EL_EV_VIEW) {
		for (size_t i = 0; i < msg->ev.view.n; i++)
			record_put(msg->items[i].rec);
	}
	if (msg->ev.type == EL_EV_PUT_DONE || msg->ev.type == EL_EV_GOT)
		record_put(msg->ev.done.item.rec);
	free(msg->items);
	names_clear(&msg->active);
	free(msg);
}

/* Clocks. */

uint64_t host_boottime(const struct world *w, const struct host *h)
{
	int64_t drift = (int64_t)(w->now / 1000000) * h->drift_ppm;

	return h->offset + w->now + (uint64_t)drift;
}

uint64_t host_monotime(const struct world *w, const struct host *h)
{
	return host_boottime(w, h) - h->slept;
}

static struct el_now host_now(const struct world *w, const struct host *h)
{
	return (struct el_now){
		.boot = host_boottime(w, h),
		.mono = host_monotime(w, h),
		.wall = (int64_t)(w->now / SEC),
	};
}

/* How long until this host's CLOCK_MONOTONIC shows an instant. */
static uint64_t until(const struct world *w, const struct host *h, uint64_t mono)
{
	uint64_t now = host_monotime(w, h);
	uint64_t left = mono > now ? mono - now : 0;
	int64_t drift = (int64_t)(left / 1000000) * h->drift_ppm;

	/* A little late rather than too early, as timers are. */
	return (uint64_t)((int64_t)left - drift) + 2000;
}

/* The process. */

/* A process runs that can do its work. */
bool host_serves(const struct host *h)
{
	return h->election && !h->stopping && h->kernel->link &&
	       !h->kernel->unloaded && !h->cut;
}

static void go_on(struct world *w, struct happening *hp);

static void schedule(struct world *w, struct host *h, uint64_t wait)
{
	struct happening *hp;
	uint64_t at = w->now + wait;

	if (at < h->paused_until)
		at = h->paused_until;
	if (h->run_at <= at && h->run_at > w->now)
		return;
	h->run_at = at;
	hp = later(w, at - w->now, go_on);
	hp->host = h;
	hp->life = h->life;
}

void host_deliver(struct world *w, struct host *h, struct message *msg,
		  uint64_t delay)
{
	if (!h->election) {
		message_free(msg);
		return;
	}
	*h->inbox_end = msg;
	h->inbox_end = &msg->next;
	schedule(w, h, delay);
}

static void tick(struct world *w, struct happening *hp)
{
	struct host *h = hp->host;

	if (h->life != hp->life || h->tick_at != hp->at)
		return;
	h->tick_at = NO_TIME;
	host_deliver(w, h, message_new(EL_EV_TICK), 0);
}

static void set_timer(struct world *w, struct host *h)
{
	uint64_t wake = election_wake(h->election);
	struct happening *hp;
	uint64_t wait;

	h->tick_at = NO_TIME;
	if (wake == UINT64_MAX)
		return;
	wait = until(w, h, wake);
	h->tick_at = w->now + wait;
	hp = later(w, wait, tick);
	hp->host = h;
	hp->life = h->life;
}

/* The backends: a verdict follows what is true by then. */

static void verdict(struct world *w, struct happening *hp)
{
	struct host *h = hp->host;
	struct message *msg;

	if (h->life != hp->life || !h->checked[hp->number])
		return;
	tell(w, h, "check of %s: %s", service_name(hp->number),
	     h->failing[hp->number] ? "bad" : "good");
	msg = message_new(EL_EV_HEALTH);
	msg->ev.health.service = service_name(hp->number);
	msg->ev.health.ok = !h->failing[hp->number];
	host_deliver(w, h, msg, 0);
}

static void judge(struct world *w, struct host *h, int service)
{
	struct happening *hp = later(w, between(w, MS, 400 * MS), verdict);

	hp->host = h;
	hp->life = h->life;
	hp->number = service;
}

void host_fail(struct world *w, struct host *h, int service, bool failing)
{
	if (h->failing[service] == failing)
		return;
	h->failing[service] = failing;
	tell(w, h, "backend of %s %s", service_name(service),
	     failing ? "fails" : "is well");
	judge(w, h, service);
}

/* Also what goes on unchanged is told again: the election may have forgotten. */
static void check_from_now_on(struct world *w, struct host *h,
			      const struct el_action *a)
{
	int service = number_of(a->name);
	bool any = a->rec && a->rec->service.checks.n;

	record_put(h->checked[service]);
	h->checked[service] = any ? record_get(a->rec) : NULL;
	if (any)
		judge(w, h, service);
}

static const char *const notes[] = {
	"joined", "taken up", "waiting", "fenced", "superseded", "fenced peer",
	"acquired", "lost", "released", "conflict", "unhealthy",
};

static void tell_request(struct world *w, const struct host *h,
			 const struct el_action *a)
{
	static const char *const kinds[] = { "node", "service", "holder", "drain" };
	static const char *const states[] = {
		[NODE_READY] = "ready", [NODE_DRAINING] = "draining",
		[NODE_FENCED] = "fenced",
	};
	const char *kind = kinds[a->kind];

	if (a->type == EL_GET)
		tell(w, h, "get %s/%s: request %llu", kind, a->name,
		     (unsigned long long)a->req);
	else if (a->kind == RECORD_NODE)
		tell(w, h, "put %s/%s incarnation %llu seq %llu %s if version %lld: request %llu",
		     kind, a->name, (unsigned long long)a->rec->node.incarnation,
		     (unsigned long long)a->rec->node.seq,
		     states[a->rec->node.state],
		     (long long)a->version, (unsigned long long)a->req);
	else
		tell(w, h, "put %s/%s node %s token %llu if version %lld: request %llu",
		     kind, a->name,
		     a->rec->holder.node ? a->rec->holder.node : "none",
		     (unsigned long long)a->rec->holder.token,
		     (long long)a->version, (unsigned long long)a->req);
}

/* Those that follow each other go in one, as the agent has it, or one by one. */
static size_t serve(struct world *w, struct host *h, const struct el_action *a,
		    size_t most)
{
	size_t n = 1;

	while (n < most && a[n].type == EL_SERVE)
		n++;
	if (n > 1 && chance(w, 50))
		n = 1;
	for (size_t i = 0; i < n; i++)
		check_from_now_on(w, h, &a[i]);
	driver_serve(w, h, a, n);
	return n;
}

/* The first of so many, and what is done together with it: how many that are. */
static size_t act(struct world *w, struct host *h, const struct el_action *a,
		  size_t most)
{
	switch (a->type) {
	case EL_PUT:
	case EL_GET:
		tell_request(w, h, a);
		store_request(w, h, a);
		break;
	case EL_LEASE:
		driver_lease(w, h, a);
		break;
	case EL_LEASE_END:
		driver_lease_end(w, h);
		break;
	case EL_SERVE:
		return serve(w, h, a, most);
	case EL_NOTE:
		tell(w, h, "%s %s node %s token %llu%s%s", notes[a->note],
		     a->name ? a->name : "", a->node ? a->node : "",
		     (unsigned long long)a->token, a->text ? ": " : "",
		     a->text ? a->text : "");
		if (a->note == EL_NOTE_FENCED_PEER)
			w->fences++;
		if (a->note == EL_NOTE_ACQUIRED)
			w->claims++;
		break;
	case EL_EXIT:
		tell(w, h, "exits with %d%s%s", a->status, a->text ? ": " : "",
		     a->text ? a->text : "");
		h->exited = true;
		break;
	}
	return 1;
}

static void take(struct world *w, struct host *h, struct message *msg)
{
	struct el_now now = host_now(w, h);

	if (msg->turn) {
		msg->turn(w, h);
		return;
	}
	if (msg->ev.type == EL_EV_LINKS)
		driver_links(w, h);
	msg->ev.more = h->inbox && !h->inbox->turn;
	h->decided = now.boot;
	election_step(h->election, &msg->ev, &now, &h->actions);
	set_timer(w, h);
}

/* One action, or one event; then on, perhaps after a pause. */
static void go_on(struct world *w, struct happening *hp)
{
	struct host *h = hp->host;
	struct message *msg;

	if (h->life != hp->life || !h->election || h->run_at != hp->at)
		return;
	h->run_at = 0;
	if (h->next_action < h->actions.n) {
		h->next_action += act(w, h, &h->actions.v[h->next_action],
				      h->actions.n - h->next_action);
		if (h->exited) {
			host_kill(w, h);
			return;
		}
	} else {
		el_actions_clear(&h->actions);
		h->next_action = 0;
		msg = h->inbox;
		if (!msg)
			return;
		h->inbox = msg->next;
		if (!h->inbox)
			h->inbox_end = &h->inbox;
		take(w, h, msg);
		message_free(msg);
		driver_after(w, h);
	}
	/* Long pauses, and preferably between a decision and its execution. */
	if (w->trouble && h->next_action < h->actions.n && chance_below(w, 300) == 0)
		host_pause(w, h, between(w, MS, 3ULL * h->config.duration_ms * MS));
	schedule(w, h, between(w, 1000, 60000));
}

void host_drop(struct host *h)
{
	while (h->inbox) {
		struct message *msg = h->inbox;

		h->inbox = msg->next;
		message_free(msg);
	}
	h->inbox_end = &h->inbox;
	el_actions_clear(&h->actions);
	h->next_action = 0;
	election_free(h->election);
	h->election = NULL;
	driver_end(h);
	for (int i = 0; i < MAX_SERVICES; i++) {
		record_put(h->checked[i]);
		h->checked[i] = NULL;
	}
}

void host_kill(struct world *w, struct host *h)
{
	if (h->election)
		tell(w, h, "process ends");
	host_drop(h);
	h->life++;
}

void host_pause(struct world *w, struct host *h, uint64_t ns)
{
	if (!h->election)
		return;
	if (h->paused_until < w->now + ns)
		h->paused_until = w->now + ns;
	h->run_at = 0;
	tell(w, h, "process pauses for %.1f ms", (double)ns / 1e6);
	schedule(w, h, 0);
}
