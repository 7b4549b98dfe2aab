// SPDX-License-Identifier: GPL-2.0
/*
 * What each netlink command accepts; spec/l2announce.yaml says the same.
 *
 * An attribute that a command does not list is refused. The numbers are
 * documented in the UAPI header.
 */
#include <linux/l2announce.h>
#include <linux/in6.h>
#include "announce.h"
#include "netlink_policy.h"

static struct netlink_range_validation announce_interval_range = {
	.min = 10,
	.max = 3600 * 1000,
};

static struct netlink_range_validation refresh_range = {
	.max = 24 * 3600 * 1000,
};

static struct netlink_range_validation max_vips_range = {
	.min = 1,
	.max = 1 << 20,
};

static struct netlink_range_validation announce_rate_range = {
	.min = 1,
	.max = 1000 * 1000,
};

#define VIP_KEY								      \
	[L2ANNOUNCE_A_VIP_FAMILY] = { .type = NLA_U16 },		      \
	[L2ANNOUNCE_A_VIP_ADDRESS] = NLA_POLICY_RANGE(NLA_BINARY, 4,	      \
						      sizeof(struct in6_addr)), \
	[L2ANNOUNCE_A_VIP_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1)

#define VIP_CONFIG							      \
	[L2ANNOUNCE_A_VIP_STATE] =					      \
		NLA_POLICY_MAX(NLA_U32, L2ANNOUNCE_VIP_STATE_ACTIVE),	      \
	[L2ANNOUNCE_A_VIP_TOKEN] = { .type = NLA_U64 },			      \
	[L2ANNOUNCE_A_VIP_ANNOUNCE_COUNT] = NLA_POLICY_MAX(NLA_U32, 255),     \
	[L2ANNOUNCE_A_VIP_ANNOUNCE_INTERVAL] =				      \
		NLA_POLICY_FULL_RANGE(NLA_U32, &announce_interval_range),     \
	[L2ANNOUNCE_A_VIP_REFRESH] =					      \
		NLA_POLICY_FULL_RANGE(NLA_U32, &refresh_range)

const struct nla_policy l2a_nl_policy_vip_new[L2ANNOUNCE_A_VIP_REFRESH + 1] = {
	VIP_KEY,
	VIP_CONFIG,
	[L2ANNOUNCE_A_VIP_LEASE] = { .type = NLA_U32 },
};

const struct nla_policy l2a_nl_policy_vip_change[L2ANNOUNCE_A_VIP_REFRESH + 1] = {
	VIP_CONFIG,
	[L2ANNOUNCE_A_VIP_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[L2ANNOUNCE_A_VIP_LEASE] = { .type = NLA_U32 },
};

const struct nla_policy l2a_nl_policy_vip_key[L2ANNOUNCE_A_VIP_IFINDEX + 1] = {
	VIP_KEY,
};

const struct nla_policy l2a_nl_policy_vip_filter[L2ANNOUNCE_A_VIP_LEASE + 1] = {
	VIP_KEY,
	[L2ANNOUNCE_A_VIP_LEASE] = { .type = NLA_U32 },
};

const struct nla_policy l2a_nl_policy_vip_flush[L2ANNOUNCE_A_VIP_LEASE + 1] = {
	[L2ANNOUNCE_A_VIP_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[L2ANNOUNCE_A_VIP_LEASE] = { .type = NLA_U32 },
};

const struct nla_policy l2a_nl_policy_lease_renew[L2ANNOUNCE_A_LEASE_TOKEN + 1] = {
	[L2ANNOUNCE_A_LEASE_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[L2ANNOUNCE_A_LEASE_DEADLINE] = { .type = NLA_U64 },
	[L2ANNOUNCE_A_LEASE_TOKEN] = { .type = NLA_U64 },
};

const struct nla_policy l2a_nl_policy_lease_id[L2ANNOUNCE_A_LEASE_ID + 1] = {
	[L2ANNOUNCE_A_LEASE_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

const struct nla_policy
l2a_nl_policy_settings[L2ANNOUNCE_A_SETTINGS_ANNOUNCE_BURST + 1] = {
	[L2ANNOUNCE_A_SETTINGS_MAX_VIPS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &max_vips_range),
	[L2ANNOUNCE_A_SETTINGS_ANNOUNCE_RATE] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &announce_rate_range),
	[L2ANNOUNCE_A_SETTINGS_ANNOUNCE_BURST] =
		NLA_POLICY_RANGE(NLA_U32, L2A_ROUND_FRAMES, 10000),
};

/* For commands without attributes: 5.10 would let anything pass. */
const struct nla_policy l2a_nl_policy_none[2] = {
	[1] = { .type = NLA_REJECT },
};
