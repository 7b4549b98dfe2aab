/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether a service that is to fall silent has answered once more.
 */
#ifndef L2A_ANSWERED_H
#define L2A_ANSWERED_H

#include "links.h"
#include "served.h"

struct l2a_genl;

/**
 * answered_again() - it has answered since this was first asked
 * @genl: the way to the kernel
 * @s: the service; what is counted first is kept in it
 * @links: the devices
 *
 * Costs a few requests to the kernel, however many VIPs the service has: of many only
 * the first are looked at.
 */
bool answered_again(struct l2a_genl *genl, struct served *s,
		    const struct links *links);

#endif /* L2A_ANSWERED_H */
