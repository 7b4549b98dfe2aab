/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters, per CPU: of a VIP, and of a namespace.
 */
#ifndef L2A_STATS_H
#define L2A_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>

/**
 * enum l2a_vip_stat - what is counted for each VIP
 * @L2A_VIP_REPLIES: requests answered
 * @L2A_VIP_SUPPRESSED: requests dropped because the VIP was not answering
 * @L2A_VIP_ANNOUNCEMENTS: announcement frames handed to the device
 * @L2A_VIP_CONFLICTS: foreign claims seen while answering
 * @L2A_VIP_NR_STATS: how many there are
 */
enum l2a_vip_stat {
	L2A_VIP_REPLIES,
	L2A_VIP_SUPPRESSED,
	L2A_VIP_ANNOUNCEMENTS,
	L2A_VIP_CONFLICTS,
	L2A_VIP_NR_STATS
};

/* What is counted for the namespace, as enum l2announce_stats_attr says. */
enum l2a_total {
	L2A_TOTAL_REPLIES,
	L2A_TOTAL_PASSED,
	L2A_TOTAL_SUPPRESSED_STANDBY,
	L2A_TOTAL_SUPPRESSED_EXPIRED,
	L2A_TOTAL_SUPPRESSED_DOWN,
	L2A_TOTAL_SUPPRESSED_INVALID,
	L2A_TOTAL_REPLY_ERRORS,
	L2A_TOTAL_ANNOUNCEMENTS,
	L2A_TOTAL_ANNOUNCE_ERRORS,
	L2A_TOTAL_CONFLICTS,
	L2A_TOTAL_CONFLICTS_LIMITED,
	L2A_TOTAL_DEFENDED,
	L2A_TOTAL_GUARDED,
	L2A_TOTAL_EXPIRIES,
	L2A_NR_TOTALS
};

/**
 * struct l2a_vip_stats - one CPU's counters of a VIP
 * @v: by enum l2a_vip_stat
 * @syncp: makes 64 bits read whole on 32-bit machines
 */
struct l2a_vip_stats {
	u64_stats_t v[L2A_VIP_NR_STATS];
	struct u64_stats_sync syncp;
};

/**
 * struct l2a_totals - one CPU's counters of a namespace
 * @v: by enum l2a_total
 * @syncp: makes 64 bits read whole on 32-bit machines
 */
struct l2a_totals {
	u64_stats_t v[L2A_NR_TOTALS];
	struct u64_stats_sync syncp;
};

/**
 * l2a_vip_count - count for a VIP
 * @stats: the VIP's counters
 * @which: the one to raise by one
 *
 * Softirqs must be off.
 */
static inline void l2a_vip_count(struct l2a_vip_stats __percpu *stats,
				 enum l2a_vip_stat which)
{
	struct l2a_vip_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	u64_stats_inc(&s->v[which]);
	u64_stats_update_end(&s->syncp);
}

/**
 * l2a_total_count - count for a namespace
 * @totals: the namespace's counters
 * @which: the one to raise by one
 *
 * Softirqs must be off.
 */
static inline void l2a_total_count(struct l2a_totals __percpu *totals,
				   enum l2a_total which)
{
	struct l2a_totals *t = this_cpu_ptr(totals);

	u64_stats_update_begin(&t->syncp);
	u64_stats_inc(&t->v[which]);
	u64_stats_update_end(&t->syncp);
}

/**
 * l2a_vip_stats_read - sum a VIP's counters over the CPUs
 * @stats: the VIP's counters
 * @sum: out, by enum l2a_vip_stat
 */
static inline void l2a_vip_stats_read(struct l2a_vip_stats __percpu *stats,
				      u64 sum[L2A_VIP_NR_STATS])
{
	int cpu, i;

	memset(sum, 0, sizeof(*sum) * L2A_VIP_NR_STATS);
	for_each_possible_cpu(cpu) {
		const struct l2a_vip_stats *s = per_cpu_ptr(stats, cpu);
		u64 v[L2A_VIP_NR_STATS];
		unsigned int start;

		do {
			start = u64_stats_fetch_begin(&s->syncp);
			for (i = 0; i < L2A_VIP_NR_STATS; i++)
				v[i] = u64_stats_read(&s->v[i]);
		} while (u64_stats_fetch_retry(&s->syncp, start));
		for (i = 0; i < L2A_VIP_NR_STATS; i++)
			sum[i] += v[i];
	}
}

/**
 * l2a_totals_read - sum a namespace's counters over the CPUs
 * @totals: the namespace's counters
 * @sum: out, by enum l2a_total
 */
static inline void l2a_totals_read(struct l2a_totals __percpu *totals,
				   u64 sum[L2A_NR_TOTALS])
{
	int cpu, i;

	memset(sum, 0, sizeof(*sum) * L2A_NR_TOTALS);
	for_each_possible_cpu(cpu) {
		const struct l2a_totals *t = per_cpu_ptr(totals, cpu);
		u64 v[L2A_NR_TOTALS];
		unsigned int start;

		do {
			start = u64_stats_fetch_begin(&t->syncp);
			for (i = 0; i < L2A_NR_TOTALS; i++)
				v[i] = u64_stats_read(&t->v[i]);
		} while (u64_stats_fetch_retry(&t->syncp, start));
		for (i = 0; i < L2A_NR_TOTALS; i++)
			sum[i] += v[i];
	}
}

#endif /* L2A_STATS_H */
