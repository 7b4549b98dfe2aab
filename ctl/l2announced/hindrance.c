// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a node can hold a service, and why not: its state, its devices, its checks.
 */
#include "view.h"

static bool any_dev(const struct names *devs, const struct names *patterns)
{
	for (size_t i = 0; i < devs->n; i++) {
		if (names_match(patterns, devs->v[i]))
			return true;
	}
	return false;
}

bool view_sound(const struct election *e, const struct el_service *s)
{
	return s->spec && s->fit && e->now->mono >= s->sick_until &&
	       any_dev(&e->links, &s->spec->service.devs);
}

/* Of ourselves we know better than our record, which comes after. */
static const char *own_hindrance(const struct election *e,
				 const struct el_service *s)
{
	if (e->self.state != EL_MEMBER_IN)
		return "has not joined";
	if (e->stopping)
		return "is stopping";
	if (e->now->mono < s->sick_until)
		return "its kernel did not activate the VIPs";
	return any_dev(&e->links, &s->spec->service.devs) ? NULL :
	       "none of the devices is up";
}

static const char *state_hindrance(const struct record *rec)
{
	if (!rec)
		return "is not there";
	switch (rec->node.state) {
	case NODE_READY:
		break;
	case NODE_DRAINING:
		return "is stopping";
	case NODE_FENCED:
		return rec->node.left ? "is stopped" : "is fenced";
	}
	return NULL;
}

const char *view_hindrance(const struct election *e, const struct el_node *node,
			   const struct el_service *s)
{
	const struct service_record *spec;
	const char *state;

	if (!s->spec)
		return "the service is deleted";
	spec = &s->spec->service;
	if (node->drained)
		return "is drained";
	if (spec->nodes.n && !names_match(&spec->nodes, node->name))
		return "is none of its nodes";
	if (view_self(e, node->name))
		return own_hindrance(e, s);
	state = state_hindrance(node->rec);
	if (state)
		return state;
	return any_dev(&node->rec->node.devs, &spec->devs) ? NULL :
	       "none of the devices is up";
}

bool view_can_hold(const struct election *e, const struct el_node *node,
		   const struct el_service *s)
{
	return !view_hindrance(e, node, s);
}

static bool held_here(const struct election *e, const struct el_service *s)
{
	return s->holder && view_self(e, s->holder->holder.node) &&
	       s->holder->holder.incarnation == e->self.incarnation;
}

/* A service, or one of those it shares a VIP with, which go where it goes. */
static bool unit_held_here(const struct election *e, const struct el_service *s)
{
	for (size_t i = 0; i < s->spec->service.vips.n; i++) {
		struct el_service *const *users;
		size_t n;

		users = vip_users_of(e->wanting, s->spec->service.vips.v[i], &n);
		for (size_t k = 0; k < n; k++) {
			if (held_here(e, users[k]))
				return true;
		}
	}
	return held_here(e, s);
}

/*
 * Before the first verdict, who holds a service goes on, and nobody begins:
 * neither a restart of the holder nor a new check makes it move, be it one of a
 * service, or one that comes with another service for its VIP.
 */
static bool passes(const struct election *e, const struct el_service *s)
{
	if (!s->spec || !s->spec->service.checks.n ||
	    el_fault(e, EL_FAULT_UNCHECKED))
		return true;
	if (s->health != EL_HEALTH_UNKNOWN)
		return s->health == EL_HEALTH_GOOD;
	return unit_held_here(e, s);
}

bool view_sick(const struct election *e, const struct el_service *s)
{
	return s->spec && (e->now->mono < s->sick_until || !passes(e, s));
}

bool view_well(const struct election *e, const struct el_node *node,
	       const struct el_service *s)
{
	if (view_self(e, node->name))
		return passes(e, s);
	return node->rec &&
	       !names_has_sorted(&node->rec->node.unhealthy, s->name);
}

/* What keeps this node from a service. */
static const char *own_reason(const struct election *e, const struct el_node *self,
			      const struct el_service *s)
{
	const char *hindrance = view_hindrance(e, self, s);

	if (!hindrance && !view_well(e, self, s))
		return "its checks fail";
	return hindrance;
}

/* Of a service's unit: what keeps it from one is in the way of all. */
static const char *unit_reason(const struct election *e, const struct el_node *self,
			       const struct el_service *s)
{
	const char *reason = own_reason(e, self, s);

	for (size_t i = 0; !reason && s->unit && i < e->n_services; i++) {
		const struct el_service *with = e->services[i];

		if (with->spec && with->unit == s->unit)
			reason = own_reason(e, self, with);
	}
	return reason;
}

/* Where nothing hinders it, another is the better one, for one of two reasons. */
const char *view_why_let_go(struct election *e, const struct el_service *s)
{
	const struct el_node *self = view_node(e, e->config.node);
	const char *reason = unit_reason(e, self, s);

	if (reason)
		return reason;
	if (!names_equal(&s->spec->service.vips, &s->holder->holder.vips))
		return "the VIPs changed";
	if (s->assigned && view_self(e, s->assigned->name))
		return "began anew";
	if (s->assigned && names_has(&s->spec->service.prefer, s->assigned->name))
		return "another is preferred";
	return "another has less";
}
