/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests to the kernel, built and not yet sent: one may be sent alone
 * (l2a_genl_send) or any number together (l2a_genl_batch).
 *
 * Every function returns a message that the caller frees with nlmsg_free(), or
 * NULL where there is no memory. @id is the family's number in this kernel:
 * l2a_genl_id(). Sequence number and port are filled in when it is sent.
 */
#ifndef L2A_LIB_MESSAGE_H
#define L2A_LIB_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "address.h"

struct nl_msg;

/* What a struct l2a_vip_request names; the rest stays as it was. */
#define L2A_VIP_STATE			(1U << 0)
#define L2A_VIP_LEASE			(1U << 1)
#define L2A_VIP_TOKEN			(1U << 2)
#define L2A_VIP_ANNOUNCE_COUNT		(1U << 3)
#define L2A_VIP_ANNOUNCE_INTERVAL	(1U << 4)
#define L2A_VIP_REFRESH			(1U << 5)

/**
 * struct l2a_vip_request - a VIP to be added or changed
 * @addr: the address
 * @ifindex: the device
 * @set: which of the members below count (L2A_VIP_*)
 * @state: enum l2announce_vip_state
 * @lease: lease id, 0 for none
 * @token: the token the lease must have now
 * @announce_count: rounds
 * @announce_interval_ms: between two rounds
 * @refresh_ms: between announcements after the rounds
 */
struct l2a_vip_request {
	struct l2a_addr addr;
	uint32_t ifindex;
	unsigned int set;
	uint32_t state;
	uint32_t lease;
	uint64_t token;
	uint32_t announce_count;
	uint32_t announce_interval_ms;
	uint32_t refresh_ms;
};

/**
 * struct l2a_vip_filter - which VIPs: those that match all that is given
 * @addr: the address; AF_UNSPEC for any
 * @ifindex: the device, 0 for any
 * @by_lease: whether @lease counts
 * @lease: lease id, 0 for those without one
 */
struct l2a_vip_filter {
	struct l2a_addr addr;
	uint32_t ifindex;
	bool by_lease;
	uint32_t lease;
};

/* What a struct l2a_settings_request names. */
#define L2A_SETTINGS_MAX_VIPS		(1U << 0)
#define L2A_SETTINGS_ANNOUNCE_RATE	(1U << 1)
#define L2A_SETTINGS_ANNOUNCE_BURST	(1U << 2)

/**
 * struct l2a_settings_request - settings to be changed
 * @set: which of the members below count (L2A_SETTINGS_*)
 * @max_vips: as in struct l2a_settings
 * @announce_rate: as in struct l2a_settings
 * @announce_burst: as in struct l2a_settings
 */
struct l2a_settings_request {
	unsigned int set;
	uint32_t max_vips;
	uint32_t announce_rate;
	uint32_t announce_burst;
};

/* @flags: NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE */
struct nl_msg *l2a_msg_vip_new(int id, int flags,
			       const struct l2a_vip_request *request);
/* All VIPs of the lease that @request names, on its device unless that is 0 */
struct nl_msg *l2a_msg_vip_change(int id,
				  const struct l2a_vip_request *request);
struct nl_msg *l2a_msg_vip_del(int id, const struct l2a_addr *addr,
			       uint32_t ifindex);
struct nl_msg *l2a_msg_vip_get(int id, const struct l2a_addr *addr,
			       uint32_t ifindex);
/* @filter: NULL for all */
struct nl_msg *l2a_msg_vip_dump(int id, const struct l2a_vip_filter *filter);
/* @filter: NULL for all; its address does not count */
struct nl_msg *l2a_msg_vip_flush(int id, const struct l2a_vip_filter *filter);

/* @token: NULL to keep the lease's; @deadline_ns: CLOCK_BOOTTIME */
struct nl_msg *l2a_msg_lease_renew(int id, uint32_t lease,
				   uint64_t deadline_ns,
				   const uint64_t *token);
struct nl_msg *l2a_msg_lease_release(int id, uint32_t lease);
struct nl_msg *l2a_msg_lease_get(int id, uint32_t lease);
struct nl_msg *l2a_msg_lease_dump(int id);

/* @filter: NULL for all */
struct nl_msg *l2a_msg_announce(int id, const struct l2a_vip_filter *filter);

struct nl_msg *l2a_msg_settings_set(int id,
				    const struct l2a_settings_request *request);
struct nl_msg *l2a_msg_settings_get(int id);
struct nl_msg *l2a_msg_stats_get(int id);

#endif /* L2A_LIB_MESSAGE_H */
