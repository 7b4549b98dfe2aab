// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to the kernel, built and not yet sent.
 */
#include <linux/l2announce.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "message.h"

static struct nl_msg *new_message(int id, int flags, uint8_t cmd)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg)
		return NULL;
	if (!genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, id, 0,
			 NLM_F_REQUEST | flags, cmd,
			 L2ANNOUNCE_FAMILY_VERSION)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* Ends a builder: @failed is the sum of what the attribute calls returned. */
static struct nl_msg *finish(struct nl_msg *msg, int failed)
{
	if (!failed)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static int put_addr(struct nl_msg *msg, const struct l2a_addr *addr)
{
	if (!addr->family)
		return 0;
	return nla_put_u16(msg, L2ANNOUNCE_A_VIP_FAMILY, addr->family) |
	       nla_put(msg, L2ANNOUNCE_A_VIP_ADDRESS,
		       (int)l2a_addr_len(addr->family), addr->bytes);
}

static int put_ifindex(struct nl_msg *msg, uint32_t ifindex)
{
	if (!ifindex)
		return 0;
	return nla_put_u32(msg, L2ANNOUNCE_A_VIP_IFINDEX, ifindex);
}

/* An attribute of a request only if the request names it. */
static int put_named(struct nl_msg *msg, unsigned int set, unsigned int bit,
		     int attr, uint32_t value)
{
	return set & bit ? nla_put_u32(msg, attr, value) : 0;
}

static struct nl_msg *key_message(int id, uint8_t cmd,
				  const struct l2a_addr *addr,
				  uint32_t ifindex)
{
	struct nl_msg *msg = new_message(id, 0, cmd);

	if (!msg)
		return NULL;
	return finish(msg, put_addr(msg, addr) | put_ifindex(msg, ifindex));
}

static int put_request(struct nl_msg *msg, const struct l2a_vip_request *r)
{
	int failed;

	failed = put_named(msg, r->set, L2A_VIP_STATE,
			   L2ANNOUNCE_A_VIP_STATE, r->state);
	failed |= put_named(msg, r->set, L2A_VIP_LEASE,
			    L2ANNOUNCE_A_VIP_LEASE, r->lease);
	if (r->set & L2A_VIP_TOKEN)
		failed |= nla_put_u64(msg, L2ANNOUNCE_A_VIP_TOKEN, r->token);
	failed |= put_named(msg, r->set, L2A_VIP_ANNOUNCE_COUNT,
			    L2ANNOUNCE_A_VIP_ANNOUNCE_COUNT,
			    r->announce_count);
	failed |= put_named(msg, r->set, L2A_VIP_ANNOUNCE_INTERVAL,
			    L2ANNOUNCE_A_VIP_ANNOUNCE_INTERVAL,
			    r->announce_interval_ms);
	failed |= put_named(msg, r->set, L2A_VIP_REFRESH,
			    L2ANNOUNCE_A_VIP_REFRESH, r->refresh_ms);
	return failed;
}

struct nl_msg *l2a_msg_vip_new(int id, int flags,
			       const struct l2a_vip_request *r)
{
	struct nl_msg *msg = new_message(id, flags, L2ANNOUNCE_CMD_VIP_NEW);
	int failed;

	if (!msg)
		return NULL;
	failed = put_addr(msg, &r->addr) | put_ifindex(msg, r->ifindex) |
		 put_request(msg, r);
	return finish(msg, failed);
}

struct nl_msg *l2a_msg_vip_change(int id, const struct l2a_vip_request *r)
{
	struct nl_msg *msg = new_message(id, 0, L2ANNOUNCE_CMD_VIP_CHANGE);

