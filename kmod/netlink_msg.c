// SPDX-License-Identifier: GPL-2.0
/*
 * What is told of a VIP: by a get, a dump, and every notification.
 */
#include <linux/l2announce.h>
#include <net/genetlink.h>
#include "lease.h"
#include "net.h"
#include "netlink.h"
#include "netlink_internal.h"
#include "vip.h"

static size_t vip_msg_size(void)
{
	return nla_total_size(sizeof(u16)) +			/* family */
	       nla_total_size(sizeof(struct in6_addr)) +	/* address */
	       nla_total_size(sizeof(u32)) +			/* ifindex */
	       nla_total_size(IFNAMSIZ) +			/* ifname */
	       nla_total_size(sizeof(u32)) * 5 +	/* state to refresh */
	       nla_total_size(sizeof(u8)) +			/* answering */
	       nla_total_size_64bit(sizeof(u64)) * 5 +	/* token, counters */
	       nla_total_size(ETH_ALEN);			/* lladdr */
}

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, L2ANNOUNCE_A_VIP_PAD);
}

static int vip_put_addr(struct sk_buff *skb, const struct l2a_vip *vip)
{
	if (l2a_vip_is6(&vip->key))
		return nla_put_u16(skb, L2ANNOUNCE_A_VIP_FAMILY, AF_INET6) ||
		       nla_put_in6_addr(skb, L2ANNOUNCE_A_VIP_ADDRESS,
					&vip->key.addr);
	return nla_put_u16(skb, L2ANNOUNCE_A_VIP_FAMILY, AF_INET) ||
	       nla_put_in_addr(skb, L2ANNOUNCE_A_VIP_ADDRESS,
			       l2a_vip_addr4(vip));
}

static int vip_put_key(struct sk_buff *skb, const struct l2a_vip *vip)
{
	return vip_put_addr(skb, vip) ||
	       nla_put_u32(skb, L2ANNOUNCE_A_VIP_IFINDEX, vip->key.ifindex) ||
	       nla_put_string(skb, L2ANNOUNCE_A_VIP_IFNAME, vip->dev->name);
}

static int vip_put_config(struct sk_buff *skb, const struct l2a_vip *vip)
{
	const struct l2a_term *term = rcu_dereference(vip->term);
	const struct l2a_lease *lease = READ_ONCE(vip->lease);

	return nla_put_u32(skb, L2ANNOUNCE_A_VIP_STATE,
			   term ? L2ANNOUNCE_VIP_STATE_ACTIVE :
				  L2ANNOUNCE_VIP_STATE_STANDBY) ||
	       nla_put_u32(skb, L2ANNOUNCE_A_VIP_LEASE, lease ? lease->id : 0) ||
	       put_u64(skb, L2ANNOUNCE_A_VIP_TOKEN, term ? term->token : 0) ||
	       nla_put_u32(skb, L2ANNOUNCE_A_VIP_ANNOUNCE_COUNT,
			   READ_ONCE(vip->announce.count)) ||
	       nla_put_u32(skb, L2ANNOUNCE_A_VIP_ANNOUNCE_INTERVAL,
			   READ_ONCE(vip->announce.interval)) ||
	       nla_put_u32(skb, L2ANNOUNCE_A_VIP_REFRESH,
			   READ_ONCE(vip->announce.refresh)) ||
	       nla_put_u8(skb, L2ANNOUNCE_A_VIP_ANSWERING,
			  l2a_vip_answering(vip));
}

static int vip_put_stats(struct sk_buff *skb, const struct l2a_vip *vip)
{
	u64 sum[L2A_VIP_NR_STATS];

	l2a_vip_stats_read(vip->stats, sum);
	return put_u64(skb, L2ANNOUNCE_A_VIP_REPLIES, sum[L2A_VIP_REPLIES]) ||
	       put_u64(skb, L2ANNOUNCE_A_VIP_SUPPRESSED,
		       sum[L2A_VIP_SUPPRESSED]) ||
	       put_u64(skb, L2ANNOUNCE_A_VIP_ANNOUNCEMENTS,
		       sum[L2A_VIP_ANNOUNCEMENTS]) ||
	       put_u64(skb, L2ANNOUNCE_A_VIP_CONFLICTS,
		       sum[L2A_VIP_CONFLICTS]);
}

/**
 * l2a_nl_put_vip - write what a get of a VIP tells
 * @skb: the message
 * @vip: the VIP; RCU or the namespace's lock held
 *
 * Return: 0, or -EMSGSIZE where the message is full.
 */
