/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the netlink family share among themselves.
 */
#ifndef L2A_NETLINK_INTERNAL_H
#define L2A_NETLINK_INTERNAL_H

#include <linux/in6.h>
#include <linux/types.h>
#include <net/genetlink.h>

struct l2a_net;
struct l2a_vip;
struct l2a_vip_key;

extern struct genl_family l2a_family;

/* The multicast group's place in the family. */
enum { L2A_NL_EVENTS };

/* Refuse a request that lacks something, named by a string literal. */
#define l2a_nl_missing(extack, what) ({					\
	NL_SET_ERR_MSG_MOD((extack), "the request lacks " what);	\
	-EINVAL;							\
})

/**
 * struct l2a_vip_filter - what a request about many VIPs is restricted to
 * @by_addr: to @addr
 * @addr: an address; IPv4 in its mapped form
 * @ifindex: to a device, where it is not 0
 * @by_lease: to @lease
 * @lease: a lease's id; 0 for the VIPs without one
 */
struct l2a_vip_filter {
	bool by_addr;
	struct in6_addr addr;
	u32 ifindex;
	bool by_lease;
	u32 lease;
};

int l2a_nl_parse_key(struct genl_info *info, struct l2a_vip_key *key);
struct l2a_vip *l2a_nl_find_vip(struct l2a_net *ln, struct genl_info *info);
int l2a_nl_parse_filter(struct nlattr **attrs, struct netlink_ext_ack *extack,
			struct l2a_vip_filter *filter);
bool l2a_nl_filter_takes(const struct l2a_vip_filter *filter,
			 const struct l2a_vip *vip);

int l2a_nl_put_vip(struct sk_buff *skb, const struct l2a_vip *vip);
struct sk_buff *l2a_nl_vip_msg(const struct l2a_vip *vip, u32 portid, u32 seq,
			       u8 cmd, const u8 *lladdr, gfp_t gfp);
void l2a_nl_missed(struct net *net);
void l2a_nl_vip_notify(struct genl_info *info, const struct l2a_vip *vip,
		       u8 cmd);

int l2a_nl_vip_new(struct sk_buff *skb, struct genl_info *info);
int l2a_nl_vip_change(struct sk_buff *skb, struct genl_info *info);
int l2a_nl_vip_del(struct sk_buff *skb, struct genl_info *info);
int l2a_nl_vip_get(struct sk_buff *skb, struct genl_info *info);
int l2a_nl_vip_dump(struct sk_buff *skb, struct netlink_callback *cb);
int l2a_nl_vip_flush(struct sk_buff *skb, struct genl_info *info);
int l2a_nl_announce(struct sk_buff *skb, struct genl_info *info);
int l2a_nl_lease_renew(struct sk_buff *skb, struct genl_info *info);
int l2a_nl_lease_release(struct sk_buff *skb, struct genl_info *info);
int l2a_nl_lease_get(struct sk_buff *skb, struct genl_info *info);
int l2a_nl_lease_dump(struct sk_buff *skb, struct netlink_callback *cb);
int l2a_nl_settings_get(struct sk_buff *skb, struct genl_info *info);
int l2a_nl_settings_set(struct sk_buff *skb, struct genl_info *info);
int l2a_nl_stats_get(struct sk_buff *skb, struct genl_info *info);

#endif /* L2A_NETLINK_INTERNAL_H */
