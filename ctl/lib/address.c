// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses: an IP address of either family, and a link-layer address.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "address.h"

size_t l2a_addr_len(uint16_t family)
{
	switch (family) {
	case AF_INET:
		return sizeof(struct in_addr);
	case AF_INET6:
		return sizeof(struct in6_addr);
	default:
		return 0;
	}
}

int l2a_addr_parse(const char *text, struct l2a_addr *addr,
		   struct l2a_error *err)
{
	struct l2a_addr out = { 0 };

	if (strchr(text, '/'))
		return l2a_fail(err, -EINVAL,
				"\"%s\": an address without a prefix length is wanted",
				text);
	if (strchr(text, '%'))
		return l2a_fail(err, -EINVAL,
				"\"%s\": an address without a zone is wanted",
				text);
	out.family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(out.family, text, out.bytes) != 1)
		return l2a_fail(err, -EINVAL,
				"\"%s\": not an IPv4 or IPv6 address", text);
	*addr = out;
	return 0;
}

const char *l2a_addr_format(const struct l2a_addr *addr,
			    char buf[L2A_ADDR_STRLEN])
{
	if (!inet_ntop(addr->family, addr->bytes, buf, L2A_ADDR_STRLEN))
		buf[0] = '\0';
	return buf;
}

static bool is_host4(const uint8_t *bytes)
{
	uint32_t ip;

	memcpy(&ip, bytes, sizeof(ip));
	ip = ntohl(ip);
	return ip >> 24 && ip >> 24 != IN_LOOPBACKNET && !IN_MULTICAST(ip) &&
	       !IN_BADCLASS(ip);
}

static bool is_host6(const uint8_t *bytes)
{
	struct in6_addr ip;

	memcpy(&ip, bytes, sizeof(ip));
	return !IN6_IS_ADDR_UNSPECIFIED(&ip) && !IN6_IS_ADDR_LOOPBACK(&ip) &&
	       !IN6_IS_ADDR_MULTICAST(&ip) && !IN6_IS_ADDR_V4MAPPED(&ip);
}

bool l2a_addr_is_host(const struct l2a_addr *addr)
{
	return addr->family == AF_INET6 ? is_host6(addr->bytes) :
					  is_host4(addr->bytes);
}

bool l2a_addr_equal(const struct l2a_addr *a, const struct l2a_addr *b)
{
	return a->family == b->family &&
	       !memcmp(a->bytes, b->bytes, l2a_addr_len(a->family));
}

const char *l2a_mac_format(const uint8_t mac[L2A_MAC_LEN],
			   char buf[L2A_MAC_STRLEN])
{
	snprintf(buf, L2A_MAC_STRLEN, "%02x:%02x:%02x:%02x:%02x:%02x",
		 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	return buf;
}
