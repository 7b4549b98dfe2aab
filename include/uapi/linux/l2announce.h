/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * l2announce: the generic netlink contract between the module and userspace.
 *
 * kmod/spec/l2announce.yaml says the same in YNL; a selftest holds this file,
 * the spec and the running kernel together.
 *
 * Conventions
 * -----------
 * - Every object belongs to the network namespace of the netlink socket.
 * - Addresses are in network byte order, all other integers in host order.
 * - Commands that change something need CAP_NET_ADMIN in the user namespace
 *   that owns the network namespace; the others need nothing.
 * - A refusal carries an extack message, and the offending attribute where
 *   there is one.
 * - A notification carries what a get of the same object would. One that is
 *   missed for lack of memory or room makes the next receive fail with ENOBUFS.
 */
#ifndef _UAPI_LINUX_L2ANNOUNCE_H
#define _UAPI_LINUX_L2ANNOUNCE_H

#define L2ANNOUNCE_FAMILY_NAME		"l2announce"
#define L2ANNOUNCE_FAMILY_VERSION	1

/* The one multicast group: all notifications. Anyone may join. */
#define L2ANNOUNCE_MCGRP_EVENTS		"events"

/**
 * enum l2announce_vip_state - what the administrator wants of a VIP
 * @L2ANNOUNCE_VIP_STATE_STANDBY: this node stays silent for the address, also
 *	where the stack itself would have answered for it
 * @L2ANNOUNCE_VIP_STATE_ACTIVE: this node answers for the address, as long as
 *	the VIP's lease (if it names one) lasts
 */
enum l2announce_vip_state {
	L2ANNOUNCE_VIP_STATE_STANDBY,
	L2ANNOUNCE_VIP_STATE_ACTIVE,
};

/**
 * enum l2announce_vip_attr - attributes of a VIP (L2ANNOUNCE_CMD_VIP_*,
 *	L2ANNOUNCE_CMD_ANNOUNCE and the notifications about VIPs)
 * @L2ANNOUNCE_A_VIP_FAMILY: u16, AF_INET or AF_INET6; goes with the address
 * @L2ANNOUNCE_A_VIP_ADDRESS: binary, 4 or 16 bytes as the family says
 * @L2ANNOUNCE_A_VIP_IFINDEX: u32, 1 or more, the device; with family and address
 *	the key
 * @L2ANNOUNCE_A_VIP_IFNAME: string, the device's name (in answers only)
 * @L2ANNOUNCE_A_VIP_STATE: u32, enum l2announce_vip_state; a new VIP is active
 *	where this is missing
 * @L2ANNOUNCE_A_VIP_LEASE: u32, the lease the VIP answers under; 0 is none. A
 *	lease must have been renewed once before a VIP may name it
 * @L2ANNOUNCE_A_VIP_TOKEN: u64, in a request: the token the lease must have
 *	now, else -ESTALE. In an answer: the token the VIP was activated with
 * @L2ANNOUNCE_A_VIP_ANNOUNCE_COUNT: u32, announcement rounds each time the VIP
 *	begins to answer; 0 to 255, 3 by default
 * @L2ANNOUNCE_A_VIP_ANNOUNCE_INTERVAL: u32, milliseconds between two rounds;
 *	10 to 3600000, 1100 by default (longer than Linux's ARP locktime of 1 s);
 *	1000 or more for an IPv6 VIP (RFC 4861, section 7.2.6)
 * @L2ANNOUNCE_A_VIP_REFRESH: u32, milliseconds between announcements after the
 *	rounds, 0 for none (the default), else 1000 to 86400000
 * @L2ANNOUNCE_A_VIP_ANSWERING: u8, 1 while this node answers for the address:
 *	active, lease valid, device up, and IPv6 on there where the address is one
 *	of that (in answers only)
 * @L2ANNOUNCE_A_VIP_REPLIES: u64, requests answered (in answers only)
 * @L2ANNOUNCE_A_VIP_SUPPRESSED: u64, requests kept from the stack because the
 *	VIP was not answering (in answers only)
 * @L2ANNOUNCE_A_VIP_ANNOUNCEMENTS: u64, announcement frames sent (in answers
 *	only); a round sends two for an IPv4 VIP, one for an IPv6 VIP
 * @L2ANNOUNCE_A_VIP_CONFLICTS: u64, frames in which another station claimed
 *	the address while we answered for it (in answers only)
 * @L2ANNOUNCE_A_VIP_PAD: aligns the u64 attributes
 * @L2ANNOUNCE_A_VIP_LLADDR: binary, 6 bytes, the other station's link-layer
 *	address (in L2ANNOUNCE_CMD_CONFLICT_NTF only)
 */
