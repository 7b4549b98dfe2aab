// SPDX-License-Identifier: GPL-2.0
/*
 * Leases: deadline, token, expiry event.
 *
 * A lease is a deadline on CLOCK_BOOTTIME that somebody keeps pushing ahead. The
 * packet path compares clocks by itself; the timer here only tells that it did
 * find the deadline passed.
 */
#include <linux/slab.h>
#include "announce.h"
#include "compat.h"
#include "lease.h"
#include "net.h"
#include "netlink.h"
#include "trace.h"
#include "vip.h"

static struct l2a_term *lease_term(const struct l2a_lease *lease)
{
	return rcu_dereference_protected(lease->term,
					 lockdep_is_held(&lease->ln->lock));
}

/**
 * l2a_term_get - use a term
 * @term: the term, the namespace's lock held
 *
 * Return: @term.
 */
struct l2a_term *l2a_term_get(struct l2a_term *term)
{
	term->users++;
	return term;
}

/**
 * l2a_term_put - stop using a term
 * @term: the term, the namespace's lock held
 *
 * The namespace's term without end is part of the namespace and always has a
 * user.
 */
void l2a_term_put(struct l2a_term *term)
{
	if (!--term->users)
		kfree_rcu(term, rcu);
}

static struct l2a_term *term_new(u64 token)
{
	struct l2a_term *term = kzalloc(sizeof(*term), GFP_KERNEL_ACCOUNT);

	if (!term)
		return NULL;
	term->token = token;
	term->users = 1;
	return term;
}

/**
 * l2a_lease_view - what a lease is like now
 * @lease: the lease; RCU or the namespace's lock held
 * @view: out
 */
void l2a_lease_view(const struct l2a_lease *lease, struct l2a_lease_view *view)
{
	const struct l2a_term *term = rcu_dereference_check(lease->term,
				lockdep_is_held(&lease->ln->lock));

	view->id = lease->id;
	view->deadline = atomic64_read(&term->deadline);
	view->token = term->token;
	view->valid = l2a_term_valid(term);
	view->nr_vips = READ_ONCE(lease->nr_vips);
}

/**
 * l2a_lease_token - a lease's current token
 * @lease: the lease, the namespace's lock held
 *
 * Return: the token.
 */
u64 l2a_lease_token(const struct l2a_lease *lease)
{
	return lease_term(lease)->token;
}

/*
 * Softirq. Whoever renewed while the timer was on its way has armed it again;
 * this run then finds the term valid and has nothing to tell.
 */
static enum hrtimer_restart lease_expired(struct hrtimer *timer)
{
	struct l2a_lease *lease = container_of(timer, struct l2a_lease, timer);
	struct l2a_lease_view view;

	rcu_read_lock();
	l2a_lease_view(lease, &view);
	rcu_read_unlock();

	/* One that was released did not run out. */
	if (!view.valid && view.deadline) {
		l2a_total_count(lease->ln->totals, L2A_TOTAL_EXPIRIES);
		l2a_net_changed(lease->ln);
		trace_lease(lease->ln->net, &view);
		l2a_nl_lease_expired(lease->ln, &view);
	}
	return HRTIMER_NORESTART;
}

/**
 * l2a_lease_find - find a lease by its id
 * @ln: the namespace, its lock or RCU held
 * @id: the id
 *
 * Return: the lease, or NULL.
 */
struct l2a_lease *l2a_lease_find(struct l2a_net *ln, u32 id)
{
	return xa_load(&ln->leases, id);
}

static int lease_create(struct l2a_net *ln, u32 id, u64 token,
			struct l2a_lease **out)
{
	struct l2a_lease *lease;
	struct l2a_term *term;
	int err;

	if (ln->nr_leases >= L2A_MAX_LEASES)
		return -ENOSPC;

	lease = kzalloc(sizeof(*lease), GFP_KERNEL_ACCOUNT);
	if (!lease)
		return -ENOMEM;
	term = term_new(token);
	if (!term) {
		err = -ENOMEM;
		goto err_lease;
	}

	lease->ln = ln;
	lease->id = id;
	INIT_LIST_HEAD(&lease->vips);
	RCU_INIT_POINTER(lease->term, term);
	hrtimer_setup(&lease->timer, lease_expired, CLOCK_BOOTTIME,
		      HRTIMER_MODE_ABS_SOFT);

	err = xa_err(xa_store(&ln->leases, id, lease, GFP_KERNEL));
	if (err)
		goto err_term;
	WRITE_ONCE(ln->nr_leases, ln->nr_leases + 1);
	*out = lease;
	return 0;

err_term:
	kfree(term);
err_lease:
	kfree(lease);
	return err;
}

