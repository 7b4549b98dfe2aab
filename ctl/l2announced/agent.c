// SPDX-License-Identifier: GPL-2.0
/*
 * The agent: between the election and the world. It takes no decisions.
 *
 * One event at a time: what an action brings about while the actions of an
 * event are carried out waits its turn. So the actions reach the kernel and the
 * store in the order they were decided in.
 *
 * What can be dealt with in one go is: answers of the store and verdicts of checks
 * that are there together make one plan, and services that change together one
 * request to the kernel. So a thousand of them cost not a thousand times a thousand.
 */
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "agent_priv.h"
#include "lib/clock.h"
#include "log.h"
#include "notify.h"

/* A call to the store, until it is answered. */
struct errand {
	struct agent *a;
	uint64_t req;
	enum el_event_type type;
	enum record_kind kind;
	char *name;
	uint64_t renewal;	/* when it was sent; 0 for all else */
};

struct el_now agent_now(void)
{
	return (struct el_now){
		.boot = l2a_boottime_ns(),
		.mono = l2a_clock_ns(CLOCK_MONOTONIC),
		.wall = (int64_t)(l2a_clock_ns(CLOCK_REALTIME) /
				  L2A_NSEC_PER_SEC),
	};
}

void agent_set_timer(struct event *timer, uint64_t ns)
{
	struct timeval tv = l2a_timeval(ns);

	event_add(timer, &tv);
}

/* Carrying out actions. */

static void keep_items(struct waiting *w)
{
	size_t n = w->ev.view.n;

	w->items = xmalloc((n + 1) * sizeof(*w->items));
	for (size_t i = 0; i < n; i++) {
		w->items[i] = w->ev.view.items[i];
		w->items[i].name = xstrdup(w->items[i].name);
		record_get(w->items[i].rec);
	}
	w->ev.view.items = w->items;
}

static void enqueue(struct agent *a, const struct el_event *ev,
		    const struct names *names, const char *service)
{
	struct waiting *w = xmalloc(sizeof(*w));

	w->ev = *ev;
	w->service = xstrdup(service);
	if (names)
		names_copy(&w->names, names);
	if (ev->type == EL_EV_KERNEL)
		w->ev.kernel.active = &w->names;
	if (ev->type == EL_EV_LINKS)
		w->ev.links = &w->names;
	if (ev->type == EL_EV_HEALTH)
		w->ev.health.service = w->service;
	if (ev->type == EL_EV_CONFLICT)
		w->ev.service = w->service;
	if (ev->type == EL_EV_SERVE_DONE)
		w->ev.serve.service = w->service;
	if (ev->type == EL_EV_PUT_DONE || ev->type == EL_EV_GOT) {
		w->ev.done.item.name = w->service;
		record_get(w->ev.done.item.rec);
	}
	if (ev->type == EL_EV_VIEW)
		keep_items(w);
	*a->queue_end = w;
	a->queue_end = &w->next;
}

static void waiting_free(struct waiting *w)
{
	if (w->ev.type == EL_EV_PUT_DONE || w->ev.type == EL_EV_GOT)
		record_put(w->ev.done.item.rec);
	for (size_t i = 0; w->items && i < w->ev.view.n; i++) {
		free((void *)(uintptr_t)w->items[i].name);
		record_put(w->items[i].rec);
	}
	free(w->items);
	names_clear(&w->names);
	free(w->service);
	free(w);
}

struct record *agent_parse(enum record_kind kind, const struct store_item *item)
{
	struct l2a_error err;
	struct record *rec = record_parse(kind, item->value, &err);

	if (!rec)
		log_warn("store: record %s cannot be read: %s", item->key,
			 err.text);
	return rec;
}

static void on_answer(void *arg, const struct store_reply *reply)
{
	struct errand *errand = arg;
	struct agent *a = errand->a;
	struct el_event ev = { .type = errand->type };
	const struct store_item *item = reply->n ? &reply->items[0] : NULL;

	metrics_answered(&a->metrics, reply->result);
	if (errand->renewal)
		histogram_add(&a->metrics.renewal,
			      l2a_clock_ns(CLOCK_MONOTONIC) - errand->renewal);
	ev.done.req = errand->req;
	ev.done.result = reply->result;
	ev.done.item.kind = errand->kind;
	ev.done.item.version = item ? item->version : 0;
	if (errand->type == EL_EV_GOT && item && item->value &&
	    reply->result == EL_OK) {
		ev.done.item.rec = agent_parse(errand->kind, item);
		if (!ev.done.item.rec)
			ev.done.result = EL_FAILED;
	}
	if (errand->kind == RECORD_HOLDER)
		agent_raise_soon(a, &ev, errand->name);
	else
		agent_raise(a, &ev, NULL, errand->name);
	record_put(ev.done.item.rec);
	free(errand->name);
	free(errand);
}

