/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: l2announce:reply, :suppress, :announce, :conflict, :lease.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM l2announce

#if !defined(L2A_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define L2A_TRACE_H

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/l2announce.h>
#include <linux/netdevice.h>
#include <linux/tracepoint.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include <net/net_namespace.h>
#include "compat.h"
#include "lease.h"
#include "stats.h"
#include "vip.h"

#ifndef L2A_TRACE_HELPERS
#define L2A_TRACE_HELPERS
/*
 * A VIP's address as "%pISc" prints it. In an entry it stands before all that is no
 * multiple of four bytes, for a socket address is aligned to that.
 */
static inline void l2a_trace_addr(__u8 *to, const struct in6_addr *addr)
{
	if (ipv6_addr_v4mapped(addr)) {
		struct sockaddr_in *sin = (struct sockaddr_in *)to;

		sin->sin_family = AF_INET;
		sin->sin_addr.s_addr = addr->s6_addr32[3];
	} else {
		struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)to;

		sin6->sin6_family = AF_INET6;
		sin6->sin6_addr = *addr;
	}
}

/* An asker's, of 4 or 16 bytes as the family says. */
static inline void l2a_trace_asker(__u8 *to, int family, const void *ip)
{
	struct in6_addr addr;

	if (family == AF_INET6)
		memcpy(&addr, ip, sizeof(addr));
	else
		ipv6_addr_set_v4mapped(*(const __be32 *)ip, &addr);
	l2a_trace_addr(to, &addr);
}
#endif

/* Names that programs which read traces would not know the values of. */
TRACE_DEFINE_ENUM(L2ANNOUNCE_A_STATS_SUPPRESSED_STANDBY);
TRACE_DEFINE_ENUM(L2ANNOUNCE_A_STATS_SUPPRESSED_EXPIRED);
TRACE_DEFINE_ENUM(L2ANNOUNCE_A_STATS_SUPPRESSED_DOWN);
TRACE_DEFINE_ENUM(L2ANNOUNCE_A_STATS_SUPPRESSED_INVALID);

TRACE_EVENT(reply,
	TP_PROTO(const struct l2a_vip *vip, const u8 *asker, int family,
		 const void *asker_ip),
	TP_ARGS(vip, asker, family, asker_ip),
	TP_STRUCT__entry(
		__string(dev, vip->dev->name)
		__array(__u8, addr, sizeof(struct sockaddr_in6))
		__array(__u8, asker_ip, sizeof(struct sockaddr_in6))
		__array(__u8, asker, ETH_ALEN)
	),
	TP_fast_assign(
		l2a_assign_str(dev, vip->dev->name);
		l2a_trace_addr(__entry->addr, &vip->key.addr);
		memcpy(__entry->asker, asker, ETH_ALEN);
		l2a_trace_asker(__entry->asker_ip, family, asker_ip);
	),
	TP_printk("dev=%s addr=%pISc asker=%pM asker_ip=%pISc", __get_str(dev),
		  __entry->addr, __entry->asker, __entry->asker_ip)
);

/* The reason is the attribute of the totals that counts it: its number stays. */
TRACE_EVENT(suppress,
	TP_PROTO(const struct l2a_vip *vip, enum l2a_total reason),
	TP_ARGS(vip, reason),
	TP_STRUCT__entry(
		__string(dev, vip->dev->name)
		__array(__u8, addr, sizeof(struct sockaddr_in6))
		__field(int, reason)
	),
	TP_fast_assign(
		l2a_assign_str(dev, vip->dev->name);
		l2a_trace_addr(__entry->addr, &vip->key.addr);
		__entry->reason = L2ANNOUNCE_A_STATS_REPLIES + reason;
	),
	TP_printk("dev=%s addr=%pISc reason=%s", __get_str(dev), __entry->addr,
		  __print_symbolic(__entry->reason,
				   { L2ANNOUNCE_A_STATS_SUPPRESSED_STANDBY,
				     "standby" },
				   { L2ANNOUNCE_A_STATS_SUPPRESSED_EXPIRED,
				     "expired" },
				   { L2ANNOUNCE_A_STATS_SUPPRESSED_DOWN,
				     "down" },
				   { L2ANNOUNCE_A_STATS_SUPPRESSED_INVALID,
				     "invalid" }))
);

TRACE_EVENT(announce,
	TP_PROTO(const struct l2a_vip *vip, int op),
	TP_ARGS(vip, op),
	TP_STRUCT__entry(
		__string(dev, vip->dev->name)
		__array(__u8, addr, sizeof(struct sockaddr_in6))
		__field(int, op)
	),
	TP_fast_assign(
		l2a_assign_str(dev, vip->dev->name);
		l2a_trace_addr(__entry->addr, &vip->key.addr);
		__entry->op = op;
	),
	TP_printk("dev=%s addr=%pISc form=%s", __get_str(dev), __entry->addr,
		  __print_symbolic(__entry->op,
				   { ARPOP_REQUEST, "request" },
				   { ARPOP_REPLY, "reply" },
				   { NDISC_NEIGHBOUR_ADVERTISEMENT,
				     "advertisement" }))
);

TRACE_EVENT(conflict,
	TP_PROTO(const struct l2a_vip *vip, const u8 *lladdr),
	TP_ARGS(vip, lladdr),
	TP_STRUCT__entry(
		__string(dev, vip->dev->name)
		__array(__u8, addr, sizeof(struct sockaddr_in6))
		__array(__u8, own, ETH_ALEN)
		__array(__u8, other, ETH_ALEN)
	),
	TP_fast_assign(
		l2a_assign_str(dev, vip->dev->name);
		l2a_trace_addr(__entry->addr, &vip->key.addr);
		memcpy(__entry->own, vip->dev->dev_addr, ETH_ALEN);
		memcpy(__entry->other, lladdr, ETH_ALEN);
	),
	TP_printk("dev=%s addr=%pISc own=%pM other=%pM", __get_str(dev),
		  __entry->addr, __entry->own, __entry->other)
);

TRACE_EVENT(lease,
	TP_PROTO(const struct net *net, const struct l2a_lease_view *view),
	TP_ARGS(net, view),
	TP_STRUCT__entry(
		__field(unsigned int, netns)
		__field(u32, id)
		__field(u64, deadline)
		__field(u64, token)
		__field(bool, valid)
	),
	TP_fast_assign(
		__entry->netns = net->ns.inum;
		__entry->id = view->id;
		__entry->deadline = view->deadline;
		__entry->token = view->token;
		__entry->valid = view->valid;
	),
	TP_printk("netns=%u id=%u deadline=%llu token=%llu valid=%d",
		  __entry->netns, __entry->id, __entry->deadline, __entry->token,
		  __entry->valid)
);

#endif /* L2A_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
