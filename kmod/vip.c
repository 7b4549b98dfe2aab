// SPDX-License-Identifier: GPL-2.0
/*
 * The VIP table: add, change, remove, look up on the packet path.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "announce.h"
#include "arp.h"
#include "lease.h"
#include "nd.h"
#include "nd_group.h"
#include "net.h"
#include "vip.h"
#include "vip_lookup.h"

static struct kmem_cache *vip_cache;

static u32 vip_hash(const void *data, u32 len, u32 seed)
{
	return l2a_vip_hash(data, seed);
}

static u32 vip_obj_hash(const void *data, u32 len, u32 seed)
{
	const struct l2a_vip *vip = data;

	return l2a_vip_hash(&vip->key, seed);
}

static int vip_obj_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct l2a_vip_key *key = arg->key;
	const struct l2a_vip *vip = obj;

	return vip->key.ifindex != key->ifindex ||
	       !ipv6_addr_equal(&vip->key.addr, &key->addr);
}

static const struct rhashtable_params vip_params = {
	.key_len = sizeof(struct l2a_vip_key),
	.key_offset = offsetof(struct l2a_vip, key),
	.head_offset = offsetof(struct l2a_vip, node),
	.hashfn = vip_hash,
	.obj_hashfn = vip_obj_hash,
	.obj_cmpfn = vip_obj_cmp,
	.automatic_shrinking = true,
};

/**
 * l2a_vip_lookup - find a VIP
 * @ln: the namespace
 * @key: address and device
 *
 * Under RCU or with the namespace's lock held. Any context.
 *
 * Return: the VIP, or NULL.
 */
struct l2a_vip *l2a_vip_lookup(struct l2a_net *ln, const struct l2a_vip_key *key)
{
	return rhashtable_lookup_fast(&ln->vips, key, vip_params);
}

/**
 * l2a_vip_next - go on with a listing
 * @ln: the namespace
 * @key: the VIP to go on with
 * @seq: its place; the first VIP is behind 0
 *
 * Finds the place at once, unless that VIP has been removed since. Under RCU.
 *
 * Return: the VIP, or the next one that is still there, or NULL.
 */
struct l2a_vip *l2a_vip_next(struct l2a_net *ln, const struct l2a_vip_key *key,
			     u64 seq)
{
	struct l2a_vip *vip;

	if (seq) {
		vip = l2a_vip_lookup(ln, key);
		if (vip && vip->seq == seq)
			return vip;
	}
	list_for_each_entry_rcu(vip, &ln->vip_list, list)
		if (vip->seq >= seq)
			return vip;
	return NULL;
}

static void vip_free_rcu(struct rcu_head *rcu)
{
	struct l2a_vip *vip = container_of(rcu, struct l2a_vip, rcu);

	free_percpu(vip->stats);
	kmem_cache_free(vip_cache, vip);
}

static struct l2a_term *vip_term(const struct l2a_net *ln,
				 const struct l2a_vip *vip)
{
	return rcu_dereference_protected(vip->term, lockdep_is_held(&ln->lock));
}

static void vip_set_term(struct l2a_net *ln, struct l2a_vip *vip,
			 struct l2a_term *term)
{
	struct l2a_term *old = vip_term(ln, vip);

	if (term)
		l2a_term_get(term);
	rcu_assign_pointer(vip->term, term);
	if (old)
		l2a_term_put(old);
}

static void vip_set_lease(struct l2a_vip *vip, struct l2a_lease *lease)
{
	if (vip->lease == lease)
		return;
	if (vip->lease) {
		list_del(&vip->lease_node);
		WRITE_ONCE(vip->lease->nr_vips, vip->lease->nr_vips - 1);
	}
	WRITE_ONCE(vip->lease, lease);
	if (lease) {
		list_add_tail(&vip->lease_node, &lease->vips);
		WRITE_ONCE(lease->nr_vips, lease->nr_vips + 1);
	}
}

static struct l2a_term *wanted_term(struct l2a_net *ln,
				    const struct l2a_vip_config *config)
{
	if (!config->active)
		return NULL;
	if (!config->lease)
		return &ln->always;
	return rcu_dereference_protected(config->lease->term,
					 lockdep_is_held(&ln->lock));
}

