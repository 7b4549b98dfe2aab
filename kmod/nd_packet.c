// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbour solicitations and advertisements as they are on the wire: read,
 * judge, write.
 */
#include <linux/etherdevice.h>
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include "nd_packet.h"

/* The option that tells a link-layer address (RFC 4861, section 4.6.1). */
struct lladdr_option {
	u8 type;
	u8 len;		/* in units of eight bytes */
	u8 lladdr[ETH_ALEN];
} __packed;

/*
 * Where ICMPv6 begins behind extension headers; a negative number where it is
 * something else, or a fragment: of those RFC 6980 wants no neighbour discovery.
 */
static int behind_extensions(const struct sk_buff *skb)
{
	unsigned int fragment = 0;
	__be16 frag_off;
	u8 next = ipv6_hdr(skb)->nexthdr;
	int offset;

	if (!ipv6_ext_hdr(next))
		return -ENOENT;
	offset = ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), &next, &frag_off);
	if (offset < 0 || next != IPPROTO_ICMPV6)
		return -ENOENT;
	if (ipv6_find_hdr(skb, &fragment, NEXTHDR_FRAGMENT, NULL, NULL) >= 0)
		return -ENOENT;
	return offset;
}

static int message_offset(const struct sk_buff *skb)
{
	if (ipv6_hdr(skb)->nexthdr == IPPROTO_ICMPV6)
		return sizeof(struct ipv6hdr);
	return behind_extensions(skb);
}

/**
 * l2a_nd_read - see whether a packet is a solicitation or an advertisement
 * @skb: the packet, its data at the IPv6 header
 * @nd: out: kind, offset, and where it is one of them the three addresses
 *
 * Any context.
 */
void l2a_nd_read(const struct sk_buff *skb, struct l2a_nd *nd)
{
	int offset = message_offset(skb);
	const struct nd_msg *msg;
	struct nd_msg buf;

	nd->kind = L2A_ND_OTHER;
	if (offset < 0)
		return;
	msg = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!msg)
		return;
	if (msg->icmph.icmp6_type == NDISC_NEIGHBOUR_SOLICITATION)
		nd->kind = L2A_ND_ASKS;
	else if (msg->icmph.icmp6_type == NDISC_NEIGHBOUR_ADVERTISEMENT)
		nd->kind = L2A_ND_TELLS;
	else
		return;
	nd->offset = offset;
	nd->saddr = ipv6_hdr(skb)->saddr;
	nd->daddr = ipv6_hdr(skb)->daddr;
	nd->target = msg->target;
}

/**
 * l2a_nd_routers - whether a packet is of those that hosts and routers exchange
 * @skb: the packet, its data at the IPv6 header
 *
 * RFC 4861, sections 4.1, 4.2 and 4.5: who hears one may enter its sender with the
 * link-layer address that stands in it. Any context.
 *
 * Return: true for a router solicitation or advertisement, or a redirect.
 */
bool l2a_nd_routers(const struct sk_buff *skb)
{
	int offset = message_offset(skb);
	const u8 *type;
	u8 buf;

	if (offset < 0)
		return false;
	type = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	return type && (*type == NDISC_ROUTER_SOLICITATION ||
			*type == NDISC_ROUTER_ADVERTISEMENT ||
			*type == NDISC_REDIRECT);
}

/* Read the options; false where one is malformed. The first of a kind counts. */
static bool read_options(const struct sk_buff *skb, struct l2a_nd *nd)
{
	unsigned int pos = nd->offset + sizeof(struct nd_msg);
	u8 wanted = nd->kind == L2A_ND_ASKS ? ND_OPT_SOURCE_LL_ADDR :
					      ND_OPT_TARGET_LL_ADDR;
	struct lladdr_option buf;
	const struct lladdr_option *option;

	while (pos < skb->len) {
		/* None is shorter than eight bytes. */
		option = skb_header_pointer(skb, pos, sizeof(buf), &buf);
		if (!option || !option->len || pos + option->len * 8 > skb->len)
			return false;
		if (option->type == wanted && !nd->told) {
			/* As long as Ethernet's (RFC 2464, section 6). */
			if (option->len != 1)
				return false;
			ether_addr_copy(nd->lladdr, option->lladdr);
			nd->told = true;
		}
		pos += option->len * 8;
	}
	return true;
}

