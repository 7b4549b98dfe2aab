// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel module, seen from the controller. Its requests are answered by
 * the kernel at once, so they are made right on the event loop.
 */
#include <errno.h>
#include <event2/event.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "answered.h"
#include "lib/clock.h"
#include "log.h"
#include "log_ids.h"
#include "responder.h"
#include "vips.h"

#define PART_MOST	16	/* services that wait for an answer at a time */
#define PART_LOOK_NS	(2 * L2A_NSEC_PER_MSEC)	/* between two looks for one */

/* A deadline long past: makes the lease known and valid for nobody. */
#define PAST_NS	1

struct responder {
	struct event_base *base;
	uint32_t lease;
	struct links *links;
	struct served_list *list;
	struct responder_hooks hooks;
	struct l2a_genl *genl;		/* NULL while the module is not there */
	struct l2a_events *events;
	struct event *ev;
	struct vips vips;
	bool silent;			/* all that should be, as of the last sync */
	bool left;			/* an earlier process's may be active still */
	uint64_t deadline;
	uint64_t mends;
	bool told_missing;
};

static const char *vip_text(const struct l2a_addr *addr, uint32_t ifindex,
			    const struct links *links, char buf[128])
{
	char text[L2A_ADDR_STRLEN];
	const struct link *list;
	const char *dev = "?";
	size_t n;

	list = links_list(links, &n);
	for (size_t i = 0; i < n; i++) {
		if (list[i].ifindex == ifindex)
			dev = list[i].name;
	}
	snprintf(buf, 128, "vip=%s dev=%s", l2a_addr_format(addr, text), dev);
	return buf;
}

/* Coming and going of the module. */

static void let_go(struct responder *r)
{
	if (r->ev)
		event_free(r->ev);
	l2a_events_close(r->events);
	l2a_genl_close(r->genl);
	r->ev = NULL;
	r->events = NULL;
	r->genl = NULL;
	vips_forget(&r->vips);
}

static const struct log_facts gone = { .id = LOG_ID_MODULE_GONE };
static const struct log_facts back = { .id = LOG_ID_MODULE_BACK };

/* A family that has vanished answers like an object that is missing. */
static bool vanished(struct responder *r)
{
	struct l2a_stats stats;
	struct l2a_error err;

	if (r->genl && !l2a_stats_get(r->genl, &stats, &err))
		return false;
	if (!r->genl)
		return true;
	log_event(LOG_ERR, &gone, "kernel module gone: %s", err.text);
	let_go(r);
	r->hooks.there(r->hooks.arg, false, 0, NULL);
	return true;
}

static void on_event(const struct l2a_event *event, void *arg)
{
	struct responder *r = arg;
	char text[L2A_ADDR_STRLEN];
	struct vip *vip;

	switch (event->type) {
	case L2A_EVENT_CONFLICT:
		r->hooks.conflict(r->hooks.arg,
				  l2a_addr_format(&event->vip.addr, text),
				  event->lladdr);
		break;
	case L2A_EVENT_EXPIRED:
		if (event->lease.id == r->lease)
			r->hooks.expired(r->hooks.arg);
		break;
	case L2A_EVENT_DEVICE_GONE:
		vip = vips_find(&r->vips, &event->vip.addr, event->vip.ifindex);
		if (vip)
			vip->has = VIP_NONE;
		break;
	case L2A_EVENT_VIP:
	case L2A_EVENT_VIP_DEL:
	case L2A_EVENT_LEASE:
		break;
	}
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct responder *r = arg;
	struct l2a_error err;

	(void)fd;
	(void)what;
	/* What is lost here the next check finds. */
	if (l2a_events_read(r->events, on_event, r, &err) < 0)
		log_warn("kernel events: %s", err.text);
}

static bool open_module(struct responder *r, struct l2a_error *err)
{
	if (l2a_genl_open(&r->genl, err) || l2a_events_open(&r->events, err))
		return false;
	r->ev = event_new(r->base, l2a_events_fd(r->events),
			  EV_READ | EV_PERSIST, on_readable, r);
	if (r->ev && !event_add(r->ev, NULL))
		return true;
	l2a_fail(err, -ENOMEM, "out of memory");
	return false;
}

static int find_lease(struct responder *r, struct l2a_lease *lease,
		      struct l2a_error *err)
{
	int ret = l2a_lease_get(r->genl, r->lease, lease, err);

