// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about a namespace as a whole: its settings and totals.
 */
#include <linux/l2announce.h>
#include <net/genetlink.h>
#include "announce.h"
#include "net.h"
#include "netlink_internal.h"
#include "stats.h"

static int settings_put(struct sk_buff *skb, const struct l2a_net *ln)
{
	if (nla_put_u32(skb, L2ANNOUNCE_A_SETTINGS_MAX_VIPS,
			READ_ONCE(ln->max_vips)) ||
	    nla_put_u32(skb, L2ANNOUNCE_A_SETTINGS_ANNOUNCE_RATE,
			READ_ONCE(ln->announcer.rate)) ||
	    nla_put_u32(skb, L2ANNOUNCE_A_SETTINGS_ANNOUNCE_BURST,
			READ_ONCE(ln->announcer.burst)))
		return -EMSGSIZE;
	return 0;
}

static int totals_put(struct sk_buff *skb, const struct l2a_net *ln)
{
	u64 sum[L2A_NR_TOTALS];
	int i;

	/* The two lists have the same order. */
	BUILD_BUG_ON(L2ANNOUNCE_A_STATS_REPLIES + L2A_NR_TOTALS !=
		     L2ANNOUNCE_A_STATS_PAD);

	if (nla_put_u32(skb, L2ANNOUNCE_A_STATS_VIPS, READ_ONCE(ln->nr_vips)) ||
	    nla_put_u32(skb, L2ANNOUNCE_A_STATS_LEASES,
			READ_ONCE(ln->nr_leases)))
		return -EMSGSIZE;
	l2a_totals_read(ln->totals, sum);
	for (i = 0; i < L2A_NR_TOTALS; i++)
		if (nla_put_u64_64bit(skb, L2ANNOUNCE_A_STATS_REPLIES + i,
				      sum[i], L2ANNOUNCE_A_STATS_PAD))
			return -EMSGSIZE;
	return 0;
}

/* Answer a get whose message is small and of the namespace as a whole. */
static int reply_net(struct genl_info *info, u8 cmd,
		     int (*put)(struct sk_buff *skb, const struct l2a_net *ln))
{
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	struct sk_buff *skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;
	int err;

	if (!skb)
		return -ENOMEM;
	hdr = genlmsg_put_reply(skb, info, &l2a_family, 0, cmd);
	if (!hdr) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	err = put(skb, ln);
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

/**
 * l2a_nl_settings_get - serve L2ANNOUNCE_CMD_SETTINGS_GET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno; the UAPI header says which and when.
 */
int l2a_nl_settings_get(struct sk_buff *skb, struct genl_info *info)
{
	return reply_net(info, L2ANNOUNCE_CMD_SETTINGS_GET, settings_put);
}

/**
 * l2a_nl_settings_set - serve L2ANNOUNCE_CMD_SETTINGS_SET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno; the UAPI header says which and when.
 */
int l2a_nl_settings_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *rate = info->attrs[L2ANNOUNCE_A_SETTINGS_ANNOUNCE_RATE];
	struct nlattr *burst =
		info->attrs[L2ANNOUNCE_A_SETTINGS_ANNOUNCE_BURST];
	struct nlattr *max_vips = info->attrs[L2ANNOUNCE_A_SETTINGS_MAX_VIPS];
	struct l2a_net *ln = l2a_net(genl_info_net(info));

	mutex_lock(&ln->lock);
	if (max_vips)
		WRITE_ONCE(ln->max_vips, nla_get_u32(max_vips));
	if (rate || burst)
		l2a_announce_pace(ln,
				  rate ? nla_get_u32(rate) : ln->announcer.rate,
				  burst ? nla_get_u32(burst) :
					  ln->announcer.burst);
	mutex_unlock(&ln->lock);
	return 0;
}

/**
 * l2a_nl_stats_get - serve L2ANNOUNCE_CMD_STATS_GET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno; the UAPI header says which and when.
 */
int l2a_nl_stats_get(struct sk_buff *skb, struct genl_info *info)
{
	return reply_net(info, L2ANNOUNCE_CMD_STATS_GET, totals_put);
}
