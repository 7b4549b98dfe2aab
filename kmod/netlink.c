// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: requests in, answers and notifications out. The
 * only file, with policy.c, that knows attributes.
 *
 * The family runs its operations in parallel; the namespace's lock orders those
 * that touch the same tables. Commands are documented in the UAPI header.
 */
#include <linux/l2announce.h>
#include <linux/module.h>
#include <net/genetlink.h>
#include "announce.h"
#include "compat.h"
#include "lease.h"
#include "net.h"
#include "netdev.h"
#include "netlink.h"
#include "policy.h"
#include "vip.h"

static struct genl_family l2a_family;

enum { GROUP_EVENTS };

static const struct genl_multicast_group groups[] = {
	[GROUP_EVENTS] = { .name = L2ANNOUNCE_MCGRP_EVENTS },
};

static int missing(struct netlink_ext_ack *extack, const char *what)
{
	l2a_set_err_msg_fmt(extack, "the request lacks %s", what);
	return -EINVAL;
}

/* ---- VIPs, out ---- */

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

static int vip_put_key(struct sk_buff *skb, const struct l2a_vip *vip)
{
	return nla_put_u16(skb, L2ANNOUNCE_A_VIP_FAMILY, AF_INET) ||
	       nla_put_in_addr(skb, L2ANNOUNCE_A_VIP_ADDRESS,
			       l2a_vip_addr4(vip)) ||
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

/*
 * What a get of a VIP tells, and every notification about it. RCU or the
 * namespace's lock held.
 */
static int vip_put(struct sk_buff *skb, const struct l2a_vip *vip)
{
	int err;

	rcu_read_lock();
	err = vip_put_key(skb, vip) || vip_put_config(skb, vip) ||
	      vip_put_stats(skb, vip);
	rcu_read_unlock();
	return err ? -EMSGSIZE : 0;
}

static struct sk_buff *vip_msg(const struct l2a_vip *vip, u32 portid, u32 seq,
			       u8 cmd, const u8 *lladdr, gfp_t gfp)
{
	struct sk_buff *skb = genlmsg_new(vip_msg_size(), gfp);
	void *hdr;

	if (!skb)
		return NULL;
	hdr = genlmsg_put(skb, portid, seq, &l2a_family, 0, cmd);
	if (!hdr || vip_put(skb, vip) ||
	    (lladdr && nla_put(skb, L2ANNOUNCE_A_VIP_LLADDR, ETH_ALEN, lladdr))) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, hdr);
	return skb;
}

/* Tell the group of what a request did, and the asker where it set NLM_F_ECHO. */
static void vip_notify(struct genl_info *info, const struct l2a_vip *vip, u8 cmd)
{
	struct net *net = genl_info_net(info);
	struct sk_buff *skb;

	if (!genl_has_listeners(&l2a_family, net, GROUP_EVENTS) &&
	    !nlmsg_report(info->nlhdr))
		return;
	skb = vip_msg(vip, info->snd_portid, info->snd_seq, cmd, NULL,
		      GFP_KERNEL);
	if (skb)
		genl_notify(&l2a_family, skb, info, GROUP_EVENTS, GFP_KERNEL);
}

static void vip_event(struct l2a_net *ln, const struct l2a_vip *vip, u8 cmd,
		      const u8 *lladdr, gfp_t gfp)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&l2a_family, ln->net, GROUP_EVENTS))
		return;
	skb = vip_msg(vip, 0, 0, cmd, lladdr, gfp);
	if (skb)
		genlmsg_multicast_netns(&l2a_family, ln->net, skb, 0,
					GROUP_EVENTS, gfp);
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

/* ---- VIPs, in ---- */

static int addr4_check(__be32 addr, const char **why)
{
	if (ipv4_is_zeronet(addr))
		*why = "an address of 0.0.0.0/8 names no host";
	else if (ipv4_is_loopback(addr))
		*why = "a loopback address never leaves the host";
	else if (ipv4_is_multicast(addr))
		*why = "a multicast address belongs to no single host";
	else if (ipv4_is_lbcast(addr))
		*why = "the broadcast address belongs to no single host";
	else
		return 0;
	return -EINVAL;
}

