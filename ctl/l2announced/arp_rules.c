// SPDX-License-Identifier: GPL-2.0
/*
 * The administrator's rules for ARP: nftables' over netlink, those of the old
 * arptables by a socket option.
 */
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_arp/arp_tables.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "arp_rules.h"
#include "present.h"

/* nftables. */

static const char *text_of(struct nlattr *attr)
{
	return attr ? nla_get_string(attr) : "?";
}

static void add_chain(struct names *found, struct nlattr *table,
		      struct nlattr *chain)
{
	char line[192];

	snprintf(line, sizeof(line), "nftables: table arp %s, chain %s",
		 text_of(table), text_of(chain));
	if (!names_has(found, line))
		names_add(found, line);
}

void arp_rules_chain(struct nlmsghdr *nlh, struct names *found)
{
	struct nlattr *attrs[NFTA_CHAIN_MAX + 1];

	if (nlmsg_parse(nlh, sizeof(struct nfgenmsg), attrs, NFTA_CHAIN_MAX, NULL) ||
	    !attrs[NFTA_CHAIN_HOOK] || !attrs[NFTA_CHAIN_POLICY])
		return;
	if (ntohl(nla_get_u32(attrs[NFTA_CHAIN_POLICY])) == NF_DROP)
		add_chain(found, attrs[NFTA_CHAIN_TABLE], attrs[NFTA_CHAIN_NAME]);
}

/* "immediate" loads a verdict: the only way a rule comes to one by itself. */
static bool drops(struct nlattr *expression)
{
	struct nlattr *expr[NFTA_EXPR_MAX + 1], *imm[NFTA_IMMEDIATE_MAX + 1];
	struct nlattr *data[NFTA_DATA_MAX + 1], *verdict[NFTA_VERDICT_MAX + 1];

	if (nla_parse_nested(expr, NFTA_EXPR_MAX, expression, NULL) ||
	    !expr[NFTA_EXPR_NAME] || !expr[NFTA_EXPR_DATA] ||
	    nla_strcmp(expr[NFTA_EXPR_NAME], "immediate"))
		return false;
	if (nla_parse_nested(imm, NFTA_IMMEDIATE_MAX, expr[NFTA_EXPR_DATA], NULL) ||
	    !imm[NFTA_IMMEDIATE_DATA] ||
	    nla_parse_nested(data, NFTA_DATA_MAX, imm[NFTA_IMMEDIATE_DATA], NULL) ||
	    !data[NFTA_DATA_VERDICT] ||
	    nla_parse_nested(verdict, NFTA_VERDICT_MAX, data[NFTA_DATA_VERDICT],
			     NULL) ||
	    !verdict[NFTA_VERDICT_CODE])
		return false;
	return ntohl(nla_get_u32(verdict[NFTA_VERDICT_CODE])) == NF_DROP;
}

void arp_rules_rule(struct nlmsghdr *nlh, struct names *found)
{
	struct nlattr *attrs[NFTA_RULE_MAX + 1], *expression;
	int left;

	if (nlmsg_parse(nlh, sizeof(struct nfgenmsg), attrs, NFTA_RULE_MAX, NULL) ||
	    !attrs[NFTA_RULE_EXPRESSIONS])
		return;
	nla_for_each_nested(expression, attrs[NFTA_RULE_EXPRESSIONS], left) {
		if (drops(expression))
			add_chain(found, attrs[NFTA_RULE_TABLE],
				  attrs[NFTA_RULE_CHAIN]);
	}
}

static int on_message(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);

	if (NFNL_MSG_TYPE(nlh->nlmsg_type) == NFT_MSG_NEWCHAIN)
		arp_rules_chain(nlh, arg);
	else if (NFNL_MSG_TYPE(nlh->nlmsg_type) == NFT_MSG_NEWRULE)
		arp_rules_rule(nlh, arg);
	return NL_OK;
}

static void dump(struct nl_sock *sock, int type)
{
	const struct nfgenmsg header = {
		.nfgen_family = NFPROTO_ARP, .version = NFNETLINK_V0,
	};

	if (nl_send_simple(sock, (NFNL_SUBSYS_NFTABLES << 8) | type, NLM_F_DUMP,
			   (void *)(uintptr_t)&header, sizeof(header)) >= 0)
		nl_recvmsgs_default(sock);
}

static void find_nft(struct names *found)
{
	struct nl_sock *sock;

	/* Asking would load it. */
	if (!present("nf_tables"))
		return;
	sock = nl_socket_alloc();
	if (!sock)
		return;
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_message, found);
	if (nl_connect(sock, NETLINK_NETFILTER) >= 0) {
		dump(sock, NFT_MSG_GETCHAIN);
		dump(sock, NFT_MSG_GETRULE);
	}
	nl_socket_free(sock);
}

/* arptables, the old one. */

/* Verdicts stand in the standard target, as minus one less what they are. */
static bool entry_drops(const struct arpt_entry *entry)
{
	const struct xt_standard_target *to;

	if (entry->target_offset + sizeof(*to) > entry->next_offset)
		return false;
	to = (const void *)((const char *)entry + entry->target_offset);
	return !strcmp(to->target.u.user.name, XT_STANDARD_TARGET) &&
	       to->verdict == -NF_DROP - 1;
}

bool arp_rules_entries(const void *entries, size_t size)
{
	const char *at = entries, *end = at + size;

	while ((size_t)(end - at) >= sizeof(struct arpt_entry)) {
		const struct arpt_entry *entry = (const void *)at;

		if (entry->next_offset < sizeof(*entry) ||
		    entry->next_offset > end - at)
			return false;
		if (entry_drops(entry))
			return true;
		at += entry->next_offset;
	}
	return false;
}

static bool filter_drops(int fd)
{
	struct arpt_getinfo info = { .name = "filter" };
	socklen_t len = sizeof(info);
	struct arpt_get_entries *get;
	bool drops;

	if (getsockopt(fd, IPPROTO_IP, ARPT_SO_GET_INFO, &info, &len))
		return false;
	len = (socklen_t)(sizeof(*get) + info.size);
	get = xmalloc(len);
	strcpy(get->name, info.name);
	get->size = info.size;
	drops = !getsockopt(fd, IPPROTO_IP, ARPT_SO_GET_ENTRIES, get, &len) &&
		arp_rules_entries(get->entrytable, info.size);
	free(get);
	return drops;
}

static void find_arptables(struct names *found)
{
	int fd;

	if (!present("arptable_filter"))
		return;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (filter_drops(fd))
		names_add(found, "arptables: table filter");
	close(fd);
}

void arp_rules_find(struct names *found)
{
	find_nft(found);
	find_arptables(found);
}
