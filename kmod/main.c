// SPDX-License-Identifier: GPL-2.0
/*
 * Start and stop, in order.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include "announce.h"
#include "arp.h"
#include "conflict.h"
#include "lease.h"
#include "nd.h"
#include "nd_group.h"
#include "net.h"
#include "netdev.h"
#include "netlink.h"
#include "vip.h"

#define L2A_VERSION	"0.1.0"
#define L2A_MAX_VIPS	131072

static unsigned int l2a_net_id __read_mostly;

/**
 * l2a_net - what the module keeps for a namespace
 * @net: the namespace
 *
 * Any context.
 *
 * Return: it.
 */
struct l2a_net *l2a_net(const struct net *net)
{
	return net_generic(net, l2a_net_id);
}

static struct l2a_totals __percpu *totals_alloc(void)
{
	struct l2a_totals __percpu *totals;
	int cpu;

	totals = alloc_percpu(struct l2a_totals);
	if (!totals)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(totals, cpu)->syncp);
	return totals;
}

static int __net_init l2a_net_init(struct net *net)
{
	struct l2a_net *ln = l2a_net(net);
	int err;

	ln->net = net;
	ln->max_vips = L2A_MAX_VIPS;
	atomic_set(&ln->generation, 1);
	mutex_init(&ln->lock);
	l2a_conflict_net_init(ln);

	ln->totals = totals_alloc();
	if (!ln->totals)
		return -ENOMEM;
	err = l2a_vip_net_init(ln);
	if (err)
		goto err_totals;
	err = l2a_group_net_init(ln);
	if (err)
		goto err_vips;
	l2a_lease_net_init(ln);
	l2a_announce_net_init(ln);
	l2a_arp_net_init(ln);
	l2a_nd_net_init(ln);
	return 0;

err_vips:
	l2a_vip_net_exit(ln);
err_totals:
	free_percpu(ln->totals);
	return err;
}

static void __net_exit l2a_net_exit(struct net *net)
{
	struct l2a_net *ln = l2a_net(net);

	l2a_announce_net_exit(ln);
	l2a_lease_net_exit(ln);
	l2a_group_net_exit(ln);
	l2a_vip_net_exit(ln);
	free_percpu(ln->totals);
}

static struct pernet_operations l2a_net_ops = {
	.init = l2a_net_init,
	.exit = l2a_net_exit,
	.id = &l2a_net_id,
	.size = sizeof(struct l2a_net),
};

static int __init l2a_init(void)
{
	int err;

	err = l2a_vip_init();
	if (err)
		goto err;
	err = l2a_announce_init();
	if (err)
		goto err_vip;
	err = register_pernet_subsys(&l2a_net_ops);
	if (err)
		goto err_announce;
	err = l2a_netdev_init();
	if (err)
		goto err_net;
	err = l2a_nl_init();
	if (err)
		goto err_netdev;
	return 0;

err_netdev:
	l2a_netdev_uninit();
err_net:
	unregister_pernet_subsys(&l2a_net_ops);
err_announce:
	l2a_announce_uninit();
err_vip:
	l2a_vip_uninit();
err:
	return err;
}

/*
 * No VIP is left here, since each namespace that has one pins the module; VIPs
 * that were removed may still wait for their grace period.
 */
static void __exit l2a_exit(void)
{
	l2a_nl_uninit();
	l2a_netdev_uninit();
	unregister_pernet_subsys(&l2a_net_ops);
	l2a_announce_uninit();
	l2a_vip_uninit();
}

module_init(l2a_init);
module_exit(l2a_exit);

MODULE_DESCRIPTION("Answers ARP and neighbour discovery for virtual IPs under a lease");
MODULE_AUTHOR("The l2announce developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(L2A_VERSION);
