// SPDX-License-Identifier: GPL-2.0
/*
 * The solicited-node groups of IPv6 VIPs, joined on their devices.
 *
 * A solicitation goes to the group of the last 24 bits of the address it asks for
 * (RFC 4291, section 2.7.1), and a device's filter and a snooping switch let
 * through what somebody has joined (RFC 4861, section 7.2.1, with the MLD report
 * of RFC 3810). The stack joins for its own addresses; for a VIP we do, from when
 * it is added until it is removed: a standby that already is a member needs no
 * switch to learn of it when it takes over.
 *
 * Joining takes RTNL, which nobody who holds the namespace's lock may wait for:
 * a worker does it.
 */
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include "nd_group.h"
#include "net.h"
#include "vip.h"

/* How many to settle before others get the locks. */
#define SETTLE_BATCH	64

/* Until a join that found no memory is tried again. */
#define RETRY_AFTER	HZ

struct group_key {
	int ifindex;
	__be32 suffix;
};

/**
 * struct l2a_group - a group on a device
 * @node: in &l2a_groups.table
 * @key: the device, and the last 24 bits of the addresses
 * @dev: the device, which is registered as long as the group is there
 * @vips: how many VIPs need it
 * @joined: whether the device is a member by us
 * @all: in &l2a_groups.all
 * @todo: in &l2a_groups.todo, or empty
 */
struct l2a_group {
	struct rhash_head node;
	struct group_key key;
	struct net_device *dev;
	u32 vips;
	bool joined;
	struct list_head all;
	struct list_head todo;
};

static const struct rhashtable_params group_params = {
	.key_len = sizeof(struct group_key),
	.key_offset = offsetof(struct l2a_group, key),
	.head_offset = offsetof(struct l2a_group, node),
	.automatic_shrinking = true,
};

static struct group_key group_key(const struct l2a_vip_key *key)
{
	return (struct group_key){
		.ifindex = key->ifindex,
		.suffix = key->addr.s6_addr32[3] & htonl(0xffffff),
	};
}

static struct l2a_group *group_find(struct l2a_groups *groups,
				    const struct group_key *key)
{
	return rhashtable_lookup_fast(&groups->table, key, group_params);
}

static void group_free(struct l2a_groups *groups, struct l2a_group *group)
{
	rhashtable_remove_fast(&groups->table, &group->node, group_params);
	list_del(&group->all);
	list_del(&group->todo);
	kfree(group);
}

static void group_address(const struct l2a_group *group, struct in6_addr *addr)
{
	struct in6_addr of = { .s6_addr32[3] = group->key.suffix };

	addrconf_addr_solict_mult(&of, addr);
}

/* On a device that has no IPv6 now the join waits for l2a_group_device(). */
static int group_join(struct l2a_group *group)
{
	struct in6_addr addr;
	int err;

	ASSERT_RTNL();
	if (!__in6_dev_get(group->dev))
		return 0;
	group_address(group, &addr);
	err = ipv6_dev_mc_inc(group->dev, &addr);
	group->joined = !err;
	return err == -ENOMEM ? err : 0;
}

static void group_leave(struct l2a_group *group)
{
	struct in6_addr addr;

	ASSERT_RTNL();
	if (!group->joined)
		return;
	group_address(group, &addr);
	/* A device that has lost its IPv6 has left already. */
	ipv6_dev_mc_dec(group->dev, &addr);
	group->joined = false;
}

static int group_settle(struct l2a_groups *groups, struct l2a_group *group)
{
	list_del_init(&group->todo);
	if (!group->vips) {
		group_leave(group);
		group_free(groups, group);
		return 0;
	}
	return group->joined ? 0 : group_join(group);
}

/* Whether there is more to do. */
static bool settle_some(struct l2a_groups *groups)
{
	struct l2a_group *group;
	int i;

	for (i = 0; i < SETTLE_BATCH; i++) {
		group = list_first_entry_or_null(&groups->todo,
						 struct l2a_group, todo);
		if (!group)
			return false;
		if (group_settle(groups, group)) {
			list_add_tail(&group->todo, &groups->todo);
			schedule_delayed_work(&groups->work, RETRY_AFTER);
			return false;
		}
	}
	return true;
}

static void group_work(struct work_struct *work)
{
	struct l2a_groups *groups = container_of(to_delayed_work(work),
						 struct l2a_groups, work);
	bool more;

	do {
		rtnl_lock();
		mutex_lock(&groups->ln->lock);
		more = settle_some(groups);
		mutex_unlock(&groups->ln->lock);
		rtnl_unlock();
		cond_resched();
	} while (more);
}

