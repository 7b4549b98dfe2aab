// SPDX-License-Identifier: GPL-2.0
/*
 * The election: takes an event in, then settles everything that follows.
 */
#include <stdlib.h>
#include <string.h>

#include "view.h"

struct election *election_new(const struct el_config *config)
{
	struct election *e = xmalloc(sizeof(*e));

	e->config = *config;
	e->config.node = xstrdup(config->node);
	e->config.boot = xstrdup(config->boot);
	e->config.run = xstrdup(config->run);
	e->config.host = xstrdup(config->host);
	e->dirty = true;
	e->replan = NEVER;
	e->relink = NEVER;
	e->wake = NEVER;
	e->wanting = vip_users_new();
	e->claiming = vip_users_new();
	return e;
}

void election_free(struct election *e)
{
	if (!e)
		return;
	view_forget(e);
	vip_users_free(e->wanting);
	vip_users_free(e->claiming);
	names_clear(&e->links);
	debounce_clear(&e->debounce);
	names_clear(&e->kernel_active);
	record_put(e->self.put_rec);
	free((void *)(uintptr_t)e->config.node);
	free((void *)(uintptr_t)e->config.boot);
	free((void *)(uintptr_t)e->config.run);
	free((void *)(uintptr_t)e->config.host);
	free(e);
}

uint64_t election_wake(const struct election *e)
{
	return e->wake;
}

bool el_fault(const struct election *e, enum el_fault fault)
{
	return e->config.faults & fault;
}

uint64_t el_duration(const struct election *e)
{
	return e->config.duration_ms * NSEC_PER_MSEC;
}

uint64_t el_retry(const struct election *e)
{
	return e->config.renew_ms * NSEC_PER_MSEC / 4;
}

uint64_t el_fresh(const struct election *e)
{
	return 2 * e->config.renew_ms * NSEC_PER_MSEC;
}

void el_wake_at(struct election *e, uint64_t mono)
{
	if (mono < e->wake)
		e->wake = mono;
}

void el_replan_at(struct election *e, uint64_t mono)
{
	if (mono < e->replan)
		e->replan = mono;
}

struct el_action *el_do(struct election *e, enum el_action_type type,
			const char *name)
{
	struct el_actions *out = e->out;
	struct el_action *action;

	out->v = xrealloc(out->v, out->n + 1, sizeof(*out->v));
	action = &out->v[out->n++];
	memset(action, 0, sizeof(*action));
	action->type = type;
	action->name = xstrdup(name);
	return action;
}

uint64_t el_put(struct election *e, enum record_kind kind, const char *name,
		uint64_t version, struct record *rec)
{
	struct el_action *action = el_do(e, EL_PUT, name);

	action->req = ++e->next_req;
	action->kind = kind;
	action->version = version;
	action->rec = record_get(rec);
	return action->req;
}

uint64_t el_get(struct election *e, enum record_kind kind, const char *name)
{
	struct el_action *action = el_do(e, EL_GET, name);

	action->req = ++e->next_req;
	action->kind = kind;
	return action->req;
}

struct el_action *el_note(struct election *e, enum el_note note,
			  const char *service, const char *node, uint64_t token,
			  char *text)
{
	struct el_action *action = el_do(e, EL_NOTE, service);

	action->note = note;
	action->node = xstrdup(node);
	action->token = token;
	action->text = text;
	return action;
}

void el_action_clear(struct el_action *action)
{
	record_put(action->rec);
	free(action->name);
	free(action->node);
	free(action->text);
	memset(action, 0, sizeof(*action));
}

void el_actions_clear(struct el_actions *actions)
{
	for (size_t i = 0; i < actions->n; i++)
		el_action_clear(&actions->v[i]);
	free(actions->v);
	actions->v = NULL;
	actions->n = 0;
}

/* An answer of the store goes to whoever asked; nobody, if it gave up. */
static void answer(struct election *e, const struct el_event *ev)
{
	uint64_t req = ev->done.req;
	struct el_service *s;
	struct el_node *node;

	if (req == e->self.put_req) {
		member_put_done(e, ev);
		return;
	}
	if (req == e->self.get_req) {
		member_got(e, ev);
		return;
	}
	if (ev->done.item.kind == RECORD_NODE) {
		node = view_find_node(e, ev->done.item.name);
		if (node && node->fence_req == req)
			fence_done(e, node, ev);
		return;
	}
	s = view_find_service(e, ev->done.item.name);
	if (s && s->req == req)
		claim_done(e, s, ev);
}

static void refresh_links(struct election *e)
{
	names_clear(&e->links);
	e->relink = debounce_counts(&e->debounce, e->now->mono,
				    e->config.link_up_ms * NSEC_PER_MSEC,
				    e->config.link_down_ms * NSEC_PER_MSEC,
				    &e->links);
	e->dirty = true;
}

static void take_links(struct election *e, const struct names *links)
{
	debounce_take(&e->debounce, links, e->now->mono);
	e->have_links = true;
	refresh_links(e);
}

static void take_health(struct election *e, const struct el_event *ev)
{
	struct el_service *s = view_find_service(e, ev->health.service);
	enum el_health health = ev->health.ok ? EL_HEALTH_GOOD : EL_HEALTH_BAD;

	if (!s || s->health == health)
		return;
	s->health = health;
	e->dirty = true;
}

