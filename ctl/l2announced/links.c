// SPDX-License-Identifier: GPL-2.0
/*
 * The network devices: rtnetlink tells that something changed, a fresh dump
 * tells what is. A lost notification can then hide nothing for long: the
 * overrun itself is news.
 */
#include <errno.h>
#include <event2/event.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netlink/cache.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <string.h>

#include "links.h"
#include "log.h"

/* Until what could not be read is tried again. */
#define AGAIN_S	1

struct links {
	struct nl_sock *requests;
	struct nl_sock *events;
	struct event *ev;
	void (*fn)(void *arg);
	void *arg;
	struct link *list;
	size_t n;
	struct link_port *ports;
	size_t n_ports;
	bool stale;
};

/* The master of a bridge, bond or team sees the ARP; its ports do not. */
static bool takes_over(struct rtnl_link *master)
{
	static const char *const kinds[] = { "bridge", "bond", "team" };
	const char *kind = rtnl_link_get_type(master);

	for (size_t i = 0; kind && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kind, kinds[i]))
			return true;
	}
	return false;
}

/* Of a port: to be given back. NULL where it is none. */
static struct rtnl_link *master_of(struct nl_cache *cache, struct rtnl_link *link)
{
	int number = rtnl_link_get_master(link);
	struct rtnl_link *master;

	if (number <= 0)
		return NULL;
	master = rtnl_link_get(cache, number);
	if (!master || takes_over(master))
		return master;
	rtnl_link_put(master);
	return NULL;
}

static bool usable(struct rtnl_link *link)
{
	return rtnl_link_get_arptype(link) == ARPHRD_ETHER &&
	       !(rtnl_link_get_flags(link) & (IFF_LOOPBACK | IFF_NOARP));
}

static void forget(struct links *links)
{
	for (size_t i = 0; i < links->n; i++)
		free(links->list[i].name);
	free(links->list);
	links->list = NULL;
	links->n = 0;
	for (size_t i = 0; i < links->n_ports; i++) {
		free(links->ports[i].name);
		free(links->ports[i].master);
	}
	free(links->ports);
	links->ports = NULL;
	links->n_ports = 0;
}

static void add(struct links *links, struct rtnl_link *rl)
{
	const unsigned int up = IFF_UP | IFF_RUNNING;
	struct link *link;

	links->list = xrealloc(links->list, links->n + 1, sizeof(*links->list));
	link = &links->list[links->n++];
	link->name = xstrdup(rtnl_link_get_name(rl));
	link->ifindex = (uint32_t)rtnl_link_get_ifindex(rl);
	link->up = (rtnl_link_get_flags(rl) & up) == up;
}

static void add_port(struct links *links, struct rtnl_link *rl,
		     struct rtnl_link *master)
{
	struct link_port *port;

	links->ports = xrealloc(links->ports, links->n_ports + 1,
				sizeof(*links->ports));
	port = &links->ports[links->n_ports++];
	port->name = xstrdup(rtnl_link_get_name(rl));
	port->master = xstrdup(rtnl_link_get_name(master));
}

static int read_all(struct links *links, struct l2a_error *err)
{
	struct nl_cache *cache;
	int ret = rtnl_link_alloc_cache(links->requests, AF_UNSPEC, &cache);

	if (ret < 0)
		return l2a_fail(err, -EIO, "cannot list the network devices: %s",
				nl_geterror(ret));
	forget(links);
	for (struct nl_object *o = nl_cache_get_first(cache); o;
	     o = nl_cache_get_next(o)) {
		struct rtnl_link *rl = (struct rtnl_link *)(void *)o;
		struct rtnl_link *master;

		if (!rtnl_link_get_name(rl) || !usable(rl))
			continue;
		master = master_of(cache, rl);
		if (master)
			add_port(links, rl, master);
		else
			add(links, rl);
		rtnl_link_put(master);
	}
	nl_cache_free(cache);
	return 0;
}

static int on_message(struct nl_msg *msg, void *arg)
{
	struct links *links = arg;

	(void)msg;
	links->stale = true;
	return NL_OK;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval again = { .tv_sec = AGAIN_S };
	struct links *links = arg;
	struct l2a_error err;
	int ret;

	(void)fd;
	(void)what;
	do
		ret = nl_recvmsgs_default(links->events);
	while (ret >= 0);
	/* Anything but "nothing left to read" may have lost something. */
	if (ret != -NLE_AGAIN)
		links->stale = true;
	if (!links->stale)
		return;
	if (read_all(links, &err)) {
		log_err("%s", err.text);
		event_add(links->ev, &again);
		return;
	}
	links->stale = false;
	event_remove_timer(links->ev);
	links->fn(links->arg);
}

static int open_sockets(struct links *links)
{
	int ret;

	links->requests = nl_socket_alloc();
	links->events = nl_socket_alloc();
	if (!links->requests || !links->events)
		return -NLE_NOMEM;
	ret = nl_connect(links->requests, NETLINK_ROUTE);
	if (ret < 0)
		return ret;
	nl_socket_disable_seq_check(links->events);
	nl_socket_modify_cb(links->events, NL_CB_VALID, NL_CB_CUSTOM,
			    on_message, links);
	ret = nl_connect(links->events, NETLINK_ROUTE);
	if (ret < 0)
		return ret;
	ret = nl_socket_set_nonblocking(links->events);
	if (ret < 0)
		return ret;
	return nl_socket_add_memberships(links->events, RTNLGRP_LINK, 0);
}

struct links *links_open(struct event_base *base, void (*fn)(void *arg),
			 void *arg, struct l2a_error *err)
{
	struct links *links = xmalloc(sizeof(*links));
	int ret;

	links->fn = fn;
	links->arg = arg;
	ret = open_sockets(links);
	if (ret < 0) {
		l2a_fail(err, -EIO, "cannot follow the network devices: %s",
			 nl_geterror(ret));
		goto fail;
	}
	links->ev = event_new(base, nl_socket_get_fd(links->events),
			      EV_READ | EV_PERSIST, on_readable, links);
	if (!links->ev || event_add(links->ev, NULL)) {
		l2a_fail(err, -ENOMEM, "cannot follow the network devices");
		goto fail;
	}
	if (read_all(links, err))
		goto fail;
	return links;
fail:
	links_close(links);
	return NULL;
}

void links_close(struct links *links)
{
	if (!links)
		return;
	if (links->ev)
		event_free(links->ev);
	nl_socket_free(links->requests);
	nl_socket_free(links->events);
	forget(links);
	free(links);
}

const struct link *links_list(const struct links *links, size_t *n)
{
	*n = links->n;
	return links->list;
}

const struct link_port *links_ports(const struct links *links, size_t *n)
{
	*n = links->n_ports;
	return links->ports;
}

void links_up(const struct links *links, struct names *names)
{
	for (size_t i = 0; i < links->n; i++) {
		if (links->list[i].up)
			names_add(names, links->list[i].name);
	}
	names_sort(names);
}