/* Family and address, which go together. */
static int parse_addr(struct nlattr **attrs, struct netlink_ext_ack *extack,
		      struct l2a_vip_key *key)
{
	struct nlattr *family = attrs[L2ANNOUNCE_A_VIP_FAMILY];
	struct nlattr *address = attrs[L2ANNOUNCE_A_VIP_ADDRESS];
	const char *why;

	if (!family)
		return missing(extack, "the address family");
	if (!address)
		return missing(extack, "the address");
	if (nla_get_u16(family) == AF_INET6) {
		NL_SET_ERR_MSG_ATTR(extack, family,
				    KBUILD_MODNAME ": only IPv4 addresses are answered for");
		return -EAFNOSUPPORT;
	}
	if (nla_get_u16(family) != AF_INET) {
		NL_SET_ERR_MSG_ATTR(extack, family,
				    KBUILD_MODNAME ": the address family is not IPv4");
		return -EAFNOSUPPORT;
	}
	if (nla_len(address) != sizeof(__be32)) {
		NL_SET_ERR_MSG_ATTR(extack, address,
				    KBUILD_MODNAME ": an IPv4 address has 4 bytes");
		return -EINVAL;
	}
	if (addr4_check(nla_get_in_addr(address), &why)) {
		l2a_set_err_msg_fmt(extack, "%s", why);
		NL_SET_BAD_ATTR(extack, address);
		return -EINVAL;
	}
	l2a_vip_key4(key, nla_get_in_addr(address), 0);
	return 0;
}

static int parse_key(struct genl_info *info, struct l2a_vip_key *key)
{
	int err = parse_addr(info->attrs, info->extack, key);

	if (err)
		return err;
	if (!info->attrs[L2ANNOUNCE_A_VIP_IFINDEX])
		return missing(info->extack, "the device");
	key->ifindex = nla_get_u32(info->attrs[L2ANNOUNCE_A_VIP_IFINDEX]);
	return 0;
}

/* The VIP that a request names, with the namespace's lock held. */
static struct l2a_vip *find_vip(struct l2a_net *ln, struct genl_info *info)
{
	struct l2a_vip_key key;
	struct l2a_vip *vip;
	int err;

	err = parse_key(info, &key);
	if (err)
		return ERR_PTR(err);
	vip = l2a_vip_lookup(ln, &key);
	if (vip)
		return vip;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[L2ANNOUNCE_A_VIP_ADDRESS],
			    KBUILD_MODNAME ": no such VIP on this device");
	return ERR_PTR(-ENOENT);
}

static int config_lease(struct l2a_net *ln, struct genl_info *info,
			struct l2a_vip_config *config)
{
	struct nlattr *attr = info->attrs[L2ANNOUNCE_A_VIP_LEASE];

	if (!attr)
		return 0;
	config->lease = NULL;
	if (!nla_get_u32(attr))
		return 0;
	config->lease = l2a_lease_find(ln, nla_get_u32(attr));
	if (config->lease)
		return 0;
	l2a_set_err_msg_fmt(info->extack, "no lease %u: renew it first",
			    nla_get_u32(attr));
	NL_SET_BAD_ATTR(info->extack, attr);
	return -ENOENT;
}

static int config_token(struct genl_info *info,
			const struct l2a_vip_config *config)
{
	struct nlattr *attr = info->attrs[L2ANNOUNCE_A_VIP_TOKEN];

	if (!attr)
		return 0;
	if (!config->lease) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    KBUILD_MODNAME ": a token without a lease says nothing");
		return -EINVAL;
	}
	if (nla_get_u64(attr) == l2a_lease_token(config->lease))
		return 0;
	l2a_set_err_msg_fmt(info->extack, "token %llu is not the lease's, %llu",
			    nla_get_u64(attr), l2a_lease_token(config->lease));
	NL_SET_BAD_ATTR(info->extack, attr);
	return -ESTALE;
}

