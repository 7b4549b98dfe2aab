// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about leases, and what is told of them.
 */
#include <linux/l2announce.h>
#include <linux/time_namespace.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include "compat.h"
#include "lease.h"
#include "net.h"
#include "netlink.h"
#include "netlink_internal.h"

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

	if (!genl_has_listeners(&l2a_family, ln->net, L2A_NL_EVENTS))
		return;
	skb = lease_msg(view, 0, 0, L2ANNOUNCE_CMD_LEASE_EXPIRED_NTF,
			GFP_ATOMIC);
	if (!skb)
		l2a_nl_missed(ln->net);
	else
		genlmsg_multicast_netns(&l2a_family, ln->net, skb, 0,
					L2A_NL_EVENTS, GFP_ATOMIC);
}

/*
 * Tell the group where a lease's state is news, and the asker where it set
 * NLM_F_ECHO.
 */
static void lease_notify(struct genl_info *info, const struct l2a_lease *lease,
			 bool news)
{
	bool listeners = genl_has_listeners(&l2a_family, genl_info_net(info),
					    L2A_NL_EVENTS);
	bool echo = nlmsg_report(info->nlhdr);
	struct l2a_lease_view view;
	struct sk_buff *skb;

	if (!(news && listeners) && !echo)
		return;
	l2a_lease_view(lease, &view);
	skb = lease_msg(&view, info->snd_portid, info->snd_seq,
			L2ANNOUNCE_CMD_LEASE_NTF, GFP_KERNEL);
	if (!skb && news)
		l2a_nl_missed(genl_info_net(info));
	if (!skb)
		return;
	if (news)
		genl_notify(&l2a_family, skb, info, L2A_NL_EVENTS, GFP_KERNEL);
	else
		genlmsg_reply(skb, info);
}

/* The clock that the sender read is not the one that ends the lease. */
static bool other_boottime(void)
{
	struct timespec64 offset = {};

	timens_add_boottime(&offset);
	return offset.tv_sec || offset.tv_nsec;
}

/**
 * l2a_nl_lease_renew - serve L2ANNOUNCE_CMD_LEASE_RENEW
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno; the UAPI header says which and when.
 */
int l2a_nl_lease_renew(struct sk_buff *skb, struct genl_info *info)
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
		return l2a_nl_missing(info->extack, "the lease's id");
	if (!deadline)
		return l2a_nl_missing(info->extack, "the deadline");
	if (nla_get_u64(deadline) >= L2A_DEADLINE_NEVER) {
		NL_SET_ERR_MSG_ATTR(info->extack, deadline,
				    KBUILD_MODNAME ": the deadline is beyond the clock's range");
		return -ERANGE;
	}
	if (other_boottime()) {
		NL_SET_ERR_MSG_ATTR(info->extack, deadline,
				    KBUILD_MODNAME ": the time namespace has another boot time");
		return -EOPNOTSUPP;
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
				    "token %llu: below the lease's %llu",
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

/* The lease that a request names; the namespace's lock or RCU held. */
static struct l2a_lease *find_lease(struct l2a_net *ln, struct genl_info *info)
{
	struct nlattr *id = info->attrs[L2ANNOUNCE_A_LEASE_ID];
	struct l2a_lease *lease;

	if (!id)
		return ERR_PTR(l2a_nl_missing(info->extack, "the lease's id"));
	lease = l2a_lease_find(ln, nla_get_u32(id));
	if (lease)
		return lease;
	NL_SET_ERR_MSG_ATTR(info->extack, id, KBUILD_MODNAME ": no such lease");
	return ERR_PTR(-ENOENT);
}

/**
 * l2a_nl_lease_release - serve L2ANNOUNCE_CMD_LEASE_RELEASE
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno; the UAPI header says which and when.
 */
int l2a_nl_lease_release(struct sk_buff *skb, struct genl_info *info)
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

/**
 * l2a_nl_lease_get - serve L2ANNOUNCE_CMD_LEASE_GET for one lease
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno; the UAPI header says which and when.
 */
int l2a_nl_lease_get(struct sk_buff *skb, struct genl_info *info)
{
	struct l2a_net *ln = l2a_net(genl_info_net(info));
	struct l2a_lease_view view;
	struct l2a_lease *lease;
	struct sk_buff *reply;

	/* Reads do without the lock, so that they hold up no renewal. */
	rcu_read_lock();
	lease = find_lease(ln, info);
	if (!IS_ERR(lease))
		l2a_lease_view(lease, &view);
	rcu_read_unlock();
	if (IS_ERR(lease))
		return PTR_ERR(lease);
	reply = lease_msg(&view, info->snd_portid, info->snd_seq,
			  L2ANNOUNCE_CMD_LEASE_GET, GFP_KERNEL);
	return reply ? genlmsg_reply(reply, info) : -ENOMEM;
}

/* Where a dump of leases goes on: the first id not told yet. */
struct lease_cursor {
	u64 next_id;
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

/**
 * l2a_nl_lease_dump - serve L2ANNOUNCE_CMD_LEASE_GET for all leases
 * @skb: the message to fill
 * @cb: the dump
 *
 * Return: the length of the message, or a negative errno.
 */
int l2a_nl_lease_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct lease_cursor *cursor = (struct lease_cursor *)cb->ctx;
	struct l2a_net *ln = l2a_net(sock_net(cb->skb->sk));
	struct l2a_lease *lease;
	unsigned long id;

	if (cursor->next_id > U32_MAX)
		return skb->len;
	rcu_read_lock();
	cb->seq = atomic_read(&ln->generation);
	xa_for_each_start(&ln->leases, id, lease, cursor->next_id) {
		if (lease_dump_one(skb, cb, lease))
			break;
		cursor->next_id = (u64)id + 1;
	}
	rcu_read_unlock();
	return skb->len;
}
