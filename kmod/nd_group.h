/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The solicited-node groups of IPv6 VIPs, joined on their devices.
 */
#ifndef L2A_ND_GROUP_H
#define L2A_ND_GROUP_H

#include <linux/errno.h>
#include <linux/kconfig.h>
#include <linux/list.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>

struct l2a_net;
struct l2a_vip_key;
struct net_device;

/**
 * struct l2a_groups - a namespace's groups
 * @ln: the namespace
 * @table: &struct l2a_group by device and the address's last 24 bits
 * @all: the same, in no order
 * @todo: those to be joined or left
 * @work: joins and leaves
 *
 * All of it is guarded by the namespace's lock.
 */
struct l2a_groups {
	struct l2a_net *ln;
	struct rhashtable table;
	struct list_head all;
	struct list_head todo;
	struct delayed_work work;
};

#if IS_ENABLED(CONFIG_IPV6)
int l2a_group_net_init(struct l2a_net *ln);
void l2a_group_net_exit(struct l2a_net *ln);
int l2a_group_get(struct l2a_net *ln, const struct l2a_vip_key *key,
		  struct net_device *dev);
void l2a_group_put(struct l2a_net *ln, const struct l2a_vip_key *key);
void l2a_group_device(struct l2a_net *ln, struct net_device *dev);
void l2a_group_device_gone(struct l2a_net *ln, const struct net_device *dev);
#else
static inline int l2a_group_net_init(struct l2a_net *ln) { return 0; }
static inline void l2a_group_net_exit(struct l2a_net *ln) { }

static inline int l2a_group_get(struct l2a_net *ln,
				const struct l2a_vip_key *key,
				struct net_device *dev)
{
	return -EAFNOSUPPORT;
}

static inline void l2a_group_put(struct l2a_net *ln,
				 const struct l2a_vip_key *key) { }
static inline void l2a_group_device(struct l2a_net *ln,
				    struct net_device *dev) { }
static inline void l2a_group_device_gone(struct l2a_net *ln,
					 const struct net_device *dev) { }
#endif

#endif /* L2A_ND_GROUP_H */