static void group_todo(struct l2a_groups *groups, struct l2a_group *group)
{
	if (list_empty(&group->todo))
		list_add_tail(&group->todo, &groups->todo);
	/* Others may wait for their next try: this one does not wait for them. */
	cancel_delayed_work(&groups->work);
	schedule_delayed_work(&groups->work, 0);
}

static struct l2a_group *group_new(struct l2a_groups *groups,
				   const struct group_key *key,
				   struct net_device *dev)
{
	struct l2a_group *group = kzalloc(sizeof(*group), GFP_KERNEL_ACCOUNT);
	int err;

	if (!group)
		return ERR_PTR(-ENOMEM);
	group->key = *key;
	group->dev = dev;
	err = rhashtable_insert_fast(&groups->table, &group->node, group_params);
	if (err) {
		kfree(group);
		return ERR_PTR(err);
	}
	list_add_tail(&group->all, &groups->all);
	INIT_LIST_HEAD(&group->todo);
	return group;
}

/**
 * l2a_group_get - need a VIP's group on its device
 * @ln: the namespace, its lock held
 * @key: address and device
 * @dev: the device, which is registered
 *
 * The device joins soon after, by a worker. May sleep.
 *
 * Return: 0, or -ENOMEM or another error of the hash table's.
 */
int l2a_group_get(struct l2a_net *ln, const struct l2a_vip_key *key,
		  struct net_device *dev)
{
	struct group_key name = group_key(key);
	struct l2a_group *group = group_find(&ln->groups, &name);

	if (!group)
		group = group_new(&ln->groups, &name, dev);
	if (IS_ERR(group))
		return PTR_ERR(group);
	group->vips++;
	if (!group->joined)
		group_todo(&ln->groups, group);
	return 0;
}

/**
 * l2a_group_put - need a VIP's group no more
 * @ln: the namespace, its lock held
 * @key: address and device
 *
 * With the last VIP that needs it the device leaves, soon after.
 */
void l2a_group_put(struct l2a_net *ln, const struct l2a_vip_key *key)
{
	struct group_key name = group_key(key);
	struct l2a_group *group = group_find(&ln->groups, &name);

	if (WARN_ON_ONCE(!group))
		return;
	if (!--group->vips)
		group_todo(&ln->groups, group);
}

/**
 * l2a_group_device - a device came up, or its MTU changed
 * @ln: the namespace, its lock and RTNL held
 * @dev: the device
 *
 * Below IPv6's least MTU the stack takes IPv6 off a device, and every membership
 * with it; later it puts IPv6 back.
 */
void l2a_group_device(struct l2a_net *ln, struct net_device *dev)
{
	bool has_ipv6 = __in6_dev_get(dev);
	struct l2a_group *group;

	list_for_each_entry(group, &ln->groups.all, all) {
		if (group->dev != dev)
			continue;
		if (!has_ipv6)
			group->joined = false;
		else if (!group->joined)
			group_todo(&ln->groups, group);
	}
}

/**
 * l2a_group_device_gone - a device goes, and its VIPs have gone
 * @ln: the namespace, its lock and RTNL held
 * @dev: the device
 */
void l2a_group_device_gone(struct l2a_net *ln, const struct net_device *dev)
{
	struct l2a_group *group, *next;

	list_for_each_entry_safe(group, next, &ln->groups.all, all) {
		if (group->dev != dev)
			continue;
		WARN_ON_ONCE(group->vips);
		group_leave(group);
		group_free(&ln->groups, group);
	}
}

/**
 * l2a_group_net_init - begin a namespace's groups
 * @ln: the namespace
 *
 * Return: 0 or -ENOMEM.
 */
int l2a_group_net_init(struct l2a_net *ln)
{
	struct l2a_groups *groups = &ln->groups;

	groups->ln = ln;
	INIT_LIST_HEAD(&groups->all);
	INIT_LIST_HEAD(&groups->todo);
	INIT_DELAYED_WORK(&groups->work, group_work);
	return rhashtable_init(&groups->table, &group_params);
}

/**
 * l2a_group_net_exit - leave what is still to be left
 * @ln: the namespace, without VIPs
 *
 * May sleep, takes RTNL.
 */
void l2a_group_net_exit(struct l2a_net *ln)
{
	cancel_delayed_work_sync(&ln->groups.work);
	group_work(&ln->groups.work.work);
	WARN_ON_ONCE(!list_empty(&ln->groups.all));
	rhashtable_destroy(&ln->groups.table);
}
