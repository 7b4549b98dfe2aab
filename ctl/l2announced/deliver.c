// SPDX-License-Identifier: GPL-2.0
/*
 * Local routes for held VIPs of either family: "local VIP dev DEV table local",
 * marked with a protocol number of our own.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netlink/addr.h>
#include <netlink/handlers.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deliver.h"
#include "log.h"
#include "names.h"

struct deliver {
	struct nl_sock *sock;
};

struct deliver *deliver_open(struct l2a_error *err)
{
	struct deliver *deliver = xmalloc(sizeof(*deliver));
	int on = 1, ret = -NLE_NOMEM;

	deliver->sock = nl_socket_alloc();
	if (deliver->sock)
		ret = nl_connect(deliver->sock, NETLINK_ROUTE);
	if (ret >= 0 && setsockopt(nl_socket_get_fd(deliver->sock), SOL_NETLINK,
				   NETLINK_GET_STRICT_CHK, &on, sizeof(on)))
		ret = -NLE_OPNOTSUPP;
	if (ret >= 0)
		return deliver;
	l2a_fail(err, -EIO, "cannot reach the routing table: %s",
		 nl_geterror(ret));
	deliver_close(deliver);
	return NULL;
}

void deliver_close(struct deliver *deliver)
{
	if (!deliver)
		return;
	nl_socket_free(deliver->sock);
	free(deliver);
}

static int by_route(const void *a, const void *b)
{
	const struct deliver_route *x = a, *y = b;
	int c = memcmp(&x->addr, &y->addr, sizeof(x->addr));

	if (c)
		return c;
	return x->ifindex < y->ifindex ? -1 : x->ifindex > y->ifindex;
}

static struct rtnl_route *make_route(const struct deliver_route *route)
{
	int len = (int)l2a_addr_len(route->addr.family);
	struct rtnl_route *rr = rtnl_route_alloc();
	struct rtnl_nexthop *nh = rtnl_route_nh_alloc();
	struct nl_addr *dst = nl_addr_build(route->addr.family,
					    route->addr.bytes, (size_t)len);

	if (!rr || !nh || !dst) {
		rtnl_route_put(rr);
		if (nh)
			rtnl_route_nh_free(nh);
		nl_addr_put(dst);
		return NULL;
	}
	nl_addr_set_prefixlen(dst, 8 * len);
	rtnl_route_set_family(rr, (uint8_t)route->addr.family);
	rtnl_route_set_table(rr, RT_TABLE_LOCAL);
	rtnl_route_set_type(rr, RTN_LOCAL);
	rtnl_route_set_scope(rr, RT_SCOPE_HOST);
	rtnl_route_set_protocol(rr, DELIVER_PROTOCOL);
	rtnl_route_set_dst(rr, dst);
	rtnl_route_nh_set_ifindex(nh, (int)route->ifindex);
	rtnl_route_add_nexthop(rr, nh);
	nl_addr_put(dst);
	return rr;
}

static void change(struct deliver *deliver, const struct deliver_route *route,
		   bool add)
{
	struct rtnl_route *rr = make_route(route);
	char text[L2A_ADDR_STRLEN];
	int ret;

	if (!rr)
		return;
	ret = add ? rtnl_route_add(deliver->sock, rr, NLM_F_CREATE | NLM_F_EXCL) :
		    rtnl_route_delete(deliver->sock, rr, 0);
	rtnl_route_put(rr);
	l2a_addr_format(&route->addr, text);
	/* There already: the address is configured here, which does as well. */
	if (!ret || ret == -NLE_EXIST)
		log_debug("%s local route vip=%s ifindex=%u",
			  add ? "added" : "removed", text, route->ifindex);
	else if (add || ret != -NLE_OBJ_NOTFOUND)
		log_warn("cannot %s the local route of vip=%s ifindex=%u: %s",
			 add ? "add" : "remove", text, route->ifindex,
			 nl_geterror(ret));
}

