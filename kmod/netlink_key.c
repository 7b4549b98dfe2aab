// SPDX-License-Identifier: GPL-2.0
/*
 * What a request names: one VIP by its key, or those that match a filter.
 */
#include <linux/l2announce.h>
#include <net/genetlink.h>
#include "compat.h"
#include "lease.h"
#include "nd.h"
#include "net.h"
#include "netlink_internal.h"
#include "vip.h"

static int addr4_check(__be32 addr, struct netlink_ext_ack *extack)
{
	if (ipv4_is_zeronet(addr))
		NL_SET_ERR_MSG_MOD(extack,
				   "an address of 0.0.0.0/8 names no host");
	else if (ipv4_is_loopback(addr))
		NL_SET_ERR_MSG_MOD(extack,
				   "a loopback address never leaves the host");
	else if (ipv4_is_multicast(addr))
		NL_SET_ERR_MSG_MOD(extack,
				   "a multicast address belongs to no single host");
	else if (ipv4_is_lbcast(addr))
		NL_SET_ERR_MSG_MOD(extack,
				   "the broadcast address belongs to no single host");
	else
		return 0;
	return -EINVAL;
}

static int addr6_check(const struct in6_addr *addr,
		       struct netlink_ext_ack *extack)
{
	if (ipv6_addr_any(addr))
		NL_SET_ERR_MSG_MOD(extack, "the address :: names no host");
	else if (ipv6_addr_loopback(addr))
		NL_SET_ERR_MSG_MOD(extack,
				   "a loopback address never leaves the host");
	else if (ipv6_addr_is_multicast(addr))
		NL_SET_ERR_MSG_MOD(extack,
				   "a multicast address belongs to no single host");
	else if (ipv6_addr_v4mapped(addr))
		NL_SET_ERR_MSG_MOD(extack,
				   "an IPv4 address in IPv6's form is on no wire");
	else
		return 0;
	return -EINVAL;
}

static int parse_addr4(struct nlattr *address, struct netlink_ext_ack *extack,
		       struct l2a_vip_key *key)
{
	if (nla_len(address) != sizeof(__be32)) {
		NL_SET_ERR_MSG_MOD(extack, "an IPv4 address has 4 bytes");
		return -EINVAL;
	}
	l2a_vip_key4(key, nla_get_in_addr(address), 0);
	return addr4_check(nla_get_in_addr(address), extack);
}

static int parse_addr6(struct nlattr *address, struct netlink_ext_ack *extack,
		       struct l2a_vip_key *key)
{
	if (nla_len(address) != sizeof(struct in6_addr)) {
		NL_SET_ERR_MSG_MOD(extack, "an IPv6 address has 16 bytes");
		return -EINVAL;
	}
	key->addr = nla_get_in6_addr(address);
	key->ifindex = 0;
	return addr6_check(&key->addr, extack);
}

/* Family and address, which go together. */
static int parse_addr(struct nlattr **attrs, struct netlink_ext_ack *extack,
		      struct l2a_vip_key *key)
{
	struct nlattr *family = attrs[L2ANNOUNCE_A_VIP_FAMILY];
	struct nlattr *address = attrs[L2ANNOUNCE_A_VIP_ADDRESS];
	int err;

	if (!family)
		return l2a_nl_missing(extack, "the address family");
	if (!address)
		return l2a_nl_missing(extack, "the address");
	switch (nla_get_u16(family)) {
	case AF_INET:
		err = parse_addr4(address, extack, key);
		break;
	case AF_INET6:
		err = l2a_nd_usable(extack);
		if (!err)
			err = parse_addr6(address, extack, key);
		break;
	default:
		NL_SET_ERR_MSG_MOD(extack,
				   "the address family is neither IPv4 nor IPv6");
		err = -EAFNOSUPPORT;
	}
	if (err)
		NL_SET_BAD_ATTR(extack, err == -EAFNOSUPPORT ? family : address);
	return err;
}

/**
 * l2a_nl_parse_key - read what names a VIP
 * @info: the request
 * @key: out
 *
 * Return: 0; or -EINVAL, -EAFNOSUPPORT, with the reason in the extack.
 */
int l2a_nl_parse_key(struct genl_info *info, struct l2a_vip_key *key)
{
	int err = parse_addr(info->attrs, info->extack, key);

	if (err)
		return err;
	if (!info->attrs[L2ANNOUNCE_A_VIP_IFINDEX])
		return l2a_nl_missing(info->extack, "the device");
	key->ifindex = nla_get_u32(info->attrs[L2ANNOUNCE_A_VIP_IFINDEX]);
	return 0;
}

/**
 * l2a_nl_find_vip - find the VIP that a request names
 * @ln: the namespace, its lock or RCU held
 * @info: the request
 *
 * Return: the VIP; or -ENOENT, or an error of l2a_nl_parse_key(), with the reason
 * in the extack.
 */
struct l2a_vip *l2a_nl_find_vip(struct l2a_net *ln, struct genl_info *info)
{
	struct l2a_vip_key key;
	struct l2a_vip *vip;
	int err;

	err = l2a_nl_parse_key(info, &key);
	if (err)
		return ERR_PTR(err);
	vip = l2a_vip_lookup(ln, &key);
	if (vip)
		return vip;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[L2ANNOUNCE_A_VIP_ADDRESS],
			    KBUILD_MODNAME ": no such VIP on this device");
	return ERR_PTR(-ENOENT);
}

/**
 * l2a_nl_parse_filter - read which VIPs a request is about
 * @attrs: the attributes, up to the lease
 * @extack: where to say what is wrong
 * @filter: out
 *
 * Return: 0; or -EINVAL, -EAFNOSUPPORT.
 */
int l2a_nl_parse_filter(struct nlattr **attrs, struct netlink_ext_ack *extack,
			struct l2a_vip_filter *filter)
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
	if (attrs[L2ANNOUNCE_A_VIP_LEASE]) {
		filter->by_lease = true;
		filter->lease = nla_get_u32(attrs[L2ANNOUNCE_A_VIP_LEASE]);
	}
	return 0;
}

/**
 * l2a_nl_filter_takes - whether a VIP is one of those a filter lets through
 * @filter: the filter
 * @vip: the VIP; RCU or the namespace's lock held
 *
 * Return: true where it is.
 */
bool l2a_nl_filter_takes(const struct l2a_vip_filter *filter,
			 const struct l2a_vip *vip)
{
	const struct l2a_lease *lease = READ_ONCE(vip->lease);

	if (filter->by_addr && !ipv6_addr_equal(&filter->addr, &vip->key.addr))
		return false;
	if (filter->ifindex && filter->ifindex != vip->key.ifindex)
		return false;
	return !filter->by_lease ||
	       filter->lease == (lease ? lease->id : 0);
}
