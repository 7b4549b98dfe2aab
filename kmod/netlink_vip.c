// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about one VIP: add, change, remove, get; and the change that all VIPs
 * of a lease share.
 */
#include <linux/l2announce.h>
#include <net/genetlink.h>
#include "announce.h"
#include "compat.h"
#include "lease.h"
#include "net.h"
#include "netdev.h"
#include "netlink_internal.h"
#include "vip.h"

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

/* RFC 4861, section 7.2.6: RetransTimer between unsolicited advertisements. */
static int interval_check(struct genl_info *info, const struct l2a_vip_key *key)
{
	struct nlattr *attr = info->attrs[L2ANNOUNCE_A_VIP_ANNOUNCE_INTERVAL];

	if (!attr || !l2a_vip_is6(key) ||
	    nla_get_u32(attr) >= L2A_ANNOUNCE_ND_GAP)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    KBUILD_MODNAME ": the interval of an IPv6 VIP is at least 1000 ms");
	return -ERANGE;
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
	if (PTR_ERR_OR_ZERO(vip) == -EAGAIN)
		NL_SET_ERR_MSG_MOD(info->extack, "the table of VIPs is being rehashed");
	if (IS_ERR(vip))
		return PTR_ERR(vip);
	l2a_nl_vip_notify(info, vip, L2ANNOUNCE_CMD_VIP_NTF);
	return 0;
}

/*
 * A standby's device may have become a port, or of another kind, since. One that does
 * so after this takes the active VIP along: see netdev.c.
 */
static int activation_check(const struct l2a_vip *vip, struct genl_info *info)
{
	struct nlattr *state = info->attrs[L2ANNOUNCE_A_VIP_STATE];
	int err;

	if (!state || nla_get_u32(state) != L2ANNOUNCE_VIP_STATE_ACTIVE ||
	    rcu_access_pointer(vip->term))
		return 0;
	rcu_read_lock();
	err = l2a_netdev_usable(vip->dev, info->extack);
	rcu_read_unlock();
	if (err)
		NL_SET_BAD_ATTR(info->extack, state);
	return err;
}

static int vip_change(struct l2a_net *ln, struct genl_info *info,
		      struct l2a_vip *vip, bool activate)
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
	l2a_vip_set_announce(ln, vip, &config.announce);
	if (activate)
		l2a_vip_activate(ln, vip, &config);
	l2a_net_changed(ln);
	l2a_nl_vip_notify(info, vip, L2ANNOUNCE_CMD_VIP_NTF);
	return 0;
}

/* As with addresses: adding changes nothing unless that is asked for. */
static bool may_change(u16 flags)
{
	if (flags & NLM_F_EXCL)
		return false;
	return (flags & NLM_F_REPLACE) || !(flags & NLM_F_CREATE);
}

static int vip_new_locked(struct l2a_net *ln, struct genl_info *info,
			  const struct l2a_vip_key *key)
{
	struct nlattr **attrs = info->attrs;
	struct nlattr *address = attrs[L2ANNOUNCE_A_VIP_ADDRESS];
	struct l2a_vip *vip = l2a_vip_lookup(ln, key);
	u16 flags = info->nlhdr->nlmsg_flags;
	int err;

	if (vip && !may_change(flags)) {
		NL_SET_ERR_MSG_ATTR(info->extack, address,
				    KBUILD_MODNAME ": the VIP exists on this device");
		return -EEXIST;
	}
	if (vip) {
		err = activation_check(vip, info);
		if (err)
			return err;
		return vip_change(ln, info, vip,
				  attrs[L2ANNOUNCE_A_VIP_STATE] ||
				  attrs[L2ANNOUNCE_A_VIP_LEASE] ||
				  attrs[L2ANNOUNCE_A_VIP_TOKEN]);
	}
	if (!(flags & NLM_F_CREATE)) {
		NL_SET_ERR_MSG_ATTR(info->extack, address,
				    KBUILD_MODNAME ": no such VIP on this device");
		return -ENOENT;
	}
	return vip_create(ln, info, key);
}

/**
 * l2a_nl_vip_new - serve L2ANNOUNCE_CMD_VIP_NEW
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno; the UAPI header says which and when.
 */
int l2a_nl_vip_new(struct sk_buff *skb, struct genl_info *info)
{
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	struct l2a_vip_key key;
	int err;

	err = l2a_nl_parse_key(info, &key);
	if (!err)
		err = interval_check(info, &key);
	if (err)
		return err;
	mutex_lock(&ln->lock);
	err = vip_new_locked(ln, info, &key);
	mutex_unlock(&ln->lock);
	return err;
}