static struct errand *errand_new(struct agent *a, const struct el_action *action,
				 enum el_event_type type)
{
	struct errand *errand = xmalloc(sizeof(*errand));

	errand->a = a;
	errand->req = action->req;
	errand->type = type;
	errand->kind = action->kind;
	errand->name = xstrdup(action->name);
	return errand;
}

static void do_put(struct agent *a, const struct el_action *action)
{
	char key[RECORD_KEY_MAX];
	char *value = record_format(action->rec);
	struct errand *errand = errand_new(a, action, EL_EV_PUT_DONE);

	if (action->kind == RECORD_NODE && !strcmp(action->name, a->config->node)) {
		errand->renewal = l2a_clock_ns(CLOCK_MONOTONIC);
		metrics_sent(&a->metrics, errand->renewal,
			     a->config->renew_ms * L2A_NSEC_PER_MSEC);
	}
	record_key(action->kind, action->name, key);
	a->ops->put_if(a->store, key, action->version, value, on_answer, errand);
	free(value);
}

static void do_get(struct agent *a, const struct el_action *action)
{
	char key[RECORD_KEY_MAX];

	record_key(action->kind, action->name, key);
	a->ops->get(a->store, key, on_answer, errand_new(a, action, EL_EV_GOT));
}

static void do_lease(struct agent *a, const struct el_action *action)
{
	struct el_event ev = { .type = EL_EV_LEASE_DONE };

	ev.lease.ok = responder_lease(a->responder, action->deadline,
				      action->token, &ev.lease.stale);
	enqueue(a, &ev, NULL, NULL);
}

static void served(struct agent *a, const struct served *s, bool ok)
{
	struct el_event ev = { .type = EL_EV_SERVE_DONE };

	ev.serve.seq = s->seq;
	ev.serve.ok = ok;
	enqueue(a, &ev, NULL, s->name);
}

/*
 * Of a VIP that the module is about to forget the local route goes first: once
 * the module keeps silent no more, the stack would answer for it.
 */
static void remove_routes(struct agent *a, const struct deliver_route *had,
			  size_t n_had, uint64_t now)
{
	struct deliver_route *routes;
	uint64_t next;
	size_t n;

	if (!n_had)
		return;
	routes = served_routes(&a->served, a->links, now, &n, &next);
	deliver_remove(a->deliver, had, n_had, routes, n);
	free(routes);
}

static void set_served(struct agent *a, const struct el_action *action,
		       uint64_t now)
{
	served_set(&a->served, action, now,
		   a->config->linger_ms * L2A_NSEC_PER_MSEC);
	health_set(a->health, action->name, action->rec);
}

void agent_part(struct agent *a)
{
	uint64_t again = responder_part(a->responder,
					l2a_clock_ns(CLOCK_MONOTONIC));

	if (again)
		agent_set_timer(a->part, again);
}

/* The services that actions which follow each other are about. */
static void do_serve(struct agent *a, const struct el_action *actions, size_t n)
{
	uint64_t now = l2a_clock_ns(CLOCK_MONOTONIC);
	struct deliver_route *had = NULL;
	size_t n_had = 0;

	for (size_t i = 0; i < n; i++)
		had = served_routes_of(served_find(&a->served, actions[i].name),
				       a->links, now, had, &n_had);
	for (size_t i = 0; i < n; i++)
		set_served(a, &actions[i], now);
	remove_routes(a, had, n_had, now);
	free(had);
	a->routes_stale = true;
	responder_sync(a->responder);
	for (size_t i = 0; i < n; i++) {
		struct served *s = served_find(&a->served, actions[i].name);

		served(a, s, responder_served(a->responder, s));
	}
	agent_part(a);
}

static void end_loop(void *arg)
{
	struct agent *a = arg;

	event_base_loopbreak(a->base);
}

/*
 * Handed over, and nothing more to decide. Who has not heard of it, and still sends
 * to this node, is served for as long as after any other hand-over.
 */
static void linger(void *arg)
{
	uint64_t now = l2a_clock_ns(CLOCK_MONOTONIC), left;
	struct agent *a = arg;

	left = served_lingers(&a->served, now);
	if (!left || a->hasty) {
		end_loop(a);
		return;
	}
	notify_more_time(left / L2A_NSEC_PER_USEC);
	log_notice("lingering node=%s: delivers for %llu s to who has not heard; a second signal ends it",
		   a->config->node,
		   (unsigned long long)(left / L2A_NSEC_PER_SEC + 1));
	a->lingering = true;
	agent_set_routes(a);
	/* A VIP that somebody removes meanwhile would be the stack's to answer for. */
	agent_set_timer(a->check, 0);
}

