/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the agent counts for /metrics: only counting, no clock and no I/O.
 */
#ifndef L2A_METRICS_H
#define L2A_METRICS_H

#include "election.h"

#define METRICS_BUCKETS	14

/**
 * struct histogram - how often something took how long
 * @counts: by bucket, not yet cumulative; the last is for all that took longer
 * @sum: of all of them, ns
 */
struct histogram {
	uint64_t counts[METRICS_BUCKETS + 1];
	uint64_t sum;
};

/** metrics_bucket() - the longest that falls into a bucket, seconds */
double metrics_bucket(size_t i);

/** histogram_add() - count one that took @ns */
void histogram_add(struct histogram *h, uint64_t ns);

/**
 * struct attempts - how often something was tried, and how long it took
 * @ok: times it went well
 * @failed: times it did not
 * @duration: of all of them
 */
struct attempts {
	uint64_t ok;
	uint64_t failed;
	struct histogram duration;
};

/** attempts_add() - one that took @ns */
void attempts_add(struct attempts *a, bool ok, uint64_t ns);

/**
 * struct metrics - all that is counted
 * @renewal: from sending a renewal to the store's yes or no
 * @lateness: how much later than its interval a renewal was sent
 * @due: CLOCK_MONOTONIC ns at which the next one is; 0 where none is
 * @store_failed: calls the store has not done
 * @store_unknown: calls it may or may not have done
 * @takeovers: services this node has begun to answer for, by enum el_reason
 * @notes: the election's notes, by enum el_note
 * @conflicts: foreign claims the kernel has told of
 * @expiries: times the lease ran out
 */
struct metrics {
	struct histogram renewal;
	struct histogram lateness;
	uint64_t due;
	uint64_t store_failed;
	uint64_t store_unknown;
	uint64_t takeovers[EL_REASONS];
	uint64_t notes[EL_NOTES];
	uint64_t conflicts;
	uint64_t expiries;
};

/** metrics_sent() - a renewal was sent, the next is due in @interval ns */
void metrics_sent(struct metrics *m, uint64_t now, uint64_t interval);

/** metrics_answered() - the store has answered a call */
void metrics_answered(struct metrics *m, enum el_result result);

/** metrics_action() - the election wants something done, or told */
void metrics_action(struct metrics *m, const struct el_action *action);

#endif /* L2A_METRICS_H */
