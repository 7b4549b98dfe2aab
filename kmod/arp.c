// SPDX-License-Identifier: GPL-2.0
/*
 * ARP hooks, in and out: parse, look up, verdict, reply.
 *
 * Both hooks run under RCU, after all rules of the administrator's (arptables,
 * nftables); the one for what comes in with softirqs off, the other in any context
 * that the stack sends ARP from.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/netfilter_arp.h>
#include <linux/skbuff.h>
#include <net/arp.h>
#include "arp.h"
#include "conflict.h"
#include "guard.h"
#include "net.h"
#include "reply.h"
#include "trace.h"
#include "vip.h"
#include "vip_lookup.h"

/*
 * The addresses of an ARP packet for IPv4 over Ethernet (RFC 826), as they follow
 * its header.
 */
struct arp_body {
	u8 sha[ETH_ALEN];
	__be32 sip;
	u8 tha[ETH_ALEN];
	__be32 tip;
} __packed;

#define ARP_LEN		(sizeof(struct arphdr) + sizeof(struct arp_body))

/* Struct arphdr as the number it is on the wire. */
#define ARP_HEADER(hrd, op)						\
	cpu_to_be64((u64)(hrd) << 48 | (u64)ETH_P_IP << 32 |		\
		    ETH_ALEN << 24 | sizeof(__be32) << 16 | (op))

enum arp_kind { ARP_OTHER, ARP_ASKS, ARP_TELLS };

/* What an answer needs of a request, copied out of it. */
struct arp_info {
	u8 sha[ETH_ALEN];
	__be32 sip;
	__be32 tip;
};

static struct arp_body *arp_body(const struct sk_buff *skb)
{
	return (struct arp_body *)(arp_hdr(skb) + 1);
}

/*
 * arp_rcv() and arp_create() leave the whole of it in the linear part, as long as
 * the device's address has six bytes. Like the stack we take both hardware types
 * that speak of Ethernet.
 */
static enum arp_kind arp_kind(const struct sk_buff *skb,
			      const struct net_device *dev)
{
	__be64 header = get_unaligned((__be64 *)arp_hdr(skb));

	if (unlikely(dev->addr_len != ETH_ALEN))
		return ARP_OTHER;
	if (header == ARP_HEADER(ARPHRD_ETHER, ARPOP_REQUEST) ||
	    header == ARP_HEADER(ARPHRD_IEEE802, ARPOP_REQUEST))
		return ARP_ASKS;
	if (header == ARP_HEADER(ARPHRD_ETHER, ARPOP_REPLY) ||
	    header == ARP_HEADER(ARPHRD_IEEE802, ARPOP_REPLY))
		return ARP_TELLS;
	return ARP_OTHER;
}

static bool neigh_is_known(struct net_device *dev, const struct arp_info *arp)
{
	const struct neighbour *n;
	unsigned int seq;
	bool same;

	n = __ipv4_neigh_lookup_noref(dev, (__force u32)arp->sip);
	if (!n || !(READ_ONCE(n->nud_state) & NUD_VALID))
		return false;
	do {
		seq = read_seqbegin(&n->ha_lock);
		same = ether_addr_equal(n->ha, arp->sha);
	} while (read_seqretry(&n->ha_lock, seq));
	return same;
}

/*
 * Whoever asks for the VIP is about to talk to it, so the stack would enter the
 * asker into its neighbour table. Its update takes locks; where it would change
 * nothing it is spared.
 */
static void learn_asker(struct net_device *dev, struct arp_info *arp)
{
	struct neighbour *n;

	if (neigh_is_known(dev, arp))
		return;
	n = neigh_event_ns(&arp_tbl, arp->sha, &arp->sip, dev);
	if (n)
		neigh_release(n);
}

/* The way out of an answer; the guard knows it by this. */
static int arp_leave(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return dev_queue_xmit(skb);
}

/* Turn a request round in its own buffer; on an error it is still the caller's. */
static int arp_reply(struct sk_buff *skb, struct net_device *dev,
		     const struct arp_info *arp)
{
	struct arp_body *body;

	/* The padding of a short frame is not ours to send back. */
	if (skb->len > ARP_LEN && pskb_trim(skb, ARP_LEN))
		return -ENOMEM;
	/* A capture or another receiver may share the data. */
	if (skb_ensure_writable(skb, ARP_LEN) ||
	    skb_cow_head(skb, dev->hard_header_len))
		return -ENOMEM;
	l2a_skb_turn(skb);

	arp_hdr(skb)->ar_hrd = htons(ARPHRD_ETHER);
	arp_hdr(skb)->ar_op = htons(ARPOP_REPLY);
	body = arp_body(skb);
	ether_addr_copy(body->tha, arp->sha);
	body->tip = arp->sip;
	memcpy(body->sha, dev->dev_addr, ETH_ALEN);
	body->sip = arp->tip;

	if (dev_hard_header(skb, dev, ETH_P_ARP, arp->sha, dev->dev_addr,
			    skb->len) < 0)
		return -EINVAL;
	NF_HOOK(NFPROTO_ARP, NF_ARP_OUT, dev_net(dev), NULL, skb, NULL, dev,
		arp_leave);
	return 0;
}

static unsigned int answer(const struct l2a_net *ln, const struct l2a_vip *vip,
			   struct sk_buff *skb)
{
	const struct arp_body *body = arp_body(skb);
	struct net_device *dev = vip->dev;
	struct arp_info arp = { .sip = body->sip, .tip = body->tip };

