// SPDX-License-Identifier: GPL-2.0
/*
 * What the election knows, for people: no decision is taken here.
 */
#include "view.h"

/* Who keeps it for want of a better one cannot serve it either. */
static const char *service_state(const struct el_service *s, bool held)
{
	if (held)
		return s->kept ? "unservable" : "held";
	return s->eligible ? "free" : "unservable";
}

void election_services(struct election *e, const struct el_now *now,
		       void (*fn)(const struct el_service_info *info, void *arg),
		       void *arg)
{
	e->now = now;
	for (size_t i = 0; i < e->n_services; i++) {
		const struct el_service *s = e->services[i];
		struct el_service_info info = {
			.name = s->name,
			.holder = s->holder ? &s->holder->holder : NULL,
			.serve = s->want,
			.version = s->spec_version,
		};

		if (!s->spec)
			continue;
		info.spec = &s->spec->service;
		info.rec = s->spec;
		info.held = !view_free(e, s);
		info.state = service_state(s, info.held);
		fn(&info, arg);
	}
	e->now = NULL;
}

static const char *node_state(const struct el_node *node)
{
	const struct node_record *rec = node->rec ? &node->rec->node : NULL;

	if (!rec)
		return "unknown";
	if (rec->state == NODE_FENCED && rec->left)
		return "stopped";
	if (rec->state == NODE_READY && node->drained)
		return node_state_name(NODE_DRAINING);
	return node_state_name(rec->state);
}

void election_nodes(struct election *e, const struct el_now *now,
		    void (*fn)(const struct el_node_info *info, void *arg),
		    void *arg)
{
	for (size_t i = 0; i < e->n_nodes; i++) {
		const struct el_node *node = e->nodes[i];
		struct el_node_info info = {
			.name = node->name,
			.rec = node->rec ? &node->rec->node : NULL,
			.state = node_state(node),
			.seen_ns = now->mono - node->seen,
			.drained = node->drained,
			.drain_version = node->drain_version,
		};

		fn(&info, arg);
	}
}

struct el_self_info election_self(const struct election *e)
{
	static const char *const states[] = {
		[EL_MEMBER_OUT] = "out",
		[EL_MEMBER_WATCHING] = "watching",
		[EL_MEMBER_JOINING] = "joining",
		[EL_MEMBER_IN] = "in",
		[EL_MEMBER_LEAVING] = "leaving",
		[EL_MEMBER_GONE] = "gone",
	};
	bool renews = e->self.state == EL_MEMBER_JOINING ||
		      e->self.state == EL_MEMBER_IN ||
		      e->self.state == EL_MEMBER_LEAVING;

	return (struct el_self_info){
		.member = e->self.state == EL_MEMBER_IN,
		.viewed = e->have_view,
		.state = states[e->self.state],
		.incarnation = e->self.incarnation,
		.answered = renews ? e->self.answered : 0,
	};
}

bool election_settled(const struct election *e)
{
	if (e->self.state != EL_MEMBER_IN)
		return false;
	for (size_t i = 0; i < e->n_services; i++) {
		if (e->services[i]->want == EL_SERVE_UNKNOWN)
			return false;
	}
	return true;
}
