/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Paced announcements: who is announced, and when.
 */
#ifndef L2A_ANNOUNCE_H
#define L2A_ANNOUNCE_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct l2a_net;
struct l2a_vip;
struct net_device;

/* Rounds, and milliseconds between them: outside Linux's ARP locktime of 1 s. */
#define L2A_ANNOUNCE_COUNT	3
#define L2A_ANNOUNCE_INTERVAL	1100

/* Frames a second, and frames at once after a quiet time. */
#define L2A_ANNOUNCE_RATE	1000
#define L2A_ANNOUNCE_BURST	100

/* Milliseconds that lie between two rounds of an IPv6 VIP (RFC 4861, 7.2.6). */
#define L2A_ANNOUNCE_ND_GAP	1000

/* The most a round sends: both forms of a gratuitous ARP. */
#define L2A_ROUND_FRAMES	2

/**
 * struct l2a_announce_config - how to announce a VIP
 * @count: rounds each time it begins to answer
 * @interval: milliseconds between rounds
 * @refresh: milliseconds between rounds after these, 0 for none
 */
struct l2a_announce_config {
	u32 count;
	u32 interval;
	u32 refresh;
};

/**
 * enum l2a_announce_queue - where a VIP waits
 * @L2A_QUEUE_NONE: nowhere
 * @L2A_QUEUE_FIRST: for its first round, in the order of arrival
 * @L2A_QUEUE_LATER: for a later round, by the time that is due
 * @L2A_QUEUE_DEAD: nowhere, and never again: the VIP is being removed
 */
enum l2a_announce_queue {
	L2A_QUEUE_NONE,
	L2A_QUEUE_FIRST,
	L2A_QUEUE_LATER,
	L2A_QUEUE_DEAD,
};

/**
 * struct l2a_announce_entry - a VIP's place in the queue, guarded by the
 *	announcer's lock
 * @first: in &l2a_announcer.first
 * @later: in &l2a_announcer.later
 * @due: nanoseconds of CLOCK_MONOTONIC
 * @sent: the same of the last round, 0 before the first
 * @rounds: rounds left
 * @queue: which of the queues
 */
struct l2a_announce_entry {
	union {
		struct list_head first;
		struct rb_node later;
	};
	u64 due;
	u64 sent;
	u16 rounds;
	u8 queue;
};

/**
 * struct l2a_announcer - a namespace's announcements
 * @ln: the namespace
 * @lock: guards the queue; see "locking" in net.h
 * @first: VIPs that wait for their first round; they go before all others, so
 *	that every VIP is announced once before any is announced twice
 * @later: VIPs that wait for a later round, by time
 * @clear_at: nanoseconds of CLOCK_MONOTONIC at which the frames sent so far are
 *	paid for at @rate; how far it may lie ahead is what @burst says
 * @rate: frames a second
 * @burst: frames at once
 * @work: sends what is due
 */
struct l2a_announcer {
	struct l2a_net *ln;
	spinlock_t lock;	/* the queue */
	struct list_head first;
	struct rb_root_cached later;
	u64 clear_at;
	u32 rate;
	u32 burst;
	struct delayed_work work;
};

int l2a_announce_init(void);
void l2a_announce_uninit(void);
void l2a_announce_net_init(struct l2a_net *ln);
void l2a_announce_net_exit(struct l2a_net *ln);

void l2a_announce_start(struct l2a_net *ln, struct l2a_vip *vip);
void l2a_announce_refresh(struct l2a_net *ln, struct l2a_vip *vip);
void l2a_announce_now(struct l2a_net *ln, struct l2a_vip *vip);
void l2a_announce_once(struct l2a_net *ln, struct l2a_vip *vip);
void l2a_announce_forget(struct l2a_net *ln, struct l2a_vip *vip);
void l2a_announce_device(struct l2a_net *ln, const struct net_device *dev);
void l2a_announce_pace(struct l2a_net *ln, u32 rate, u32 burst);

#endif /* L2A_ANNOUNCE_H */
