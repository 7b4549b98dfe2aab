// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's objects as structs, read out of netlink messages.
 */
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <string.h>
#include <sys/socket.h>

#include "object.h"

static const struct nla_policy vip_policy[L2ANNOUNCE_A_VIP_MAX + 1] = {
	[L2ANNOUNCE_A_VIP_FAMILY]		= { .type = NLA_U16 },
	[L2ANNOUNCE_A_VIP_ADDRESS]		= { .type = NLA_UNSPEC },
	[L2ANNOUNCE_A_VIP_IFINDEX]		= { .type = NLA_U32 },
	[L2ANNOUNCE_A_VIP_IFNAME]		= { .type = NLA_STRING,
						    .maxlen = IFNAMSIZ },
	[L2ANNOUNCE_A_VIP_STATE]		= { .type = NLA_U32 },
	[L2ANNOUNCE_A_VIP_LEASE]		= { .type = NLA_U32 },
	[L2ANNOUNCE_A_VIP_TOKEN]		= { .type = NLA_U64 },
	[L2ANNOUNCE_A_VIP_ANNOUNCE_COUNT]	= { .type = NLA_U32 },
	[L2ANNOUNCE_A_VIP_ANNOUNCE_INTERVAL]	= { .type = NLA_U32 },
	[L2ANNOUNCE_A_VIP_REFRESH]		= { .type = NLA_U32 },
	[L2ANNOUNCE_A_VIP_ANSWERING]		= { .type = NLA_U8 },
	[L2ANNOUNCE_A_VIP_REPLIES]		= { .type = NLA_U64 },
	[L2ANNOUNCE_A_VIP_SUPPRESSED]		= { .type = NLA_U64 },
	[L2ANNOUNCE_A_VIP_ANNOUNCEMENTS]	= { .type = NLA_U64 },
	[L2ANNOUNCE_A_VIP_CONFLICTS]		= { .type = NLA_U64 },
	[L2ANNOUNCE_A_VIP_LLADDR]		= { .type = NLA_UNSPEC,
						    .minlen = L2A_MAC_LEN },
};

static const struct nla_policy lease_policy[L2ANNOUNCE_A_LEASE_MAX + 1] = {
	[L2ANNOUNCE_A_LEASE_ID]			= { .type = NLA_U32 },
	[L2ANNOUNCE_A_LEASE_DEADLINE]		= { .type = NLA_U64 },
	[L2ANNOUNCE_A_LEASE_TOKEN]		= { .type = NLA_U64 },
	[L2ANNOUNCE_A_LEASE_VALID]		= { .type = NLA_U8 },
	[L2ANNOUNCE_A_LEASE_VIPS]		= { .type = NLA_U32 },
};

static const struct nla_policy
settings_policy[L2ANNOUNCE_A_SETTINGS_MAX + 1] = {
	[L2ANNOUNCE_A_SETTINGS_MAX_VIPS]	= { .type = NLA_U32 },
	[L2ANNOUNCE_A_SETTINGS_ANNOUNCE_RATE]	= { .type = NLA_U32 },
	[L2ANNOUNCE_A_SETTINGS_ANNOUNCE_BURST]	= { .type = NLA_U32 },
};