	if (ret != -ENOENT)
		return ret;
	ret = l2a_lease_renew(r->genl, r->lease, PAST_NS, NULL, err);
	return ret ? ret : l2a_lease_get(r->genl, r->lease, lease, err);
}

static int find_active(struct responder *r, const struct l2a_lease *lease,
		       struct names *active, struct l2a_error *err)
{
	struct l2a_vip_filter filter = { .by_lease = true, .lease = r->lease };
	char text[L2A_ADDR_STRLEN];
	struct l2a_vip *vips;
	size_t n;
	int ret;

	ret = l2a_vip_dump(r->genl, &filter, &vips, &n, err);
	if (ret)
		return ret;
	for (size_t i = 0; i < n; i++) {
		if (vips[i].state == L2ANNOUNCE_VIP_STATE_ACTIVE &&
		    vips[i].token == lease->token)
			names_add(active, l2a_addr_format(&vips[i].addr, text));
	}
	free(vips);
	return 0;
}

static void try_open(struct responder *r)
{
	struct names active = { 0, NULL };
	struct l2a_lease lease;
	struct l2a_error err;

	if (!open_module(r, &err) || find_lease(r, &lease, &err) ||
	    find_active(r, &lease, &active, &err)) {
		if (!r->told_missing)
			log_event(LOG_ERR, &gone,
				  "kernel module not usable, trying again: %s",
				  err.text);
		r->told_missing = true;
		names_clear(&active);
		let_go(r);
		return;
	}
	if (r->told_missing)
		log_event(LOG_NOTICE, &back, "kernel module usable");
	r->told_missing = false;
	r->left = active.n;
	r->hooks.there(r->hooks.arg, true, lease.token, &active);
	names_clear(&active);
}

/* Making the VIPs what they should be. */

static struct nl_msg *request(const struct responder *r, const struct vip *vip)
{
	struct l2a_vip_request req = {
		.addr = vip->addr,
		.ifindex = vip->ifindex,
		.set = L2A_VIP_STATE | L2A_VIP_LEASE,
		.state = L2ANNOUNCE_VIP_STATE_STANDBY,
		.lease = r->lease,
	};
	int id = l2a_genl_id(r->genl);

	if (vip->want == VIP_NONE)
		return l2a_msg_vip_del(id, &vip->addr, vip->ifindex);
	if (vip->want == VIP_ACTIVE) {
		req.state = L2ANNOUNCE_VIP_STATE_ACTIVE;
		req.set |= L2A_VIP_TOKEN;
		req.token = vip->token;
	}
	return l2a_msg_vip_new(id, NLM_F_CREATE | NLM_F_REPLACE, &req);
}

static void take_verdict(struct responder *r, struct vip *vip,
			 const struct l2a_error *err)
{
	char text[128];

	/* Nothing there to remove, or no device (any more) to be on. */
	if (err->code == -ENODEV || (vip->want == VIP_NONE && err->code == -ENOENT)) {
		vip->has = VIP_NONE;
		return;
	}
	if (!err->code) {
		vip->has = vip->want;
		vip->has_token = vip->token;
		vip->refused = false;
		return;
	}
	if (!vip->refused)
		log_err("kernel refused %s: %s",
			vip_text(&vip->addr, vip->ifindex, r->links, text),
			err->text);
	vip->refused = true;
}

static void send_all(struct responder *r, struct vip **changed,
		     struct nl_msg **msgs, size_t n)
{
	struct l2a_error *errs = xmalloc((n + 1) * sizeof(*errs));
	struct l2a_error err;
	bool check = false;

	if (l2a_genl_batch(r->genl, msgs, n, errs, &err) < 0) {
		log_err("kernel: %s", err.text);
		for (size_t i = 0; i < n; i++)
			changed[i]->has = VIP_UNKNOWN;
		check = true;
	} else {
		for (size_t i = 0; i < n; i++) {
			take_verdict(r, changed[i], &errs[i]);
			check |= errs[i].code == -ENOENT;
		}
	}
	free(errs);
	if (check)
		vanished(r);
}

