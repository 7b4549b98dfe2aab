// SPDX-License-Identifier: GPL-2.0
/*
 * The process's hand on its kernel: the very served.c, vips.c and responder.c, used as
 * the agent uses them. What that makes of EL_SERVE, EL_LEASE and the comparison with
 * the kernel now and then is theirs.
 */
#include "l2announced/responder.h"
#include "sim.h"

/* What the controller has a second for, in a world where all is done in less. */
#define MISSING		(100 * MS)

/* ---- what it tells, each an event */

static void on_module(void *arg, bool there, uint64_t token,
		      const struct names *active)
{
	struct host *h = arg;
	struct message *msg = message_new(EL_EV_KERNEL);

	h->module = there;
	if (active)
		names_copy(&msg->active, active);
	msg->ev.kernel.there = there;
	msg->ev.kernel.token = token;
	msg->ev.kernel.active = &msg->active;
	host_deliver(h->world, h, msg, 0);
	if (!there)
		driver_check(h->world, h, MISSING);
}

static void tell_served(struct host *h, const struct served *s, bool ok)
{
	struct message *msg = message_new(EL_EV_SERVE_DONE);

	msg->ev.serve.ok = ok;
	msg->ev.serve.seq = s->seq;
	msg->ev.serve.service = service_name(number_of(s->name));
	host_deliver(h->world, h, msg, between(h->world, 0, MS / 10));
}

static void on_served(void *arg, const struct served *s)
{
	tell_served(arg, s, true);
}

/* ---- what it does */

/* One of each kind, as the agent has: set again, it is another time that counts. */
static uint64_t timer(struct world *w, struct host *h, uint64_t wait,
		      void (*run)(struct world *w, struct happening *hp))
{
	struct happening *hp = later(w, wait, run);

	hp->host = h;
	hp->life = h->life;
	return hp->at;
}

static void tell_outcome(struct world *w, struct host *h,
			 const struct el_action *a)
{
	struct served *s = served_find(&h->served, a->name);
	bool ok = responder_served(h->responder, s);

	tell(w, h, "%s %s%s", a->name,
	     a->serve == EL_SERVE_ACTIVE ? "active" :
	     a->serve == EL_SERVE_STANDBY ? "standby" : "gone",
	     ok ? "" : ": not done");
	if (!ok && a->serve == EL_SERVE_ACTIVE)
		h->sick_until = w->now + 5 * h->config.duration_ms * MS;
	tell_served(h, s, ok);
}

static void part_due(struct world *w, struct happening *hp);

static void part(struct world *w, struct host *h)
{
	uint64_t again;

	netlink_turn(w, h);
	again = responder_part(h->responder, host_monotime(w, h));
	if (again)
		h->part_at = timer(w, h, again, part_due);
}

static void part_due(struct world *w, struct happening *hp)
{
	struct host *h = hp->host;

	if (h->life != hp->life || h->part_at != hp->at)
		return;
	h->part_at = NO_TIME;
	host_deliver(w, h, message_turn(part), 0);
}

/* Of several services at once: the kernel is asked once for all of them. */
void driver_serve(struct world *w, struct host *h, const struct el_action *a,
		  size_t n)
{
	netlink_turn(w, h);
	for (size_t i = 0; i < n; i++)
		served_set(&h->served, &a[i], host_monotime(w, h), 0);
	responder_sync(h->responder);
	for (size_t i = 0; i < n; i++)
		tell_outcome(w, h, &a[i]);
	part(w, h);
}

void driver_lease(struct world *w, struct host *h, const struct el_action *a)
{
	struct message *msg = message_new(EL_EV_LEASE_DONE);

	netlink_turn(w, h);
	msg->ev.lease.ok = responder_lease(h->responder, a->deadline, a->token,
					   &msg->ev.lease.stale);
	host_deliver(w, h, msg, between(w, 0, MS / 10));
}

void driver_lease_end(struct world *w, struct host *h)
{
	netlink_turn(w, h);
	responder_lease_end(h->responder);
}

void driver_links(struct world *w, struct host *h)
{
	netlink_turn(w, h);
	responder_sync(h->responder);
}

/* ---- the comparison */

static void compare(struct world *w, struct host *h)
{
	netlink_turn(w, h);
	responder_check(h->responder, election_settled(h->election));
	driver_check(w, h, h->module ? h->reconcile : MISSING);
}

static void due(struct world *w, struct happening *hp)
{
	struct host *h = hp->host;

	if (h->life != hp->life || h->check_at != hp->at)
		return;
	/* It waits for its turn behind what is being done. */
	h->check_at = NO_TIME;
	host_deliver(w, h, message_turn(compare), 0);
}

void driver_check(struct world *w, struct host *h, uint64_t wait)
{
	h->check_at = timer(w, h, wait, due);
}

/* What an earlier process left is in the way of every release. */
void driver_after(struct world *w, struct host *h)
{
	if (responder_left(h->responder) && election_settled(h->election) &&
	    h->check_at > w->now)
		driver_check(w, h, 0);
}

/* ---- its life */

void driver_start(struct world *w, struct host *h)
{
	const struct responder_hooks hooks = {
		.there = on_module, .served = on_served, .arg = h,
	};

	h->world = w;
	h->module = false;
	h->responder = responder_new(NULL, 1, NULL, &h->served, &hooks);
	driver_check(w, h, between(w, 0, MS));
}

void driver_end(struct host *h)
{
	responder_free(h->responder);
	h->responder = NULL;
	served_clear(&h->served);
}