static const struct nla_policy stats_policy[L2ANNOUNCE_A_STATS_MAX + 1] = {
	[L2ANNOUNCE_A_STATS_VIPS]		= { .type = NLA_U32 },
	[L2ANNOUNCE_A_STATS_LEASES]		= { .type = NLA_U32 },
	[L2ANNOUNCE_A_STATS_REPLIES]		= { .type = NLA_U64 },
	[L2ANNOUNCE_A_STATS_PASSED]		= { .type = NLA_U64 },
	[L2ANNOUNCE_A_STATS_SUPPRESSED_STANDBY]	= { .type = NLA_U64 },
	[L2ANNOUNCE_A_STATS_SUPPRESSED_EXPIRED]	= { .type = NLA_U64 },
	[L2ANNOUNCE_A_STATS_SUPPRESSED_DOWN]	= { .type = NLA_U64 },
	[L2ANNOUNCE_A_STATS_SUPPRESSED_INVALID]	= { .type = NLA_U64 },
	[L2ANNOUNCE_A_STATS_REPLY_ERRORS]	= { .type = NLA_U64 },
	[L2ANNOUNCE_A_STATS_ANNOUNCEMENTS]	= { .type = NLA_U64 },
	[L2ANNOUNCE_A_STATS_ANNOUNCE_ERRORS]	= { .type = NLA_U64 },
	[L2ANNOUNCE_A_STATS_CONFLICTS]		= { .type = NLA_U64 },
	[L2ANNOUNCE_A_STATS_CONFLICTS_LIMITED]	= { .type = NLA_U64 },
	[L2ANNOUNCE_A_STATS_DEFENDED]		= { .type = NLA_U64 },
	[L2ANNOUNCE_A_STATS_GUARDED]		= { .type = NLA_U64 },
	[L2ANNOUNCE_A_STATS_EXPIRIES]		= { .type = NLA_U64 },
};

const char *l2a_event_name(enum l2a_event_type type)
{
	switch (type) {
	case L2A_EVENT_VIP:
		return "vip";
	case L2A_EVENT_VIP_DEL:
		return "vip-del";
	case L2A_EVENT_LEASE:
		return "lease";
	case L2A_EVENT_EXPIRED:
		return "expired";
	case L2A_EVENT_CONFLICT:
		return "conflict";
	case L2A_EVENT_DEVICE_GONE:
		return "device-gone";
	}
	return "unknown";
}

const char *l2a_vip_state_name(uint32_t state)
{
	switch (state) {
	case L2ANNOUNCE_VIP_STATE_STANDBY:
		return "standby";
	case L2ANNOUNCE_VIP_STATE_ACTIVE:
		return "active";
	default:
		return "unknown";
	}
}

