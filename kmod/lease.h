/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Leases: deadline, token, expiry event.
 */
#ifndef L2A_LEASE_H
#define L2A_LEASE_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/types.h>

struct l2a_net;
struct l2a_term;

/* Leases a namespace may know. One covers all VIPs of a node. */
#define L2A_MAX_LEASES		4096

/**
 * struct l2a_lease - a right to answer that ends by itself
 * @ln: the namespace
 * @id: its name, 1 or more
 * @term: its current term; changed under the namespace's lock, read under RCU
 * @vips: the VIPs that name it
 * @nr_vips: how many
 * @timer: reports the end; silence does not depend on it
 *
 * A lease is never forgotten while the namespace lives: its token must not
 * shrink.
 */
struct l2a_lease {
	struct l2a_net *ln;
	u32 id;
	struct l2a_term __rcu *term;
	struct list_head vips;
	u32 nr_vips;
	struct hrtimer timer;
};

/**
 * struct l2a_lease_view - a lease at one moment, for netlink and tracepoints
 * @id: its name
 * @deadline: nanoseconds of CLOCK_BOOTTIME
 * @token: its current token
 * @valid: whether the deadline is ahead
 * @nr_vips: how many VIPs name it
 */
struct l2a_lease_view {
	u32 id;
	u64 deadline;
	u64 token;
	bool valid;
	u32 nr_vips;
};

void l2a_lease_net_init(struct l2a_net *ln);
void l2a_lease_net_exit(struct l2a_net *ln);

struct l2a_lease *l2a_lease_find(struct l2a_net *ln, u32 id);
u64 l2a_lease_token(const struct l2a_lease *lease);
void l2a_lease_view(const struct l2a_lease *lease, struct l2a_lease_view *view);
int l2a_lease_renew(struct l2a_net *ln, u32 id, u64 deadline, const u64 *token,
		    bool *news);
void l2a_lease_release(struct l2a_lease *lease);

struct l2a_term *l2a_term_get(struct l2a_term *term);
void l2a_term_put(struct l2a_term *term);

#endif /* L2A_LEASE_H */
