// SPDX-License-Identifier: GPL-2.0
/*
 * Paced announcements: gratuitous ARP, unsolicited neighbour advertisements.
 *
 * Caches and switches learn of a new holder by announcements (RFC 5227, section
 * 3: "gratuitous ARP" as request and as reply). Each round sends both forms: some
 * hosts heed only requests, and Linux takes a reply at once where target and
 * sender hardware address are the same. For an IPv6 VIP a round is one
 * advertisement to all nodes (RFC 4861, section 7.2.6).
 *
 * One work item a namespace sends what is due. It holds no lock while it sends,
 * so answering never waits for announcing.
 */
#include <linux/if_arp.h>
#include <linux/math64.h>
#include <linux/netdevice.h>
#include <net/arp.h>
#include <net/ndisc.h>
#include "announce.h"
#include "nd.h"
#include "net.h"
#include "trace.h"
#include "vip.h"

static struct workqueue_struct *announce_wq;

static struct l2a_vip *vip_of_first(struct list_head *node)
{
	return list_entry(node, struct l2a_vip, queued.first);
}

static struct l2a_vip *vip_of_later(struct rb_node *node)
{
	return rb_entry(node, struct l2a_vip, queued.later);
}

static void dequeue(struct l2a_announcer *a, struct l2a_vip *vip)
{
	lockdep_assert_held(&a->lock);

	if (vip->queued.queue == L2A_QUEUE_FIRST)
		list_del(&vip->queued.first);
	else if (vip->queued.queue == L2A_QUEUE_LATER)
		rb_erase_cached(&vip->queued.later, &a->later);
	else
		return;
	vip->queued.queue = L2A_QUEUE_NONE;
}

static void enqueue_first(struct l2a_announcer *a, struct l2a_vip *vip)
{
	lockdep_assert_held(&a->lock);

	list_add_tail(&vip->queued.first, &a->first);
	vip->queued.queue = L2A_QUEUE_FIRST;
}