/* Zero where the message does not carry the attribute. */
static uint32_t get_u32(struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static uint64_t get_u64(struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

static bool get_bool(struct nlattr *attr)
{
	return attr && nla_get_u8(attr);
}

static int bad_message(struct l2a_error *err, const char *what)
{
	return l2a_fail(err, -EBADMSG, "the kernel's answer has no sane %s",
			what);
}

static int parse(struct nlmsghdr *nlh, struct nlattr **tb, int max,
		 const struct nla_policy *policy, const char *what,
		 struct l2a_error *err)
{
	/* libnl takes a const policy from 3.5 on; it never writes to it. */
	if (!genlmsg_valid_hdr(nlh, 0) ||
	    genlmsg_parse(nlh, 0, tb, max, (struct nla_policy *)policy) < 0)
		return bad_message(err, what);
	return 0;
}

static int vip_from_attrs(struct nlattr **tb, struct l2a_vip *vip,
			  struct l2a_error *err)
{
	struct nlattr *family = tb[L2ANNOUNCE_A_VIP_FAMILY];
	struct nlattr *address = tb[L2ANNOUNCE_A_VIP_ADDRESS];
	size_t len;

	*vip = (struct l2a_vip){ 0 };
	if (!family || !address)
		return bad_message(err, "address");
	len = l2a_addr_len(nla_get_u16(family));
	if (!len || (size_t)nla_len(address) != len)
		return bad_message(err, "address");
	vip->addr.family = nla_get_u16(family);
	memcpy(vip->addr.bytes, nla_data(address), len);
	if (tb[L2ANNOUNCE_A_VIP_IFNAME])
		nla_strlcpy(vip->ifname, tb[L2ANNOUNCE_A_VIP_IFNAME],
			    sizeof(vip->ifname));
	vip->ifindex = get_u32(tb[L2ANNOUNCE_A_VIP_IFINDEX]);
	vip->state = get_u32(tb[L2ANNOUNCE_A_VIP_STATE]);
	vip->lease = get_u32(tb[L2ANNOUNCE_A_VIP_LEASE]);
	vip->token = get_u64(tb[L2ANNOUNCE_A_VIP_TOKEN]);
	vip->announce_count = get_u32(tb[L2ANNOUNCE_A_VIP_ANNOUNCE_COUNT]);
	vip->announce_interval_ms =
		get_u32(tb[L2ANNOUNCE_A_VIP_ANNOUNCE_INTERVAL]);
	vip->refresh_ms = get_u32(tb[L2ANNOUNCE_A_VIP_REFRESH]);
	vip->answering = get_bool(tb[L2ANNOUNCE_A_VIP_ANSWERING]);
	vip->replies = get_u64(tb[L2ANNOUNCE_A_VIP_REPLIES]);
	vip->suppressed = get_u64(tb[L2ANNOUNCE_A_VIP_SUPPRESSED]);
	vip->announcements = get_u64(tb[L2ANNOUNCE_A_VIP_ANNOUNCEMENTS]);
	vip->conflicts = get_u64(tb[L2ANNOUNCE_A_VIP_CONFLICTS]);
	return 0;
}

int l2a_vip_read(struct nlmsghdr *nlh, struct l2a_vip *vip,
		 struct l2a_error *err)
{
	struct nlattr *tb[L2ANNOUNCE_A_VIP_MAX + 1];
	int ret;

	ret = parse(nlh, tb, L2ANNOUNCE_A_VIP_MAX, vip_policy, "VIP", err);
	if (ret)
		return ret;
	return vip_from_attrs(tb, vip, err);
}

int l2a_lease_read(struct nlmsghdr *nlh, struct l2a_lease *lease,
		   struct l2a_error *err)
{
	struct nlattr *tb[L2ANNOUNCE_A_LEASE_MAX + 1];
	int ret;

	ret = parse(nlh, tb, L2ANNOUNCE_A_LEASE_MAX, lease_policy, "lease",
		    err);
	if (ret)
		return ret;
	if (!tb[L2ANNOUNCE_A_LEASE_ID])
		return bad_message(err, "lease id");
	*lease = (struct l2a_lease){
		.id = get_u32(tb[L2ANNOUNCE_A_LEASE_ID]),
		.deadline_ns = get_u64(tb[L2ANNOUNCE_A_LEASE_DEADLINE]),
		.token = get_u64(tb[L2ANNOUNCE_A_LEASE_TOKEN]),
		.valid = get_bool(tb[L2ANNOUNCE_A_LEASE_VALID]),
		.vips = get_u32(tb[L2ANNOUNCE_A_LEASE_VIPS]),
	};
	return 0;
}

int l2a_settings_read(struct nlmsghdr *nlh, struct l2a_settings *settings,
		      struct l2a_error *err)
{
	struct nlattr *tb[L2ANNOUNCE_A_SETTINGS_MAX + 1];
	int ret;

	ret = parse(nlh, tb, L2ANNOUNCE_A_SETTINGS_MAX, settings_policy,
		    "settings", err);
	if (ret)
		return ret;
	*settings = (struct l2a_settings){
		.max_vips = get_u32(tb[L2ANNOUNCE_A_SETTINGS_MAX_VIPS]),
		.announce_rate =
			get_u32(tb[L2ANNOUNCE_A_SETTINGS_ANNOUNCE_RATE]),
		.announce_burst =
			get_u32(tb[L2ANNOUNCE_A_SETTINGS_ANNOUNCE_BURST]),
	};
	return 0;
}

int l2a_stats_read(struct nlmsghdr *nlh, struct l2a_stats *stats,
		   struct l2a_error *err)
{
	struct nlattr *tb[L2ANNOUNCE_A_STATS_MAX + 1];
	int ret;

	ret = parse(nlh, tb, L2ANNOUNCE_A_STATS_MAX, stats_policy, "totals",
		    err);
	if (ret)
		return ret;
	*stats = (struct l2a_stats){
		.vips = get_u32(tb[L2ANNOUNCE_A_STATS_VIPS]),
		.leases = get_u32(tb[L2ANNOUNCE_A_STATS_LEASES]),
		.replies = get_u64(tb[L2ANNOUNCE_A_STATS_REPLIES]),
		.passed = get_u64(tb[L2ANNOUNCE_A_STATS_PASSED]),
		.suppressed_standby =
			get_u64(tb[L2ANNOUNCE_A_STATS_SUPPRESSED_STANDBY]),
		.suppressed_expired =
			get_u64(tb[L2ANNOUNCE_A_STATS_SUPPRESSED_EXPIRED]),
		.suppressed_down =
			get_u64(tb[L2ANNOUNCE_A_STATS_SUPPRESSED_DOWN]),
		.suppressed_invalid =
			get_u64(tb[L2ANNOUNCE_A_STATS_SUPPRESSED_INVALID]),
		.reply_errors = get_u64(tb[L2ANNOUNCE_A_STATS_REPLY_ERRORS]),
		.announcements = get_u64(tb[L2ANNOUNCE_A_STATS_ANNOUNCEMENTS]),
		.announce_errors =
			get_u64(tb[L2ANNOUNCE_A_STATS_ANNOUNCE_ERRORS]),
		.conflicts = get_u64(tb[L2ANNOUNCE_A_STATS_CONFLICTS]),
		.conflicts_limited =
			get_u64(tb[L2ANNOUNCE_A_STATS_CONFLICTS_LIMITED]),
		.defended = get_u64(tb[L2ANNOUNCE_A_STATS_DEFENDED]),
		.guarded = get_u64(tb[L2ANNOUNCE_A_STATS_GUARDED]),
		.expiries = get_u64(tb[L2ANNOUNCE_A_STATS_EXPIRIES]),
	};
	return 0;
}

static int read_conflict(struct nlmsghdr *nlh, struct l2a_event *event,
			 struct l2a_error *err)
{
	struct nlattr *tb[L2ANNOUNCE_A_VIP_MAX + 1];
	int ret;

	ret = parse(nlh, tb, L2ANNOUNCE_A_VIP_MAX, vip_policy, "VIP", err);
	if (ret)
		return ret;
	if (!tb[L2ANNOUNCE_A_VIP_LLADDR])
		return bad_message(err, "link-layer address");
	memcpy(event->lladdr, nla_data(tb[L2ANNOUNCE_A_VIP_LLADDR]),
	       L2A_MAC_LEN);
	return vip_from_attrs(tb, &event->vip, err);
}

int l2a_event_read(struct nlmsghdr *nlh, struct l2a_event *event,
		   struct l2a_error *err)
{
	if (!genlmsg_valid_hdr(nlh, 0))
		return bad_message(err, "header");
	*event = (struct l2a_event){ 0 };
	switch (genlmsg_hdr(nlh)->cmd) {
	case L2ANNOUNCE_CMD_VIP_NTF:
		event->type = L2A_EVENT_VIP;
		return l2a_vip_read(nlh, &event->vip, err);
	case L2ANNOUNCE_CMD_VIP_DEL_NTF:
		event->type = L2A_EVENT_VIP_DEL;
		return l2a_vip_read(nlh, &event->vip, err);
	case L2ANNOUNCE_CMD_DEVICE_GONE_NTF:
		event->type = L2A_EVENT_DEVICE_GONE;
		return l2a_vip_read(nlh, &event->vip, err);
	case L2ANNOUNCE_CMD_CONFLICT_NTF:
		event->type = L2A_EVENT_CONFLICT;
		return read_conflict(nlh, event, err);
	case L2ANNOUNCE_CMD_LEASE_NTF:
		event->type = L2A_EVENT_LEASE;
		return l2a_lease_read(nlh, &event->lease, err);
	case L2ANNOUNCE_CMD_LEASE_EXPIRED_NTF:
		event->type = L2A_EVENT_EXPIRED;
		return l2a_lease_read(nlh, &event->lease, err);
	default:
		return -ENOMSG;
	}
}
