/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Local routes for held VIPs, so that traffic to them is accepted here.
 */
#ifndef L2A_DELIVER_H
#define L2A_DELIVER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/address.h"
#include "lib/error.h"

struct deliver;

/* Marks the routes that are ours ("l2"): those of others are left alone. */
#define DELIVER_PROTOCOL	0x6c

/**
 * struct deliver_route - a route that should be
 * @addr: the VIP
 * @ifindex: the device it leads to
 */
struct deliver_route {
	struct l2a_addr addr;
	uint32_t ifindex;
};

/** deliver_open() - a handle, or NULL with @err filled in */
struct deliver *deliver_open(struct l2a_error *err);

/** deliver_close() - close it; the routes stay. NULL is fine */
void deliver_close(struct deliver *deliver);

/**
 * deliver_set() - make the kernel's routes those that should be
 * @deliver: handle
 * @routes: all that should be, a VIP perhaps more than once; sorted in place
 * @n: how many
 *
 * Adds what is missing, removes what is too much, logs either. Looks at what
 * the kernel has, not at what was done before.
 */
void deliver_set(struct deliver *deliver, struct deliver_route *routes,
		 size_t n);

/**
 * deliver_remove() - remove those routes that should be no more
 * @deliver: handle
 * @had: routes that may be there
 * @n_had: how many
 * @routes: all that should be; sorted in place
 * @n: how many
 *
 * Of the routes in @had alone; does not look at what the kernel has.
 */
void deliver_remove(struct deliver *deliver, const struct deliver_route *had,
		    size_t n_had, struct deliver_route *routes, size_t n);

#endif /* L2A_DELIVER_H */
