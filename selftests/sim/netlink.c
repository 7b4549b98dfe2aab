// SPDX-License-Identifier: GPL-2.0
/*
 * The library between the controller and the module, as responder.c calls it; here it
 * leads to the simulated kernel of the host whose turn it is. Requests may be refused
 * for want of memory, and verdicts and dumps be lost.
 */
#include <errno.h>
#include <event2/event.h>
#include <linux/l2announce.h>
#include <netlink/msg.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "l2announced/links.h"
#include "l2announced/log.h"
#include "lib/clock.h"
#include "lib/genl.h"
#include "sim.h"

#define ETH0	1	/* the only device there is */

/* A way to the module that was there when it was opened. */
struct l2a_genl {
	struct kernel *kernel;
	unsigned int loads;
};

struct nl_msg {
	int vip;
	bool del;
	struct kernel_vip set;
};

static struct world *world;
static struct host *host;

void netlink_turn(struct world *w, struct host *h)
{
	world = w;
	host = h;
}

/* ---- what goes wrong */

static bool in_trouble(unsigned int percent)
{
	return world->trouble && chance(world, percent);
}

static int gone(const struct l2a_genl *g, struct l2a_error *err)
{
	if (!g->kernel->unloaded && g->loads == g->kernel->loads)
		return 0;
	return l2a_fail(err, -ENOENT, "no module");
}

/* ---- the way there */

int l2a_genl_open(struct l2a_genl **g, struct l2a_error *err)
{
	*g = NULL;
	if (host->kernel->unloaded)
		return l2a_fail(err, -ENOENT, "no module");
	*g = xmalloc(sizeof(**g));
	(*g)->kernel = host->kernel;
	(*g)->loads = host->kernel->loads;
	return 0;
}

void l2a_genl_close(struct l2a_genl *g)
{
	free(g);
}

int l2a_genl_id(const struct l2a_genl *g)
{
	(void)g;
	return 0;
}

int l2a_stats_get(struct l2a_genl *g, struct l2a_stats *stats,
		  struct l2a_error *err)
{
	memset(stats, 0, sizeof(*stats));
	return gone(g, err);
}

/* ---- the lease */

int l2a_lease_get(struct l2a_genl *g, uint32_t id, struct l2a_lease *lease,
		  struct l2a_error *err)
{
	int ret = gone(g, err);

	if (ret)
		return ret;
	if (!g->kernel->lease)
		return l2a_fail(err, -ENOENT, "no such lease");
	memset(lease, 0, sizeof(*lease));
	lease->id = id;
	lease->token = g->kernel->lease_token;
	lease->deadline_ns = g->kernel->lease_deadline;
	return 0;
}

int l2a_lease_renew(struct l2a_genl *g, uint32_t id, uint64_t deadline_ns,
		    const uint64_t *token, struct l2a_error *err)
{
	struct kernel *k = g->kernel;
	int ret = gone(g, err);

	(void)id;
	if (ret)
		return ret;
	/* How long it is to last was reckoned when it was decided. */
	if (token && (world->own_faults & SIM_FAULT_RELATIVE_TTL))
		deadline_ns += host_boottime(world, host) - host->decided;
	ret = kernel_renew(k, deadline_ns, token ? *token : k->lease_token);
	if (ret)
		return l2a_fail(err, ret, "a newer token is known");
	tell(world, host, "kernel: lease token %llu for %.3f ms",
	     (unsigned long long)k->lease_token,
	     ((double)deadline_ns - (double)host_boottime(world, host)) / 1e6);
	return 0;
}

int l2a_lease_release(struct l2a_genl *g, uint32_t id, struct l2a_error *err)
{
	int ret = gone(g, err);

	(void)id;
	if (ret)
		return ret;
	g->kernel->lease_deadline = 0;
	tell(world, host, "kernel: lease ended");
	return 0;
}

/* ---- the VIPs */

static int number_of_vip(const struct l2a_addr *addr)
{
	char text[L2A_ADDR_STRLEN];

	l2a_addr_format(addr, text);
	for (int v = 0; v < MAX_VIPS; v++) {
		if (!strcmp(vip_name(v), text))
			return v;
	}
	abort();
}

struct nl_msg *l2a_msg_vip_new(int id, int flags,
			       const struct l2a_vip_request *request)
{
	struct nl_msg *msg = xmalloc(sizeof(*msg));

	(void)id;
	(void)flags;
	msg->vip = number_of_vip(&request->addr);
	msg->set.active = request->state == L2ANNOUNCE_VIP_STATE_ACTIVE;
	msg->set.token = request->token;
	/* A fault: it names no incarnation. */
	msg->set.unbound = msg->set.active && !request->token;
	return msg;
}

struct nl_msg *l2a_msg_vip_del(int id, const struct l2a_addr *addr,
			       uint32_t ifindex)
{
	struct nl_msg *msg = xmalloc(sizeof(*msg));

	(void)id;
	(void)ifindex;
	msg->vip = number_of_vip(addr);
	msg->del = true;
	return msg;
}

void nlmsg_free(struct nl_msg *msg)
{
	free(msg);
}

static int request(struct kernel *k, const struct nl_msg *msg,
		   struct l2a_error *err)
{
	int ret = in_trouble(2) ? -ENOMEM :
		  msg->del ? kernel_remove(k, msg->vip) :
			     kernel_set(k, msg->vip, &msg->set);

