// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about all VIPs that match: dump, flush, announce.
 */
#include <linux/l2announce.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include "announce.h"
#include "compat.h"
#include "net.h"
#include "netlink_internal.h"
#include "vip.h"

/* Where a dump of VIPs goes on; no seq before the first. */
struct vip_cursor {
	u64 seq;
	struct l2a_vip_key key;
};

static int vip_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
			const struct l2a_vip *vip)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &l2a_family, NLM_F_MULTI,
				L2ANNOUNCE_CMD_VIP_GET);

	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	if (l2a_nl_put_vip(skb, vip)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * l2a_nl_vip_dump - serve L2ANNOUNCE_CMD_VIP_GET for many VIPs
 * @skb: the message to fill
 * @cb: the dump
 *
 * Return: the length of the message, or a negative errno.
 */
int l2a_nl_vip_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct l2a_net *ln = l2a_net(sock_net(cb->skb->sk));
	struct vip_cursor *cursor = (struct vip_cursor *)cb->ctx;
	struct l2a_vip_filter filter;
	struct l2a_vip *vip;
	int err;

	BUILD_BUG_ON(sizeof(struct vip_cursor) > sizeof(cb->ctx));

	err = l2a_nl_parse_filter(l2a_dump_attrs(cb), cb->extack, &filter);
	if (err)
		return err;

	/* Reads do without the lock, so that they hold up no renewal. */
	rcu_read_lock();
	cb->seq = atomic_read(&ln->generation);
	vip = cursor->seq == U64_MAX ? NULL :
	      l2a_vip_next(ln, &cursor->key, cursor->seq);
	/* Past the last one, unless the message fills up before. */
	cursor->seq = U64_MAX;
	if (vip) {
		list_for_each_entry_from_rcu(vip, &ln->vip_list, list) {
			if (!l2a_nl_filter_takes(&filter, vip))
				continue;
			if (vip_dump_one(skb, cb, vip)) {
				cursor->seq = vip->seq;
				cursor->key = vip->key;
				break;
			}
		}
	}
	rcu_read_unlock();
	return skb->len;
}

/**
 * l2a_nl_vip_flush - serve L2ANNOUNCE_CMD_VIP_FLUSH
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno; the UAPI header says which and when.
 */
int l2a_nl_vip_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	struct l2a_vip *vip, *next;
	struct l2a_vip_filter filter;
	int err;

	err = l2a_nl_parse_filter(info->attrs, info->extack, &filter);
	if (err)
		return err;
	mutex_lock(&ln->lock);
	list_for_each_entry_safe(vip, next, &ln->vip_list, list) {
		cond_resched();
		if (!l2a_nl_filter_takes(&filter, vip))
			continue;
		l2a_nl_vip_notify(info, vip, L2ANNOUNCE_CMD_VIP_DEL_NTF);
		l2a_vip_remove(ln, vip);
	}
	mutex_unlock(&ln->lock);
	return 0;
}

/* Nobody was announced: because there is no such VIP, or because none answers. */
static int announced_none(struct genl_info *info, bool found)
{
	NL_SET_BAD_ATTR(info->extack, info->attrs[L2ANNOUNCE_A_VIP_ADDRESS]);
	if (!found) {
		NL_SET_ERR_MSG_MOD(info->extack, "no such VIP");
		return -ENOENT;
	}
	NL_SET_ERR_MSG_MOD(info->extack, "the VIP is not answering");
	return -EADDRNOTAVAIL;
}

/**
 * l2a_nl_announce - serve L2ANNOUNCE_CMD_ANNOUNCE
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno; the UAPI header says which and when.
 */
int l2a_nl_announce(struct sk_buff *skb, struct genl_info *info)
{
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	bool found = false, answering = false;
	struct l2a_vip_filter filter;
	struct l2a_vip *vip;
	int err;

	err = l2a_nl_parse_filter(info->attrs, info->extack, &filter);
	if (err)
		return err;

	mutex_lock(&ln->lock);
	list_for_each_entry(vip, &ln->vip_list, list) {
		cond_resched();
		if (!l2a_nl_filter_takes(&filter, vip))
			continue;
		found = true;
		if (!l2a_vip_answering(vip))
			continue;
		answering = true;
		l2a_announce_now(ln, vip);
	}
	mutex_unlock(&ln->lock);
	return answering ? 0 : announced_none(info, found);
}
