// SPDX-License-Identifier: GPL-2.0
/*
 * What the election knows: the tables, and what can be concluded from them.
 */
#include <stdlib.h>
#include <string.h>

#include "assign.h"
#include "view.h"

/*
 * Both tables are arrays of pointers in byte order of the names. The name is
 * the first member of either structure.
 */
static size_t place(void *const *table, size_t n, const char *name, bool *found)
{
	size_t lo = 0, hi = n;

	*found = false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(*(char *const *)table[mid], name);

		if (!c) {
			*found = true;
			return mid;
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void *insert(void ***table, size_t *n, size_t at, void *item)
{
	*table = xrealloc(*table, *n + 1, sizeof(void *));
	memmove(*table + at + 1, *table + at, (*n - at) * sizeof(void *));
	(*table)[at] = item;
	(*n)++;
	return item;
}

struct el_node *view_find_node(const struct election *e, const char *name)
{
	bool found;
	size_t at = place((void *const *)e->nodes, e->n_nodes, name, &found);

	return found ? e->nodes[at] : NULL;
}

struct el_node *view_node(struct election *e, const char *name)
{
	bool found;
	size_t at = place((void *const *)e->nodes, e->n_nodes, name, &found);
	struct el_node *node;

	if (found)
		return e->nodes[at];
	node = xmalloc(sizeof(*node));
	node->name = xstrdup(name);
	node->seen = e->now->mono;
	node->ready_since = NEVER;
	node->index = ASSIGN_NONE;
	return insert((void ***)&e->nodes, &e->n_nodes, at, node);
}

struct el_service *view_find_service(const struct election *e, const char *name)
{
	bool found;
	size_t at = place((void *const *)e->services, e->n_services, name, &found);

	return found ? e->services[at] : NULL;
}

struct el_service *view_service(struct election *e, const char *name)
{
	bool found;
	size_t at = place((void *const *)e->services, e->n_services, name, &found);
	struct el_service *s;

	if (found)
		return e->services[at];
	s = xmalloc(sizeof(*s));
	s->name = xstrdup(name);
	s->free_since = NEVER;
	return insert((void ***)&e->services, &e->n_services, at, s);
}

uint32_t view_weight(const struct election *e, const struct el_node *node)
{
	if (view_self(e, node->name))
		return e->config.weight;
	return node->rec ? node->rec->node.weight : 0;
}

bool view_self(const struct election *e, const char *name)
{
	return name && !strcmp(name, e->config.node);
}

static void take_rec(struct record **to, struct record *rec)
{
	record_get(rec);
	record_put(*to);
	*to = rec;
}

/* A renewal that changes nothing but the sequence needs no new plan. */
static bool same_to_plan(const struct record *a, const struct record *b)
{
	return a && b && a->node.incarnation == b->node.incarnation &&
	       a->node.state == b->node.state &&
	       a->node.weight == b->node.weight &&
	       names_equal(&a->node.devs, &b->node.devs) &&
	       names_equal(&a->node.unhealthy, &b->node.unhealthy);
}

/*
 * What is known of a record is newer. Or nothing is, though the view is whole up to
 * there: then a list that was long on its way shows what has been deleted since.
 */
static bool old_news(const struct election *e, const struct el_item *item,
		     uint64_t known)
{
	return item->version <= known ||
	       (e->have_view && item->version <= e->rev);
}

static void take_node(struct election *e, const struct el_item *item)
{
	struct el_node *node = view_node(e, item->name);

	node->pass = e->pass;
	if (old_news(e, item, node->version) && !el_fault(e, EL_FAULT_STALE_NODE))
		return;
	if (node->unreadable || !same_to_plan(node->rec, item->rec))
		e->dirty = true;
	node->unreadable = false;
	take_rec(&node->rec, item->rec);
	node->before = node->version;
	node->version = item->version;
	node->seen = e->now->mono;
	node->heard = e->now->mono;
	if (!item->rec || item->rec->node.state != NODE_READY)
		node->ready_since = NEVER;
	else if (node->ready_since == NEVER)
		node->ready_since = e->now->mono;
	if (item->rec && item->rec->node.duration_ms > node->patience_ms)
		node->patience_ms = item->rec->node.duration_ms;
}

static bool same_checks(const struct record *a, const struct record *b)
{
	return a && b && checks_equal(&a->service.checks, &b->service.checks);
}

static const struct names *spec_vips(const struct el_service *s)
{
	static const struct names none;

	return s->spec ? &s->spec->service.vips : &none;
}

static const struct names *claimed_vips(const struct el_service *s)
{
	static const struct names none;

	return s->holder ? &s->holder->holder.vips : &none;
}

static void take_spec(struct election *e, const struct el_item *item)
{
	struct el_service *s = view_service(e, item->name);

	s->spec_pass = e->pass;
	if (old_news(e, item, s->spec_version))
		return;
	if (!same_checks(s->spec, item->rec))
		s->health = EL_HEALTH_UNKNOWN;
	vip_users_del(e->wanting, spec_vips(s), s);
	take_rec(&s->spec, item->rec);
	vip_users_add(e->wanting, spec_vips(s), s);
	s->spec_version = item->version;
	e->dirty = true;
}

/* It shares no VIP with another that is wanted. */
static bool lone(const struct election *e, const struct el_service *s)
{
	for (size_t i = 0; i < s->spec->service.vips.n; i++) {
		if (!view_alone(e, s, s->spec->service.vips.v[i]))
			return false;
	}
	return true;
}

/*
 * Whom the plan gives a service has it now, and it concerns no other. Before they
 * have their first verdict, checks go by who holds it: then it may.
 */
static bool as_planned(struct election *e, const struct el_service *s)
{
	return s->assigned && s->spec && !s->spec->service.checks.n &&
	       s->holder && s->holder->holder.node &&
	       !strcmp(s->holder->holder.node, s->assigned->name) &&
	       !view_free(e, s) && lone(e, s);
}

/*
 * Of a thousand services of a dead node each is claimed: a plan for each, or for
 * each few, would look at a thousand a thousand times, to find nothing that is not
 * known. There is one plan for as many as come in a while.
 */
static void holder_changed(struct election *e, struct el_service *s)
{
	e->reclaim = 0;
	if (e->dirty)
		return;
	if (!as_planned(e, s)) {
		e->dirty = true;
		return;
	}
	s->split = !view_self(e, s->holder->holder.node);
	el_replan_at(e, e->now->mono + el_retry(e));
}

/* A record that names us, and another before: not by what we wrote last, a claim. */
static bool given(const struct election *e, const struct el_service *s,
		  const struct record *rec)
{
	const struct record *wrote = s->op_rec;

	if (!s->holder || view_self(e, s->holder->holder.node) || !rec ||
	    !view_self(e, rec->holder.node))
		return false;
	return !wrote || !view_self(e, wrote->holder.node) ||
	       wrote->holder.token != rec->holder.token;
}

static void take_holder(struct election *e, const struct el_item *item)
{
	struct el_service *s = view_service(e, item->name);

	s->holder_pass = e->pass;
	if (old_news(e, item, s->holder_version) &&
	    !el_fault(e, EL_FAULT_STALE_HOLDER))
		return;
	if (given(e, s, item->rec))
		s->reason = EL_REASON_HANDOVER;
	vip_users_del(e->claiming, claimed_vips(s), s);
	take_rec(&s->holder, item->rec);
	vip_users_add(e->claiming, claimed_vips(s), s);
	s->holder_version = item->version;
	s->free_since = NEVER;
	holder_changed(e, s);
}

static void take_drain(struct election *e, const struct el_item *item)
{
	struct el_node *node = view_node(e, item->name);

	node->drain_pass = e->pass;
	if (old_news(e, item, node->drain_version))
		return;
	node->drained = item->rec;
	node->drain_version = item->version;
	e->dirty = true;
}

void view_take_item(struct election *e, const struct el_item *item)
{
	switch (item->kind) {
	case RECORD_NODE:
		take_node(e, item);
		break;
	case RECORD_SERVICE:
		take_spec(e, item);
		break;
	case RECORD_HOLDER:
		take_holder(e, item);
		break;
	case RECORD_DRAIN:
		take_drain(e, item);
		break;
	}
}

/*
 * Who writes it lives, and may be in any incarnation. Our own is not written over
 * either: what we write bears the version that we know, and is refused.
 */
static void see_node(struct election *e, const struct el_item *item)
{
	struct el_node *node = view_node(e, item->name);

	node->pass = e->pass;
	if (view_self(e, item->name) || old_news(e, item, node->version))
		return;
	node->unreadable = true;
	node->version = item->version;
	node->seen = e->now->mono;
	e->dirty = true;
}

/* It is there, as far as can be told, and what was known of it stays. */
static void see_item(struct election *e, const struct el_item *item)
{
	struct el_service *s = view_find_service(e, item->name);
	struct el_node *node = view_find_node(e, item->name);

	if (item->kind == RECORD_NODE)
		see_node(e, item);
	else if (item->kind == RECORD_DRAIN && node)
		node->drain_pass = e->pass;
	else if (item->kind == RECORD_SERVICE && s)
		s->spec_pass = e->pass;
	else if (item->kind == RECORD_HOLDER && s)
		s->holder_pass = e->pass;
}

static void drop(struct election *e, const struct el_event *ev,
		 enum record_kind kind, const char *name)
{
	struct el_item gone = {
		.kind = kind, .name = name, .version = ev->view.rev,
	};

	view_take_item(e, &gone);
}

/* What a whole view does not show is gone, unless we know it to be newer. */
static void sweep(struct election *e, const struct el_event *ev)
{
	for (size_t i = 0; i < e->n_nodes; i++) {
		struct el_node *node = e->nodes[i];

		node->heard = 0;
		if ((node->rec || node->unreadable) && node->pass != e->pass)
			drop(e, ev, RECORD_NODE, node->name);
		if (node->drained && node->drain_pass != e->pass)
			drop(e, ev, RECORD_DRAIN, node->name);
	}
	for (size_t i = 0; i < e->n_services; i++) {
		struct el_service *s = e->services[i];

		if (s->spec && s->spec_pass != e->pass)
			drop(e, ev, RECORD_SERVICE, s->name);
		if (s->holder && s->holder_pass != e->pass)
			drop(e, ev, RECORD_HOLDER, s->name);
	}
}

void view_take(struct election *e, const struct el_event *ev)
{
	e->pass++;
	for (size_t i = 0; i < ev->view.n; i++) {
		const struct el_item *item = &ev->view.items[i];

		if (item->unreadable)
			see_item(e, item);
		else
			view_take_item(e, item);
	}
	if (ev->view.full)
		sweep(e, ev);
	if (ev->view.rev > e->rev)
		e->rev = ev->view.rev;
	if (ev->view.full)
		e->have_view = true;
	/*
	 * Renewals come all the time. What is no news to the plan must not cost the
	 * more the more services there are.
	 */
	if (ev->view.full || e->behind)
		e->dirty = true;
	if (e->unseen)
		e->reclaim = 0;
}

static void free_node(struct el_node *node)
{
	record_put(node->rec);
	record_put(node->fence_rec);
	free(node->name);
	free(node);
}

static void free_service(struct el_service *s)
{
	record_put(s->spec);
	record_put(s->holder);
	record_put(s->op_rec);
	record_put(s->want_spec);
	free(s->name);
	free(s);
}

void view_forget(struct election *e)
{
	for (size_t i = 0; i < e->n_nodes; i++)
		free_node(e->nodes[i]);
	for (size_t i = 0; i < e->n_services; i++)
		free_service(e->services[i]);
	free(e->nodes);
	free(e->services);
	free(e->turns);
	vip_users_free(e->wanting);
	vip_users_free(e->claiming);
	e->wanting = vip_users_new();
	e->claiming = vip_users_new();
	e->nodes = NULL;
	e->services = NULL;
	e->turns = NULL;
	e->n_turns = 0;
	e->n_nodes = 0;
	e->n_services = 0;
	e->in_flight = 0;
	e->rev = 0;
	e->have_view = false;
	e->dirty = true;
}

bool view_dead(struct election *e, const char *name, uint64_t incarnation,
	       uint64_t version)
{
	struct el_node *node = view_node(e, name);
	uint64_t wait;

	if (node->rec && node->rec->node.incarnation > incarnation)
		return true;
	if (node->rec && node->rec->node.incarnation == incarnation)
		return node->rec->node.state == NODE_FENCED;
	if (node->unreadable)
		return false;
	/*
	 * A claim by a node, or an incarnation, that we have not seen: our view
	 * of the node lags behind, unless it is whole up to the claim.
	 */
	if (e->rev < version) {
		e->behind = true;
		return false;
	}
	if (node->rec)
		return true;
	/* Its record was deleted. Its lease may outlive that: give it time. */
	wait = node->patience_ms ? node->patience_ms * NSEC_PER_MSEC :
				   el_duration(e);
	if (e->now->mono >= node->seen + wait)
		return true;
	el_replan_at(e, node->seen + wait);
	return false;
}

bool view_free(struct election *e, const struct el_service *s)
{
	if (!s->holder || !s->holder->holder.node)
		return true;
	return view_dead(e, s->holder->holder.node,
			 s->holder->holder.incarnation, s->holder_version);
}

static bool vip_taken(struct election *e, const struct el_service *s,
		      const char *vip, uint64_t before)
{
	struct el_service *const *claiming;
	size_t n;

	claiming = vip_users_of(e->claiming, vip, &n);
	for (size_t i = 0; i < n; i++) {
		const struct el_service *other = claiming[i];

		if (other == s || other->holder_version >= before ||
		    view_self(e, other->holder->holder.node))
			continue;
		if (!view_free(e, other))
			return true;
	}
	return false;
}

bool view_taken(struct election *e, const struct el_service *s, uint64_t before)
{
	const struct names *vips = spec_vips(s);

	for (size_t i = 0; i < vips->n; i++) {
		if (vip_taken(e, s, vips->v[i], before))
			return true;
	}
	return false;
}

static bool only(const struct vip_users *users, const char *vip,
		 const struct el_service *s)
{
	struct el_service *const *of;
	size_t n;

	of = vip_users_of(users, vip, &n);
	for (size_t i = 0; i < n; i++) {
		if (of[i] != s)
			return false;
	}
	return true;
}

bool view_alone(const struct election *e, const struct el_service *s,
		const char *vip)
{
	return only(e->wanting, vip, s);
}

bool view_sole(const struct election *e, const struct el_service *s)
{
	for (size_t i = 0; i < s->spec->service.vips.n; i++) {
		const char *vip = s->spec->service.vips.v[i];

		if (!only(e->wanting, vip, s) || !only(e->claiming, vip, s))
			return false;
	}
	return true;
}