static bool on_device(const struct l2a_vip *vip, struct nlattr *ifindex)
{
	return !ifindex || vip->key.ifindex == nla_get_u32(ifindex);
}

/* What is refused for one VIP is refused before any is changed. */
static int lease_vips_check(struct genl_info *info, struct l2a_lease *lease)
{
	struct nlattr *ifindex = info->attrs[L2ANNOUNCE_A_VIP_IFINDEX];
	struct l2a_vip *vip;
	int err;

	if (!info->attrs[L2ANNOUNCE_A_VIP_STATE] &&
	    !info->attrs[L2ANNOUNCE_A_VIP_ANNOUNCE_INTERVAL])
		return 0;
	list_for_each_entry(vip, &lease->vips, lease_node) {
		if (!on_device(vip, ifindex))
			continue;
		err = interval_check(info, &vip->key);
		if (!err)
			err = activation_check(vip, info);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

/*
 * Under the same lock all else that is refused for one VIP of a lease is refused
 * for each of them.
 */
static int lease_vips_change(struct l2a_net *ln, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	u32 id = nla_get_u32(attrs[L2ANNOUNCE_A_VIP_LEASE]);
	struct l2a_lease *lease = l2a_lease_find(ln, id);
	struct nlattr *ifindex = attrs[L2ANNOUNCE_A_VIP_IFINDEX];
	bool activate = attrs[L2ANNOUNCE_A_VIP_STATE] ||
			attrs[L2ANNOUNCE_A_VIP_TOKEN];
	struct l2a_vip *vip;
	int err = -ENOENT;

	if (lease) {
		err = lease_vips_check(info, lease);
		if (err)
			return err;
		err = -ENOENT;
		list_for_each_entry(vip, &lease->vips, lease_node) {
			if (!on_device(vip, ifindex))
				continue;
			err = vip_change(ln, info, vip, activate);
			if (err)
				return err;
			cond_resched();
		}
	}
	if (err)
		l2a_set_err_msg_fmt(info->extack, "no VIP%s names lease %u",
				    ifindex ? " of this device" : "", id);
	return err;
}

/**
 * l2a_nl_vip_change - serve L2ANNOUNCE_CMD_VIP_CHANGE
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno; the UAPI header says which and when.
 */
int l2a_nl_vip_change(struct sk_buff *skb, struct genl_info *info)
{
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	int err;

	if (!info->attrs[L2ANNOUNCE_A_VIP_LEASE])
		return l2a_nl_missing(info->extack, "the lease");
	mutex_lock(&ln->lock);
	err = lease_vips_change(ln, info);
	mutex_unlock(&ln->lock);
	return err;
}

/**
 * l2a_nl_vip_del - serve L2ANNOUNCE_CMD_VIP_DEL
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno; the UAPI header says which and when.
 */
int l2a_nl_vip_del(struct sk_buff *skb, struct genl_info *info)
{
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	struct l2a_vip *vip;
	int err = 0;

	mutex_lock(&ln->lock);
	vip = l2a_nl_find_vip(ln, info);
	if (IS_ERR(vip)) {
		err = PTR_ERR(vip);
	} else {
		l2a_nl_vip_notify(info, vip, L2ANNOUNCE_CMD_VIP_DEL_NTF);
		l2a_vip_remove(ln, vip);
	}
	mutex_unlock(&ln->lock);
	return err;
}

/**
 * l2a_nl_vip_get - serve L2ANNOUNCE_CMD_VIP_GET for one VIP
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno; the UAPI header says which and when.
 */
int l2a_nl_vip_get(struct sk_buff *skb, struct genl_info *info)
{
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	struct sk_buff *reply = NULL;
	struct l2a_vip *vip;
	int err = 0;

	/* Reads do without the lock, so that they hold up no renewal. */
	rcu_read_lock();
	vip = l2a_nl_find_vip(ln, info);
	if (IS_ERR(vip)) {
		err = PTR_ERR(vip);
	} else {
		reply = l2a_nl_vip_msg(vip, info->snd_portid, info->snd_seq,
				       L2ANNOUNCE_CMD_VIP_GET, NULL,
				       GFP_ATOMIC);
		if (!reply)
			err = -ENOMEM;
	}
	rcu_read_unlock();
	return err ? err : genlmsg_reply(reply, info);
}