/*
 * End the lease's term and begin another under a newer token. The old term is
 * ended before the new one can be extended, so that no reader ever finds both
 * valid.
 */
static int lease_move(struct l2a_lease *lease, u64 token, bool *was_valid)
{
	struct l2a_term *old = lease_term(lease);
	struct l2a_term *term = term_new(token);

	if (!term)
		return -ENOMEM;
	*was_valid = l2a_deadline_ahead(atomic64_xchg(&old->deadline, 0));
	rcu_assign_pointer(lease->term, term);
	l2a_term_put(old);
	return 0;
}

static void lease_announce(struct l2a_lease *lease)
{
	const struct l2a_term *term = lease_term(lease);
	struct l2a_vip *vip;

	list_for_each_entry(vip, &lease->vips, lease_node)
		if (rcu_access_pointer(vip->term) == term)
			l2a_announce_start(lease->ln, vip);
}

/**
 * l2a_lease_renew - give a lease a new deadline
 * @ln: the namespace, its lock held
 * @id: which lease; it becomes known if it was not
 * @deadline: nanoseconds of CLOCK_BOOTTIME, at most %L2A_DEADLINE_NEVER - 1
 * @token: the renewer's token, NULL to keep the one the lease has
 * @news: out, whether more than the deadline changed
 *
 * Costs the same whatever the number of VIPs, except where the lease was not
 * valid before: then its VIPs begin to answer and are announced.
 *
 * May sleep.
 *
 * Return: 0, -ESTALE where @token is older than the lease's, -ENOSPC where there
 * are %L2A_MAX_LEASES already, or -ENOMEM; then nothing has changed.
 */
int l2a_lease_renew(struct l2a_net *ln, u32 id, u64 deadline, const u64 *token,
		    bool *news)
{
	struct l2a_lease *lease = l2a_lease_find(ln, id);
	bool valid, was_valid = false, moved = false;
	struct l2a_lease_view view;
	struct l2a_term *term;
	int err;

	if (!lease) {
		err = lease_create(ln, id, token ? *token : 0, &lease);
		if (err)
			return err;
		moved = true;
	}

	term = lease_term(lease);
	if (token && *token < term->token)
		return -ESTALE;
	if (token && *token > term->token) {
		err = lease_move(lease, *token, &was_valid);
		if (err)
			return err;
		term = lease_term(lease);
		moved = true;
	}

	/*
	 * Whether the old deadline had passed is asked only once nobody reads it
	 * any more: else it could pass in between, and what fell silent over it
	 * would not be announced again.
	 */
	if (l2a_deadline_ahead(atomic64_xchg(&term->deadline, deadline)))
		was_valid = true;
	valid = l2a_term_valid(term);
	if (valid || was_valid)
		hrtimer_start(&lease->timer, ns_to_ktime(deadline),
			      HRTIMER_MODE_ABS_SOFT);
	if (valid && !was_valid)
		lease_announce(lease);

	*news = moved || valid != was_valid;
	if (*news)
		l2a_net_changed(ln);
	l2a_lease_view(lease, &view);
	trace_lease(ln->net, &view);
	return 0;
}

/**
 * l2a_lease_release - end a lease now
 * @lease: the lease, the namespace's lock held
 *
 * Its token stays known, so that nothing older can take it up again.
 */
void l2a_lease_release(struct l2a_lease *lease)
{
	struct l2a_lease_view view;

	atomic64_set(&lease_term(lease)->deadline, 0);
	hrtimer_try_to_cancel(&lease->timer);
	l2a_net_changed(lease->ln);
	l2a_lease_view(lease, &view);
	trace_lease(lease->ln->net, &view);
}

/**
 * l2a_lease_net_init - begin a namespace's leases
 * @ln: the namespace
 */
void l2a_lease_net_init(struct l2a_net *ln)
{
	xa_init_flags(&ln->leases, XA_FLAGS_ACCOUNT);
	atomic64_set(&ln->always.deadline, L2A_DEADLINE_NEVER);
	ln->always.users = 1;
}

/**
 * l2a_lease_net_exit - end a namespace's leases
 * @ln: the namespace, without VIPs and out of everybody's reach
 *
 * May sleep, waits for running timers.
 */
void l2a_lease_net_exit(struct l2a_net *ln)
{
	struct l2a_lease *lease;
	unsigned long id;

	xa_for_each(&ln->leases, id, lease) {
		hrtimer_cancel(&lease->timer);
		l2a_term_put(rcu_dereference_protected(lease->term, 1));
		kfree(lease);
	}
	xa_destroy(&ln->leases);
}
