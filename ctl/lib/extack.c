// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's refusals: what NLMSG_ERROR and NLMSG_DONE carry, read and put
 * into words.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/genetlink.h>
#include <linux/l2announce.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>

#include "extack.h"

/* Newer than some headers we build with; the numbers are kernel ABI. */
#define ATTR_MSG		1	/* NLMSGERR_ATTR_MSG */
#define ATTR_OFFS		2	/* NLMSGERR_ATTR_OFFS */
#define ATTR_POLICY		4	/* NLMSGERR_ATTR_POLICY, from 5.9 */
#define ATTR_MISS_TYPE		5	/* NLMSGERR_ATTR_MISS_TYPE, from 6.1 */
#define ATTR_MAX		6

#define MAX_ERRNO		4095	/* the kernel's own limit */

static const char *const vip_names[] = {
	[L2ANNOUNCE_A_VIP_FAMILY]		= "family",
	[L2ANNOUNCE_A_VIP_ADDRESS]		= "address",
	[L2ANNOUNCE_A_VIP_IFINDEX]		= "dev",
	[L2ANNOUNCE_A_VIP_IFNAME]		= "ifname",
	[L2ANNOUNCE_A_VIP_STATE]		= "state",
	[L2ANNOUNCE_A_VIP_LEASE]		= "lease",
	[L2ANNOUNCE_A_VIP_TOKEN]		= "token",
	[L2ANNOUNCE_A_VIP_ANNOUNCE_COUNT]	= "announce count",
	[L2ANNOUNCE_A_VIP_ANNOUNCE_INTERVAL]	= "announce interval",
	[L2ANNOUNCE_A_VIP_REFRESH]		= "refresh",
};

static const char *const lease_names[] = {
	[L2ANNOUNCE_A_LEASE_ID]			= "lease id",
	[L2ANNOUNCE_A_LEASE_DEADLINE]		= "deadline",
	[L2ANNOUNCE_A_LEASE_TOKEN]		= "token",
};

static const char *const settings_names[] = {
	[L2ANNOUNCE_A_SETTINGS_MAX_VIPS]	= "max-vips",
	[L2ANNOUNCE_A_SETTINGS_ANNOUNCE_RATE]	= "announce-rate",
	[L2ANNOUNCE_A_SETTINGS_ANNOUNCE_BURST]	= "announce-burst",
};

#define LOOK_UP(names, type) \
	((type) < sizeof(names) / sizeof((names)[0]) ? (names)[type] : NULL)

const char *l2a_attr_name(uint8_t cmd, unsigned int type)
{
	switch (cmd) {
	case L2ANNOUNCE_CMD_VIP_NEW:
	case L2ANNOUNCE_CMD_VIP_DEL:
	case L2ANNOUNCE_CMD_VIP_GET:
	case L2ANNOUNCE_CMD_VIP_FLUSH:
	case L2ANNOUNCE_CMD_VIP_CHANGE:
	case L2ANNOUNCE_CMD_ANNOUNCE:
		return LOOK_UP(vip_names, type);
	case L2ANNOUNCE_CMD_LEASE_RENEW:
	case L2ANNOUNCE_CMD_LEASE_RELEASE:
	case L2ANNOUNCE_CMD_LEASE_GET:
		return LOOK_UP(lease_names, type);
	case L2ANNOUNCE_CMD_SETTINGS_SET:
	case L2ANNOUNCE_CMD_SETTINGS_GET:
		return LOOK_UP(settings_names, type);
	default:
		return NULL;
	}
}

/* The range the offending attribute's policy allows, if it is an unsigned one. */
static void parse_range(struct nlattr *policy, struct l2a_extack *ack)
{
	struct nlattr *tb[NL_POLICY_TYPE_ATTR_MAX + 1];
	struct nlattr *min, *max;

	if (nla_parse_nested(tb, NL_POLICY_TYPE_ATTR_MAX, policy, NULL) < 0)
		return;
	min = tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U];
	max = tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U];
	if (!min || !max || nla_len(min) != sizeof(uint64_t) ||
	    nla_len(max) != sizeof(uint64_t))
		return;
	ack->min = nla_get_u64(min);
	ack->max = nla_get_u64(max);
	ack->has_range = true;
}

static uint32_t get_u32(struct nlattr *attr)
{
	return attr && nla_len(attr) == sizeof(uint32_t) ? nla_get_u32(attr) : 0;
}

/* A kernel before 6.2 fills the module's texts up with spaces. */
static void trim(char *text)
{
	size_t len = strlen(text);

	while (len && text[len - 1] == ' ')
		text[--len] = '\0';
}

