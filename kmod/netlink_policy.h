/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each netlink command accepts; spec/l2announce.yaml says the same.
 */
#ifndef L2A_NETLINK_POLICY_H
#define L2A_NETLINK_POLICY_H

#include <linux/l2announce.h>
#include <net/netlink.h>

extern const struct nla_policy l2a_nl_policy_vip_new[L2ANNOUNCE_A_VIP_REFRESH + 1];
extern const struct nla_policy l2a_nl_policy_vip_change[L2ANNOUNCE_A_VIP_REFRESH + 1];
extern const struct nla_policy l2a_nl_policy_vip_key[L2ANNOUNCE_A_VIP_IFINDEX + 1];
extern const struct nla_policy l2a_nl_policy_vip_filter[L2ANNOUNCE_A_VIP_LEASE + 1];
extern const struct nla_policy l2a_nl_policy_vip_flush[L2ANNOUNCE_A_VIP_LEASE + 1];
extern const struct nla_policy
	l2a_nl_policy_lease_renew[L2ANNOUNCE_A_LEASE_TOKEN + 1];
extern const struct nla_policy l2a_nl_policy_lease_id[L2ANNOUNCE_A_LEASE_ID + 1];
extern const struct nla_policy
	l2a_nl_policy_settings[L2ANNOUNCE_A_SETTINGS_ANNOUNCE_BURST + 1];
extern const struct nla_policy l2a_nl_policy_none[2];

#endif /* L2A_NETLINK_POLICY_H */
