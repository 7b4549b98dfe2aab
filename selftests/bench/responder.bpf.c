// SPDX-License-Identifier: GPL-2.0
/*
 * What the module is measured against: an answer to ARP in eBPF.
 *
 * tc_store	on a device's ingress, in the manner of Cilium's L2 announcements:
 *		a hash of address and device, the agent's last sign of life, the
 *		answer written with bpf_skb_store_bytes(), a counter, a redirect
 * tc_direct	the same with the answer written straight into the packet
 * xdp_direct	the same before there is an skb
 * tc_reflect	nothing but the way back: what all of them have in common
 * xdp_reflect	the same for XDP
 */
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "responder.h"

struct key {
	__be32 addr;
	__u32 ifindex;
};

/* Aligned as far as it goes: its members are read in halves, not in bytes. */
struct arp_frame {
	struct ethhdr eth;
	__be16 hrd;
	__be16 pro;
	__u8 hln;
	__u8 pln;
	__be16 op;
	__u8 sha[ETH_ALEN];
	__be32 sip;
	__u8 tha[ETH_ALEN];
	__be32 tip;
} __attribute__((packed, aligned(2)));

/* Value: answers sent. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct key);
	__type(value, __u64);
	__uint(max_entries, 131072);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} vips SEC(".maps");

static __always_inline struct arp_frame *request(void *data, void *end)
{
	struct arp_frame *f = data;

	if ((void *)(f + 1) > end || f->eth.h_proto != bpf_htons(ETH_P_ARP) ||
	    f->hrd != bpf_htons(1) || f->op != bpf_htons(1))
		return NULL;
	return f;
}

/* The counter of a VIP that is to be answered for. */
static __always_inline __u64 *answering(__be32 addr, __u32 ifindex)
{
	struct key key = { .addr = addr, .ifindex = ifindex };

	return agent_lives() ? bpf_map_lookup_elem(&vips, &key) : NULL;
}

/* A request as its answer, in place. */
static __always_inline void turn(struct arp_frame *f)
{
	const __u8 mac[ETH_ALEN] = OWN_MAC;
	__be32 vip = f->tip;

	__builtin_memcpy(f->eth.h_dest, f->sha, ETH_ALEN);
	__builtin_memcpy(f->eth.h_source, mac, ETH_ALEN);
	f->op = bpf_htons(2);
	__builtin_memcpy(f->tha, f->sha, ETH_ALEN);
	f->tip = f->sip;
	__builtin_memcpy(f->sha, mac, ETH_ALEN);
	f->sip = vip;
}

#define STORE(skb, member, from)					\
	bpf_skb_store_bytes(skb, offsetof(struct arp_frame, member), from, \
			    sizeof(((struct arp_frame *)0)->member), 0)

/* The same by the helper, a call for each of its parts. */
static __always_inline long store_turn(struct __sk_buff *skb,
				       const struct arp_frame *f)
{
	const __u8 mac[ETH_ALEN] = OWN_MAC;
	__be16 op = bpf_htons(2);
	__be32 sip = f->sip, vip = f->tip;
	__u8 sha[ETH_ALEN];

	__builtin_memcpy(sha, f->sha, ETH_ALEN);
	return STORE(skb, eth.h_source, mac) ?: STORE(skb, eth.h_dest, sha) ?:
	       STORE(skb, op, &op) ?: STORE(skb, sha, mac) ?:
	       STORE(skb, sip, &vip) ?: STORE(skb, tha, sha) ?:
	       STORE(skb, tip, &sip);
}

SEC("tc")
int tc_store(struct __sk_buff *skb)
{
	struct arp_frame *f = request((void *)(long)skb->data,
				      (void *)(long)skb->data_end);
	__u64 *sent = f ? answering(f->tip, skb->ingress_ifindex) : NULL;

	if (!sent)
		return TC_ACT_OK;
	if (store_turn(skb, f))
		return TC_ACT_SHOT;
	__sync_fetch_and_add(sent, 1);
	return (int)bpf_redirect(skb->ifindex, 0);
}

SEC("tc")
int tc_direct(struct __sk_buff *skb)
{
	struct arp_frame *f = request((void *)(long)skb->data,
				      (void *)(long)skb->data_end);
	__u64 *sent = f ? answering(f->tip, skb->ingress_ifindex) : NULL;

	if (!sent)
		return TC_ACT_OK;
	turn(f);
	__sync_fetch_and_add(sent, 1);
	return (int)bpf_redirect(skb->ifindex, 0);
}

SEC("tc")
int tc_reflect(struct __sk_buff *skb)
{
	return (int)bpf_redirect(skb->ifindex, 0);
}

SEC("xdp")
int xdp_direct(struct xdp_md *xdp)
{
	struct arp_frame *f = request((void *)(long)xdp->data,
				      (void *)(long)xdp->data_end);
	__u64 *sent = f ? answering(f->tip, xdp->ingress_ifindex) : NULL;

	if (!sent)
		return XDP_PASS;
	turn(f);
	__sync_fetch_and_add(sent, 1);
	return XDP_TX;
}

SEC("xdp")
int xdp_reflect(struct xdp_md *xdp)
{
	(void)xdp;
	return XDP_TX;
}

char licence[] SEC("license") = "GPL";