/**
 * l2a_vip_set_announce - change how a VIP is announced
 * @ln: the namespace, its lock held
 * @vip: the VIP
 * @announce: rounds and refresh; they hold from the next round on
 */
void l2a_vip_set_announce(struct l2a_net *ln, struct l2a_vip *vip,
			  const struct l2a_announce_config *announce)
{
	bool refresh_changed = vip->announce.refresh != announce->refresh;

	WRITE_ONCE(vip->announce.count, announce->count);
	WRITE_ONCE(vip->announce.interval, announce->interval);
	WRITE_ONCE(vip->announce.refresh, announce->refresh);
	if (refresh_changed && l2a_vip_answering(vip))
		l2a_announce_refresh(ln, vip);
}

/**
 * l2a_vip_activate - make a VIP active or standby, under a lease or none
 * @ln: the namespace, its lock held
 * @vip: the VIP
 * @config: what it shall be; an active VIP takes the lease's term of this moment
 *
 * A VIP that begins to answer by this is announced. One that ceases to may still
 * finish a reply that another CPU is sending.
 */
void l2a_vip_activate(struct l2a_net *ln, struct l2a_vip *vip,
		      const struct l2a_vip_config *config)
{
	bool was_answering = l2a_vip_answering(vip);

	vip_set_lease(vip, config->lease);
	vip_set_term(ln, vip, wanted_term(ln, config));
	if (!was_answering && l2a_vip_answering(vip))
		l2a_announce_start(ln, vip);
	l2a_net_changed(ln);
}

/* The hooks of a family, and what its VIPs need beside. */
static int family_use(struct l2a_net *ln, const struct l2a_vip_key *key,
		      struct net_device *dev)
{
	int err;

	if (!l2a_vip_is6(key))
		return ln->nr_family[0] ? 0 : l2a_arp_start(ln);
	err = l2a_group_get(ln, key, dev);
	if (err)
		return err;
	if (!ln->nr_family[1])
		err = l2a_nd_start(ln);
	if (err)
		l2a_group_put(ln, key);
	return err;
}

static void family_unuse(struct l2a_net *ln, const struct l2a_vip_key *key)
{
	if (!l2a_vip_is6(key)) {
		if (!ln->nr_family[0])
			l2a_arp_stop(ln);
		return;
	}
	if (!ln->nr_family[1])
		l2a_nd_stop(ln);
	l2a_group_put(ln, key);
}

/*
 * The first VIP of a family brings its hooks, and the first of all pins the
 * module: without it the stack would answer for what it was told to be silent
 * about.
 */
static int net_use(struct l2a_net *ln, const struct l2a_vip_key *key,
		   struct net_device *dev)
{
	int err;

	if (!ln->nr_vips && !try_module_get(THIS_MODULE))
		return -ENODEV;
	err = family_use(ln, key, dev);
	if (err && !ln->nr_vips)
		module_put(THIS_MODULE);
	return err;
}

static void net_unuse(struct l2a_net *ln, const struct l2a_vip_key *key)
{
	family_unuse(ln, key);
	if (!ln->nr_vips)
		module_put(THIS_MODULE);
}

static struct l2a_vip *vip_alloc(const struct l2a_vip_key *key,
				 struct net_device *dev)
{
	struct l2a_vip *vip;
	int cpu;

	vip = kmem_cache_zalloc(vip_cache, GFP_KERNEL);
	if (!vip)
		return NULL;
	vip->stats = alloc_percpu_gfp(struct l2a_vip_stats, GFP_KERNEL_ACCOUNT);
	if (!vip->stats) {
		kmem_cache_free(vip_cache, vip);
		return NULL;
	}
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(vip->stats, cpu)->syncp);
	vip->key = *key;
	vip->dev = dev;
	return vip;
}

/*
 * Where a chain has grown long the table is hashed anew by a worker, and takes no
 * more than there is until that has been done. It is waited for with the namespace's
 * lock held, a fifth of a second at the most.
 */
static int vip_insert(struct l2a_net *ln, struct l2a_vip *vip)
{
	int tries = 100, err;

	do {
		err = rhashtable_insert_fast(&ln->vips, &vip->node, vip_params);
		if (err != -EBUSY)
			return err;
		usleep_range(1000, 2000);
	} while (--tries);
	return -EAGAIN;
}

