/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grammar of VIPs on the command line: words into requests and filters.
 * Pure but for the look-up of a device's name.
 *
 * Each returns 0, or a negative errno with *err filled in, as args.h says.
 */
#ifndef L2CTL_VIP_ARGS_H
#define L2CTL_VIP_ARGS_H

#include "l2ctl/args.h"
#include "lib/message.h"

/* What a filter may name. */
#define VIP_FILTER_ADDR		(1U << 0)
#define VIP_FILTER_DEV		(1U << 1)
#define VIP_FILTER_LEASE	(1U << 2)

/** vip_args_key() - ADDR dev DEV */
int vip_args_key(struct args *args, struct l2a_addr *addr, uint32_t *ifindex,
		 struct l2a_error *err);

/** vip_args_request() - ADDR dev DEV [OPTIONS], to the last word */
int vip_args_request(struct args *args, struct l2a_vip_request *request,
		     struct l2a_error *err);

/** vip_args_change() - lease ID [dev DEV] [OPTIONS], to the last word */
int vip_args_change(struct args *args, struct l2a_vip_request *request,
		    struct l2a_error *err);

/** vip_args_options() - the OPTIONS alone, to the last word */
int vip_args_options(struct args *args, struct l2a_vip_request *request,
		     struct l2a_error *err);

/** vip_args_filter() - [ADDR] [dev DEV] [lease ID], as @allowed, to the end */
int vip_args_filter(struct args *args, unsigned int allowed,
		    struct l2a_vip_filter *filter, struct l2a_error *err);

#endif /* L2CTL_VIP_ARGS_H */