static void tell_kernel(struct responder *r)
{
	struct vip **changed;
	struct nl_msg **msgs;
	size_t n = 0;

	if (!r->genl)
		return;
	changed = xmalloc((r->vips.n + 1) * sizeof(struct vip *));
	msgs = xmalloc((r->vips.n + 1) * sizeof(struct nl_msg *));
	for (size_t i = 0; i < r->vips.n; i++) {
		if (vips_settled(&r->vips.v[i]))
			continue;
		msgs[n] = request(r, &r->vips.v[i]);
		if (msgs[n])
			changed[n++] = &r->vips.v[i];
	}
	if (n)
		send_all(r, changed, msgs, n);
	for (size_t i = 0; i < n; i++)
		nlmsg_free(msgs[i]);
	free(msgs);
	free(changed);
	vips_prune(&r->vips);
	r->silent = vips_silent(&r->vips);
}

void responder_sync(struct responder *r)
{
	vips_want(&r->vips, r->list, r->links);
	tell_kernel(r);
}

/*
 * What an earlier process left active where nothing is wanted any more, as on a
 * device that is no longer the service's, only a comparison with the kernel finds.
 */
static bool served(const struct responder *r, const struct served *s)
{
	/* Without the module nothing answers, which is half of what is asked. */
	if (!r->genl)
		return s->serve != EL_SERVE_ACTIVE;
	if (s->serve == EL_SERVE_ACTIVE)
		return vips_active(&r->vips, s, r->links);
	return r->silent && !r->left && !s->silent_by;
}

bool responder_served(struct responder *r, struct served *s)
{
	bool done = served(r, s);

	if (r->genl)
		s->unfinished = !done;
	return done;
}

/* Comparing with what the kernel has. */

static void note_mend(struct responder *r, const struct l2a_addr *addr,
		      uint32_t ifindex, const char *what)
{
	char text[128], vip[L2A_ADDR_STRLEN];
	const struct log_facts facts = {
		.id = LOG_ID_MENDED,
		.vip = l2a_addr_format(addr, vip),
	};

	r->mends++;
	log_event(LOG_WARNING, &facts, "mended %s: %s",
		  vip_text(addr, ifindex, r->links, text), what);
}

static void compare(struct responder *r, struct vip *vip,
		    const struct l2a_vip *found)
{
	enum vip_state has = VIP_NONE;

	if (found)
		has = found->state == L2ANNOUNCE_VIP_STATE_ACTIVE ? VIP_ACTIVE :
		      VIP_STANDBY;
	if (vip->has == VIP_UNKNOWN)
		vip->has = has;
	if (has == vip->has && (has != VIP_ACTIVE || found->token == vip->has_token))
		return;
	note_mend(r, &vip->addr, vip->ifindex,
		  !found ? "was missing" :
		  has == VIP_ACTIVE ? "was active" : "was standby");
	vip->has = has;
	vip->has_token = found ? found->token : 0;
}

static int by_place(const void *a, const void *b)
{
	const struct l2a_vip *x = a, *y = b;

	return vips_order(&x->addr, x->ifindex, &y->addr, y->ifindex);
}

static int order(const struct l2a_vip *found, const struct vip *vip)
{
	return vips_order(&found->addr, found->ifindex, &vip->addr, vip->ifindex);
}

/* Whether it is gone, or none. */
static bool remove_extra(struct responder *r, const struct l2a_vip *found)
{
	struct l2a_error err;

	if (l2a_vip_del(r->genl, &found->addr, found->ifindex, &err)) {
		log_warn("kernel: %s", err.text);
		return err.code == -ENOENT;
	}
	note_mend(r, &found->addr, found->ifindex, "belonged to no service");
	return true;
}

/*
 * Both in one order and side by side: to look for each of thousands among the others
 * would be most of what a controller at rest does.
 *
 * Return: whether none is left in the kernel that nothing is known of.
 */
static bool compare_all(struct responder *r, struct l2a_vip *found, size_t n)
{
	const struct l2a_vip *f = found, *end = found + n;
	bool all_gone = true;

	if (n)
		qsort(found, n, sizeof(*found), by_place);
	for (size_t i = 0; i < r->vips.n; i++) {
		struct vip *vip = &r->vips.v[i];

		while (f < end && order(f, vip) < 0)
			all_gone &= remove_extra(r, f++);
		compare(r, vip, f < end && !order(f, vip) ? f++ : NULL);
	}
	while (f < end)
		all_gone &= remove_extra(r, f++);
	return all_gone;
}

