// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: which commands there are, what each accepts and who
 * serves it. Only the files netlink*.c know attributes.
 *
 * The family runs its operations in parallel; the namespace's lock orders those
 * that touch the same tables. Commands are documented in the UAPI header.
 */
#include <linux/l2announce.h>
#include <linux/module.h>
#include <net/genetlink.h>
#include "compat.h"
#include "netlink.h"
#include "netlink_internal.h"
#include "netlink_policy.h"

static const struct genl_multicast_group groups[] = {
	[L2A_NL_EVENTS] = { .name = L2ANNOUNCE_MCGRP_EVENTS },
};

static const struct genl_ops ops[] = {
	{
		.cmd = L2ANNOUNCE_CMD_VIP_NEW,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = l2a_nl_vip_new,
		.policy = l2a_nl_policy_vip_new,
		.maxattr = ARRAY_SIZE(l2a_nl_policy_vip_new) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_VIP_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = l2a_nl_vip_del,
		.policy = l2a_nl_policy_vip_key,
		.maxattr = ARRAY_SIZE(l2a_nl_policy_vip_key) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_VIP_GET,
		.doit = l2a_nl_vip_get,
		.dumpit = l2a_nl_vip_dump,
		.policy = l2a_nl_policy_vip_filter,
		.maxattr = ARRAY_SIZE(l2a_nl_policy_vip_filter) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_VIP_FLUSH,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = l2a_nl_vip_flush,
		.policy = l2a_nl_policy_vip_flush,
		.maxattr = ARRAY_SIZE(l2a_nl_policy_vip_flush) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_LEASE_RENEW,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = l2a_nl_lease_renew,
		.policy = l2a_nl_policy_lease_renew,
		.maxattr = ARRAY_SIZE(l2a_nl_policy_lease_renew) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_LEASE_RELEASE,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = l2a_nl_lease_release,
		.policy = l2a_nl_policy_lease_id,
		.maxattr = ARRAY_SIZE(l2a_nl_policy_lease_id) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_LEASE_GET,
		.doit = l2a_nl_lease_get,
		.dumpit = l2a_nl_lease_dump,
		.policy = l2a_nl_policy_lease_id,
		.maxattr = ARRAY_SIZE(l2a_nl_policy_lease_id) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_ANNOUNCE,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = l2a_nl_announce,
		.policy = l2a_nl_policy_vip_filter,
		.maxattr = ARRAY_SIZE(l2a_nl_policy_vip_filter) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_SETTINGS_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = l2a_nl_settings_set,
		.policy = l2a_nl_policy_settings,
		.maxattr = ARRAY_SIZE(l2a_nl_policy_settings) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_SETTINGS_GET,
		.doit = l2a_nl_settings_get,
		.policy = l2a_nl_policy_none,
		.maxattr = ARRAY_SIZE(l2a_nl_policy_none) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_STATS_GET,
		.doit = l2a_nl_stats_get,
		.policy = l2a_nl_policy_none,
		.maxattr = ARRAY_SIZE(l2a_nl_policy_none) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_VIP_CHANGE,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = l2a_nl_vip_change,
		.policy = l2a_nl_policy_vip_change,
		.maxattr = ARRAY_SIZE(l2a_nl_policy_vip_change) - 1,
	},
};

struct genl_family l2a_family __ro_after_init = {
	.name = L2ANNOUNCE_FAMILY_NAME,
	.version = L2ANNOUNCE_FAMILY_VERSION,
	.maxattr = L2ANNOUNCE_A_VIP_MAX,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	L2A_GENL_ALL_FLAGS(L2ANNOUNCE_CMD_MAX)
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

/**
 * l2a_nl_init - open for requests; last of all, since they may come at once
 *
 * Return: 0 or an error.
 */
int __init l2a_nl_init(void)
{
	return genl_register_family(&l2a_family);
}

/**
 * l2a_nl_uninit - close for requests; returns once none is running
 */
void l2a_nl_uninit(void)
{
	genl_unregister_family(&l2a_family);
}

MODULE_ALIAS_GENL_FAMILY(L2ANNOUNCE_FAMILY_NAME);
