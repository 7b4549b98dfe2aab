/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which services have a VIP: found at once, however many services there are.
 */
#ifndef L2A_VIP_USERS_H
#define L2A_VIP_USERS_H

#include <stddef.h>

#include "names.h"

struct el_service;
struct vip_users;

/** vip_users_new() - an index without entries */
struct vip_users *vip_users_new(void);

/** vip_users_free() - forget an index; NULL is fine */
void vip_users_free(struct vip_users *users);

/** vip_users_add() - a service has these VIPs (too); one it has twice counts once */
void vip_users_add(struct vip_users *users, const struct names *vips,
		   struct el_service *s);

/** vip_users_del() - a service has these VIPs no more */
void vip_users_del(struct vip_users *users, const struct names *vips,
		   const struct el_service *s);

/**
 * vip_users_of() - who has a VIP
 * @users: the index
 * @vip: the VIP
 * @n: how many have it
 *
 * Return: those services, in no order, good until the next change; NULL where
 * there are none.
 */
struct el_service *const *vip_users_of(const struct vip_users *users,
				       const char *vip, size_t *n);

#endif /* L2A_VIP_USERS_H */