static int config_announce(struct genl_info *info,
			   struct l2a_announce_config *announce)
{
	struct nlattr **attrs = info->attrs;
	struct nlattr *refresh = attrs[L2ANNOUNCE_A_VIP_REFRESH];

	if (attrs[L2ANNOUNCE_A_VIP_ANNOUNCE_COUNT])
		announce->count =
			nla_get_u32(attrs[L2ANNOUNCE_A_VIP_ANNOUNCE_COUNT]);
	if (attrs[L2ANNOUNCE_A_VIP_ANNOUNCE_INTERVAL])
		announce->interval =
			nla_get_u32(attrs[L2ANNOUNCE_A_VIP_ANNOUNCE_INTERVAL]);
	if (!refresh)
		return 0;
	announce->refresh = nla_get_u32(refresh);
	if (!announce->refresh || announce->refresh >= MSEC_PER_SEC)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, refresh,
			    KBUILD_MODNAME ": refresh is 0, or at least 1000 ms");
	return -ERANGE;
}

/* Lay what a request says over what the VIP was, or over the defaults. */
static int parse_config(struct l2a_net *ln, struct genl_info *info,
			struct l2a_vip_config *config)
{
	struct nlattr *state = info->attrs[L2ANNOUNCE_A_VIP_STATE];
	int err;

	if (state)
		config->active = nla_get_u32(state) ==
				 L2ANNOUNCE_VIP_STATE_ACTIVE;
	err = config_lease(ln, info, config);
	if (err)
		return err;
	err = config_token(info, config);
	if (err)
		return err;
	return config_announce(info, &config->announce);
}

/* Until the lock is released the device cannot pass NETDEV_UNREGISTER unseen. */
static struct net_device *find_dev(struct l2a_net *ln, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[L2ANNOUNCE_A_VIP_IFINDEX];
	struct net_device *dev;
	int err = 0;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(ln->net, nla_get_u32(attr));
	if (dev)
		err = l2a_netdev_usable(dev, info->extack);
	rcu_read_unlock();
	if (!dev) {
		NL_SET_ERR_MSG_MOD(info->extack, "no such device");
		err = -ENODEV;
	}
	if (err) {
		NL_SET_BAD_ATTR(info->extack, attr);
		return ERR_PTR(err);
	}
	return dev;
}

static int vip_create(struct l2a_net *ln, struct genl_info *info,
		      const struct l2a_vip_key *key)
{
	struct l2a_vip_config config = {
		.active = true,
		.announce = {
			.count = L2A_ANNOUNCE_COUNT,
			.interval = L2A_ANNOUNCE_INTERVAL,
		},
	};
	struct net_device *dev;
	struct l2a_vip *vip;
	int err;

	dev = find_dev(ln, info);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = parse_config(ln, info, &config);
	if (err)
		return err;
	vip = l2a_vip_add(ln, key, dev, &config);
	if (PTR_ERR_OR_ZERO(vip) == -ENOSPC)
		l2a_set_err_msg_fmt(info->extack, "the limit of %u VIPs is reached",
				    ln->max_vips);
	if (IS_ERR(vip))
		return PTR_ERR(vip);
	vip_notify(info, vip, L2ANNOUNCE_CMD_VIP_NTF);
	return 0;
}

static int vip_change(struct l2a_net *ln, struct genl_info *info,
		      struct l2a_vip *vip)
{
	struct l2a_vip_config config = {
		.active = rcu_access_pointer(vip->term),
		.lease = vip->lease,
		.announce = vip->announce,
	};
	int err;

