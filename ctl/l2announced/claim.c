// SPDX-License-Identifier: GPL-2.0
/*
 * The services: claiming what is free, answering for what is ours, handing
 * over what should be another's.
 *
 * Each service is looked at afresh after every event, and what should be is
 * compared with what was last asked for. Three rules keep two nodes from ever
 * answering:
 * - A VIP becomes active only by a holder record that names this incarnation,
 *   and only under its token: a late activation dies with the lease.
 * - Once it was decided to fall silent, no record known by then activates
 *   again (barred); it takes a claim, or a gift, written afterwards. So a release
 *   still on its way cannot free what we answer for.
 * - Silent first: the record names another, or nobody, only after the kernel has
 *   said that the VIPs are standby.
 * And one for VIPs in two services (a VIP moved from one to the other, or both
 * wanting it): the older claim answers, and the younger one only knows itself
 * to be alone when its view is whole up to its own claim.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "view.h"

#define SICK_DURATIONS	5	/* after the kernel refused to activate */
#define RANK_MOST	6	/* places in line that wait longer and longer */
#define IN_FLIGHT_MOST	32	/* requests: a renewal waits behind no more */

static bool ours(const struct election *e, const struct el_service *s)
{
	return e->self.state >= EL_MEMBER_IN && e->self.state != EL_MEMBER_GONE &&
	       s->holder && view_self(e, s->holder->holder.node) &&
	       s->holder->holder.incarnation == e->self.incarnation;
}

static bool able(const struct election *e, const struct el_service *s)
{
	struct el_node *self = view_find_node(e, e->config.node);

	return self && s->fit && view_can_hold(e, self, s);
}

/* Another node should hold it, is up to it, and now is a good moment. */
static bool should_move(struct election *e, const struct el_service *s)
{
	const struct el_node *to = s->assigned;
	uint64_t steady;

	if (!to || view_self(e, to->name) || to->ready_since == NEVER)
		return false;
	steady = to->ready_since + el_duration(e);
	/* The rest of a unit follows at once: a part of it answers nowhere. */
	if (!s->split && steady < e->next_move)
		steady = e->next_move;
	if (e->now->mono < steady) {
		el_wake_at(e, steady);
		return false;
	}
	/* With the store away, falling silent would free nothing. */
	return e->now->mono < e->self.renewed + el_fresh(e);
}

/*
 * Two claimed a part of one unit each. Where they see to different rules, as of
 * balance, each may go on to be the one that should have both: the younger claim
 * goes, which cannot answer beside the older one.
 */
static bool outclaimed(struct election *e, const struct el_service *s)
{
	return s->answers != s->holder_version && e->rev >= s->holder_version &&
	       view_taken(e, s, s->holder_version);
}

/*
 * Where many have to go, silent are no more than are released at once: the others
 * answer until it is their turn. A unit goes as a whole.
 */
static bool in_line(const struct election *e, const struct el_service *s)
{
	return s->want == EL_SERVE_ACTIVE && !s->split &&
	       e->letting_go >= IN_FLIGHT_MOST;
}

static bool should_stay(struct election *e, struct el_service *s)
{
	if (!s->mine || !s->spec || s->holder_version <= s->barred)
		return false;
	if (outclaimed(e, s))
		return false;
	if (!names_equal(&s->spec->service.vips, &s->holder->holder.vips))
		return false;
	if (!able(e, s))
		return in_line(e, s);
	if (!should_move(e, s))
		return true;
	e->next_move = e->now->mono + NSEC_PER_SEC / e->config.move_rate;
	return false;
}

static bool may_answer(struct election *e, const struct el_service *s)
{
	if (s->doubt && e->self.in_doubt)
		return false;
	if (el_fault(e, EL_FAULT_BLIND_ACTIVATION))
		return true;
	/* Found once it holds for as long as the claim: older ones only go. */
	if (s->want == EL_SERVE_ACTIVE && s->answers == s->holder_version)
		return true;
	if (e->rev < s->holder_version) {
		e->unseen = true;
		return false;
	}
	return !view_taken(e, s, s->holder_version);
}

static enum el_serve wanted(struct election *e, struct el_service *s, bool stay)
{
	if (!s->spec)
		return EL_SERVE_GONE;
	return stay && may_answer(e, s) ? EL_SERVE_ACTIVE : EL_SERVE_STANDBY;
}