enum l2announce_vip_attr {
	L2ANNOUNCE_A_VIP_FAMILY = 1,
	L2ANNOUNCE_A_VIP_ADDRESS,
	L2ANNOUNCE_A_VIP_IFINDEX,
	L2ANNOUNCE_A_VIP_IFNAME,
	L2ANNOUNCE_A_VIP_STATE,
	L2ANNOUNCE_A_VIP_LEASE,
	L2ANNOUNCE_A_VIP_TOKEN,
	L2ANNOUNCE_A_VIP_ANNOUNCE_COUNT,
	L2ANNOUNCE_A_VIP_ANNOUNCE_INTERVAL,
	L2ANNOUNCE_A_VIP_REFRESH,
	L2ANNOUNCE_A_VIP_ANSWERING,
	L2ANNOUNCE_A_VIP_REPLIES,
	L2ANNOUNCE_A_VIP_SUPPRESSED,
	L2ANNOUNCE_A_VIP_ANNOUNCEMENTS,
	L2ANNOUNCE_A_VIP_CONFLICTS,
	L2ANNOUNCE_A_VIP_PAD,
	L2ANNOUNCE_A_VIP_LLADDR,

	/* private: */
	__L2ANNOUNCE_A_VIP_MAX,
	L2ANNOUNCE_A_VIP_MAX = (__L2ANNOUNCE_A_VIP_MAX - 1)
};

/**
 * enum l2announce_lease_attr - attributes of a lease (L2ANNOUNCE_CMD_LEASE_*)
 * @L2ANNOUNCE_A_LEASE_ID: u32, 1 or more, chosen by whoever renews
 * @L2ANNOUNCE_A_LEASE_DEADLINE: u64, nanoseconds of CLOCK_BOOTTIME at which
 *	the lease ends. Absolute, so that no stall between deciding and applying
 *	can stretch it; one in the past is simply expired
 * @L2ANNOUNCE_A_LEASE_TOKEN: u64, grows with each life of whoever renews. An
 *	older one is refused with -ESTALE; a newer one silences every VIP that
 *	was activated with an older one. A renewal without it keeps the token
 * @L2ANNOUNCE_A_LEASE_VALID: u8, 1 while the deadline is ahead (in answers
 *	only)
 * @L2ANNOUNCE_A_LEASE_VIPS: u32, how many VIPs name the lease (in answers
 *	only)
 * @L2ANNOUNCE_A_LEASE_PAD: aligns the u64 attributes
 */
enum l2announce_lease_attr {
	L2ANNOUNCE_A_LEASE_ID = 1,
	L2ANNOUNCE_A_LEASE_DEADLINE,
	L2ANNOUNCE_A_LEASE_TOKEN,
	L2ANNOUNCE_A_LEASE_VALID,
	L2ANNOUNCE_A_LEASE_VIPS,
	L2ANNOUNCE_A_LEASE_PAD,

	/* private: */
	__L2ANNOUNCE_A_LEASE_MAX,
	L2ANNOUNCE_A_LEASE_MAX = (__L2ANNOUNCE_A_LEASE_MAX - 1)
};

/**
 * enum l2announce_settings_attr - settings of a network namespace
 *	(L2ANNOUNCE_CMD_SETTINGS_*)
 * @L2ANNOUNCE_A_SETTINGS_MAX_VIPS: u32, most VIPs the namespace may have,
 *	1 to 1048576, 131072 by default. Lowering it removes nothing
 * @L2ANNOUNCE_A_SETTINGS_ANNOUNCE_RATE: u32, announcement frames a second, 1
 *	to 1000000, 1000 by default
 * @L2ANNOUNCE_A_SETTINGS_ANNOUNCE_BURST: u32, announcement frames that may go
 *	out at once after a quiet time, 2 to 10000, 100 by default
 */
enum l2announce_settings_attr {
	L2ANNOUNCE_A_SETTINGS_MAX_VIPS = 1,
	L2ANNOUNCE_A_SETTINGS_ANNOUNCE_RATE,
	L2ANNOUNCE_A_SETTINGS_ANNOUNCE_BURST,

	/* private: */
	__L2ANNOUNCE_A_SETTINGS_MAX,
	L2ANNOUNCE_A_SETTINGS_MAX = (__L2ANNOUNCE_A_SETTINGS_MAX - 1)
};