	err = parse_config(ln, info, &config);
	if (err)
		return err;
	l2a_vip_set_announce(vip, &config.announce);
	if (info->attrs[L2ANNOUNCE_A_VIP_STATE] ||
	    info->attrs[L2ANNOUNCE_A_VIP_LEASE] ||
	    info->attrs[L2ANNOUNCE_A_VIP_TOKEN])
		l2a_vip_activate(ln, vip, &config);
	l2a_net_changed(ln);
	vip_notify(info, vip, L2ANNOUNCE_CMD_VIP_NTF);
	return 0;
}

static int vip_new_locked(struct l2a_net *ln, struct genl_info *info,
			  const struct l2a_vip_key *key)
{
	struct nlattr *address = info->attrs[L2ANNOUNCE_A_VIP_ADDRESS];
	struct l2a_vip *vip = l2a_vip_lookup(ln, key);
	u16 flags = info->nlhdr->nlmsg_flags;

	if (vip && (flags & NLM_F_EXCL)) {
		NL_SET_ERR_MSG_ATTR(info->extack, address,
				    KBUILD_MODNAME ": the VIP exists on this device");
		return -EEXIST;
	}
	if (vip)
		return vip_change(ln, info, vip);
	if (!(flags & NLM_F_CREATE)) {
		NL_SET_ERR_MSG_ATTR(info->extack, address,
				    KBUILD_MODNAME ": no such VIP on this device");
		return -ENOENT;
	}
	return vip_create(ln, info, key);
}

static int vip_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	struct l2a_vip_key key;
	int err;

	err = parse_key(info, &key);
	if (err)
		return err;
	mutex_lock(&ln->lock);
	err = vip_new_locked(ln, info, &key);
	mutex_unlock(&ln->lock);
	return err;
}

static int vip_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	struct l2a_vip *vip;
	int err = 0;

	mutex_lock(&ln->lock);
	vip = find_vip(ln, info);
	if (IS_ERR(vip)) {
		err = PTR_ERR(vip);
	} else {
		vip_notify(info, vip, L2ANNOUNCE_CMD_VIP_DEL_NTF);
		l2a_vip_remove(ln, vip);
	}
	mutex_unlock(&ln->lock);
	return err;
}

static int vip_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	struct sk_buff *reply = NULL;
	struct l2a_vip *vip;

	mutex_lock(&ln->lock);
	vip = find_vip(ln, info);
	if (!IS_ERR(vip))
		reply = vip_msg(vip, info->snd_portid, info->snd_seq,
				L2ANNOUNCE_CMD_VIP_GET, NULL, GFP_KERNEL);
	mutex_unlock(&ln->lock);
	if (IS_ERR(vip))
		return PTR_ERR(vip);
	return reply ? genlmsg_reply(reply, info) : -ENOMEM;
}

/* What a dump or a flush is restricted to. */
struct vip_filter {
	bool by_addr;
	struct in6_addr addr;
	u32 ifindex;
	bool by_lease;
	u32 lease;
};

/*
 * An operation's attributes end where its policy does, so what reads them must
 * not look further: for this one that is the key.
 */
static int parse_key_filter(struct nlattr **attrs,
			    struct netlink_ext_ack *extack,
			    struct vip_filter *filter)
{
	struct l2a_vip_key key;
	int err;

	memset(filter, 0, sizeof(*filter));
	if (attrs[L2ANNOUNCE_A_VIP_FAMILY] || attrs[L2ANNOUNCE_A_VIP_ADDRESS]) {
		err = parse_addr(attrs, extack, &key);
		if (err)
			return err;
		filter->by_addr = true;
		filter->addr = key.addr;
	}
	if (attrs[L2ANNOUNCE_A_VIP_IFINDEX])
		filter->ifindex = nla_get_u32(attrs[L2ANNOUNCE_A_VIP_IFINDEX]);
	return 0;
}

/* For operations whose policy goes as far as the lease. */
static int parse_filter(struct nlattr **attrs, struct netlink_ext_ack *extack,
			struct vip_filter *filter)
{
	int err = parse_key_filter(attrs, extack, filter);