static void mend_vips(struct responder *r)
{
	struct l2a_vip_filter filter = { .by_lease = true, .lease = r->lease };
	struct l2a_vip *vips;
	struct l2a_error err;
	size_t n;
	int ret;

	ret = l2a_vip_dump(r->genl, &filter, &vips, &n, &err);
	/* It changed while it was read: the next check will do. */
	if (ret == -EAGAIN)
		return;
	if (ret) {
		log_warn("kernel: %s", err.text);
		return;
	}
	r->left &= !compare_all(r, vips, n);
	free(vips);
}

/* What could not be done at first may have worked by now. */
static void finish(struct responder *r)
{
	for (size_t i = 0; i < r->list->n; i++) {
		struct served *s = &r->list->v[i];

		if (!s->unfinished || !served(r, s))
			continue;
		s->unfinished = false;
		r->hooks.served(r->hooks.arg, s);
	}
}

/* Falling silent right behind an answer. */

static bool still_waits(struct responder *r, struct served *s, uint64_t now)
{
	return r->genl && now < s->silent_by &&
	       !answered_again(r->genl, s, r->links);
}

uint64_t responder_part(struct responder *r, uint64_t now)
{
	unsigned int waiting = 0;
	bool ended = false;

	for (size_t i = 0; i < r->list->n; i++) {
		struct served *s = &r->list->v[i];

		if (!s->silent_by)
			continue;
		if (waiting < PART_MOST && still_waits(r, s, now)) {
			waiting++;
			continue;
		}
		s->silent_by = 0;
		ended = true;
	}
	if (ended) {
		responder_sync(r);
		finish(r);
	}
	return waiting ? PART_LOOK_NS : 0;
}

void responder_check(struct responder *r, bool mend)
{
	if (!r->genl) {
		try_open(r);
		/* A module that was loaded anew has forgotten the standbys too. */
		if (r->genl)
			responder_sync(r);
		return;
	}
	if (vanished(r))
		return;
	vips_want(&r->vips, r->list, r->links);
	if (mend)
		mend_vips(r);
	tell_kernel(r);
	if (r->genl)
		finish(r);
}

/* The lease. */

bool responder_lease(struct responder *r, uint64_t deadline, uint64_t token,
		     bool *stale)
{
	struct l2a_lease lease;
	struct l2a_error err;
	int ret;

	*stale = false;
	if (!r->genl)
		return false;
	ret = l2a_lease_renew(r->genl, r->lease, deadline, &token, &err);
	if (!ret) {
		r->deadline = deadline;
		return true;
	}
	log_err("kernel refused lease=%u token=%llu: %s", r->lease,
		(unsigned long long)token, err.text);
	*stale = ret == -ESTALE;
	if (vanished(r))
		return false;
	if (*stale && !l2a_lease_get(r->genl, r->lease, &lease, NULL))
		r->hooks.there(r->hooks.arg, true, lease.token, NULL);
	return false;
}

void responder_lease_end(struct responder *r)
{
	struct l2a_error err;

	r->deadline = 0;
	if (!r->genl)
		return;
	if (l2a_lease_release(r->genl, r->lease, &err))
		log_warn("kernel: cannot end lease=%u: %s", r->lease, err.text);
}

uint64_t responder_lease_left(const struct responder *r)
{
	return l2a_deadline_left(r->deadline, l2a_boottime_ns());
}

size_t responder_vips(const struct responder *r, struct l2a_vip **vips)
{
	struct l2a_vip_filter filter = { .by_lease = true, .lease = r->lease };
	struct l2a_error err;
	size_t n = 0;

	*vips = NULL;
	if (!r->genl || l2a_vip_dump(r->genl, &filter, vips, &n, &err))
		return 0;
	return n;
}

bool responder_left(const struct responder *r)
{
	return r->left;
}

uint64_t responder_mends(const struct responder *r)
{
	return r->mends;
}

struct responder *responder_new(struct event_base *base, uint32_t lease,
				struct links *links, struct served_list *list,
				const struct responder_hooks *hooks)
{
	struct responder *r = xmalloc(sizeof(*r));

	r->base = base;
	r->lease = lease;
	r->links = links;
	r->list = list;
	r->hooks = *hooks;
	return r;
}

void responder_free(struct responder *r)
{
	if (!r)
		return;
	let_go(r);
	vips_clear(&r->vips);
	free(r);
}