	tell(world, host, "kernel: %s %s token %llu%s", vip_name(msg->vip),
	     msg->del ? "gone" : msg->set.active ? "active" : "standby",
	     (unsigned long long)msg->set.token,
	     !ret ? "" : ret == -ENOMEM ? ": no memory" : ": refused");
	return ret ? l2a_fail(err, ret, "refused") : 0;
}

/* The way there fails, or the way back: whether it was carried out is not known. */
static long lost(struct l2a_error *err)
{
	tell(world, host, "kernel: what became of that is lost");
	return l2a_fail(err, -ENOBUFS, "lost");
}

long l2a_genl_batch(struct l2a_genl *g, struct nl_msg *const *msgs, size_t n,
		    struct l2a_error *errs, struct l2a_error *err)
{
	bool fails = in_trouble(2);
	long refused = 0;

	if (fails && chance(world, 50))
		return lost(err);
	for (size_t i = 0; i < n; i++) {
		errs[i].code = 0;
		if (gone(g, &errs[i]) || request(g->kernel, msgs[i], &errs[i]))
			refused++;
	}
	return fails ? lost(err) : refused;
}

/* Somebody asks for it now and then. */
int l2a_vip_get(struct l2a_genl *g, const struct l2a_addr *addr,
		uint32_t ifindex, struct l2a_vip *vip, struct l2a_error *err)
{
	struct kernel_vip *known = &g->kernel->vips[number_of_vip(addr)];
	int ret = gone(g, err);

	(void)ifindex;
	if (ret)
		return ret;
	if (!known->known || in_trouble(2))
		return l2a_fail(err, -ENOENT, "no such VIP");
	known->replies += known->active && chance(world, 5);
	memset(vip, 0, sizeof(*vip));
	vip->replies = known->replies;
	return 0;
}

int l2a_vip_del(struct l2a_genl *g, const struct l2a_addr *addr,
		uint32_t ifindex, struct l2a_error *err)
{
	struct nl_msg *msg = l2a_msg_vip_del(0, addr, ifindex);
	int ret = gone(g, err);

	if (!ret)
		ret = request(g->kernel, msg, err);
	nlmsg_free(msg);
	return ret;
}

int l2a_vip_dump(struct l2a_genl *g, const struct l2a_vip_filter *filter,
		 struct l2a_vip **vips, size_t *n, struct l2a_error *err)
{
	int ret = gone(g, err);

	(void)filter;
	*n = 0;
	*vips = NULL;
	if (ret)
		return ret;
	if (in_trouble(5))
		return l2a_fail(err, -EAGAIN, "it changes");
	*vips = xmalloc(MAX_VIPS * sizeof(**vips));
	for (int v = 0; v < MAX_VIPS; v++) {
		const struct kernel_vip *vip = &g->kernel->vips[v];
		struct l2a_vip *to = &(*vips)[*n];

		if (!vip->known)
			continue;
		memset(to, 0, sizeof(*to));
		l2a_addr_parse(vip_name(v), &to->addr, NULL);
		to->ifindex = ETH0;
		to->state = vip->active ? L2ANNOUNCE_VIP_STATE_ACTIVE :
					  L2ANNOUNCE_VIP_STATE_STANDBY;
		to->token = vip->token;
		(*n)++;
	}
	return 0;
}

/* ---- what it tells: nothing that a check does not find */

int l2a_events_open(struct l2a_events **events, struct l2a_error *err)
{
	(void)err;
	*events = NULL;
	return 0;
}

void l2a_events_close(struct l2a_events *events)
{
	(void)events;
}

int l2a_events_fd(const struct l2a_events *events)
{
	(void)events;
	return -1;
}

int l2a_events_read(struct l2a_events *events, l2a_event_fn fn, void *arg,
		    struct l2a_error *err)
{
	(void)events;
	(void)fn;
	(void)arg;
	(void)err;
	return 0;
}

struct event *event_new(struct event_base *base, evutil_socket_t fd, short what,
			event_callback_fn fn, void *arg)
{
	static char none;

	(void)base;
	(void)fd;
	(void)what;
	(void)fn;
	(void)arg;
	return (struct event *)&none;
}

int event_add(struct event *ev, const struct timeval *timeout)
{
	(void)ev;
	(void)timeout;
	return 0;
}

void event_free(struct event *ev)
{
	(void)ev;
}

/* ---- the rest of the world */

const struct link *links_list(const struct links *links, size_t *n)
{
	static char name[] = "eth0";
	static struct link dev = { .name = name, .ifindex = ETH0 };

	(void)links;
	dev.up = host->kernel->link;
	*n = 1;
	return &dev;
}

uint64_t l2a_boottime_ns(void)
{
	return host_boottime(world, host);
}

uint64_t l2a_deadline_left(uint64_t deadline, uint64_t now)
{
	return deadline > now ? deadline - now : 0;
}

__attribute__((format(printf, 1, 0)))
static void say(const char *fmt, va_list args)
{
	char line[256];

	if (!world->trace)
		return;
	vsnprintf(line, sizeof(line), fmt, args);
	tell(world, host, "%s", line);
}

void log_line(int priority, const char *fmt, ...)
{
	va_list args;

	(void)priority;
	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
}

void log_event(int priority, const struct log_facts *facts, const char *fmt, ...)
{
	va_list args;

	(void)priority;
	(void)facts;
	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
}
