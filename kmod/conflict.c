// SPDX-License-Identifier: GPL-2.0
/*
 * Foreign claims to an address we hold.
 *
 * RFC 5227, section 2.4, leaves three answers to a conflict. We take (c), defend for
 * as long as the address is ours: with one announcement, and where the other goes
 * on, with another no sooner than DEFEND_INTERVAL later. Giving the address up is
 * the controller's to decide: it reads the event.
 */
#include <linux/etherdevice.h>
#include <linux/hash.h>
#include <linux/if_arp.h>
#include <linux/timekeeping.h>
#include "announce.h"
#include "conflict.h"
#include "net.h"
#include "netlink.h"
#include "trace.h"
#include "vip.h"

/* RFC 5227, section 1.1: seconds between two defences. */
#define DEFEND_INTERVAL		10

/* Seconds between two events about one VIP. */
#define EVENT_INTERVAL		1

/* Events a second in one namespace. */
#define EVENTS			100

/* How many walks over all devices a second may take, in one namespace. */
#define WALKS			100

/* A remembered verdict: the address, whether it is ours, and the second. */
#define VERDICT_OURS		BIT_ULL(48)
#define VERDICT_TIME_SHIFT	49

enum claimant {
	CLAIMANT_OURS,
	CLAIMANT_FOREIGN,
	CLAIMANT_UNKNOWN,
};

static u64 verdict(u64 lladdr, u64 ours, time64_t now)
{
	return lladdr | ours | (u64)now << VERDICT_TIME_SHIFT;
}

/*
 * Our own frames come back from a bridge in a loop, from the other leg of a bond,
 * or from a macvlan: a hardware address of this host is no foreign one. To know
 * takes a walk over all devices, which a storm must not buy with each frame. So
 * what a walk found holds for the rest of the second, and walks are limited.
 */
static enum claimant claimant_of(struct l2a_net *ln,
				 const struct net_device *dev, const u8 *lladdr)
{
	time64_t now = ktime_get_boottime_seconds();
	u64 addr = ether_addr_to_u64(lladdr);
	atomic64_t *known;
	u64 seen, ours;

	if (ether_addr_equal_unaligned(lladdr, dev->dev_addr))
		return CLAIMANT_OURS;
	known = &ln->verdicts[hash_64(addr, L2A_VERDICT_BITS)];
	seen = atomic64_read(known);
	if ((seen & ~VERDICT_OURS) == verdict(addr, 0, now))
		return seen & VERDICT_OURS ? CLAIMANT_OURS : CLAIMANT_FOREIGN;
	if (!__ratelimit(&ln->walk_rl))
		return CLAIMANT_UNKNOWN;
	ours = dev_getbyhwaddr_rcu(ln->net, ARPHRD_ETHER, (char *)lladdr) ?
	       VERDICT_OURS : 0;
	atomic64_set(known, verdict(addr, ours, now));
	return ours ? CLAIMANT_OURS : CLAIMANT_FOREIGN;
}

/*
 * Counts in whole seconds, and one more, so that it is never over too soon. Two
 * CPUs may both find the time come; then a defence or an event goes out twice,
 * which does no harm.
 */
static bool interval_over(u32 *after, u32 seconds)
{
	u32 now = (u32)ktime_get_boottime_seconds();

	if (now < READ_ONCE(*after))
		return false;
	WRITE_ONCE(*after, now + seconds + 1);
	return true;
}

/**
 * l2a_conflict - look at an ARP packet whose sender address is a VIP
 * @ln: the namespace
 * @vip: the VIP
 * @lladdr: the sender's hardware address, 6 bytes
 *
 * Counts, reports and meets a claim of another host to a VIP this one answers
 * for. In a storm from ever new addresses, claims beyond what can be looked into
 * are counted only. Softirq, under RCU.
 */
void l2a_conflict(struct l2a_net *ln, struct l2a_vip *vip, const u8 *lladdr)
{
	enum claimant claimant;

	if (!l2a_vip_answering(vip))
		return;
	claimant = claimant_of(ln, vip->dev, lladdr);
	if (claimant == CLAIMANT_OURS)
		return;

	l2a_vip_count(vip->stats, L2A_VIP_CONFLICTS);
	l2a_total_count(ln->totals, L2A_TOTAL_CONFLICTS);
	trace_conflict(vip, lladdr);
	if (claimant == CLAIMANT_UNKNOWN) {
		l2a_total_count(ln->totals, L2A_TOTAL_CONFLICTS_LIMITED);
		return;
	}

	if (interval_over(&vip->defend_after, DEFEND_INTERVAL)) {
		l2a_total_count(ln->totals, L2A_TOTAL_DEFENDED);
		l2a_announce_once(ln, vip);
	}
	if (interval_over(&vip->event_after, EVENT_INTERVAL) &&
	    __ratelimit(&ln->conflict_rl))
		l2a_nl_conflict(ln, vip, lladdr);
	else
		l2a_total_count(ln->totals, L2A_TOTAL_CONFLICTS_LIMITED);
}

/**
 * l2a_conflict_net_init - begin a namespace's look-out for conflicts
 * @ln: the namespace
 */
void l2a_conflict_net_init(struct l2a_net *ln)
{
	ratelimit_state_init(&ln->conflict_rl, HZ, EVENTS);
	ratelimit_set_flags(&ln->conflict_rl, RATELIMIT_MSG_ON_RELEASE);
	ratelimit_state_init(&ln->walk_rl, HZ, WALKS);
	ratelimit_set_flags(&ln->walk_rl, RATELIMIT_MSG_ON_RELEASE);
}
