/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices: which may carry a VIP, and what becomes of it as they change.
 */
#ifndef L2A_NETDEV_H
#define L2A_NETDEV_H

struct l2a_net;
struct net_device;
struct netlink_ext_ack;

int l2a_netdev_init(void);
void l2a_netdev_uninit(void);

int l2a_netdev_usable(struct net_device *dev, struct netlink_ext_ack *extack);

#endif /* L2A_NETDEV_H */
