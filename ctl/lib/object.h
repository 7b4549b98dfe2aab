/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's objects as structs: VIPs, leases, settings, totals, events, and
 * how each is read out of a netlink message. Pure: no socket, no clock.
 */
#ifndef L2A_LIB_OBJECT_H
#define L2A_LIB_OBJECT_H

#include <linux/l2announce.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "error.h"

/**
 * struct l2a_vip - a VIP as the kernel shows it
 * @addr: the address; with @ifindex the key
 * @ifindex: the device
 * @ifname: the device's name, empty where the kernel did not tell
 * @state: enum l2announce_vip_state
 * @lease: the lease it answers under, 0 for none
 * @token: the token it was activated with
 * @announce_count: rounds each time it begins to answer
 * @announce_interval_ms: between two rounds
 * @refresh_ms: between announcements after the rounds, 0 for none
 * @answering: this node answers for the address now
 * @replies: requests answered
 * @suppressed: requests kept from the stack
 * @announcements: announcement frames sent
 * @conflicts: frames in which another station claimed the address
 */
struct l2a_vip {
	struct l2a_addr addr;
	uint32_t ifindex;
	char ifname[IFNAMSIZ];
	uint32_t state;
	uint32_t lease;
	uint64_t token;
	uint32_t announce_count;
	uint32_t announce_interval_ms;
	uint32_t refresh_ms;
	bool answering;
	uint64_t replies;
	uint64_t suppressed;
	uint64_t announcements;
	uint64_t conflicts;
};

/**
 * struct l2a_lease - a lease as the kernel shows it
 * @id: 1 or more
 * @deadline_ns: CLOCK_BOOTTIME
 * @token: grows with each life of whoever renews
 * @valid: the deadline was ahead when the kernel answered
 * @vips: how many VIPs name it
 */
struct l2a_lease {
	uint32_t id;
	uint64_t deadline_ns;
	uint64_t token;
	bool valid;
	uint32_t vips;
};

/**
 * struct l2a_settings - settings of a network namespace
 * @max_vips: most VIPs it may have
 * @announce_rate: announcement frames a second
 * @announce_burst: announcement frames at once after a quiet time
 */
struct l2a_settings {
	uint32_t max_vips;
	uint32_t announce_rate;
	uint32_t announce_burst;
};

/** struct l2a_stats - totals of a network namespace, as in the UAPI header */
struct l2a_stats {
	uint32_t vips;
	uint32_t leases;
	uint64_t replies;
	uint64_t passed;
	uint64_t suppressed_standby;
	uint64_t suppressed_expired;
	uint64_t suppressed_down;
	uint64_t suppressed_invalid;
	uint64_t reply_errors;
	uint64_t announcements;
	uint64_t announce_errors;
	uint64_t conflicts;
	uint64_t conflicts_limited;
	uint64_t defended;
	uint64_t guarded;
	uint64_t expiries;
};

/**
 * enum l2a_event_type - what happened
 * @L2A_EVENT_VIP: a VIP was added or changed
 * @L2A_EVENT_VIP_DEL: a VIP was removed by a request
 * @L2A_EVENT_LEASE: a lease became known, valid again, moved to a newer token
 *	or was released
 * @L2A_EVENT_EXPIRED: a lease ran out
 * @L2A_EVENT_CONFLICT: another station claimed a VIP we answer for
 * @L2A_EVENT_DEVICE_GONE: a VIP was removed because its device was
 */
enum l2a_event_type {
	L2A_EVENT_VIP,
	L2A_EVENT_VIP_DEL,
	L2A_EVENT_LEASE,
	L2A_EVENT_EXPIRED,
	L2A_EVENT_CONFLICT,
	L2A_EVENT_DEVICE_GONE,
};

/**
 * struct l2a_event - a notification of the kernel
 * @type: what happened, and so which of the members below counts
 * @vip: for L2A_EVENT_VIP, _VIP_DEL, _CONFLICT and _DEVICE_GONE
 * @lladdr: the other station, for L2A_EVENT_CONFLICT
 * @lease: for L2A_EVENT_LEASE and _EXPIRED
 */
struct l2a_event {
	enum l2a_event_type type;
	struct l2a_vip vip;
	uint8_t lladdr[L2A_MAC_LEN];
	struct l2a_lease lease;
};

/** l2a_event_name() - "vip", "vip-del", "lease", "expired", "conflict" ... */
const char *l2a_event_name(enum l2a_event_type type);

/** l2a_vip_state_name() - "active" or "standby" */
const char *l2a_vip_state_name(uint32_t state);

/*
 * Each of these reads one message, header included, and returns 0, or
 * -EBADMSG with *err filled in where the message is not what it should be.
 * Attributes the message does not carry leave their members zero.
 */
int l2a_vip_read(struct nlmsghdr *nlh, struct l2a_vip *vip,
		 struct l2a_error *err);
int l2a_lease_read(struct nlmsghdr *nlh, struct l2a_lease *lease,
		   struct l2a_error *err);
int l2a_settings_read(struct nlmsghdr *nlh, struct l2a_settings *settings,
		      struct l2a_error *err);
int l2a_stats_read(struct nlmsghdr *nlh, struct l2a_stats *stats,
		   struct l2a_error *err);

/**
 * l2a_event_read() - read a notification
 * @nlh: the message
 * @event: filled in on success
 * @err: filled in otherwise
 *
 * Return: 0; -ENOMSG for a command this version does not know, which is to be
 * passed over; -EBADMSG.
 */
int l2a_event_read(struct nlmsghdr *nlh, struct l2a_event *event,
		   struct l2a_error *err);

#endif /* L2A_LIB_OBJECT_H */