	if (!msg)
		return NULL;
	return finish(msg, put_ifindex(msg, r->ifindex) | put_request(msg, r));
}

struct nl_msg *l2a_msg_vip_del(int id, const struct l2a_addr *addr,
			       uint32_t ifindex)
{
	return key_message(id, L2ANNOUNCE_CMD_VIP_DEL, addr, ifindex);
}

struct nl_msg *l2a_msg_vip_get(int id, const struct l2a_addr *addr,
			       uint32_t ifindex)
{
	return key_message(id, L2ANNOUNCE_CMD_VIP_GET, addr, ifindex);
}

/* A command for those VIPs that match everything a filter gives; NULL for all. */
static struct nl_msg *filter_message(int id, int flags, uint8_t cmd,
				     const struct l2a_vip_filter *filter)
{
	struct nl_msg *msg = new_message(id, flags, cmd);
	int failed;

	if (!msg || !filter)
		return msg;
	failed = put_addr(msg, &filter->addr) |
		 put_ifindex(msg, filter->ifindex);
	if (filter->by_lease)
		failed |= nla_put_u32(msg, L2ANNOUNCE_A_VIP_LEASE,
				      filter->lease);
	return finish(msg, failed);
}

struct nl_msg *l2a_msg_vip_dump(int id, const struct l2a_vip_filter *filter)
{
	return filter_message(id, NLM_F_DUMP, L2ANNOUNCE_CMD_VIP_GET, filter);
}

struct nl_msg *l2a_msg_vip_flush(int id, const struct l2a_vip_filter *filter)
{
	struct nl_msg *msg = new_message(id, 0, L2ANNOUNCE_CMD_VIP_FLUSH);
	int failed;

	if (!msg || !filter)
		return msg;
	failed = put_ifindex(msg, filter->ifindex);
	if (filter->by_lease)
		failed |= nla_put_u32(msg, L2ANNOUNCE_A_VIP_LEASE,
				      filter->lease);
	return finish(msg, failed);
}

struct nl_msg *l2a_msg_lease_renew(int id, uint32_t lease,
				   uint64_t deadline_ns, const uint64_t *token)
{
	struct nl_msg *msg = new_message(id, 0, L2ANNOUNCE_CMD_LEASE_RENEW);
	int failed;

	if (!msg)
		return NULL;
	failed = nla_put_u32(msg, L2ANNOUNCE_A_LEASE_ID, lease) |
		 nla_put_u64(msg, L2ANNOUNCE_A_LEASE_DEADLINE, deadline_ns);
	if (token)
		failed |= nla_put_u64(msg, L2ANNOUNCE_A_LEASE_TOKEN, *token);
	return finish(msg, failed);
}

static struct nl_msg *lease_message(int id, uint8_t cmd, uint32_t lease)
{
	struct nl_msg *msg = new_message(id, 0, cmd);

	if (!msg)
		return NULL;
	return finish(msg, nla_put_u32(msg, L2ANNOUNCE_A_LEASE_ID, lease));
}

struct nl_msg *l2a_msg_lease_release(int id, uint32_t lease)
{
	return lease_message(id, L2ANNOUNCE_CMD_LEASE_RELEASE, lease);
}

struct nl_msg *l2a_msg_lease_get(int id, uint32_t lease)
{
	return lease_message(id, L2ANNOUNCE_CMD_LEASE_GET, lease);
}

struct nl_msg *l2a_msg_lease_dump(int id)
{
	return new_message(id, NLM_F_DUMP, L2ANNOUNCE_CMD_LEASE_GET);
}

struct nl_msg *l2a_msg_announce(int id, const struct l2a_vip_filter *filter)
{
	return filter_message(id, 0, L2ANNOUNCE_CMD_ANNOUNCE, filter);
}

struct nl_msg *l2a_msg_settings_set(int id,
				    const struct l2a_settings_request *r)
{
	struct nl_msg *msg = new_message(id, 0, L2ANNOUNCE_CMD_SETTINGS_SET);
	int failed;

	if (!msg)
		return NULL;
	failed = put_named(msg, r->set, L2A_SETTINGS_MAX_VIPS,
			   L2ANNOUNCE_A_SETTINGS_MAX_VIPS, r->max_vips);
	failed |= put_named(msg, r->set, L2A_SETTINGS_ANNOUNCE_RATE,
			    L2ANNOUNCE_A_SETTINGS_ANNOUNCE_RATE,
			    r->announce_rate);
	failed |= put_named(msg, r->set, L2A_SETTINGS_ANNOUNCE_BURST,
			    L2ANNOUNCE_A_SETTINGS_ANNOUNCE_BURST,
			    r->announce_burst);
	return finish(msg, failed);
}

struct nl_msg *l2a_msg_settings_get(int id)
{
	return new_message(id, 0, L2ANNOUNCE_CMD_SETTINGS_GET);
}

struct nl_msg *l2a_msg_stats_get(int id)
{
	return new_message(id, 0, L2ANNOUNCE_CMD_STATS_GET);
}