/**
 * l2a_vip_add - add a VIP
 * @ln: the namespace, its lock held
 * @key: address and device; no VIP has it yet
 * @dev: the device, which is registered in the namespace
 * @config: what the VIP shall be
 *
 * May sleep.
 *
 * Return: the VIP, or an error pointer: -ENOSPC at the limit, -ENOMEM, -EAGAIN where
 * the table is still being hashed anew, or an error of the netfilter core's; then
 * nothing has changed.
 */
struct l2a_vip *l2a_vip_add(struct l2a_net *ln, const struct l2a_vip_key *key,
			    struct net_device *dev,
			    const struct l2a_vip_config *config)
{
	struct l2a_vip *vip;
	int err;

	if (ln->nr_vips >= ln->max_vips)
		return ERR_PTR(-ENOSPC);
	vip = vip_alloc(key, dev);
	if (!vip)
		return ERR_PTR(-ENOMEM);
	err = net_use(ln, key, dev);
	if (err)
		goto err_vip;

	/*
	 * Complete before it can be found, so that no request slips past it, and
	 * announced only after.
	 */
	vip->announce = config->announce;
	vip_set_term(ln, vip, wanted_term(ln, config));
	err = vip_insert(ln, vip);
	if (err)
		goto err_term;

	vip_set_lease(vip, config->lease);
	vip->seq = ++ln->vip_seq;
	list_add_tail_rcu(&vip->list, &ln->vip_list);
	WRITE_ONCE(ln->nr_vips, ln->nr_vips + 1);
	ln->nr_family[l2a_vip_is6(key)]++;
	l2a_net_changed(ln);
	if (l2a_vip_answering(vip))
		l2a_announce_start(ln, vip);
	return vip;

err_term:
	vip_set_term(ln, vip, NULL);
	net_unuse(ln, key);
err_vip:
	free_percpu(vip->stats);
	kmem_cache_free(vip_cache, vip);
	return ERR_PTR(err);
}

/**
 * l2a_vip_remove - remove a VIP
 * @ln: the namespace, its lock held
 * @vip: the VIP; it is freed a grace period later
 *
 * May sleep: with the last VIP of a family its hooks go.
 */
void l2a_vip_remove(struct l2a_net *ln, struct l2a_vip *vip)
{
	struct l2a_vip_key key = vip->key;

	rhashtable_remove_fast(&ln->vips, &vip->node, vip_params);
	list_del_rcu(&vip->list);
	l2a_announce_forget(ln, vip);
	vip_set_lease(vip, NULL);
	vip_set_term(ln, vip, NULL);
	WRITE_ONCE(ln->nr_vips, ln->nr_vips - 1);
	ln->nr_family[l2a_vip_is6(&key)]--;
	l2a_net_changed(ln);
	call_rcu(&vip->rcu, vip_free_rcu);
	net_unuse(ln, &key);
}

/**
 * l2a_vip_net_init - begin a namespace's VIP table
 * @ln: the namespace
 *
 * Return: 0 or -ENOMEM.
 */
int l2a_vip_net_init(struct l2a_net *ln)
{
	INIT_LIST_HEAD(&ln->vip_list);
	return rhashtable_init(&ln->vips, &vip_params);
}

/**
 * l2a_vip_net_exit - end a namespace's VIP table
 * @ln: the namespace; its devices are gone, and their VIPs with them
 */
void l2a_vip_net_exit(struct l2a_net *ln)
{
	WARN_ON_ONCE(ln->nr_vips);
	rhashtable_destroy(&ln->vips);
}

/**
 * l2a_vip_init - make the cache that VIPs come from
 *
 * What a VIP takes is charged to the memory cgroup of whoever adds it.
 *
 * Return: 0 or -ENOMEM.
 */
int __init l2a_vip_init(void)
{
	BUILD_BUG_ON(sizeof(struct l2a_vip) > 256);

	vip_cache = kmem_cache_create("l2announce_vip", sizeof(struct l2a_vip),
				      0, SLAB_ACCOUNT, NULL);
	return vip_cache ? 0 : -ENOMEM;
}

/**
 * l2a_vip_uninit - drop the cache, once every VIP has been freed
 */
void l2a_vip_uninit(void)
{
	rcu_barrier();
	kmem_cache_destroy(vip_cache);
}