static void bar(const struct election *e, struct el_service *s)
{
	if (!el_fault(e, EL_FAULT_UNBARRED))
		s->barred = s->holder_version;
}

static void tell_kernel(struct election *e, struct el_service *s,
			enum el_serve want, bool stay)
{
	struct el_action *action;

	if (s->want == want && s->want_spec == s->spec)
		return;
	/* The decision to fall silent for good voids all that led to it. */
	if (s->mine && !stay) {
		bar(e, s);
		e->letting_go++;
	}
	s->want = want;
	s->answers = want == EL_SERVE_ACTIVE ? s->holder_version : 0;
	s->want_seq = ++e->next_seq;
	s->acked = false;
	s->failed = false;
	record_put(s->want_spec);
	s->want_spec = record_get(s->spec);
	action = el_do(e, EL_SERVE, s->name);
	action->serve = want;
	action->rec = record_get(s->spec);
	action->seq = s->want_seq;
	action->token = el_fault(e, EL_FAULT_NO_TOKEN) ? 0 : e->self.incarnation;
	/* With nobody to have it next, there is nobody to hear of. */
	action->linger = s->mine && !stay && s->assigned;
	action->unhurried = action->linger && view_sound(e, s);
}

static char *rfc3339(int64_t wall)
{
	time_t t = (time_t)wall;
	char buf[32];
	struct tm tm;

	if (!gmtime_r(&t, &tm) ||
	    !strftime(buf, sizeof(buf), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return NULL;
	return xstrdup(buf);
}

static const struct holder_record *held(const struct el_service *s)
{
	static const struct holder_record none;

	return s->holder ? &s->holder->holder : &none;
}

static void begin(struct election *e, struct el_service *s, enum el_op op)
{
	if (s->op == EL_OP_NONE)
		e->in_flight++;
	s->op = op;
}

static void put_holder(struct election *e, struct el_service *s, enum el_op op,
		       struct record *rec)
{
	begin(e, s, op);
	record_put(s->op_rec);
	s->op_rec = rec;
	s->req = el_put(e, RECORD_HOLDER, s->name,
			s->holder ? s->holder_version : 0, rec);
}

/* Who was given it had stopped, in good order, before it heard of that. */
static bool has_left(const struct election *e, const struct holder_record *was)
{
	const struct el_node *node = view_find_node(e, was->node);

	return node && node->rec && node->rec->node.left &&
	       node->rec->node.incarnation == was->incarnation;
}

static enum el_reason reason_for(const struct election *e,
				 const struct holder_record *was)
{
	const char *last = was->node ? was->node : was->last;

	if (!last)
		return EL_REASON_NEW;
	if (view_self(e, last))
		return EL_REASON_RETURN;
	return was->node && !has_left(e, was) ? EL_REASON_FAILURE :
						EL_REASON_HANDOVER;
}

/* Of the node that held it last. */
static const char *claim_why(enum el_reason reason, const struct holder_record *was)
{
	if (reason == EL_REASON_FAILURE)
		return "was fenced";
	if (reason == EL_REASON_RETURN && was->node)
		return "began anew";
	return was->node ? "is stopped" : was->why;
}

static void claim(struct election *e, struct el_service *s)
{
	const struct holder_record *was = held(s);
	const char *last = was->node ? was->node : was->last;
	struct record *rec = record_new(RECORD_HOLDER);

	s->reason = reason_for(e, was);
	rec->holder.node = xstrdup(e->config.node);
	rec->holder.incarnation = e->self.incarnation;
	rec->holder.duration_ms = e->config.duration_ms;
	rec->holder.token = was->token + 1;
	rec->holder.since = rfc3339(e->now->wall);
	rec->holder.last = xstrdup(last);
	rec->holder.why = xstrdup(claim_why(s->reason, was));
	rec->holder.transitions = was->transitions +
				  (last && !view_self(e, last));
	names_copy(&rec->holder.vips, &s->spec->service.vips);
	put_holder(e, s, EL_OP_CLAIM, rec);
}

/*
 * As far as can be told: its last renewal is not long ago, and it had seen its own
 * one before that by then, so that it will hear of what it is given.
 */
static bool alive(const struct election *e, const struct el_node *node)
{
	uint64_t fresh = node->rec->node.duration_ms * NSEC_PER_MSEC / 2;

	return node->heard && e->now->mono < node->heard + fresh &&
	       node->rec->node.seen >= node->before;
}

/*
 * Who can be given a service, instead of told that it is free: that spares a write,
 * and those who wait for an answer the time it takes. Nobody takes it from there but
 * by fencing, so that it must be alive. And of services that share a VIP the older
 * claim answers: each node claims them in its own order.
 */
static const struct el_node *successor(const struct election *e,
				       const struct el_service *s)
{
	const struct el_node *to = s->assigned;	/* ready, or us */

	if (!to || view_self(e, to->name) || to->unreadable)
		return NULL;
	return alive(e, to) && view_sole(e, s) ? to : NULL;
}

/* As if it had claimed itself, in the incarnation that we know. */
static void give(const struct election *e, const struct el_service *s,
		 const struct el_node *to, struct holder_record *holder)
{
	holder->node = xstrdup(to->name);
	holder->incarnation = to->rec->node.incarnation;
	holder->duration_ms = to->rec->node.duration_ms;
	holder->token++;
	holder->transitions++;
	holder->since = rfc3339(e->now->wall);
	names_copy(&holder->vips, &s->spec->service.vips);
}

static void release(struct election *e, struct el_service *s)
{
	const struct el_node *to = successor(e, s);
	struct record *rec = record_new(RECORD_HOLDER);

	bar(e, s);
	rec->holder.token = held(s)->token;
	rec->holder.transitions = held(s)->transitions;
	rec->holder.last = xstrdup(e->config.node);
	rec->holder.why = xstrdup(view_why_let_go(e, s));
	if (to)
		give(e, s, to, &rec->holder);
	else if (s->assigned)
		rec->holder.next = xstrdup(s->assigned->name);
	put_holder(e, s, EL_OP_RELEASE, rec);
}

/*
 * The assigned node claims at once. The others wait, each its own time, in case
 * that node sees things differently: a service must not stay free over that.
 */
static bool my_turn(struct election *e, const struct el_service *s)
{
	size_t rank = s->rank < RANK_MOST ? s->rank : RANK_MOST;
	uint64_t due;

	if (s->assigned && view_self(e, s->assigned->name))
		return true;
	due = s->free_since + el_duration(e) / 4 + rank * (el_duration(e) / 8);
	if (e->now->mono >= due)
		return true;
	el_wake_at(e, due);
	return false;
}

static bool may_claim(struct election *e, struct el_service *s)
{
	if (!s->spec || !view_free(e, s)) {
		s->free_since = NEVER;
		return false;
	}
	if (s->free_since == NEVER)
		s->free_since = e->now->mono;
	return member_lives(e) && able(e, s) && !view_taken(e, s, NEVER) &&
	       my_turn(e, s);
}

/* It is another's, or nobody's, because we decided so. */
static bool let_go(const struct election *e, const struct el_service *s)
{
	return s->barred >= s->announced && view_self(e, held(s)->last) &&
	       !view_self(e, held(s)->node);
}

static void tell_people(struct election *e, struct el_service *s)
{
	bool answers = s->mine && s->want == EL_SERVE_ACTIVE && s->acked;
	const struct holder_record *now = held(s);

	if (answers && !s->announced) {
		s->announced = s->holder_version;
		s->announced_token = now->token;
		el_note(e, EL_NOTE_ACQUIRED, s->name, e->config.node,
			now->token, NULL)->reason = s->reason;
	}
	if (s->mine || !s->announced)
		return;
	if (let_go(e, s))
		el_note(e, EL_NOTE_RELEASED, s->name, e->config.node,
			s->announced_token,
			xstrdup(now->node ? now->node : now->next));
	else
		el_note(e, EL_NOTE_LOST, s->name, e->config.node,
			s->announced_token, NULL);
	s->announced = 0;
}

/* At the start the VIPs an earlier process left active are left alone. */
static bool undecided(const struct election *e, const struct el_service *s)
{
	if (!e->kernel || !e->have_view || !e->have_links)
		return true;
	return s->want == EL_SERVE_UNKNOWN && e->self.take_up &&
	       e->self.state == EL_MEMBER_JOINING;
}

static bool left_active(const struct election *e, const struct el_service *s)
{
	for (size_t i = 0; s->spec && i < s->spec->service.vips.n; i++) {
		const char *vip = s->spec->service.vips.v[i];

		if (view_alone(e, s, vip) && names_has_sorted(&e->kernel_active, vip))
			return true;
	}
	return false;
}

/*
 * A release the earlier process sent may still be on its way. It was silent
 * first, though: where the kernel still has the VIPs active, there is none.
 */
void claim_take_up(struct election *e)
{
	for (size_t i = 0; i < e->n_services; i++) {
		struct el_service *s = e->services[i];

		if (s->holder && view_self(e, s->holder->holder.node) &&
		    !left_active(e, s))
			bar(e, s);
	}
}

static void look_at(struct election *e, struct el_service *s)
{
	bool silent, stay, loud;

	if (undecided(e, s))
		return;
	s->mine = ours(e, s);
	stay = should_stay(e, s);
	loud = s->mine && !stay && el_fault(e, EL_FAULT_RELEASE_LOUD);
	if (!loud)
		tell_kernel(e, s, wanted(e, s, stay), stay);
	tell_people(e, s);
	if (s->op != EL_OP_NONE || e->in_flight >= IN_FLIGHT_MOST)
		return;
	if (e->now->mono < s->retry) {
		el_wake_at(e, s->retry);
		return;
	}
	silent = s->acked && s->want != EL_SERVE_ACTIVE;
	if (s->mine && !stay && (silent || loud))
		release(e, s);
	else if (!s->mine && may_claim(e, s))
		claim(e, s);
}

/* How many are silent for good, and not released yet. */
static size_t count_letting_go(const struct election *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n_services; i++) {
		const struct el_service *s = e->services[i];

		n += ours(e, s) && s->holder_version <= s->barred;
	}
	return n;
}

void claim_settle(struct election *e)
{
	uint64_t wake = e->wake;

	e->wake = NEVER;
	e->unseen = false;
	e->letting_go = count_letting_go(e);
	for (size_t i = 0; i < e->n_turns; i++)
		look_at(e, e->turns[i]);
	e->reclaim = e->wake;
	e->wake = wake;
}

static void took_effect(struct election *e, struct el_service *s,
			uint64_t version)
{
	struct el_item item = {
		.kind = RECORD_HOLDER,
		.name = s->name,
		.version = version,
		.rec = s->op_rec,
	};

	view_take_item(e, &item);
}

void claim_done(struct election *e, struct el_service *s,
		const struct el_event *ev)
{
	enum el_op op = s->op;

	e->in_flight--;
	s->op = EL_OP_NONE;
	s->req = 0;
	if (op == EL_OP_READ) {
		if (ev->done.result == EL_OK)
			view_take_item(e, &ev->done.item);
		else
			s->retry = e->now->mono + el_retry(e);
		return;
	}
	switch (ev->done.result) {
	case EL_OK:
		took_effect(e, s, ev->done.item.version);
		break;
	case EL_FAILED:
		s->retry = e->now->mono + el_retry(e);
		break;
	case EL_CONFLICT:
	case EL_UNKNOWN:
		begin(e, s, EL_OP_READ);
		s->req = el_get(e, RECORD_HOLDER, s->name);
		break;
	}
}

void claim_served(struct election *e, const struct el_event *ev)
{
	struct el_service *s = view_find_service(e, ev->serve.service);

	if (!s || s->want_seq != ev->serve.seq)
		return;
	s->acked = ev->serve.ok;
	s->failed = !ev->serve.ok;
	if (!s->failed || s->want != EL_SERVE_ACTIVE)
		return;
	/* Whoever cannot answer must not hold. */
	s->sick_until = e->now->mono + SICK_DURATIONS * el_duration(e);
	e->dirty = true;
	el_note(e, EL_NOTE_UNHEALTHY, s->name, e->config.node, held(s)->token,
		xstrdup("the kernel did not activate its VIPs"));
}

bool claim_pending(const struct election *e)
{
	for (size_t i = 0; i < e->n_services; i++) {
		const struct el_service *s = e->services[i];

		if (s->mine || s->op != EL_OP_NONE ||
		    (s->want != EL_SERVE_UNKNOWN && !s->acked))
			return true;
	}
	return false;
}