	if (err || !attrs[L2ANNOUNCE_A_VIP_LEASE])
		return err;
	filter->by_lease = true;
	filter->lease = nla_get_u32(attrs[L2ANNOUNCE_A_VIP_LEASE]);
	return 0;
}

static bool filter_takes(const struct vip_filter *filter,
			 const struct l2a_vip *vip)
{
	if (filter->by_addr && !ipv6_addr_equal(&filter->addr, &vip->key.addr))
		return false;
	if (filter->ifindex && filter->ifindex != vip->key.ifindex)
		return false;
	return !filter->by_lease ||
	       filter->lease == (vip->lease ? vip->lease->id : 0);
}

/* Where a dump of VIPs goes on; no seq before the first. */
struct vip_cursor {
	u64 seq;
	struct l2a_vip_key key;
};

static int vip_dump_start(struct netlink_callback *cb)
{
	struct vip_filter filter;

	BUILD_BUG_ON(sizeof(struct vip_cursor) > sizeof(cb->ctx));
	return parse_filter(l2a_dump_attrs(cb), cb->extack, &filter);
}

static int vip_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
			const struct l2a_vip *vip)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &l2a_family, NLM_F_MULTI,
				L2ANNOUNCE_CMD_VIP_GET);

	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	if (vip_put(skb, vip)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int vip_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct l2a_net *ln = l2a_net(sock_net(cb->skb->sk));
	struct vip_cursor *cursor = (struct vip_cursor *)cb->ctx;
	struct vip_filter filter;
	struct l2a_vip *vip;
	int err;

	err = parse_filter(l2a_dump_attrs(cb), NULL, &filter);
	if (err)
		return err;

	mutex_lock(&ln->lock);
	cb->seq = ln->generation;
	vip = cursor->seq == U64_MAX ? NULL :
	      l2a_vip_next(ln, &cursor->key, cursor->seq);
	/* Past the last one, unless the message fills up before. */
	cursor->seq = U64_MAX;
	if (vip) {
		list_for_each_entry_from(vip, &ln->vip_list, list) {
			if (!filter_takes(&filter, vip))
				continue;
			if (vip_dump_one(skb, cb, vip)) {
				cursor->seq = vip->seq;
				cursor->key = vip->key;
				break;
			}
		}
	}
	mutex_unlock(&ln->lock);
	return skb->len;
}

static int vip_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	struct l2a_vip *vip, *next;
	struct vip_filter filter;
	int err;

	err = parse_filter(info->attrs, info->extack, &filter);
	if (err)
		return err;
	mutex_lock(&ln->lock);
	list_for_each_entry_safe(vip, next, &ln->vip_list, list) {
		if (!filter_takes(&filter, vip))
			continue;
		vip_notify(info, vip, L2ANNOUNCE_CMD_VIP_DEL_NTF);
		l2a_vip_remove(ln, vip);
	}
	mutex_unlock(&ln->lock);
	return 0;
}

static int announce_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	bool found = false, answering = false;
	struct vip_filter filter;
	struct l2a_vip *vip;
	int err;

	if (!info->attrs[L2ANNOUNCE_A_VIP_ADDRESS])
		return missing(info->extack, "the address");
	err = parse_key_filter(info->attrs, info->extack, &filter);
	if (err)
		return err;

	mutex_lock(&ln->lock);
	list_for_each_entry(vip, &ln->vip_list, list) {
		if (!filter_takes(&filter, vip))
			continue;
		found = true;
		if (!l2a_vip_answering(vip))
			continue;
		answering = true;
		l2a_announce_start(ln, vip);
	}
	mutex_unlock(&ln->lock);

	if (answering)
		return 0;
	NL_SET_BAD_ATTR(info->extack, info->attrs[L2ANNOUNCE_A_VIP_ADDRESS]);
	if (!found) {
		NL_SET_ERR_MSG_MOD(info->extack, "no such VIP");
		return -ENOENT;
	}
	NL_SET_ERR_MSG_MOD(info->extack, "the VIP is not answering");
	return -EADDRNOTAVAIL;
}