static bool read_route(struct rtnl_route *rr, struct deliver_route *route)
{
	struct rtnl_nexthop *nh = rtnl_route_nexthop_n(rr, 0);
	struct nl_addr *dst = rtnl_route_get_dst(rr);

	if (rtnl_route_get_table(rr) != RT_TABLE_LOCAL ||
	    rtnl_route_get_protocol(rr) != DELIVER_PROTOCOL || !nh || !dst ||
	    nl_addr_get_len(dst) > sizeof(route->addr.bytes))
		return false;
	memset(route, 0, sizeof(*route));
	route->addr.family = rtnl_route_get_family(rr);
	memcpy(route->addr.bytes, nl_addr_get_binary_addr(dst),
	       nl_addr_get_len(dst));
	route->ifindex = (uint32_t)rtnl_route_nh_get_ifindex(nh);
	return true;
}

struct list {
	struct deliver_route *routes;
	size_t n;
};

static int on_route(struct nl_msg *msg, void *arg)
{
	struct deliver_route route;
	struct list *list = arg;
	struct rtnl_route *rr;

	if (rtnl_route_parse(nlmsg_hdr(msg), &rr) < 0)
		return NL_SKIP;
	if (read_route(rr, &route)) {
		list->routes = xrealloc(list->routes, list->n + 1, sizeof(route));
		list->routes[list->n++] = route;
	}
	rtnl_route_put(rr);
	return NL_OK;
}

/* Strict checking makes the kernel filter: a full table may be very long. */
static int read_family(struct deliver *deliver, unsigned char family,
		       struct list *list)
{
	struct rtmsg filter = {
		.rtm_family = family,
		.rtm_table = RT_TABLE_LOCAL,
		.rtm_protocol = DELIVER_PROTOCOL,
	};
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int ret = -NLE_NOMEM;

	if (!cb)
		goto out;
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_route, list);
	ret = nl_send_simple(deliver->sock, RTM_GETROUTE, NLM_F_DUMP, &filter,
			     sizeof(filter));
	if (ret >= 0)
		ret = nl_recvmsgs(deliver->sock, cb);
	nl_cb_put(cb);
out:
	if (ret < 0)
		log_err("cannot list the local %s routes: %s",
			family == AF_INET6 ? "IPv6" : "IPv4", nl_geterror(ret));
	return ret < 0 ? ret : 0;
}

/* A host without IPv6 has none of its routes, and need not know how to list them. */
static int read_all(struct deliver *deliver, struct list *list)
{
	int ret = read_family(deliver, AF_INET, list);

	if (!ret && !access("/proc/sys/net/ipv6", F_OK))
		ret = read_family(deliver, AF_INET6, list);
	return ret;
}

static bool has(const struct deliver_route *routes, size_t n,
		const struct deliver_route *route)
{
	return n && bsearch(route, routes, n, sizeof(*routes), by_route);
}

/* Sorted, and one route a VIP: services may share it. */
static size_t one_each(struct deliver_route *routes, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(routes, n, sizeof(*routes), by_route);
	for (size_t i = 0; i < n; i++) {
		if (!kept || !l2a_addr_equal(&routes[i].addr,
					     &routes[kept - 1].addr))
			routes[kept++] = routes[i];
	}
	return kept;
}

void deliver_remove(struct deliver *deliver, const struct deliver_route *had,
		    size_t n_had, struct deliver_route *routes, size_t n)
{
	n = one_each(routes, n);
	for (size_t i = 0; i < n_had; i++) {
		if (!has(routes, n, &had[i]))
			change(deliver, &had[i], false);
	}
}

void deliver_set(struct deliver *deliver, struct deliver_route *routes, size_t n)
{
	struct list there = { NULL, 0 };

	if (read_all(deliver, &there))
		goto out;
	n = one_each(routes, n);
	if (there.n)
		qsort(there.routes, there.n, sizeof(*there.routes), by_route);
	/* Away first: a VIP may only change its device. */
	for (size_t i = 0; i < there.n; i++) {
		if (!has(routes, n, &there.routes[i]))
			change(deliver, &there.routes[i], false);
	}
	for (size_t i = 0; i < n; i++) {
		if (!has(there.routes, there.n, &routes[i]))
			change(deliver, &routes[i], true);
	}
out:
	free(there.routes);
}
