/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A term: the life of a lease under one token, and the only thing about a lease
 * that the packet path reads.
 *
 * A VIP points to the term it was activated under. When a lease moves to a newer
 * token it gets a new term and the old one is ended, which silences at once and
 * for good all that was activated under it: a renewal extends the new term only.
 */
#ifndef L2A_TERM_H
#define L2A_TERM_H

#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/timekeeping.h>

/**
 * struct l2a_term - a lease under one token
 * @deadline: nanoseconds of CLOCK_BOOTTIME; 64 bits in one piece on every
 *	architecture
 * @token: the token, fixed
 * @users: the lease, while this is its current term, and the VIPs activated
 *	under it; guarded by the namespace's lock
 * @rcu: delays freeing
 */
struct l2a_term {
	atomic64_t deadline;
	u64 token;
	u32 users;
	struct rcu_head rcu;
};

/* A deadline no clock reaches: 292 years. */
#define L2A_DEADLINE_NEVER	S64_MAX

/**
 * l2a_deadline_ahead - whether a deadline has yet to come
 * @deadline: nanoseconds of CLOCK_BOOTTIME, or %L2A_DEADLINE_NEVER
 *
 * Any context but NMI (the clock's restriction).
 *
 * Return: true while it is ahead.
 */
static inline bool l2a_deadline_ahead(s64 deadline)
{
	return deadline == L2A_DEADLINE_NEVER ||
	       (s64)ktime_get_boottime_ns() < deadline;
}

/**
 * l2a_term_valid - whether what was activated under a term may answer now
 * @term: the term; RCU or the namespace's lock held
 *
 * Any context but NMI.
 *
 * Return: true while it may.
 */
static inline bool l2a_term_valid(const struct l2a_term *term)
{
	return l2a_deadline_ahead(atomic64_read(&term->deadline));
}

#endif /* L2A_TERM_H */
