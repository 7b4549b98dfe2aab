/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Neighbour solicitations and advertisements as they are on the wire (RFC 4861,
 * sections 4.3 and 4.4): read, judge, write.
 */
#ifndef L2A_ND_PACKET_H
#define L2A_ND_PACKET_H

#include <linux/if_ether.h>
#include <linux/in6.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

struct net_device;

/* What follows the IPv6 header of what we send: the message, and one option. */
#define L2A_ND_LEN	(sizeof(struct ipv6hdr) + 24 + 8)

/* RFC 4861, sections 4.3 and 4.4. */
#define L2A_ND_HOP_LIMIT	255

enum l2a_nd_kind { L2A_ND_OTHER, L2A_ND_ASKS, L2A_ND_TELLS };

/**
 * struct l2a_nd - a solicitation or an advertisement
 * @kind: which; all else is no business of ours, and nothing below is set
 * @offset: of the ICMPv6 header, from the IPv6 header on
 * @saddr: the sender; "::" in a solicitation that probes (RFC 4862, section 5.4)
 * @daddr: where it goes
 * @target: the address in question
 * @lladdr: the link-layer address that the sender tells: its option, or else the
 *	frame's source
 * @told: whether there is such an option
 */
struct l2a_nd {
	enum l2a_nd_kind kind;
	unsigned int offset;
	struct in6_addr saddr;
	struct in6_addr daddr;
	struct in6_addr target;
	u8 lladdr[ETH_ALEN];
	bool told;
};

void l2a_nd_read(const struct sk_buff *skb, struct l2a_nd *nd);
bool l2a_nd_routers(const struct sk_buff *skb);
bool l2a_nd_valid(struct sk_buff *skb, unsigned int hook, struct l2a_nd *nd);
void l2a_nd_write(struct sk_buff *skb, const struct net_device *dev,
		  const struct in6_addr *vip, const struct in6_addr *to,
		  bool solicited);

/*
 * What may stand before a message besides a fragment's header, of which RFC 6980
 * wants no neighbour discovery.
 */
static __always_inline bool l2a_nd_may_follow(u8 next)
{
	return next == NEXTHDR_HOP || next == NEXTHDR_ROUTING ||
	       next == NEXTHDR_AUTH || next == NEXTHDR_DEST;
}

/* TCP and UDP are in that range, as is hardly anything else. */
static __always_inline bool l2a_nd_unlikely_header(u8 next)
{
	if (likely(next > NEXTHDR_HOP && next < NEXTHDR_ROUTING))
		return true;
	return !l2a_nd_may_follow(next);
}

/*
 * The type is the first byte (RFC 4443, section 2.1). Echoes, errors and MLD are below
 * those of discovery (RFC 4861, section 4), and hardly any are above.
 */
static __always_inline bool l2a_nd_unlikely_icmp(const struct sk_buff *skb)
{
	return skb_headlen(skb) > sizeof(struct ipv6hdr) &&
	       skb->data[sizeof(struct ipv6hdr)] < NDISC_ROUTER_SOLICITATION;
}

/**
 * l2a_nd_unlikely - see at once that a packet is no business of ours
 * @skb: the packet, its data at the IPv6 header
 *
 * Every IPv6 packet comes here. A hook asks this before it makes room for a struct
 * l2a_nd, whose stack frame would cost more than the question.
 *
 * Any context.
 *
 * Return: true for what most packets are; else l2a_nd_read() says what it is.
 */
static __always_inline bool l2a_nd_unlikely(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)skb->data;

	return ip6->nexthdr == IPPROTO_ICMPV6 ?
	       l2a_nd_unlikely_icmp(skb) : l2a_nd_unlikely_header(ip6->nexthdr);
}

/**
 * l2a_nd_unlikely_in - the same of a packet that comes in
 * @skb: the packet, its data at the IPv6 header
 *
 * A router on the way would have changed the hop limit, which RFC 4861, sections
 * 7.1.1 and 7.1.2, therefore want to be 255; that of most packets starts lower.
 *
 * Any context.
 *
 * Return: true for what most packets are; else l2a_nd_read() says what it is.
 */
static __always_inline bool l2a_nd_unlikely_in(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)skb->data;

	/* The two are neighbours: one comparison, which spares ICMPv6 one more. */
	if (unlikely((ip6->hop_limit << 8 | ip6->nexthdr) ==
		     (L2A_ND_HOP_LIMIT << 8 | IPPROTO_ICMPV6)))
		return l2a_nd_unlikely_icmp(skb);
	/* Else the compiler works out for each what only few have to be asked. */
	barrier();
	if (likely(ip6->hop_limit != L2A_ND_HOP_LIMIT))
		return true;
	barrier();
	return l2a_nd_unlikely_header(ip6->nexthdr);
}

#endif /* L2A_ND_PACKET_H */