/* RFC 4861, sections 7.1.1 and 7.1.2: what is special to each. */
static bool addresses_valid(const struct l2a_nd *nd, const struct nd_msg *msg)
{
	if (ipv6_addr_is_multicast(&nd->target))
		return false;
	if (nd->kind == L2A_ND_TELLS)
		return !ipv6_addr_is_multicast(&nd->daddr) ||
		       !msg->icmph.icmp6_solicited;
	return !ipv6_addr_any(&nd->saddr) ||
	       (ipv6_addr_is_solict_mult(&nd->daddr) && !nd->told);
}

/*
 * What nf_ip6_checksum() says, at a third of its cost where a message lies in one
 * piece and no device has looked at it.
 */
static bool checksum_valid(struct sk_buff *skb, unsigned int hook,
			   const struct l2a_nd *nd)
{
	unsigned int len = skb->len - nd->offset;

	if (skb->ip_summed != CHECKSUM_NONE || skb_is_nonlinear(skb))
		return !nf_ip6_checksum(skb, hook, nd->offset, IPPROTO_ICMPV6);
	return !csum_ipv6_magic(&nd->saddr, &nd->daddr, len, IPPROTO_ICMPV6,
				csum_partial(skb->data + nd->offset, len, 0));
}

/**
 * l2a_nd_valid - whether a message is one that RFC 4861 lets a node heed
 * @skb: the packet, its data at the IPv6 header, and with the right hop limit, as
 *	l2a_nd_unlikely_in() wants it
 * @hook: the hook it came to, of those for what comes in
 * @nd: what l2a_nd_read() said; out: lladdr and told
 *
 * Section 7.1.1 for solicitations, 7.1.2 for advertisements. Softirq.
 *
 * Return: true where it is.
 */
bool l2a_nd_valid(struct sk_buff *skb, unsigned int hook, struct l2a_nd *nd)
{
	const struct nd_msg *msg;
	struct nd_msg buf;

	msg = skb_header_pointer(skb, nd->offset, sizeof(buf), &buf);
	if (!msg || msg->icmph.icmp6_code)
		return false;
	/* Connection tracking has put the pieces together (RFC 6980). */
	if (unlikely(IP6CB(skb)->flags & IP6SKB_FRAGMENTED))
		return false;
	nd->told = false;
	ether_addr_copy(nd->lladdr, eth_hdr(skb)->h_source);
	return read_options(skb, nd) && addresses_valid(nd, msg) &&
	       checksum_valid(skb, hook, nd);
}

static bool is_router(const struct net_device *dev)
{
	const struct inet6_dev *idev = __in6_dev_get(dev);

	return idev && READ_ONCE(idev->cnf.forwarding);
}

/**
 * l2a_nd_write - write an advertisement of a VIP
 * @skb: where to, %L2A_ND_LEN bytes of linear data; its network header is set
 * @dev: the VIP's device
 * @vip: the VIP
 * @to: the asker, or all nodes
 * @solicited: whether it asked
 *
 * RFC 4861, sections 4.4 and 7.2.4: with Override, since the VIP is no anycast
 * address, and with the link-layer address, since the asker may have none. Under
 * RCU, any context.
 */
void l2a_nd_write(struct sk_buff *skb, const struct net_device *dev,
		  const struct in6_addr *vip, const struct in6_addr *to,
		  bool solicited)
{
	struct ipv6hdr *ip = ipv6_hdr(skb);
	struct nd_msg *msg = (struct nd_msg *)(ip + 1);
	struct lladdr_option *option = (struct lladdr_option *)msg->opt;
	unsigned int len = L2A_ND_LEN - sizeof(*ip);

	ip6_flow_hdr(ip, 0, 0);
	ip->payload_len = htons(len);
	ip->nexthdr = IPPROTO_ICMPV6;
	ip->hop_limit = L2A_ND_HOP_LIMIT;
	ip->saddr = *vip;
	ip->daddr = *to;

	memset(&msg->icmph, 0, sizeof(msg->icmph));
	msg->icmph.icmp6_type = NDISC_NEIGHBOUR_ADVERTISEMENT;
	msg->icmph.icmp6_router = is_router(dev);
	msg->icmph.icmp6_solicited = solicited;
	msg->icmph.icmp6_override = 1;
	msg->target = *vip;
	option->type = ND_OPT_TARGET_LL_ADDR;
	option->len = 1;
	memcpy(option->lladdr, dev->dev_addr, ETH_ALEN);
	msg->icmph.icmp6_cksum = csum_ipv6_magic(vip, to, len, IPPROTO_ICMPV6,
						 csum_partial(msg, len, 0));
	skb_set_transport_header(skb, sizeof(*ip));
}