static void parse_attrs(const char *data, size_t len, struct l2a_extack *ack)
{
	struct nlattr *tb[ATTR_MAX + 1];

	if (nla_parse(tb, ATTR_MAX, (struct nlattr *)(uintptr_t)data, (int)len,
		      NULL) < 0)
		return;
	/* Copies what there is and ends it, also where the kernel did not. */
	if (tb[ATTR_MSG]) {
		nla_strlcpy(ack->text, tb[ATTR_MSG], sizeof(ack->text));
		trim(ack->text);
	}
	ack->offset = get_u32(tb[ATTR_OFFS]);
	ack->missing = get_u32(tb[ATTR_MISS_TYPE]);
	if (tb[ATTR_POLICY])
		parse_range(tb[ATTR_POLICY], ack);
}

int l2a_extack_parse(const struct nlmsghdr *nlh, size_t len,
		     struct l2a_extack *ack)
{
	const char *data = (const char *)nlh;
	struct nlmsgerr verdict;
	size_t attrs;

	*ack = (struct l2a_extack){ 0 };
	if (len < sizeof(*nlh) || nlh->nlmsg_len < sizeof(*nlh) ||
	    nlh->nlmsg_len > len)
		return -EBADMSG;
	len = nlh->nlmsg_len;
	attrs = sizeof(*nlh) + sizeof(int);
	if (nlh->nlmsg_type == NLMSG_ERROR)
		attrs = sizeof(*nlh) + sizeof(verdict);
	else if (nlh->nlmsg_type != NLMSG_DONE)
		return -EBADMSG;
	if (len < attrs)
		return -EBADMSG;
	memcpy(&verdict, data + sizeof(*nlh), attrs - sizeof(*nlh));
	/* Anything else is no errno, and must not pass for one. */
	if (verdict.error > 0 || verdict.error < -MAX_ERRNO)
		return -EBADMSG;
	ack->error = verdict.error;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return 0;
	if (nlh->nlmsg_type == NLMSG_ERROR &&
	    !(nlh->nlmsg_flags & NLM_F_CAPPED)) {
		/* The request stands between the verdict and the attributes. */
		if (verdict.msg.nlmsg_len < sizeof(verdict.msg) ||
		    verdict.msg.nlmsg_len > len)
			return -EBADMSG;
		attrs += NLMSG_ALIGN(verdict.msg.nlmsg_len) -
			 sizeof(verdict.msg);
	}
	if (attrs < len)
		parse_attrs(data + attrs, len - attrs, ack);
	return 0;
}

static const char *offender(const struct l2a_extack *ack,
			    const struct nlmsghdr *request)
{
	const char *data = (const char *)request;
	struct genlmsghdr genl;
	struct nlattr attr;

	if (!request || request->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN)
		return NULL;
	memcpy(&genl, data + NLMSG_HDRLEN, sizeof(genl));
	if (ack->missing)
		return l2a_attr_name(genl.cmd, ack->missing);
	if (ack->offset < NLMSG_HDRLEN + GENL_HDRLEN ||
	    ack->offset > request->nlmsg_len - sizeof(attr))
		return NULL;
	memcpy(&attr, data + ack->offset, sizeof(attr));
	return l2a_attr_name(genl.cmd, attr.nla_type & (unsigned)NLA_TYPE_MASK);
}

static const char *own_words(int error)
{
	switch (error) {
	case -EPERM:
		return "not permitted: needs CAP_NET_ADMIN in this network namespace";
	case -ESTALE:
		return "token is older than the lease's";
	default:
		return strerror(-error);
	}
}

/* The kernel's words, without the module's name that may stand before them. */
static const char *kernel_words(const struct l2a_extack *ack)
{
	static const char prefix[] = L2ANNOUNCE_FAMILY_NAME ": ";

	if (!ack->text[0])
		return own_words(ack->error);
	if (!strncmp(ack->text, prefix, sizeof(prefix) - 1))
		return ack->text + sizeof(prefix) - 1;
	return ack->text;
}

int l2a_extack_describe(const struct l2a_extack *ack,
			const struct nlmsghdr *request, struct l2a_error *err)
{
	const char *name = offender(ack, request);
	const char *text = kernel_words(ack);
	char range[64] = "";

	if (ack->has_range)
		snprintf(range, sizeof(range), ": %" PRIu64 " to %" PRIu64,
			 ack->min, ack->max);
	if (name && ack->missing)
		return l2a_fail(err, ack->error, "%s missing: %s", name, text);
	/* The kernel's words may name it already. */
	if (name && !strcasestr(text, name))
		return l2a_fail(err, ack->error, "%s: %s%s", name, text, range);
	return l2a_fail(err, ack->error, "%s%s", text, range);
}
