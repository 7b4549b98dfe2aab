// SPDX-License-Identifier: GPL-2.0
/*
 * What the module is measured against: an answer to neighbour solicitations in
 * eBPF, on a device's ingress.
 *
 * tc6_store	in the manner of responder.bpf.c's tc_store: a hash of address and
 *		device, the agent's last sign of life, the answer's parts and the
 *		checksum written by helpers, a counter, a redirect
 * tc6_direct	the same with the answer written straight into the packet
 *
 * Both answer what a neighbour asks who tells its link-layer address and no more,
 * and leave all else to the stack. Neither verifies the checksum: it is changed by
 * what the answer differs in, so that one that was wrong stays so.
 */
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "responder.h"

#define SOLICITATION	135
#define ADVERTISEMENT	136
#define SOURCE_LLADDR	1
#define TARGET_LLADDR	2
/* A message with one such option. */
#define ND_LEN		32
/* Solicited and Override. */
#define FLAGS		bpf_htonl(0x60000000)

struct key {
	struct in6_addr addr;
	__u32 ifindex;
};

struct mac {
	__u8 bytes[ETH_ALEN];
};

/* What a checksum covers; all of it but the target changes in an answer. */
struct nd {
	struct in6_addr src;
	struct in6_addr dst;
	struct icmp {
		__u8 type;
		__u8 code;
		__be16 checksum;
		__be32 flags;
	} icmp;
	struct in6_addr target;
	struct option {
		__u8 type;
		__u8 len;
		struct mac lladdr;
	} option;
};

/* Behind the frame's header, where it is aligned: its members are read whole. */
struct nd_packet {
	__be32 flow;
	__be16 payload_len;
	__u8 next_header;
	__u8 hop_limit;
	struct nd nd;
};

/* Value: answers sent. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct key);
	__type(value, __u64);
	__uint(max_entries, 131072);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} vips SEC(".maps");

static __always_inline struct nd_packet *request(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct nd_packet *p = data + ETH_HLEN;

	if (skb->protocol != bpf_htons(ETH_P_IPV6) || (void *)(p + 1) > end ||
	    p->next_header != IPPROTO_ICMPV6 || p->hop_limit != 255 ||
	    p->payload_len != bpf_htons(ND_LEN) || p->nd.icmp.type != SOLICITATION ||
	    p->nd.icmp.code || p->nd.option.type != SOURCE_LLADDR ||
	    p->nd.option.len != 1)
		return NULL;
	return p;
}

/* The counter of a VIP that is to be answered for. */
static __always_inline __u64 *answering(const struct nd_packet *p, __u32 ifindex)
{
	struct key key = { .addr = p->nd.target, .ifindex = ifindex };

	return agent_lives() ? bpf_map_lookup_elem(&vips, &key) : NULL;
}

static __always_inline void put_answer(struct nd *to, const struct nd *asked)
{
	to->src = asked->target;
	to->dst = asked->src;
	to->icmp.type = ADVERTISEMENT;
	to->icmp.code = 0;
	to->icmp.checksum = asked->icmp.checksum;
	to->icmp.flags = FLAGS;
	to->target = asked->target;
	to->option = (struct option){ TARGET_LLADDR, 1, { OWN_MAC } };
}

/* What the checksum changes by. */
static __always_inline __s64 difference(struct nd *from, struct nd *to)
{
	return bpf_csum_diff((__be32 *)from, sizeof(*from), (__be32 *)to,
			     sizeof(*to), 0);
}

/* RFC 1624, equation 3. */
static __always_inline __be16 changed(__be16 checksum, __u32 by)
{
	__u32 sum = (__u16)~checksum + (by & 0xffff) + (by >> 16);

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__be16)~sum;
}

#define OFFSET(member)	(ETH_HLEN + offsetof(struct nd_packet, member))
#define STORE(skb, offset, from)					\
	bpf_skb_store_bytes(skb, offset, from, sizeof(*(from)), 0)

/* By the helper, a call for each of its parts. */
static __always_inline long store(struct __sk_buff *skb, const struct nd_packet *p)
{
	const struct mac own = { OWN_MAC };
	struct nd asked = p->nd, told;
	__s64 by;

	put_answer(&told, &asked);
	by = difference(&asked, &told);
	return STORE(skb, offsetof(struct ethhdr, h_dest), &asked.option.lladdr) ?:
	       STORE(skb, offsetof(struct ethhdr, h_source), &own) ?:
	       STORE(skb, OFFSET(nd.src), &told.src) ?:
	       STORE(skb, OFFSET(nd.dst), &told.dst) ?:
	       STORE(skb, OFFSET(nd.icmp), &told.icmp) ?:
	       STORE(skb, OFFSET(nd.option), &told.option) ?:
	       bpf_l4_csum_replace(skb, OFFSET(nd.icmp.checksum), 0, (__u64)by, 0);
}

SEC("tc")
int tc6_store(struct __sk_buff *skb)
{
	struct nd_packet *p = request(skb);
	__u64 *sent = p ? answering(p, skb->ingress_ifindex) : NULL;

	if (!sent)
		return TC_ACT_OK;
	if (store(skb, p))
		return TC_ACT_SHOT;
	__sync_fetch_and_add(sent, 1);
	return (int)bpf_redirect(skb->ifindex, 0);
}

SEC("tc")
int tc6_direct(struct __sk_buff *skb)
{
	struct nd_packet *p = request(skb);
	__u64 *sent = p ? answering(p, skb->ingress_ifindex) : NULL;
	const struct mac own = { OWN_MAC };
	struct nd asked, told;
	struct ethhdr *eth;

	if (!sent)
		return TC_ACT_OK;
	asked = p->nd;
	put_answer(&told, &asked);
	told.icmp.checksum = changed(asked.icmp.checksum,
				     (__u32)difference(&asked, &told));
	eth = (void *)(long)skb->data;
	if ((void *)(eth + 1) > (void *)(long)skb->data_end)
		return TC_ACT_SHOT;
	__builtin_memcpy(eth->h_dest, asked.option.lladdr.bytes, ETH_ALEN);
	__builtin_memcpy(eth->h_source, own.bytes, ETH_ALEN);
	p->nd = told;
	__sync_fetch_and_add(sent, 1);
	return (int)bpf_redirect(skb->ifindex, 0);
}

char licence[] SEC("license") = "GPL";