/* A foreign claim: are we still the one? The store knows. */
static void take_conflict(struct election *e, const char *service)
{
	struct el_service *s = view_find_service(e, service);

	if (!s || !s->mine)
		return;
	el_note(e, EL_NOTE_CONFLICT, service, e->config.node,
		s->holder->holder.token, NULL);
	s->doubt = true;
	e->self.restless = true;
}

/* All that was known is about another store. */
static void take_reset(struct election *e)
{
	member_reset(e);
	for (size_t i = 0; i < e->n_services; i++) {
		struct el_service *s = e->services[i];
		struct el_action *action;

		if (s->announced)
			el_note(e, EL_NOTE_LOST, s->name, e->config.node,
				s->announced_token, NULL);
		if (!s->want_spec)
			continue;
		action = el_do(e, EL_SERVE, s->name);
		action->serve = EL_SERVE_STANDBY;
		action->rec = record_get(s->want_spec);
		action->seq = ++e->next_seq;
	}
	view_forget(e);
}

/* A lease is given by the margin of the moment: the next one by the new. */
static void take_config(struct election *e, const struct el_event *ev)
{
	e->config.margin_ms = ev->config.margin_ms;
	e->config.rebalance = ev->config.rebalance;
	e->config.weight = ev->config.weight;
	e->config.move_rate = ev->config.move_rate;
	e->config.link_up_ms = ev->config.link_up_ms;
	e->config.link_down_ms = ev->config.link_down_ms;
	refresh_links(e);
	e->dirty = true;
}

static void take_stop(struct election *e)
{
	if (e->stopping || e->leaving)
		return;
	e->stopping = true;
	e->stop_by = e->now->mono + 2 * el_duration(e);
	e->dirty = true;
}

/*
 * Whoever comes next takes up this incarnation, and has the longer for it the
 * later the last renewal. It must have gone out after now.
 */
static void take_leave(struct election *e)
{
	if (e->stopping || e->leaving)
		return;
	e->leaving = true;
	e->leave_since = e->now->mono;
	e->stop_by = e->now->mono + e->config.renew_ms * NSEC_PER_MSEC;
	e->self.next = e->now->mono;
}

static void take(struct election *e, const struct el_event *ev)
{
	switch (ev->type) {
	case EL_EV_TICK:
		break;
	case EL_EV_KERNEL:
		member_kernel(e, ev);
		break;
	case EL_EV_LINKS:
		take_links(e, ev->links);
		break;
	case EL_EV_VIEW:
		view_take(e, ev);
		member_seen(e);
		break;
	case EL_EV_RESET:
		take_reset(e);
		break;
	case EL_EV_PUT_DONE:
	case EL_EV_GOT:
		answer(e, ev);
		break;
	case EL_EV_LEASE_DONE:
		member_lease_done(e, ev);
		break;
	case EL_EV_SERVE_DONE:
		claim_served(e, ev);
		break;
	case EL_EV_HEALTH:
		take_health(e, ev);
		break;
	case EL_EV_CONFLICT:
		take_conflict(e, ev->service);
		break;
	case EL_EV_CONFIG:
		take_config(e, ev);
		break;
	case EL_EV_STOP:
		take_stop(e);
		break;
	case EL_EV_LEAVE:
		take_leave(e);
		break;
	}
}

static void settle(struct election *e)
{
	member_settle(e);
	fence_settle(e);
	if (e->dirty) {
		e->changed = true;
		e->reclaim = 0;
		plan_make(e);
	}
	/* What is begun now would be in the next process's way. */
	if (!e->leaving) {
		if (e->now->mono >= e->reclaim)
			claim_settle(e);
		el_wake_at(e, e->reclaim);
	}
	member_news(e);
	member_stop(e);
	member_leave(e);
	el_wake_at(e, e->replan);
	el_wake_at(e, e->relink);
}

/*
 * What only tells how services fare: of a thousand of them it comes one by one,
 * and each plan looks at them all.
 */
static bool can_wait(const struct el_event *ev)
{
	switch (ev->type) {
	case EL_EV_PUT_DONE:
	case EL_EV_GOT:
		return ev->more && ev->done.item.kind == RECORD_HOLDER;
	case EL_EV_SERVE_DONE:
	case EL_EV_HEALTH:
	case EL_EV_VIEW:
		return ev->more;
	default:
		return false;
	}
}

/*
 * What comes all the time where nothing happens. Where it changes something for a
 * claim after all, whoever sees to that wants the claims looked at.
 */
static bool routine(const struct election *e, const struct el_event *ev)
{
	switch (ev->type) {
	case EL_EV_TICK:
	case EL_EV_VIEW:
	case EL_EV_LEASE_DONE:
		return true;
	case EL_EV_PUT_DONE:
		return ev->done.req == e->self.put_req &&
		       ev->done.result == EL_OK;
	default:
		return false;
	}
}

void election_step(struct election *e, const struct el_event *ev,
		   const struct el_now *now, struct el_actions *out)
{
	e->now = now;
	e->out = out;
	e->wake = NEVER;
	if (now->mono >= e->replan)
		e->dirty = true;
	if (e->self.state != EL_MEMBER_GONE) {
		if (!routine(e, ev))
			e->reclaim = 0;
		take(e, ev);
		if (now->mono >= e->relink)
			refresh_links(e);
		if (!can_wait(ev))
			settle(e);
	}
	e->now = NULL;
	e->out = NULL;
}