static void do_exit(struct agent *a, const struct el_action *action)
{
	if (action->text && action->status)
		log_err("%s", action->text);
	else if (action->text)
		log_warn("%s", action->text);
	a->status = action->status;
	a->done = true;
	/* Who comes next has to be in time for the lease. */
	if (a->leaving || a->stops > 1)
		end_loop(a);
	else
		hooks_finish(a->hooks, linger, a);
}

static void act(struct agent *a, const struct el_action *action)
{
	metrics_action(&a->metrics, action);
	switch (action->type) {
	case EL_PUT:
		do_put(a, action);
		break;
	case EL_GET:
		do_get(a, action);
		break;
	case EL_LEASE:
		do_lease(a, action);
		break;
	case EL_LEASE_END:
		responder_lease_end(a->responder);
		break;
	case EL_SERVE:
		/* Together with those that follow: act_all(). */
		break;
	case EL_NOTE:
		agent_note(a, action);
		break;
	case EL_EXIT:
		do_exit(a, action);
		break;
	}
}

static void act_all(struct agent *a, const struct el_actions *actions)
{
	size_t end;

	for (size_t i = 0; i < actions->n; i = end) {
		for (end = i; end < actions->n &&
		     actions->v[end].type == EL_SERVE; end++)
			metrics_action(&a->metrics, &actions->v[end]);
		if (end > i)
			do_serve(a, &actions->v[i], end - i);
		else
			act(a, &actions->v[end++]);
	}
}

static void take_one(struct agent *a, const struct el_event *ev)
{
	struct el_actions actions = { 0, NULL };
	struct el_now now = agent_now();

	election_step(a->election, ev, &now, &actions);
	act_all(a, &actions);
	el_actions_clear(&actions);
}

static void take_queue(struct agent *a)
{
	while (a->queue) {
		struct waiting *w = a->queue;

		a->queue = w->next;
		if (!a->queue)
			a->queue_end = &a->queue;
		w->ev.more = a->queue;
		take_one(a, &w->ev);
		waiting_free(w);
	}
}

static void wake_later(struct agent *a)
{
	uint64_t wake = election_wake(a->election);
	uint64_t now = l2a_clock_ns(CLOCK_MONOTONIC);

	event_del(a->tick);
	if (wake != UINT64_MAX)
		agent_set_timer(a->tick, wake > now ? wake - now : 0);
}

/*
 * The stack would answer for any local route: there are none without the
 * module, which keeps it silent. Those that an earlier process left deliver for VIPs
 * that may still be answered: they stay until it is decided what should be.
 */
void agent_set_routes(struct agent *a)
{
	uint64_t now = l2a_clock_ns(CLOCK_MONOTONIC), next = UINT64_MAX;
	struct deliver_route *routes = NULL;
	size_t n = 0;

	a->routes_stale = false;
	a->settled |= election_settled(a->election);
	if (a->kernel && !a->closing && !a->settled)
		return;
	if (a->kernel && !a->closing)
		routes = served_routes(&a->served, a->links, now, &n, &next);
	deliver_set(a->deliver, routes, n);
	free(routes);
	if (next != UINT64_MAX)
		agent_set_timer(a->routes, next - now);
	else if (a->lingering)
		end_loop(a);
}

void agent_step(struct agent *a, const struct el_event *ev)
{
	if (a->busy || a->done)
		return;
	a->busy = true;
	take_queue(a);
	if (ev)
		take_one(a, ev);
	take_queue(a);
	a->busy = false;
	wake_later(a);
	/* Once for all that comes in one go. */
	if (a->routes_stale)
		agent_set_timer(a->routes, 0);
	/* Services wait for that to be released. */
	if (responder_left(a->responder) && election_settled(a->election))
		agent_set_timer(a->check, 0);
	if (a->watch)
		a->watch(a->watch_arg);
}

void agent_raise(struct agent *a, const struct el_event *ev,
		 const struct names *names, const char *service)
{
	if (a->done)
		return;
	enqueue(a, ev, names, service);
	agent_step(a, NULL);
}

void agent_raise_soon(struct agent *a, const struct el_event *ev,
		      const char *service)
{
	if (a->done)
		return;
	enqueue(a, ev, NULL, service);
	agent_set_timer(a->tick, 0);
}

void agent_drop_queue(struct agent *a)
{
	while (a->queue) {
		struct waiting *w = a->queue;

		a->queue = w->next;
		waiting_free(w);
	}
	a->queue_end = &a->queue;
}