int l2a_nl_put_vip(struct sk_buff *skb, const struct l2a_vip *vip)
{
	int err;

	rcu_read_lock();
	err = vip_put_key(skb, vip) || vip_put_config(skb, vip) ||
	      vip_put_stats(skb, vip);
	rcu_read_unlock();
	return err ? -EMSGSIZE : 0;
}

/**
 * l2a_nl_vip_msg - make a message about a VIP
 * @vip: the VIP; RCU or the namespace's lock held
 * @portid: whom it answers, 0 for a notification
 * @seq: the request it answers
 * @cmd: the command or notification
 * @lladdr: a claimant's hardware address to add, or NULL
 * @gfp: how to allocate
 *
 * Return: the message, or NULL.
 */
struct sk_buff *l2a_nl_vip_msg(const struct l2a_vip *vip, u32 portid, u32 seq,
			       u8 cmd, const u8 *lladdr, gfp_t gfp)
{
	struct sk_buff *skb = genlmsg_new(vip_msg_size(), gfp);
	void *hdr;

	if (!skb)
		return NULL;
	hdr = genlmsg_put(skb, portid, seq, &l2a_family, 0, cmd);
	if (!hdr || l2a_nl_put_vip(skb, vip) ||
	    (lladdr && nla_put(skb, L2ANNOUNCE_A_VIP_LLADDR, ETH_ALEN, lladdr))) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, hdr);
	return skb;
}

/**
 * l2a_nl_missed - tell the group that it missed a notification
 * @net: the namespace
 *
 * For one that there is no memory for: who listens gets -ENOBUFS, as for one that
 * its own buffer has no room for, and knows to read the state anew. Any context
 * but hard interrupts.
 */
void l2a_nl_missed(struct net *net)
{
	genl_set_err(&l2a_family, net, 0, L2A_NL_EVENTS, -ENOBUFS);
}

/**
 * l2a_nl_vip_notify - tell the group of what a request did to a VIP, and the asker
 *	where it set NLM_F_ECHO
 * @info: the request
 * @vip: the VIP, the namespace's lock held
 * @cmd: the notification
 *
 * May sleep.
 */
void l2a_nl_vip_notify(struct genl_info *info, const struct l2a_vip *vip, u8 cmd)
{
	struct net *net = genl_info_net(info);
	struct sk_buff *skb;

	if (!genl_has_listeners(&l2a_family, net, L2A_NL_EVENTS) &&
	    !nlmsg_report(info->nlhdr))
		return;
	skb = l2a_nl_vip_msg(vip, info->snd_portid, info->snd_seq, cmd, NULL,
			     GFP_KERNEL);
	if (!skb)
		l2a_nl_missed(net);
	else
		genl_notify(&l2a_family, skb, info, L2A_NL_EVENTS, GFP_KERNEL);
}

static void vip_event(struct l2a_net *ln, const struct l2a_vip *vip, u8 cmd,
		      const u8 *lladdr, gfp_t gfp)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&l2a_family, ln->net, L2A_NL_EVENTS))
		return;
	skb = l2a_nl_vip_msg(vip, 0, 0, cmd, lladdr, gfp);
	if (!skb)
		l2a_nl_missed(ln->net);
	else
		genlmsg_multicast_netns(&l2a_family, ln->net, skb, 0,
					L2A_NL_EVENTS, gfp);
}

/**
 * l2a_nl_conflict - tell of a foreign claim
 * @ln: the namespace
 * @vip: the VIP claimed
 * @lladdr: the claimant's hardware address, 6 bytes
 *
 * Softirq, under RCU.
 */
void l2a_nl_conflict(struct l2a_net *ln, const struct l2a_vip *vip,
		     const u8 *lladdr)
{
	vip_event(ln, vip, L2ANNOUNCE_CMD_CONFLICT_NTF, lladdr, GFP_ATOMIC);
}

/**
 * l2a_nl_device_gone - tell that a VIP goes with its device
 * @ln: the namespace, its lock held
 * @vip: the VIP, which is still linked
 *
 * May sleep.
 */
void l2a_nl_device_gone(struct l2a_net *ln, const struct l2a_vip *vip)
{
	vip_event(ln, vip, L2ANNOUNCE_CMD_DEVICE_GONE_NTF, NULL, GFP_KERNEL);
}