static void enqueue_later(struct l2a_announcer *a, struct l2a_vip *vip, u64 due)
{
	struct rb_node **link = &a->later.rb_root.rb_node, *parent = NULL;
	bool leftmost = true;

	lockdep_assert_held(&a->lock);

	while (*link) {
		parent = *link;
		if (due < vip_of_later(parent)->queued.due) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	vip->queued.due = due;
	vip->queued.queue = L2A_QUEUE_LATER;
	rb_link_node(&vip->queued.later, parent, link);
	rb_insert_color_cached(&vip->queued.later, &a->later, leftmost);
}

/*
 * When the next round may go out, as far as the rate is concerned. The worker
 * sleeps in jiffies, so it may send at least what comes due in one.
 */
static u64 pace_next(const struct l2a_announcer *a)
{
	u32 burst = max(a->burst, a->rate / HZ * 2 + L2A_ROUND_FRAMES);
	u64 slack = div_u64((u64)(burst - L2A_ROUND_FRAMES) * NSEC_PER_SEC,
			    a->rate);

	return a->clear_at > slack ? a->clear_at - slack : 0;
}

static void pace_charge(struct l2a_announcer *a, const struct l2a_vip *vip,
			u64 now)
{
	u32 frames = l2a_vip_is6(&vip->key) ? 1 : L2A_ROUND_FRAMES;

	a->clear_at = max(a->clear_at, now) +
		      div_u64((u64)frames * NSEC_PER_SEC, a->rate);
}

static struct l2a_vip *queue_head(const struct l2a_announcer *a, u64 *due)
{
	struct rb_node *node;

	*due = 0;
	if (!list_empty(&a->first))
		return vip_of_first(a->first.next);
	node = rb_first_cached(&a->later);
	if (!node)
		return NULL;
	*due = vip_of_later(node)->queued.due;
	return vip_of_later(node);
}

/*
 * Look at the head of the queue: take its VIP where its round is due, or say how
 * long to wait. A VIP that does not answer (any more) leaves the queue here; it
 * comes back when it begins to answer.
 *
 * One VIP a call, so that whoever needs the lock gets it in between.
 */
static struct l2a_vip *take_due(struct l2a_announcer *a, u64 now, u64 *wait)
{
	struct l2a_vip *vip;
	u64 due;

	vip = queue_head(a, &due);
	if (!vip) {
		*wait = U64_MAX;
		return NULL;
	}
	*wait = 0;
	if (due <= now && !l2a_vip_answering(vip)) {
		dequeue(a, vip);
		vip->queued.rounds = 0;
		return NULL;
	}
	due = max(due, pace_next(a));
	if (due > now) {
		*wait = due - now;
		return NULL;
	}
	dequeue(a, vip);
	pace_charge(a, vip, now);
	vip->queued.sent = now;
	return vip;
}

/* Queue what is left of a VIP's rounds, counted from when this one went out. */
static void queue_rest(struct l2a_announcer *a, struct l2a_vip *vip, u64 now)
{
	struct l2a_announce_entry *entry = &vip->queued;

	/* Removed, or started anew, while its round was being sent. */
	if (entry->queue != L2A_QUEUE_NONE)
		return;

	if (entry->rounds)
		entry->rounds--;
	if (entry->rounds)
		enqueue_later(a, vip, now + (u64)READ_ONCE(vip->announce.interval) *
					    NSEC_PER_MSEC);
	else if (READ_ONCE(vip->announce.refresh))
		enqueue_later(a, vip, now + (u64)READ_ONCE(vip->announce.refresh) *
					    NSEC_PER_MSEC);
}

/* RFC 5227, section 3: sender and target address are the one announced. */
static int send_arp(struct l2a_vip *vip, int op)
{
	struct net_device *dev = vip->dev;
	__be32 addr = l2a_vip_addr4(vip);
	struct sk_buff *skb;

	skb = arp_create(op, ETH_P_ARP, addr, dev, addr, NULL, dev->dev_addr,
			 op == ARPOP_REPLY ? dev->dev_addr : NULL);
	if (!skb)
		return -ENOMEM;
	arp_xmit(skb);
	return 0;
}

static void send_frame(struct l2a_net *ln, struct l2a_vip *vip, int op)
{
	int err;

	if (!l2a_vip_answering(vip))
		return;
	if (op == NDISC_NEIGHBOUR_ADVERTISEMENT)
		err = l2a_nd_announce(vip);
	else
		err = send_arp(vip, op);
	if (err) {
		l2a_total_count(ln->totals, L2A_TOTAL_ANNOUNCE_ERRORS);
		return;
	}
	l2a_vip_count(vip->stats, L2A_VIP_ANNOUNCEMENTS);
	l2a_total_count(ln->totals, L2A_TOTAL_ANNOUNCEMENTS);
	trace_announce(vip, op);
}

static void send_round(struct l2a_net *ln, struct l2a_vip *vip)
{
	local_bh_disable();
	if (l2a_vip_is6(&vip->key)) {
		send_frame(ln, vip, NDISC_NEIGHBOUR_ADVERTISEMENT);
	} else {
		send_frame(ln, vip, ARPOP_REQUEST);
		send_frame(ln, vip, ARPOP_REPLY);
	}
	local_bh_enable();
}

static void announce_work(struct work_struct *work)
{
	struct l2a_announcer *a = container_of(to_delayed_work(work),
					       struct l2a_announcer, work);
	struct l2a_vip *vip;
	u64 wait;

	do {
		/* Keeps the VIP and its device from the queue to the wire. */
		rcu_read_lock();
		spin_lock_bh(&a->lock);
		vip = take_due(a, ktime_get_ns(), &wait);
		spin_unlock_bh(&a->lock);
		if (vip) {
			send_round(a->ln, vip);
			spin_lock_bh(&a->lock);
			queue_rest(a, vip, ktime_get_ns());
			spin_unlock_bh(&a->lock);
		}
		rcu_read_unlock();
		cond_resched();
	} while (!wait);

	/* One jiffy more than asked for: a round is late rather than early. */
	if (wait != U64_MAX)
		queue_delayed_work(announce_wq, &a->work,
				   nsecs_to_jiffies(wait) + 1);
}

static void kick(struct l2a_announcer *a)
{
	mod_delayed_work(announce_wq, &a->work, 0);
}

/*
 * When a VIP's rounds may begin anew; where they may at once, that is no later than
 * now. However often a VIP is announced, IPv6 wants a second in between.
 */
static u64 earliest(const struct l2a_vip *vip)
{
	const struct l2a_announce_entry *entry = &vip->queued;

	if (!entry->sent || !l2a_vip_is6(&vip->key))
		return 0;
	return entry->sent + L2A_ANNOUNCE_ND_GAP * NSEC_PER_MSEC;
}

static void start(struct l2a_net *ln, struct l2a_vip *vip, u16 rounds)
{
	struct l2a_announcer *a = &ln->announcer;
	struct l2a_announce_entry *entry = &vip->queued;

	spin_lock_bh(&a->lock);
	if (entry->queue != L2A_QUEUE_DEAD) {
		entry->rounds = rounds;
		if (entry->queue != L2A_QUEUE_FIRST) {
			dequeue(a, vip);
			if (earliest(vip) > ktime_get_ns())
				enqueue_later(a, vip, earliest(vip));
			else
				enqueue_first(a, vip);
		}
	}
	spin_unlock_bh(&a->lock);
	kick(a);
}

/*
 * Begin, change or end the announcements after the rounds. One whose rounds are
 * under way, also this moment, goes over to them by itself.
 */
static void refresh(struct l2a_net *ln, struct l2a_vip *vip, bool anew)
{
	u64 interval = (u64)vip->announce.refresh * NSEC_PER_MSEC;
	struct l2a_announce_entry *entry = &vip->queued;
	struct l2a_announcer *a = &ln->announcer;

	spin_lock_bh(&a->lock);
	if (anew && !entry->rounds && entry->queue == L2A_QUEUE_LATER)
		dequeue(a, vip);
	if (interval && !entry->rounds && entry->queue == L2A_QUEUE_NONE)
		enqueue_later(a, vip, ktime_get_ns() + interval);
	spin_unlock_bh(&a->lock);
	kick(a);
}

/**
 * l2a_announce_refresh - take up a VIP's new refresh interval
 * @ln: the namespace, its lock held
 * @vip: the VIP; one that does not answer leaves the queue again by itself
 */
void l2a_announce_refresh(struct l2a_net *ln, struct l2a_vip *vip)
{
	refresh(ln, vip, true);
}

/**
 * l2a_announce_start - announce a VIP, all its rounds
 * @ln: the namespace, its lock held
 * @vip: the VIP. It may be one that does not answer: then nothing is sent
 *
 * Sends nothing itself.
 */
void l2a_announce_start(struct l2a_net *ln, struct l2a_vip *vip)
{
	u16 rounds = vip->announce.count;

	if (rounds)
		start(ln, vip, rounds);
	else
		refresh(ln, vip, false);
}

/**
 * l2a_announce_now - announce a VIP, all its rounds but at least one, since
 *	somebody asked for it
 * @ln: the namespace
 * @vip: the VIP; RCU or the namespace's lock held
 *
 * Any context but hard interrupts; sends nothing itself.
 */
void l2a_announce_now(struct l2a_net *ln, struct l2a_vip *vip)
{
	start(ln, vip, max(READ_ONCE(vip->announce.count), 1U));
}

/**
 * l2a_announce_once - announce a VIP, one round, to defend it
 * @ln: the namespace
 * @vip: the VIP; RCU or the namespace's lock held
 *
 * A VIP whose rounds are still under way is announced anyway.
 *
 * Any context but hard interrupts; sends nothing itself.
 */
void l2a_announce_once(struct l2a_net *ln, struct l2a_vip *vip)
{
	start(ln, vip, max_t(u16, READ_ONCE(vip->queued.rounds), 1));
}

/**
 * l2a_announce_forget - announce a VIP never again
 * @ln: the namespace, its lock held
 * @vip: the VIP, which is being removed
 *
 * A round that is being sent this moment may still go out; whoever frees the VIP
 * waits for a grace period.
 */
void l2a_announce_forget(struct l2a_net *ln, struct l2a_vip *vip)
{
	struct l2a_announcer *a = &ln->announcer;

	spin_lock_bh(&a->lock);
	dequeue(a, vip);
	vip->queued.queue = L2A_QUEUE_DEAD;
	spin_unlock_bh(&a->lock);
}

/**
 * l2a_announce_device - announce all VIPs that a device answers for
 * @ln: the namespace, its lock held
 * @dev: the device
 */
void l2a_announce_device(struct l2a_net *ln, const struct net_device *dev)
{
	struct l2a_vip *vip;

	list_for_each_entry(vip, &ln->vip_list, list)
		if (vip->dev == dev && l2a_vip_answering(vip))
			l2a_announce_start(ln, vip);
}

/**
 * l2a_announce_pace - set the pace of a namespace's announcements
 * @ln: the namespace, its lock held
 * @rate: frames a second, 1 or more
 * @burst: frames at once, %L2A_ROUND_FRAMES or more
 */
void l2a_announce_pace(struct l2a_net *ln, u32 rate, u32 burst)
{
	struct l2a_announcer *a = &ln->announcer;

	spin_lock_bh(&a->lock);
	WRITE_ONCE(a->rate, rate);
	WRITE_ONCE(a->burst, burst);
	/* What was sent at the old rate is paid for. */
	a->clear_at = min(a->clear_at, ktime_get_ns());
	spin_unlock_bh(&a->lock);
	kick(a);
}

/**
 * l2a_announce_net_init - begin a namespace's announcements
 * @ln: the namespace
 */
void l2a_announce_net_init(struct l2a_net *ln)
{
	struct l2a_announcer *a = &ln->announcer;

	a->ln = ln;
	spin_lock_init(&a->lock);
	INIT_LIST_HEAD(&a->first);
	a->later = RB_ROOT_CACHED;
	a->rate = L2A_ANNOUNCE_RATE;
	a->burst = L2A_ANNOUNCE_BURST;
	INIT_DELAYED_WORK(&a->work, announce_work);
}

/**
 * l2a_announce_net_exit - end a namespace's announcements
 * @ln: the namespace, without VIPs
 *
 * May sleep, waits for a running round.
 */
void l2a_announce_net_exit(struct l2a_net *ln)
{
	cancel_delayed_work_sync(&ln->announcer.work);
}

/**
 * l2a_announce_init - make the workqueue that sends
 *
 * Return: 0 or -ENOMEM.
 */
int __init l2a_announce_init(void)
{
	announce_wq = alloc_workqueue("l2announce", WQ_UNBOUND | WQ_HIGHPRI, 0);
	return announce_wq ? 0 : -ENOMEM;
}

/**
 * l2a_announce_uninit - drop the workqueue
 */
void l2a_announce_uninit(void)
{
	destroy_workqueue(announce_wq);
}
