// SPDX-License-Identifier: GPL-2.0
/*
 * Devices: which may carry a VIP, and what becomes of it as they change.
 */
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include "announce.h"
#include "compat.h"
#include "nd_group.h"
#include "net.h"
#include "netdev.h"
#include "netlink.h"
#include "vip.h"

/* Whether a device takes in what its ports receive, ARP included. */
static bool takes_from_ports(const struct net_device *master)
{
	return netif_is_bridge_master(master) || netif_is_lag_master(master) ||
	       netif_is_ovs_master(master);
}

/**
 * l2a_netdev_usable - whether a VIP may be added to a device, or made active there
 * @dev: the device; RCU held
 * @extack: where to say why not
 *
 * A port of a bridge, bond or team is refused since its master sees the ARP. A
 * slave of a VRF is not a port: it sees its own.
 *
 * Return: 0, -EOPNOTSUPP for a device that has no ARP over Ethernet, -EBUSY for a
 * port.
 */
int l2a_netdev_usable(struct net_device *dev, struct netlink_ext_ack *extack)
{
	const struct net_device *master = netdev_master_upper_dev_get_rcu(dev);

	if (dev->flags & IFF_LOOPBACK) {
		NL_SET_ERR_MSG_MOD(extack, "a loopback device has no neighbours");
		return -EOPNOTSUPP;
	}
	if (dev->type != ARPHRD_ETHER || dev->addr_len != ETH_ALEN) {
		NL_SET_ERR_MSG_MOD(extack, "not an Ethernet device");
		return -EOPNOTSUPP;
	}
	if (dev->flags & (IFF_NOARP | IFF_POINTOPOINT)) {
		NL_SET_ERR_MSG_MOD(extack, "the device does no ARP");
		return -EOPNOTSUPP;
	}
	if (master && takes_from_ports(master)) {
		l2a_set_err_msg_fmt(extack,
				    "the device is a port of %s: use that",
				    master->name);
		return -EBUSY;
	}
	return 0;
}

static void remove_vips(struct l2a_net *ln, const struct net_device *dev,
			bool standby_too)
{
	struct l2a_vip *vip, *next;

	list_for_each_entry_safe(vip, next, &ln->vip_list, list) {
		if (vip->dev != dev ||
		    !(standby_too || rcu_access_pointer(vip->term)))
			continue;
		l2a_nl_device_gone(ln, vip);
		l2a_vip_remove(ln, vip);
		cond_resched();
	}
}

static void device_gone(struct l2a_net *ln, const struct net_device *dev)
{
	remove_vips(ln, dev, true);
	l2a_group_device_gone(ln, dev);
}

static bool has_active(const struct l2a_net *ln, const struct net_device *dev)
{
	const struct l2a_vip *vip;

	list_for_each_entry(vip, &ln->vip_list, list)
		if (vip->dev == dev && rcu_access_pointer(vip->term))
			return true;
	return false;
}

static bool becomes_port(const struct netdev_notifier_changeupper_info *info)
{
	return info->linking && info->master && takes_from_ports(info->upper_dev);
}

/*
 * A device that has active VIPs must not become a port: its ARP would pass us by.
 * Standby ones hold nobody up: they may stand on each device there is, and whatever
 * runs containers makes ports of new ones all the time. They stay, for it may be
 * none for long, or never become one in the end.
 */
static int upper_changes(struct l2a_net *ln, const struct net_device *dev,
			 const struct netdev_notifier_changeupper_info *info)
{
	if (!becomes_port(info) || !has_active(ln, dev))
		return NOTIFY_DONE;
	NL_SET_ERR_MSG_MOD(info->info.extack,
			   "the device has active VIPs: remove these first");
	return notifier_from_errno(-EBUSY);
}

/* A bond becomes what its first port is; who opened a tap may say what it is. */
static int type_changes(struct l2a_net *ln, const struct net_device *dev)
{
	return has_active(ln, dev) ? notifier_from_errno(-EBUSY) : NOTIFY_DONE;
}

/*
 * Process context under RTNL, from 7.x on for some drivers also under the
 * device's own lock: only our own tables are touched here, and frames are sent by
 * the announcer's worker.
 */
static int netdev_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct l2a_net *ln = l2a_net(dev_net(dev));
	int ret = NOTIFY_DONE;

	switch (event) {
	case NETDEV_PRECHANGEUPPER:
		mutex_lock(&ln->lock);
		ret = upper_changes(ln, dev, ptr);
		mutex_unlock(&ln->lock);
		break;
	case NETDEV_PRE_TYPE_CHANGE:
		mutex_lock(&ln->lock);
		ret = type_changes(ln, dev);
		mutex_unlock(&ln->lock);
		break;
	case NETDEV_CHANGEUPPER:
		/* Active ones have come since the question: no RTNL holds them up. */
		if (!becomes_port(ptr))
			break;
		fallthrough;
	case NETDEV_POST_TYPE_CHANGE:
		mutex_lock(&ln->lock);
		remove_vips(ln, dev, false);
		mutex_unlock(&ln->lock);
		break;
	case NETDEV_UNREGISTER:
		mutex_lock(&ln->lock);
		device_gone(ln, dev);
		mutex_unlock(&ln->lock);
		break;
	case NETDEV_CHANGEMTU:
		mutex_lock(&ln->lock);
		l2a_group_device(ln, dev);
		mutex_unlock(&ln->lock);
		break;
	case NETDEV_UP:
		mutex_lock(&ln->lock);
		l2a_group_device(ln, dev);
		mutex_unlock(&ln->lock);
		fallthrough;
	case NETDEV_CHANGE:
	case NETDEV_CHANGEADDR:
	case NETDEV_NOTIFY_PEERS:
		if (!netif_running(dev) || !netif_carrier_ok(dev))
			break;
		mutex_lock(&ln->lock);
		l2a_announce_device(ln, dev);
		mutex_unlock(&ln->lock);
		break;
	}
	return ret;
}

static struct notifier_block netdev_notifier = {
	.notifier_call = netdev_event,
};

/**
 * l2a_netdev_init - begin to hear of devices
 *
 * Return: 0 or an error.
 */
int __init l2a_netdev_init(void)
{
	return register_netdevice_notifier(&netdev_notifier);
}

/**
 * l2a_netdev_uninit - hear no more of devices
 */
void l2a_netdev_uninit(void)
{
	unregister_netdevice_notifier(&netdev_notifier);
}