/* ---- leases ---- */

static int lease_put(struct sk_buff *skb, const struct l2a_lease_view *view)
{
	if (nla_put_u32(skb, L2ANNOUNCE_A_LEASE_ID, view->id) ||
	    nla_put_u64_64bit(skb, L2ANNOUNCE_A_LEASE_DEADLINE, view->deadline,
			      L2ANNOUNCE_A_LEASE_PAD) ||
	    nla_put_u64_64bit(skb, L2ANNOUNCE_A_LEASE_TOKEN, view->token,
			      L2ANNOUNCE_A_LEASE_PAD) ||
	    nla_put_u8(skb, L2ANNOUNCE_A_LEASE_VALID, view->valid) ||
	    nla_put_u32(skb, L2ANNOUNCE_A_LEASE_VIPS, view->nr_vips))
		return -EMSGSIZE;
	return 0;
}

static struct sk_buff *lease_msg(const struct l2a_lease_view *view, u32 portid,
				 u32 seq, u8 cmd, gfp_t gfp)
{
	size_t size = nla_total_size(sizeof(u32)) * 2 +
		      nla_total_size_64bit(sizeof(u64)) * 2 +
		      nla_total_size(sizeof(u8));
	struct sk_buff *skb = genlmsg_new(size, gfp);
	void *hdr;

	if (!skb)
		return NULL;
	hdr = genlmsg_put(skb, portid, seq, &l2a_family, 0, cmd);
	if (!hdr || lease_put(skb, view)) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, hdr);
	return skb;
}

/**
 * l2a_nl_lease_expired - tell that a lease ran out
 * @ln: the namespace
 * @view: what the lease is like
 *
 * Softirq.
 */
void l2a_nl_lease_expired(struct l2a_net *ln, const struct l2a_lease_view *view)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&l2a_family, ln->net, GROUP_EVENTS))
		return;
	skb = lease_msg(view, 0, 0, L2ANNOUNCE_CMD_LEASE_EXPIRED_NTF,
			GFP_ATOMIC);
	if (skb)
		genlmsg_multicast_netns(&l2a_family, ln->net, skb, 0,
					GROUP_EVENTS, GFP_ATOMIC);
}

/*
 * Tell the group where a lease's state is news, and the asker where it set
 * NLM_F_ECHO.
 */
static void lease_notify(struct genl_info *info, const struct l2a_lease *lease,
			 bool news)
{
	bool listeners = genl_has_listeners(&l2a_family, genl_info_net(info),
					    GROUP_EVENTS);
	bool echo = nlmsg_report(info->nlhdr);
	struct l2a_lease_view view;
	struct sk_buff *skb;

	if (!(news && listeners) && !echo)
		return;
	l2a_lease_view(lease, &view);
	skb = lease_msg(&view, info->snd_portid, info->snd_seq,
			L2ANNOUNCE_CMD_LEASE_NTF, GFP_KERNEL);
	if (!skb)
		return;
	if (news)
		genl_notify(&l2a_family, skb, info, GROUP_EVENTS, GFP_KERNEL);
	else
		genlmsg_reply(skb, info);
}

