/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The VIPs on their devices: what each should be, counted over all services
 * that want it, and what the kernel was last known to have. Pure.
 */
#ifndef L2A_VIPS_H
#define L2A_VIPS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/address.h"
#include "served.h"

enum vip_state {
	VIP_NONE,
	VIP_STANDBY,
	VIP_ACTIVE,
	VIP_UNKNOWN,	/* a request whose verdict did not arrive */
};

/**
 * struct vip - one address on one device
 * @addr: the address
 * @ifindex: the device
 * @want: what it should be
 * @token: if active, under this
 * @has: what the kernel has
 * @has_token: if active, under this
 * @refused: the kernel's last refusal was logged
 */
struct vip {
	struct l2a_addr addr;
	uint32_t ifindex;
	enum vip_state want;
	uint64_t token;
	enum vip_state has;
	uint64_t has_token;
	bool refused;
};

/** struct vips - all of them, sorted by address and device */
struct vips {
	struct vip *v;
	size_t n;
};

/** vips_order() - which comes first by address and device: as memcmp() says it */
int vips_order(const struct l2a_addr *a, uint32_t a_dev, const struct l2a_addr *b,
	       uint32_t b_dev);

/** vips_find() - by address and device; NULL where unknown */
struct vip *vips_find(const struct vips *vips, const struct l2a_addr *addr,
		      uint32_t ifindex);

/**
 * vips_want() - work out anew what every VIP should be
 * @vips: all VIPs; those nobody wants any more stay, wanting VIP_NONE
 * @list: all services
 * @links: the devices
 */
void vips_want(struct vips *vips, const struct served_list *list,
	       const struct links *links);

/** vips_settled() - the kernel has what a VIP should be */
bool vips_settled(const struct vip *vip);

/** vips_forget() - the kernel has nothing (any more) */
void vips_forget(struct vips *vips);

/** vips_prune() - drop those that are neither wanted nor there */
void vips_prune(struct vips *vips);

/** vips_silent() - none of those that should be silent may still be answering */
bool vips_silent(const struct vips *vips);

/** vips_active() - every address of a service is active on at least one device */
bool vips_active(const struct vips *vips, const struct served *s,
		 const struct links *links);

/** vips_clear() - free all */
void vips_clear(struct vips *vips);

#endif /* L2A_VIPS_H */
