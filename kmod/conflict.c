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

/*
 * Our own frames come back from a bridge in a loop, from the other leg of a bond,
 * or from a macvlan: a hardware address of this host is no foreign one.
 */
static bool lladdr_is_ours(const struct net_device *dev, const u8 *lladdr)
{
	return ether_addr_equal_unaligned(lladdr, dev->dev_addr) ||
	       dev_getbyhwaddr_rcu(dev_net(dev), ARPHRD_ETHER, (char *)lladdr);
}

/*
 * Two CPUs may both find the time come; then a defence or an event goes out
 * twice, which does no harm.
 */
static bool interval_over(u32 *after, u32 seconds)
{
	u32 now = (u32)ktime_get_boottime_seconds();

	if (now < READ_ONCE(*after))
		return false;
	WRITE_ONCE(*after, now + seconds);
	return true;
}

/**
 * l2a_conflict - look at an ARP packet whose sender address is a VIP
 * @ln: the namespace
 * @vip: the VIP
 * @lladdr: the sender's hardware address, 6 bytes
 *
 * Counts, reports and meets a claim of another host to a VIP this one answers
 * for. Softirq, under RCU.
 */
void l2a_conflict(struct l2a_net *ln, struct l2a_vip *vip, const u8 *lladdr)
{
	if (!l2a_vip_answering(vip) || lladdr_is_ours(vip->dev, lladdr))
		return;

	l2a_vip_count(vip->stats, L2A_VIP_CONFLICTS);
	l2a_total_count(ln->totals, L2A_TOTAL_CONFLICTS);
	trace_conflict(vip, lladdr);

	if (interval_over(&vip->defend_after, DEFEND_INTERVAL)) {
		l2a_total_count(ln->totals, L2A_TOTAL_DEFENDED);
		l2a_announce_once(ln, vip);
	}
	if (interval_over(&vip->event_after, EVENT_INTERVAL) &&
	    __ratelimit(&ln->conflict_rl))
		l2a_nl_conflict(ln, vip, lladdr);
}