static int lease_renew_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *id = info->attrs[L2ANNOUNCE_A_LEASE_ID];
	struct nlattr *deadline = info->attrs[L2ANNOUNCE_A_LEASE_DEADLINE];
	struct nlattr *token = info->attrs[L2ANNOUNCE_A_LEASE_TOKEN];
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	struct l2a_lease *lease;
	u64 token_value;
	bool news;
	int err;

	if (!id)
		return missing(info->extack, "the lease's id");
	if (!deadline)
		return missing(info->extack, "the deadline");
	if (nla_get_u64(deadline) >= L2A_DEADLINE_NEVER) {
		NL_SET_ERR_MSG_ATTR(info->extack, deadline,
				    KBUILD_MODNAME ": the deadline is beyond the clock's range");
		return -ERANGE;
	}
	if (token)
		token_value = nla_get_u64(token);

	mutex_lock(&ln->lock);
	err = l2a_lease_renew(ln, nla_get_u32(id), nla_get_u64(deadline),
			      token ? &token_value : NULL, &news);
	lease = l2a_lease_find(ln, nla_get_u32(id));
	if (!err) {
		lease_notify(info, lease, news);
	} else if (err == -ESTALE) {
		l2a_set_err_msg_fmt(info->extack,
				    "token %llu is older than the lease's, %llu",
				    token_value, l2a_lease_token(lease));
		NL_SET_BAD_ATTR(info->extack, token);
	} else if (err == -ENOSPC) {
		l2a_set_err_msg_fmt(info->extack,
				    "the limit of %u leases is reached",
				    L2A_MAX_LEASES);
		NL_SET_BAD_ATTR(info->extack, id);
	}
	mutex_unlock(&ln->lock);
	return err;
}

/* The lease that a request names, with the namespace's lock held. */
static struct l2a_lease *find_lease(struct l2a_net *ln, struct genl_info *info)
{
	struct nlattr *id = info->attrs[L2ANNOUNCE_A_LEASE_ID];
	struct l2a_lease *lease;

	if (!id)
		return ERR_PTR(missing(info->extack, "the lease's id"));
	lease = l2a_lease_find(ln, nla_get_u32(id));
	if (lease)
		return lease;
	NL_SET_ERR_MSG_ATTR(info->extack, id, KBUILD_MODNAME ": no such lease");
	return ERR_PTR(-ENOENT);
}

static int lease_release_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	struct l2a_lease *lease;

	mutex_lock(&ln->lock);
	lease = find_lease(ln, info);
	if (!IS_ERR(lease)) {
		l2a_lease_release(lease);
		lease_notify(info, lease, true);
	}
	mutex_unlock(&ln->lock);
	return PTR_ERR_OR_ZERO(lease);
}

static int lease_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	struct l2a_lease_view view;
	struct l2a_lease *lease;
	struct sk_buff *reply;

	mutex_lock(&ln->lock);
	lease = find_lease(ln, info);
	if (!IS_ERR(lease))
		l2a_lease_view(lease, &view);
	mutex_unlock(&ln->lock);
	if (IS_ERR(lease))
		return PTR_ERR(lease);
	reply = lease_msg(&view, info->snd_portid, info->snd_seq,
			  L2ANNOUNCE_CMD_LEASE_GET, GFP_KERNEL);
	return reply ? genlmsg_reply(reply, info) : -ENOMEM;
}

/* Where a dump of leases goes on: the first id not told yet. */
struct lease_cursor {
	unsigned long next_id;
};

static int lease_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
			  const struct l2a_lease *lease)
{
	struct l2a_lease_view view;
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &l2a_family, NLM_F_MULTI, L2ANNOUNCE_CMD_LEASE_GET);
	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	l2a_lease_view(lease, &view);
	if (lease_put(skb, &view)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int lease_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct lease_cursor *cursor = (struct lease_cursor *)cb->ctx;
	struct l2a_net *ln = l2a_net(sock_net(cb->skb->sk));
	struct l2a_lease *lease;
	unsigned long id;

	mutex_lock(&ln->lock);
	cb->seq = ln->generation;
	xa_for_each_start(&ln->leases, id, lease, cursor->next_id) {
		if (lease_dump_one(skb, cb, lease))
			break;
		cursor->next_id = id + 1;
	}
	mutex_unlock(&ln->lock);
	return skb->len;
}

/* ---- settings and totals ---- */

