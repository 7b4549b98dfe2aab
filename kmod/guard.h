/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the guards of both families ask of a packet that leaves: for which device it
 * speaks, and whether this host may use an address there.
 */
#ifndef L2A_GUARD_H
#define L2A_GUARD_H

#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include "net.h"
#include "vip.h"
#include "vip_lookup.h"

/**
 * l2a_speaker - the device a packet speaks for
 * @dev: the device it leaves by
 * @skb: the packet
 *
 * That is @dev. But bonding sends ARP and solicitations of its own through its ports,
 * for addresses seen on the bond or, tagged, on a VLAN over it. Under RCU.
 *
 * Return: the device.
 */
static inline struct net_device *l2a_speaker(struct net_device *dev,
					     const struct sk_buff *skb)
{
	struct net_device *master, *vlan;

	if (likely(!netif_is_lag_port(dev)))
		return dev;
	master = netdev_master_upper_dev_get_rcu(dev);
	if (!master || !skb_vlan_tag_present(skb))
		return master ?: dev;
	vlan = __vlan_find_dev_deep_rcu(master, skb->vlan_proto,
					skb_vlan_tag_get_id(skb));
	return vlan ?: dev;
}

static inline bool l2a_may_speak_as(struct l2a_net *ln,
				    const struct net_device *dev,
				    const struct in6_addr *addr)
{
	const struct l2a_vip *vip = l2a_vip_find(ln, addr->s6_addr32,
						 dev->ifindex);

	return !vip || l2a_vip_answering(vip);
}

/* What the walk over the devices above a speaker asks of each. */
struct l2a_speech {
	const struct net_device *speaker;
	const struct in6_addr *addr;
};

static inline int l2a_may_not_speak_as(struct net_device *upper,
				       struct netdev_nested_priv *priv)
{
	const struct l2a_speech *speech = priv->data;

	/* What leaves by a VLAN over the bond has its tag, and its speaker. */
	if (is_vlan_dev(upper) && netif_is_lag_master(speech->speaker))
		return false;
	return !l2a_may_speak_as(l2a_net(dev_net(upper)), upper, speech->addr);
}

/**
 * l2a_may_send_as - whether this host may use an address in what it sends
 * @ln: the namespace of the device it leaves by
 * @dev: for which device it speaks
 * @bonding: whether that is another than the one it leaves by
 * @addr: the address; an IPv4 one as a mapped one
 *
 * Bonding also sees what a bridge or a macvlan above sends through it, and does not
 * tell it from the bond's own. Under RCU.
 *
 * Return: false where it is a VIP this node does not answer for.
 */
static inline bool l2a_may_send_as(struct l2a_net *ln, struct net_device *dev,
				   bool bonding, const struct in6_addr *addr)
{
	struct l2a_speech speech = { .speaker = dev, .addr = addr };
	struct netdev_nested_priv priv = { .data = &speech };

	if (likely(!bonding))
		return l2a_may_speak_as(ln, dev, addr);
	return l2a_may_speak_as(l2a_net(dev_net(dev)), dev, addr) &&
	       !netdev_walk_all_upper_dev_rcu(dev, l2a_may_not_speak_as, &priv);
}

#endif /* L2A_GUARD_H */
