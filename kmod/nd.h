/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IPv6 neighbour discovery (RFC 4861): hooks, in and out, and announcements.
 */
#ifndef L2A_ND_H
#define L2A_ND_H

#include <linux/errno.h>
#include <linux/kconfig.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <net/addrconf.h>

struct l2a_net;
struct l2a_vip;

#if IS_ENABLED(CONFIG_IPV6)
/**
 * l2a_nd_heard - whether a device hears solicitations at all
 * @dev: the device
 *
 * Under RCU.
 *
 * Return: false while its IPv6 is switched off, or its MTU too small for that.
 */
static inline bool l2a_nd_heard(const struct net_device *dev)
{
	const struct inet6_dev *idev = __in6_dev_get(dev);

	return idev && !READ_ONCE(idev->cnf.disable_ipv6);
}

int l2a_nd_usable(struct netlink_ext_ack *extack);
void l2a_nd_net_init(struct l2a_net *ln);
int l2a_nd_start(struct l2a_net *ln);
void l2a_nd_stop(struct l2a_net *ln);
int l2a_nd_announce(struct l2a_vip *vip);
#else
static inline int l2a_nd_usable(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG_MOD(extack, "this kernel has no IPv6");
	return -EAFNOSUPPORT;
}

static inline bool l2a_nd_heard(const struct net_device *dev) { return false; }
static inline void l2a_nd_net_init(struct l2a_net *ln) { }
static inline int l2a_nd_start(struct l2a_net *ln) { return -EAFNOSUPPORT; }
static inline void l2a_nd_stop(struct l2a_net *ln) { }
static inline int l2a_nd_announce(struct l2a_vip *vip) { return -EAFNOSUPPORT; }
#endif

#endif /* L2A_ND_H */