	memcpy(arp.sha, body->sha, ETH_ALEN);
	/* RFC 5227, section 2.1.1: a probe must not enter any cache. */
	if (arp.sip)
		learn_asker(dev, &arp);
	if (unlikely(arp_reply(skb, dev, &arp))) {
		l2a_total_count(ln->totals, L2A_TOTAL_REPLY_ERRORS);
		return NF_DROP;
	}
	l2a_vip_count(vip->stats, L2A_VIP_REPLIES);
	l2a_total_count(ln->totals, L2A_TOTAL_REPLIES);
	trace_reply(vip, arp.sha, AF_INET, &arp.sip);
	return NF_STOLEN;
}

/*
 * A request for a VIP never reaches the stack, which would answer by its own
 * rules wherever the address is configured.
 */
static unsigned int request_for_vip(const struct l2a_net *ln,
				    const struct l2a_vip *vip,
				    struct sk_buff *skb)
{
	enum l2a_total reason;

	if (l2a_must_be_silent(vip, arp_body(skb)->sha, &reason))
		return l2a_suppress(ln, vip, reason);
	return answer(ln, vip, skb);
}

static unsigned int arp_in(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	const struct arp_body *body = arp_body(skb);
	enum arp_kind kind = arp_kind(skb, state->in);
	int ifindex = state->in->ifindex;
	struct l2a_net *ln = priv;
	struct l2a_vip *vip;

	if (kind == ARP_OTHER)
		return l2a_pass(ln);

	if (body->sip) {
		vip = l2a_vip_lookup4(ln, body->sip, ifindex);
		if (unlikely(vip))
			l2a_conflict(ln, vip, body->sha);
	}

	/*
	 * A gratuitous request asks nobody: the stack may learn from it, so that
	 * a standby's own neighbour table follows the holder.
	 */
	if (kind != ARP_ASKS || body->sip == body->tip)
		return l2a_pass(ln);
	vip = l2a_vip_lookup4(ln, body->tip, ifindex);
	if (!vip)
		return l2a_pass(ln);
	return request_for_vip(ln, vip, skb);
}

static bool may_send_as(struct l2a_net *ln, struct net_device *dev, bool bonding,
			__be32 addr)
{
	struct in6_addr mapped;

	ipv6_addr_set_v4mapped(addr, &mapped);
	return l2a_may_send_as(ln, dev, bonding, &mapped);
}

/*
 * The address that a request uses instead of a VIP that is not ours to use: the
 * one the stack would choose, else any other of the device's.
 */
static __be32 own_source(struct l2a_net *ln, struct net_device *dev, bool bonding,
			 __be32 tip)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);
	__be32 addr = inet_select_addr(dev, tip, RT_SCOPE_LINK);
	const struct in_ifaddr *ifa;

	if (addr && may_send_as(ln, dev, bonding, addr))
		return addr;
	if (!in_dev)
		return 0;
	in_dev_for_each_ifa_rcu(ifa, in_dev)
		if (may_send_as(ln, dev, bonding, ifa->ifa_local))
			return ifa->ifa_local;
	return 0;
}

static void count_guarded(struct l2a_net *ln)
{
	local_bh_disable();
	l2a_total_count(ln->totals, L2A_TOTAL_GUARDED);
	local_bh_enable();
}

static noinline unsigned int guard_out(struct l2a_net *ln, struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	struct net_device *dev = l2a_speaker(state->out, skb);
	bool bonding = dev != state->out;
	enum arp_kind kind = arp_kind(skb, state->out);
	const struct arp_body *body = arp_body(skb);
	__be32 source;

	if (kind == ARP_OTHER || !body->sip ||
	    likely(may_send_as(ln, dev, bonding, body->sip)))
		return NF_ACCEPT;

	count_guarded(ln);
	if (kind != ARP_ASKS || body->sip == body->tip)
		return NF_DROP;
	source = own_source(ln, dev, bonding, body->tip);
	if (!source ||
	    skb_ensure_writable(skb, skb_network_offset(skb) + ARP_LEN))
		return NF_DROP;
	arp_body(skb)->sip = source;
	return NF_ACCEPT;
}

/*
 * A packet of this host's that names a VIP it does not hold as its sender would
 * point the LAN's caches here. Our own answers were judged this moment.
 */
static unsigned int arp_out(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	return likely(state->okfn == arp_leave) ? NF_ACCEPT :
						  guard_out(priv, skb, state);
}

/**
 * l2a_arp_net_init - lay a namespace's hooks ready
 * @ln: the namespace
 */
void l2a_arp_net_init(struct l2a_net *ln)
{
	ln->arp_ops[0] = (struct nf_hook_ops){
		.hook = arp_in,
		.priv = ln,
		.pf = NFPROTO_ARP,
		.hooknum = NF_ARP_IN,
		.priority = INT_MAX,
	};
	ln->arp_ops[1] = (struct nf_hook_ops){
		.hook = arp_out,
		.priv = ln,
		.pf = NFPROTO_ARP,
		.hooknum = NF_ARP_OUT,
		.priority = INT_MAX,
	};
}

/**
 * l2a_arp_start - put the hooks up, before a namespace's first VIP is linked
 * @ln: the namespace, its lock held
 *
 * May sleep.
 *
 * Return: 0 or an error of the netfilter core's.
 */
int l2a_arp_start(struct l2a_net *ln)
{
	return nf_register_net_hooks(ln->net, ln->arp_ops,
				     ARRAY_SIZE(ln->arp_ops));
}

/**
 * l2a_arp_stop - take the hooks down, after a namespace's last VIP is unlinked
 * @ln: the namespace, its lock held
 *
 * May sleep; when it returns no hook is running, and none of what it was reading
 * is in use.
 */
void l2a_arp_stop(struct l2a_net *ln)
{
	nf_unregister_net_hooks(ln->net, ln->arp_ops, ARRAY_SIZE(ln->arp_ops));
	synchronize_net();
}
