// SPDX-License-Identifier: GPL-2.0
/*
 * The others' records: who has been silent for too long is fenced.
 *
 * "Too long" is what that node itself has told, counted on our clock from the
 * instant we last saw its record change. The write carries the version we saw:
 * where the node renewed meanwhile the write fails, and the node lives.
 */
#include "view.h"

/*
 * Not all at once: who comes first by name does it, the next ones step in a
 * little later each where it does not.
 */
#define STAGGER_SHARE	64	/* of the duration, for each place in line */
#define STAGGER_MOST	6	/* places */

static struct record *fenced(const struct record *rec)
{
	struct record *copy = record_new(RECORD_NODE);
	struct node_record *node = &copy->node;

	node->incarnation = rec->node.incarnation;
	node->seq = rec->node.seq;
	node->duration_ms = rec->node.duration_ms;
	node->state = NODE_FENCED;
	node->weight = rec->node.weight;
	names_copy(&node->devs, &rec->node.devs);
	names_copy(&node->unhealthy, &rec->node.unhealthy);
	node->boot = xstrdup(rec->node.boot);
	node->run = xstrdup(rec->node.run);
	node->host = xstrdup(rec->node.host);
	return copy;
}

static uint64_t own_place(const struct election *e, const struct el_node *target)
{
	uint64_t place = 0;

	for (size_t i = 0; i < e->n_nodes; i++) {
		const struct el_node *node = e->nodes[i];

		if (view_self(e, node->name) || place == STAGGER_MOST)
			break;
		if (node != target && node->rec &&
		    node->rec->node.state != NODE_FENCED)
			place++;
	}
	return place;
}

static void consider(struct election *e, struct el_node *node)
{
	uint64_t duration = node->rec->node.duration_ms * NSEC_PER_MSEC;
	uint64_t due = node->seen + duration +
		       own_place(e, node) * (duration / STAGGER_SHARE);
	uint64_t version = node->version;

	if (el_fault(e, EL_FAULT_FENCE_EARLY))
		due = node->seen + duration / 2;
	if (el_fault(e, EL_FAULT_FENCE_LATE))
		due = node->seen + 4 * duration;
	if (due < node->retry)
		due = node->retry;
	if (e->now->mono < due) {
		el_wake_at(e, due);
		return;
	}
	if (el_fault(e, EL_FAULT_FENCE_BLIND))
		version = NEVER;
	record_put(node->fence_rec);
	node->fence_rec = fenced(node->rec);
	node->fence_req = el_put(e, RECORD_NODE, node->name, version,
				 node->fence_rec);
}

void fence_settle(struct election *e)
{
	/* Whoever cannot renew himself has no business to judge others. */
	if (!member_lives(e) || el_fault(e, EL_FAULT_NO_FENCE))
		return;
	for (size_t i = 0; i < e->n_nodes; i++) {
		struct el_node *node = e->nodes[i];

		/* What cannot be read cannot be written over: its incarnation is lost. */
		if (node->rec && node->rec->node.state != NODE_FENCED &&
		    !node->unreadable && !node->fence_req &&
		    !view_self(e, node->name))
			consider(e, node);
	}
}

void fence_done(struct election *e, struct el_node *node,
		const struct el_event *ev)
{
	struct el_item item = {
		.kind = RECORD_NODE,
		.name = node->name,
		.version = ev->done.item.version,
		.rec = node->fence_rec,
	};

	node->fence_req = 0;
	node->retry = e->now->mono + el_retry(e);
	if (ev->done.result != EL_OK)
		return;
	el_note(e, EL_NOTE_FENCED_PEER, NULL, node->name,
		node->fence_rec->node.incarnation, NULL);
	view_take_item(e, &item);
}