/**
 * enum l2announce_stats_attr - totals of a network namespace
 *	(L2ANNOUNCE_CMD_STATS_GET); they count on when a VIP is removed
 * @L2ANNOUNCE_A_STATS_VIPS: u32, VIPs registered now
 * @L2ANNOUNCE_A_STATS_LEASES: u32, leases known now
 * @L2ANNOUNCE_A_STATS_REPLIES: u64, requests answered
 * @L2ANNOUNCE_A_STATS_PASSED: u64, packets of ARP and neighbour discovery that came
 *	in and were left to the stack, being no question about a VIP
 * @L2ANNOUNCE_A_STATS_SUPPRESSED_STANDBY: u64, requests kept from the stack
 *	because the VIP was standby
 * @L2ANNOUNCE_A_STATS_SUPPRESSED_EXPIRED: u64, the same because the VIP's lease
 *	had run out, was released, or had moved to a newer token
 * @L2ANNOUNCE_A_STATS_SUPPRESSED_DOWN: u64, the same because the device was going
 *	down: one that is down delivers nothing
 * @L2ANNOUNCE_A_STATS_SUPPRESSED_INVALID: u64, the same because no sane station
 *	sends such a request (its hardware address is not a unicast one)
 * @L2ANNOUNCE_A_STATS_REPLY_ERRORS: u64, requests that went unanswered because
 *	no reply could be built (no memory)
 * @L2ANNOUNCE_A_STATS_ANNOUNCEMENTS: u64, announcement frames sent
 * @L2ANNOUNCE_A_STATS_ANNOUNCE_ERRORS: u64, announcement frames that could not
 *	be built or sent
 * @L2ANNOUNCE_A_STATS_CONFLICTS: u64, foreign claims to an address we answered
 *	for
 * @L2ANNOUNCE_A_STATS_CONFLICTS_LIMITED: u64, those of them that no
 *	L2ANNOUNCE_CMD_CONFLICT_NTF told of, because too many came
 * @L2ANNOUNCE_A_STATS_DEFENDED: u64, conflicts met with an announcement
 *	(RFC 5227, section 2.4)
 * @L2ANNOUNCE_A_STATS_GUARDED: u64, frames of this host that would have claimed
 *	a VIP it does not hold, mended or dropped on their way out
 * @L2ANNOUNCE_A_STATS_EXPIRIES: u64, times a lease ran out
 * @L2ANNOUNCE_A_STATS_PAD: aligns the u64 attributes
 */
enum l2announce_stats_attr {
	L2ANNOUNCE_A_STATS_VIPS = 1,
	L2ANNOUNCE_A_STATS_LEASES,
	L2ANNOUNCE_A_STATS_REPLIES,
	L2ANNOUNCE_A_STATS_PASSED,
	L2ANNOUNCE_A_STATS_SUPPRESSED_STANDBY,
	L2ANNOUNCE_A_STATS_SUPPRESSED_EXPIRED,
	L2ANNOUNCE_A_STATS_SUPPRESSED_DOWN,
	L2ANNOUNCE_A_STATS_SUPPRESSED_INVALID,
	L2ANNOUNCE_A_STATS_REPLY_ERRORS,
	L2ANNOUNCE_A_STATS_ANNOUNCEMENTS,
	L2ANNOUNCE_A_STATS_ANNOUNCE_ERRORS,
	L2ANNOUNCE_A_STATS_CONFLICTS,
	L2ANNOUNCE_A_STATS_CONFLICTS_LIMITED,
	L2ANNOUNCE_A_STATS_DEFENDED,
	L2ANNOUNCE_A_STATS_GUARDED,
	L2ANNOUNCE_A_STATS_EXPIRIES,
	L2ANNOUNCE_A_STATS_PAD,

	/* private: */
	__L2ANNOUNCE_A_STATS_MAX,
	L2ANNOUNCE_A_STATS_MAX = (__L2ANNOUNCE_A_STATS_MAX - 1)
};

