/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module keeps for one network namespace.
 */
#ifndef L2A_NET_H
#define L2A_NET_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/ratelimit.h>
#include <linux/rhashtable.h>
#include <linux/xarray.h>
#include "announce.h"
#include "nd_group.h"
#include "stats.h"
#include "term.h"

/**
 * DOC: locking
 *
 * &l2a_net.lock, a mutex
 *	is taken by everything that changes VIPs, leases and settings: netlink
 *	commands and device events. It nests inside RTNL (device events come with
 *	RTNL held) and nothing that holds it may wait for RTNL, so a renewal never
 *	stands behind a slow configuration of devices. What needs RTNL, joining
 *	and leaving multicast groups, is left to a worker that takes both.
 *
 * &l2a_announcer.lock, a spinlock taken with softirqs off
 *	guards the queue of announcements. It nests inside the mutex and is a
 *	leaf: nothing is locked, sent or allocated under it. The packet path
 *	takes it only to defend a VIP in a conflict, at most once in 10 s a VIP.
 *
 * RCU
 *	is all that the packet path, the announcements' worker, the lease timers
 *	and requests that only read hold. They reach a VIP through the hash table or the queue, and
 *	its &l2a_term through &l2a_vip.term; both are freed a grace period after
 *	they were unlinked. A device outlives every RCU reader that got it from
 *	a VIP, since the VIPs of a device are unlinked in NETDEV_UNREGISTER and
 *	the core waits for a grace period after that.
 *
 * Counters
 *	are per CPU and written with softirqs off; they are summed without a lock.
 *
 * &l2a_net.verdicts, &l2a_net.walk_rl, &l2a_net.conflict_rl
 *	are what the packet path writes that CPUs share, and only for a claim to a
 *	VIP from another hardware address: atomics, and rate limits whose lock is
 *	tried and not waited for.
 */

/* Claimants remembered at once. */
#define L2A_VERDICT_BITS	4

/**
 * struct l2a_net - a namespace's VIPs, leases and settings
 * @net: the namespace
 * @lock: see "locking"
 * @vips: every VIP by address and device, for the packet path
 * @vip_list: every VIP in the order they were added, for dumps
 * @nr_vips: how many
 * @nr_family: how many of IPv4 [0] and of IPv6 [1]; a family's hooks stand while
 *	it is not 0
 * @max_vips: the most there may be
 * @vip_seq: the place in @vip_list of the VIP added last; only grows
 * @generation: grows with each change that a running dump must notice, always odd
 * @leases: &struct l2a_lease by id
 * @nr_leases: how many
 * @always: the term of VIPs that are active without a lease; never ends
 * @totals: the namespace's counters
 * @announcer: what is to be announced, and when
 * @conflict_rl: bounds conflict events
 * @walk_rl: bounds walks over all devices in search of a claimant's address
 * @verdicts: what these walks found, by hash of the address, for a second
 * @arp_ops: the two ARP hooks; stable storage, since the core finds them by
 *	address
 * @nd_ops: the three IPv6 hooks, likewise
 * @groups: the solicited-node groups of IPv6 VIPs
 */
struct l2a_net {
	struct net *net;
	struct mutex lock;	/* all but the packet path */
	struct rhashtable vips;
	struct list_head vip_list;
	u32 nr_vips;
	u32 nr_family[2];
	u32 max_vips;
	u64 vip_seq;
	atomic_t generation;
	struct xarray leases;
	u32 nr_leases;
	struct l2a_term always;
	struct l2a_totals __percpu *totals;
	struct l2a_announcer announcer;
	struct ratelimit_state conflict_rl;
	struct ratelimit_state walk_rl;
	atomic64_t verdicts[1 << L2A_VERDICT_BITS];
	struct nf_hook_ops arp_ops[2];
	struct nf_hook_ops nd_ops[3];
	struct l2a_groups groups;
};

struct l2a_net *l2a_net(const struct net *net);

/**
 * l2a_net_changed - make dumps that are under way say they were interrupted
 * @ln: the namespace
 *
 * Any context.
 */
static inline void l2a_net_changed(struct l2a_net *ln)
{
	/* From 1 on in steps of two: never 0, which netlink takes for "none". */
	atomic_add(2, &ln->generation);
}

#endif /* L2A_NET_H */
