/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ARP hooks.
 */
#ifndef L2A_ARP_H
#define L2A_ARP_H

struct l2a_net;

void l2a_arp_net_init(struct l2a_net *ln);
int l2a_arp_start(struct l2a_net *ln);
void l2a_arp_stop(struct l2a_net *ln);

#endif /* L2A_ARP_H */