/**
 * enum l2announce_cmd - the commands
 *
 * @L2ANNOUNCE_CMD_VIP_NEW: add a VIP or change one. Needs family, address and
 *	ifindex. NLM_F_CREATE allows adding (else -ENOENT), and forbids changing
 *	(-EEXIST) unless NLM_F_REPLACE comes with it; NLM_F_EXCL forbids it
 *	anyway. What a change does not name stays as it was. A
 *	request that names state, lease or token makes the VIP's activation anew,
 *	under the lease's token of this moment. Errors, beside those:
 *	-EAFNOSUPPORT (family; IPv6 where this host has none), -EINVAL (something
 *	is missing, an address no host can own, a token without a lease), -ERANGE
 *	(a value out of its range),
 *	-ENODEV (no such device), -EOPNOTSUPP (loopback, NOARP or not Ethernet),
 *	-EBUSY (a port of a bridge, bond or team; the message names the master),
 *	-ENOENT (no such lease), -ESTALE (token), -ENOSPC (limit), -ENOMEM, -EAGAIN
 *	(the table of VIPs is being hashed anew)
 * @L2ANNOUNCE_CMD_VIP_DEL: remove the VIP that family, address and ifindex
 *	name; -ENOENT where there is none
 * @L2ANNOUNCE_CMD_VIP_GET: do: the VIP that family, address and ifindex name;
 *	dump: all VIPs in the order they were added, those that match every
 *	one of family and address, ifindex and lease that is given
 * @L2ANNOUNCE_CMD_VIP_FLUSH: remove all VIPs, those that match ifindex and
 *	lease where these are given
 * @L2ANNOUNCE_CMD_LEASE_RENEW: give lease id a new deadline, and make it known
 *	if it was not. -ESTALE where token is older than the lease's, -ERANGE for
 *	a deadline beyond the clock's range, -ENOSPC where the namespace knows
 *	4096 leases already, -EOPNOTSUPP where the sender is in a time namespace with
 *	a boot time of its own: the deadline would be another's clock's
 * @L2ANNOUNCE_CMD_LEASE_RELEASE: end lease id now; its token stays known.
 *	-ENOENT where there is none
 * @L2ANNOUNCE_CMD_LEASE_GET: do: lease id; dump: all leases
 * @L2ANNOUNCE_CMD_ANNOUNCE: announce all VIPs that are answering once more, all
 *	their rounds; those that match every one of family and address, ifindex
 *	and lease that is given. -ENOENT where no VIP matches, -EADDRNOTAVAIL
 *	where none that does is answering
 * @L2ANNOUNCE_CMD_SETTINGS_SET: change the settings that are given
 * @L2ANNOUNCE_CMD_SETTINGS_GET: read the settings
 * @L2ANNOUNCE_CMD_STATS_GET: read the totals
 * @L2ANNOUNCE_CMD_VIP_NTF: a VIP was added or changed
 * @L2ANNOUNCE_CMD_VIP_DEL_NTF: a VIP was removed by a request
 * @L2ANNOUNCE_CMD_LEASE_NTF: a lease became known, valid again, or moved to a
 *	newer token, or was released. A renewal that only moves the deadline is
 *	not news
 * @L2ANNOUNCE_CMD_LEASE_EXPIRED_NTF: a lease ran out
 * @L2ANNOUNCE_CMD_CONFLICT_NTF: another station claimed a VIP we answer for; at
 *	most one a second for each VIP
 * @L2ANNOUNCE_CMD_DEVICE_GONE_NTF: a VIP was removed because its device was, or
 *	an active one because it became a port or of another kind
 * @L2ANNOUNCE_CMD_VIP_CHANGE: change all VIPs that name lease, which is needed, and
 *	ifindex where that is given, as VIP_NEW would each: all of them, or none.
 *	With state or token their activation is made anew. -ENOENT where there is
 *	no such VIP, -ESTALE (token), -ERANGE, -EBUSY and -EOPNOTSUPP where one that
 *	is to become active is on a device that has become a port or of another kind
 */
enum l2announce_cmd {
	L2ANNOUNCE_CMD_VIP_NEW = 1,
	L2ANNOUNCE_CMD_VIP_DEL,
	L2ANNOUNCE_CMD_VIP_GET,
	L2ANNOUNCE_CMD_VIP_FLUSH,
	L2ANNOUNCE_CMD_LEASE_RENEW,
	L2ANNOUNCE_CMD_LEASE_RELEASE,
	L2ANNOUNCE_CMD_LEASE_GET,
	L2ANNOUNCE_CMD_ANNOUNCE,
	L2ANNOUNCE_CMD_SETTINGS_SET,
	L2ANNOUNCE_CMD_SETTINGS_GET,
	L2ANNOUNCE_CMD_STATS_GET,
	L2ANNOUNCE_CMD_VIP_NTF,
	L2ANNOUNCE_CMD_VIP_DEL_NTF,
	L2ANNOUNCE_CMD_LEASE_NTF,
	L2ANNOUNCE_CMD_LEASE_EXPIRED_NTF,
	L2ANNOUNCE_CMD_CONFLICT_NTF,
	L2ANNOUNCE_CMD_DEVICE_GONE_NTF,
	L2ANNOUNCE_CMD_VIP_CHANGE,

	/* private: */
	__L2ANNOUNCE_CMD_MAX,
	L2ANNOUNCE_CMD_MAX = (__L2ANNOUNCE_CMD_MAX - 1)
};

#endif /* _UAPI_LINUX_L2ANNOUNCE_H */
