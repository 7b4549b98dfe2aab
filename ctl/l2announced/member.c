// SPDX-License-Identifier: GPL-2.0
/*
 * This node's own record: joining, renewing, being fenced, leaving.
 *
 * The one rule all else hangs on: the kernel's lease is set to the instant a
 * renewal was sent, plus the duration, less the margin, and only when the
 * store has said that it was written. Whoever fences us has seen that record
 * (or a later one) after it was sent and has waited the whole duration, so our
 * kernel has been silent for at least the margin, less what the two clocks
 * drift apart meanwhile.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view.h"

/* From a renewal's failure to the next try, at the most. */
#define RENEW_AGAIN_MS	100

static struct el_node *own(struct election *e)
{
	return view_node(e, e->config.node);
}

bool member_lives(const struct election *e)
{
	return e->self.state == EL_MEMBER_IN &&
	       e->now->boot < e->self.deadline;
}

static char *text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static char *text(const char *fmt, ...)
{
	char buf[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	return xstrdup(buf);
}

static void leave_process(struct election *e, int status, char *why)
{
	struct el_action *action;

	if (e->self.state == EL_MEMBER_GONE) {
		free(why);
		return;
	}
	e->self.state = EL_MEMBER_GONE;
	e->self.deadline = 0;
	if (e->kernel && !e->leaving)
		el_do(e, EL_LEASE_END, NULL);
	action = el_do(e, EL_EXIT, NULL);
	action->status = status;
	action->text = why;
}

/*
 * This incarnation is over. The lease ends in the kernel first, which silences
 * all VIPs at once; claim.c then sees that none of them is ours.
 */
static void stand_down(struct election *e)
{
	e->self.state = EL_MEMBER_OUT;
	e->self.put_req = 0;
	e->self.get_req = 0;
	e->self.deadline = 0;
	e->self.restless = false;
	e->dirty = true;
	if (e->kernel)
		el_do(e, EL_LEASE_END, NULL);
}

/* The devices the others should know of: up, and wanted by some service. */
static void wanted_links(const struct election *e, struct names *devs)
{
	for (size_t i = 0; i < e->links.n; i++) {
		for (size_t k = 0; k < e->n_services; k++) {
			const struct record *spec = e->services[k]->spec;

			if (!spec || !names_match(&spec->service.devs,
						  e->links.v[i]))
				continue;
			names_add(devs, e->links.v[i]);
			break;
		}
	}
}

static void sick_services(const struct election *e, struct names *list)
{
	for (size_t i = 0; i < e->n_services; i++) {
		if (view_sick(e, e->services[i]))
			names_add(list, e->services[i]->name);
	}
}

static enum node_state own_state(const struct election *e)
{
	if (e->self.state == EL_MEMBER_LEAVING)
		return NODE_FENCED;
	return e->stopping ? NODE_DRAINING : NODE_READY;
}

static struct record *own_record(const struct election *e)
{
	struct record *rec = record_new(RECORD_NODE);
	struct node_record *node = &rec->node;

	node->incarnation = e->self.incarnation;
	node->seq = e->self.seq;
	node->duration_ms = e->config.duration_ms;
	node->state = own_state(e);
	node->weight = e->config.weight;
	node->left = e->self.state == EL_MEMBER_LEAVING;
	node->seen = e->rev;
	wanted_links(e, &node->devs);
	sick_services(e, &node->unhealthy);
	node->boot = xstrdup(e->config.boot);
	node->run = xstrdup(e->config.run);
	node->host = xstrdup(e->config.host);
	return rec;
}

/* Whether the others should hear of something before the next renewal. */
static bool has_news(const struct election *e)
{
	struct record *rec;
	bool news;

	if (!e->self.put_rec || !e->changed)
		return false;
	rec = own_record(e);
	news = rec->node.state != e->self.put_rec->node.state ||
	       rec->node.weight != e->self.put_rec->node.weight ||
	       !names_equal(&rec->node.devs, &e->self.put_rec->node.devs) ||
	       !names_equal(&rec->node.unhealthy,
			    &e->self.put_rec->node.unhealthy);
	record_put(rec);
	return news;
}

static void set_lease(struct election *e, uint64_t sent_boot)
{
	struct el_action *action = el_do(e, EL_LEASE, NULL);

	e->self.deadline = sent_boot + el_duration(e) -
			   e->config.margin_ms * NSEC_PER_MSEC;
	action->deadline = e->self.deadline;
	action->token = e->self.incarnation;
}

static void put_own(struct election *e)
{
	struct el_member *self = &e->self;

	self->seq++;
	self->restless = false;
	self->sent_boot = e->now->boot;
	self->sent_mono = e->now->mono;
	record_put(self->put_rec);
	self->put_rec = own_record(e);
	if (el_fault(e, EL_FAULT_RENEW_EARLY))
		set_lease(e, self->sent_boot);
	self->put_req = el_put(e, RECORD_NODE, e->config.node, self->version,
			       self->put_rec);
}

static void become_member(struct election *e)
{
	e->self.state = EL_MEMBER_IN;
	e->dirty = true;
	el_note(e, e->self.take_up ? EL_NOTE_TAKEN_UP : EL_NOTE_JOINED, NULL,
		e->config.node, e->self.incarnation, NULL);
}

/*
 * Our own lease had run out: the store was away, or we were. That the others'
 * records did not change meanwhile says nothing about them: count anew.
 */
static void forgive(struct election *e)
{
	for (size_t i = 0; i < e->n_nodes; i++)
		e->nodes[i]->seen = e->now->mono;
}

/* The store has our record as it was sent at self->sent_boot. */
static void renewed(struct election *e)
{
	struct el_member *self = &e->self;

	if (self->state == EL_MEMBER_IN && !member_lives(e))
		forgive(e);
	if (self->state == EL_MEMBER_LEAVING) {
		leave_process(e, 0, NULL);
		return;
	}
	/* A claim may have waited for a sign of the store's. */
	if (self->in_doubt || !member_lives(e) ||
	    e->now->mono >= self->renewed + el_fresh(e))
		e->reclaim = 0;
	set_lease(e, self->sent_boot);
	self->renewed = self->sent_mono;
	self->next = self->sent_mono + e->config.renew_ms * NSEC_PER_MSEC;
	if (e->leaving && self->renewed < e->leave_since)
		self->next = e->now->mono;
	self->in_doubt = false;
	for (size_t i = 0; i < e->n_services; i++)
		e->services[i]->doubt = false;
	if (self->state == EL_MEMBER_JOINING)
		become_member(e);
}

static void join(struct election *e, uint64_t version)
{
	e->self.state = EL_MEMBER_JOINING;
	e->dirty = true;
	e->self.version = version;
	e->self.answered = e->now->mono;
	put_own(e);
}

static void join_anew(struct election *e, const struct el_node *node)
{
	uint64_t last = e->self.incarnation;

	if (node->rec && node->rec->node.incarnation > last)
		last = node->rec->node.incarnation;
	if (e->kernel_token > last)
		last = e->kernel_token;
	e->self.incarnation = last + 1;
	if (el_fault(e, EL_FAULT_SAME_INCARNATION) && last)
		e->self.incarnation = last;
	e->self.seq = 0;
	e->self.take_up = false;
	join(e, node->rec ? node->version : 0);
}

/*
 * An earlier process of this node, on this very kernel, whose VIPs may still
 * be answering: go on where it was, and nobody notices.
 */
static void join_again(struct election *e, const struct el_node *node)
{
	e->self.incarnation = node->rec->node.incarnation;
	e->self.seq = node->rec->node.seq;
	e->self.take_up = true;
	claim_take_up(e);
	join(e, node->version);
}

static void watch(struct election *e, const struct el_node *node)
{
	e->self.state = EL_MEMBER_WATCHING;
	e->self.watch_version = node->version;
	el_note(e, EL_NOTE_WAITING, NULL, node->name,
		node->rec->node.incarnation,
		text("its record is another's (%s): waiting %u ms to see whether it is alive",
		     node->rec->node.host ? node->rec->node.host : "unknown host",
		     node->rec->node.duration_ms));
	el_wake_at(e, node->seen + node->rec->node.duration_ms * NSEC_PER_MSEC);
}

/* What to begin with: see what an earlier life has left, and where. */
static void begin(struct election *e)
{
	struct el_node *node = own(e);
	const struct node_record *rec = node->rec ? &node->rec->node : NULL;
	bool same_kernel;

	if (!rec || rec->state == NODE_FENCED) {
		join_anew(e, node);
		return;
	}
	/* Our own, from before we stood down: its lease is ended. */
	if (rec->run && !strcmp(rec->run, e->config.run)) {
		join_anew(e, node);
		return;
	}
	same_kernel = rec->boot && !strcmp(rec->boot, e->config.boot) &&
		      rec->incarnation == e->kernel_token;
	if (!same_kernel) {
		watch(e, node);
		return;
	}
	if (rec->duration_ms == e->config.duration_ms) {
		join_again(e, node);
		return;
	}
	/*
	 * The kernel may hold a deadline that is later than the others would
	 * wait from now on. End it: then that incarnation is over for sure.
	 */
	el_do(e, EL_LEASE_END, NULL);
	join_anew(e, node);
}

static void go_on_watching(struct election *e)
{
	struct el_node *node = own(e);
	uint64_t until;

	if (!node->rec || node->rec->node.state == NODE_FENCED) {
		e->self.state = EL_MEMBER_OUT;
		begin(e);
		return;
	}
	if (node->version != e->self.watch_version) {
		leave_process(e, 1, text("node %s is alive on %s (incarnation %llu): two nodes must not have one name",
					 node->name,
					 node->rec->node.host ? node->rec->node.host : "another host",
					 (unsigned long long)node->rec->node.incarnation));
		return;
	}
	until = node->seen + node->rec->node.duration_ms * NSEC_PER_MSEC;
	if (e->now->mono >= until)
		join_anew(e, node);
	else
		el_wake_at(e, until);
}

static bool can_begin(struct election *e)
{
	if (!e->kernel || !e->have_view || !e->have_links)
		return false;
	if (e->now->mono >= e->self.hold_until)
		return true;
	el_wake_at(e, e->self.hold_until);
	return false;
}

static void go_on_renewing(struct election *e)
{
	struct el_member *self = &e->self;

	if (self->put_req || self->get_req)
		return;
	if (e->now->mono >= self->next) {
		put_own(e);
		return;
	}
	el_wake_at(e, self->next);
}

/*
 * What cannot wait for the next renewal: that we are about to stop, or have lost a
 * device. It goes before the releases that follow from it, for whoever hears of one
 * of these plans with what it knows of us, and might give us more.
 */
void member_news(struct election *e)
{
	struct el_member *self = &e->self;

	if (self->state != EL_MEMBER_JOINING && self->state != EL_MEMBER_IN &&
	    self->state != EL_MEMBER_LEAVING)
		return;
	if (has_news(e))
		self->restless = true;
	e->changed = false;
	if (self->restless && !self->put_req && !self->get_req)
		put_own(e);
}

/* Everything is handed over, or it has taken too long. */
static void stop(struct election *e)
{
	bool in = e->self.state == EL_MEMBER_IN;

	if (!in && e->self.state != EL_MEMBER_LEAVING) {
		leave_process(e, 0, NULL);
		return;
	}
	if (e->now->mono >= e->stop_by) {
		leave_process(e, 0, text("not all could be handed over in time"));
		return;
	}
	el_wake_at(e, e->stop_by);
	if (!in || claim_pending(e) || e->self.put_req || e->self.get_req)
		return;
	e->self.state = EL_MEMBER_LEAVING;
	put_own(e);
}

void member_settle(struct election *e)
{
	switch (e->self.state) {
	case EL_MEMBER_OUT:
		if (!e->stopping && can_begin(e))
			begin(e);
		break;
	case EL_MEMBER_WATCHING:
		if (!e->stopping)
			go_on_watching(e);
		break;
	case EL_MEMBER_JOINING:
	case EL_MEMBER_IN:
	case EL_MEMBER_LEAVING:
		go_on_renewing(e);
		break;
	case EL_MEMBER_GONE:
		break;
	}
}

void member_stop(struct election *e)
{
	if (e->stopping && e->self.state != EL_MEMBER_GONE)
		stop(e);
}

/* The last renewal is in the store and in the kernel, or takes too long. */
void member_leave(struct election *e)
{
	struct el_member *self = &e->self;

	if (!e->leaving || self->state == EL_MEMBER_GONE)
		return;
	el_wake_at(e, e->stop_by);
	if (self->state != EL_MEMBER_IN || e->now->mono >= e->stop_by ||
	    (self->renewed >= e->leave_since && !self->put_req))
		leave_process(e, 0, NULL);
}

void member_kernel(struct election *e, const struct el_event *ev)
{
	bool newer = ev->kernel.there && ev->kernel.token > e->self.incarnation;

	if (!ev->kernel.there)
		e->kernel = false;
	if (e->self.state != EL_MEMBER_OUT && e->self.state != EL_MEMBER_GONE &&
	    (!ev->kernel.there || (newer && e->self.incarnation)))
		stand_down(e);
	e->kernel = ev->kernel.there;
	e->kernel_token = ev->kernel.token;
	names_clear(&e->kernel_active);
	if (ev->kernel.active)
		names_copy(&e->kernel_active, ev->kernel.active);
	names_sort(&e->kernel_active);
	e->dirty = true;
}

void member_lease_done(struct election *e, const struct el_event *ev)
{
	/* The next renewal tries again; until then nothing is claimed. */
	if (!ev->lease.ok)
		e->self.deadline = 0;
}

/* Our record is not what we wrote: this incarnation is over. */
static void overtaken(struct election *e)
{
	struct el_node *node = own(e);
	const struct node_record *rec = node->rec ? &node->rec->node : NULL;
	bool member = e->self.state == EL_MEMBER_IN;

	if (e->self.state == EL_MEMBER_LEAVING) {
		leave_process(e, 0, NULL);
		return;
	}
	if (member && rec && rec->incarnation > e->self.incarnation)
		el_note(e, EL_NOTE_SUPERSEDED, NULL, node->name,
			rec->incarnation,
			text("by %s", rec->host ? rec->host : "another host"));
	else if (member)
		el_note(e, EL_NOTE_FENCED, NULL, node->name,
			e->self.incarnation,
			rec ? NULL : text("its record was deleted"));
	stand_down(e);
}

static bool is_ours(const struct election *e, const struct record *rec)
{
	if (!rec || !rec->node.run || strcmp(rec->node.run, e->config.run) ||
	    rec->node.incarnation != e->self.incarnation)
		return false;
	return rec->node.state != NODE_FENCED || rec->node.left;
}

/*
 * A store that was away is noticed soon, for little of the lease may be left.
 * One that is there and wants fewer requests is spared below this.
 */
static void renewal_failed(struct election *e)
{
	uint64_t soon = RENEW_AGAIN_MS * NSEC_PER_MSEC;

	e->self.in_doubt = true;
	e->self.next = e->now->mono + (soon < el_retry(e) ? soon : el_retry(e));
}

void member_put_done(struct election *e, const struct el_event *ev)
{
	struct el_member *self = &e->self;
	struct el_item item = {
		.kind = RECORD_NODE,
		.name = e->config.node,
		.version = ev->done.item.version,
		.rec = self->put_rec,
	};

	self->put_req = 0;
	self->answered = e->now->mono;
	switch (ev->done.result) {
	case EL_OK:
		self->version = item.version;
		view_take_item(e, &item);
		renewed(e);
		break;
	case EL_FAILED:
		renewal_failed(e);
		break;
	case EL_CONFLICT:
	case EL_UNKNOWN:
		renewal_failed(e);
		self->get_req = el_get(e, RECORD_NODE, e->config.node);
		break;
	}
}

void member_got(struct election *e, const struct el_event *ev)
{
	const struct el_item *item = &ev->done.item;
	struct el_member *self = &e->self;
	uint64_t version = item->rec ? item->version : 0;

	self->get_req = 0;
	self->answered = e->now->mono;
	if (ev->done.result != EL_OK) {
		/* Put again: it fails for good where the first was written. */
		return;
	}
	view_take_item(e, item);
	if (is_ours(e, item->rec)) {
		self->version = version;
		if (item->rec->node.seq == self->put_rec->node.seq)
			renewed(e);
		else
			self->restless = true;
		return;
	}
	/* Nothing has changed: what was lost on the way may be sent again. */
	if (version == self->version) {
		self->restless = true;
		return;
	}
	overtaken(e);
}

/* After a view: need not wait for the next renewal to learn that we are out. */
void member_seen(struct election *e)
{
	struct el_node *node = own(e);

	if (e->self.state != EL_MEMBER_IN && e->self.state != EL_MEMBER_LEAVING)
		return;
	if (node->version <= e->self.version || is_ours(e, node->rec))
		return;
	overtaken(e);
}

/* Nobody's lease lasts longer than that, be it of a node that is long gone. */
static uint64_t longest_duration(const struct election *e)
{
	uint64_t longest = el_duration(e);

	for (size_t i = 0; i < e->n_nodes; i++) {
		uint64_t other = e->nodes[i]->patience_ms * NSEC_PER_MSEC;

		if (other > longest)
			longest = other;
	}
	return longest;
}

void member_reset(struct election *e)
{
	if (e->self.state != EL_MEMBER_OUT && e->self.state != EL_MEMBER_GONE)
		stand_down(e);
	/* Others may not have seen yet that the store is another. */
	e->self.hold_until = e->now->mono + longest_duration(e);
}