static int settings_put(struct sk_buff *skb, const struct l2a_net *ln)
{
	if (nla_put_u32(skb, L2ANNOUNCE_A_SETTINGS_MAX_VIPS, ln->max_vips) ||
	    nla_put_u32(skb, L2ANNOUNCE_A_SETTINGS_ANNOUNCE_RATE,
			ln->announcer.rate) ||
	    nla_put_u32(skb, L2ANNOUNCE_A_SETTINGS_ANNOUNCE_BURST,
			ln->announcer.burst))
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

	if (nla_put_u32(skb, L2ANNOUNCE_A_STATS_VIPS, ln->nr_vips) ||
	    nla_put_u32(skb, L2ANNOUNCE_A_STATS_LEASES, ln->nr_leases))
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
	mutex_lock(&ln->lock);
	err = put(skb, ln);
	mutex_unlock(&ln->lock);
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

static int settings_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return reply_net(info, L2ANNOUNCE_CMD_SETTINGS_GET, settings_put);
}

static int settings_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *rate = info->attrs[L2ANNOUNCE_A_SETTINGS_ANNOUNCE_RATE];
	struct nlattr *burst =
		info->attrs[L2ANNOUNCE_A_SETTINGS_ANNOUNCE_BURST];
	struct nlattr *max_vips = info->attrs[L2ANNOUNCE_A_SETTINGS_MAX_VIPS];
	struct l2a_net *ln = l2a_net(genl_info_net(info));

	mutex_lock(&ln->lock);
	if (max_vips)
		ln->max_vips = nla_get_u32(max_vips);
	if (rate || burst)
		l2a_announce_pace(ln,
				  rate ? nla_get_u32(rate) : ln->announcer.rate,
				  burst ? nla_get_u32(burst) :
					  ln->announcer.burst);
	mutex_unlock(&ln->lock);
	return 0;
}

static int stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return reply_net(info, L2ANNOUNCE_CMD_STATS_GET, totals_put);
}

/* ---- the family ---- */

static const struct genl_ops ops[] = {
	{
		.cmd = L2ANNOUNCE_CMD_VIP_NEW,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = vip_new_doit,
		.policy = l2a_policy_vip_new,
		.maxattr = ARRAY_SIZE(l2a_policy_vip_new) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_VIP_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = vip_del_doit,
		.policy = l2a_policy_vip_key,
		.maxattr = ARRAY_SIZE(l2a_policy_vip_key) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_VIP_GET,
		.doit = vip_get_doit,
		.start = vip_dump_start,
		.dumpit = vip_get_dumpit,
		.policy = l2a_policy_vip_get,
		.maxattr = ARRAY_SIZE(l2a_policy_vip_get) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_VIP_FLUSH,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = vip_flush_doit,
		.policy = l2a_policy_vip_flush,
		.maxattr = ARRAY_SIZE(l2a_policy_vip_flush) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_LEASE_RENEW,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = lease_renew_doit,
		.policy = l2a_policy_lease_renew,
		.maxattr = ARRAY_SIZE(l2a_policy_lease_renew) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_LEASE_RELEASE,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = lease_release_doit,
		.policy = l2a_policy_lease_id,
		.maxattr = ARRAY_SIZE(l2a_policy_lease_id) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_LEASE_GET,
		.doit = lease_get_doit,
		.dumpit = lease_get_dumpit,
		.policy = l2a_policy_lease_id,
		.maxattr = ARRAY_SIZE(l2a_policy_lease_id) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_ANNOUNCE,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = announce_doit,
		.policy = l2a_policy_vip_key,
		.maxattr = ARRAY_SIZE(l2a_policy_vip_key) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_SETTINGS_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = settings_set_doit,
		.policy = l2a_policy_settings,
		.maxattr = ARRAY_SIZE(l2a_policy_settings) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_SETTINGS_GET,
		.doit = settings_get_doit,
		.policy = l2a_policy_none,
		.maxattr = ARRAY_SIZE(l2a_policy_none) - 1,
	}, {
		.cmd = L2ANNOUNCE_CMD_STATS_GET,
		.doit = stats_get_doit,
		.policy = l2a_policy_none,
		.maxattr = ARRAY_SIZE(l2a_policy_none) - 1,
	},
};

static struct genl_family l2a_family __ro_after_init = {
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
