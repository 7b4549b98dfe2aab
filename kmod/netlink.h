/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family: start, stop, and what it tells by itself.
 */
#ifndef L2A_NETLINK_H
#define L2A_NETLINK_H

#include <linux/types.h>

struct l2a_lease_view;
struct l2a_net;
struct l2a_vip;

int l2a_nl_init(void);
void l2a_nl_uninit(void);

void l2a_nl_lease_expired(struct l2a_net *ln, const struct l2a_lease_view *view);
void l2a_nl_conflict(struct l2a_net *ln, const struct l2a_vip *vip,
		     const u8 *lladdr);
void l2a_nl_device_gone(struct l2a_net *ln, const struct l2a_vip *vip);

#endif /* L2A_NETLINK_H */
