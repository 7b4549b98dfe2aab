/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What answering has in common for both families: the verdict on a request, and
 * turning one round in its own buffer.
 *
 * On the way to an answer the namespace and the VIP are const, and what is counted is
 * per CPU: two CPUs that answer, be it for the same VIP, write to no common memory
 * of the module's.
 */
#ifndef L2A_REPLY_H
#define L2A_REPLY_H

#include <linux/etherdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/dst_metadata.h>
#include "net.h"
#include "trace.h"
#include "vip.h"

/**
 * l2a_pass - leave a packet to the stack
 * @ln: the namespace
 *
 * Softirqs must be off.
 *
 * Return: the verdict.
 */
static inline unsigned int l2a_pass(const struct l2a_net *ln)
{
	l2a_total_count(ln->totals, L2A_TOTAL_PASSED);
	return NF_ACCEPT;
}

/**
 * l2a_suppress - keep a request for a VIP from the stack
 * @ln: the namespace
 * @vip: the VIP
 * @reason: the total that counts it
 *
 * Softirqs must be off, under RCU.
 *
 * Return: the verdict.
 */
static inline unsigned int l2a_suppress(const struct l2a_net *ln,
					const struct l2a_vip *vip,
					enum l2a_total reason)
{
	l2a_vip_count(vip->stats, L2A_VIP_SUPPRESSED);
	l2a_total_count(ln->totals, reason);
	trace_suppress(vip, reason);
	return NF_DROP;
}

/**
 * l2a_must_be_silent - whether a request for a VIP gets no answer, and why
 * @vip: the VIP
 * @asker: the hardware address that an answer would go to
 * @reason: out, the total that counts it
 *
 * Under RCU, any context but NMI.
 *
 * Return: true where it gets none.
 */
static __always_inline bool l2a_must_be_silent(const struct l2a_vip *vip,
					       const u8 *asker,
					       enum l2a_total *reason)
{
	const struct l2a_term *term = rcu_dereference(vip->term);

	if (!term)
		*reason = L2A_TOTAL_SUPPRESSED_STANDBY;
	else if (!l2a_term_valid(term))
		*reason = L2A_TOTAL_SUPPRESSED_EXPIRED;
	else if (unlikely(!l2a_dev_does_arp(vip->dev)))
		*reason = L2A_TOTAL_SUPPRESSED_DOWN;
	/* RFC 1812, section 3.3.2: no station has a group address. */
	else if (unlikely(!is_valid_ether_addr(asker)))
		*reason = L2A_TOTAL_SUPPRESSED_INVALID;
	else
		return false;
	return true;
}

/**
 * l2a_skb_turn - make a packet that came in one that goes out
 * @skb: the packet; its data may be written
 *
 * Sends a tunnel's metadata back where they came from, and lets go of everything
 * the packet gathered on its way in: a route, a connection, a time stamp that a
 * queueing discipline would read as a departure time, a mark by which a switch
 * believes that its hardware has forwarded the frame, or what a virtual machine
 * claimed of segments that it is to be cut into.
 *
 * Softirq.
 */
static inline void l2a_skb_turn(struct sk_buff *skb)
{
	struct metadata_dst *md = skb_metadata_dst(skb), *reply_md = NULL;

	/* None for metadata that are no tunnel's, as in the stack. */
	if (unlikely(md))
		reply_md = iptunnel_metadata_reply(md, GFP_ATOMIC);
	skb_scrub_packet(skb, false);
	skb_orphan(skb);
	skb->mark = 0;
	skb->tstamp = 0;
	skb->ip_summed = CHECKSUM_NONE;
	if (unlikely(skb_is_gso(skb)))
		skb_gso_reset(skb);
	if (unlikely(reply_md))
		skb_dst_set(skb, &reply_md->dst);
}

#endif /* L2A_REPLY_H */
