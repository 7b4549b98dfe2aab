/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Foreign claims to an address we hold (RFC 5227).
 */
#ifndef L2A_CONFLICT_H
#define L2A_CONFLICT_H

#include <linux/types.h>

struct l2a_net;
struct l2a_vip;

void l2a_conflict_net_init(struct l2a_net *ln);
void l2a_conflict(struct l2a_net *ln, struct l2a_vip *vip, const u8 *lladdr);

#endif /* L2A_CONFLICT_H */
