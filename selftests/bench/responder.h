/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the eBPF responders for ARP and for neighbour discovery have in common: the
 * device's address, and the agent's sign of life.
 */
#ifndef BENCH_RESPONDER_H
#define BENCH_RESPONDER_H

#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* A year: an idle guest's clock, where it counts instructions, leaps. */
#define LIVENESS_NS	(365 * 24 * 3600 * 1000000000ULL)

/* The device's own address: as in Cilium, part of each device's program. */
#define OWN_MAC	{ 0x02, 0x00, 0x00, 0x00, 0x00, 0x02 }

/* [0]: when the agent was last seen, bpf_ktime_get_ns(). */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
} alive SEC(".maps");

static __always_inline bool agent_lives(void)
{
	__u32 first = 0;
	__u64 *seen = bpf_map_lookup_elem(&alive, &first);

	return seen && bpf_ktime_get_ns() - *seen <= LIVENESS_NS;
}

#endif /* BENCH_RESPONDER_H */
