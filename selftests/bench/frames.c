// SPDX-License-Identifier: GPL-2.0
/*
 * Frames of ARP's and of neighbour discovery's: made, sent, and recognized.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frames.h"

static const uint8_t server_mac[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 0x02 };

/* Say what failed, and end. */
void die(const char *what)
{
	perror(what);
	exit(1);
}

/* An address, of either family; whoever gives something else has misused us. */
struct address address(const char *text)
{
	struct address addr = { .family = AF_INET };

	if (inet_pton(AF_INET, text, &addr.v4) == 1)
		return addr;
	addr.family = AF_INET6;
	if (inet_pton(AF_INET6, text, &addr.v6) == 1)
		return addr;
	fprintf(stderr, "%s: no address\n", text);
	exit(2);
}

/* The address that is so many further on. A row stays within the last 32 bits. */
struct address address_plus(struct address addr, uint32_t n)
{
	if (addr.family == AF_INET)
		addr.v4.s_addr = htonl(ntohl(addr.v4.s_addr) + n);
	else
		addr.v6.s6_addr32[3] = htonl(ntohl(addr.v6.s6_addr32[3]) + n);
	return addr;
}

/* A socket for ARP or IPv6 on a device, whose own address goes to mac. */
int open_device(const char *dev, int family, uint8_t mac[ETH_ALEN])
{
	uint16_t protocol = family == AF_INET ? ETH_P_ARP : ETH_P_IPV6;
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
		.sll_ifindex = (int)if_nametoindex(dev),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, htons(protocol));
	struct ifreq ifr = { 0 };

	if (fd < 0 || !addr.sll_ifindex ||
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		die(dev);
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	if (ioctl(fd, SIOCGIFHWADDR, &ifr))
		die(dev);
	memcpy(mac, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	return fd;
}

static void put_ether(struct frame *f, const uint8_t from[ETH_ALEN],
		      const uint8_t to[ETH_ALEN], uint16_t type)
{
	memcpy(f->eth.ether_shost, from, ETH_ALEN);
	memcpy(f->eth.ether_dhost, to, ETH_ALEN);
	f->eth.ether_type = htons(type);
}

static struct frame arp(uint16_t op, const uint8_t mac[ETH_ALEN],
			struct in_addr sender, struct in_addr target)
{
	struct frame f = { .len = sizeof(f.arp) };
	uint8_t all[ETH_ALEN];

	memset(all, 0xff, sizeof(all));
	put_ether(&f, mac, all, ETHERTYPE_ARP);
	f.arp.arp.ea_hdr = (struct arphdr){
		.ar_hrd = htons(ARPHRD_ETHER),
		.ar_pro = htons(ETH_P_IP),
		.ar_hln = ETH_ALEN,
		.ar_pln = sizeof(target),
		.ar_op = htons(op),
	};
	memcpy(f.arp.arp.arp_sha, mac, ETH_ALEN);
	memcpy(f.arp.arp.arp_spa, &sender, sizeof(sender));
	memcpy(f.arp.arp.arp_tpa, &target, sizeof(target));
	return f;
}

/* The answer that the server gives to an ARP request. */
static struct frame arp_answer(const uint8_t mac[ETH_ALEN],
			       struct in_addr sender, struct in_addr target)
{
	struct frame f = arp(ARPOP_REPLY, server_mac, target, sender);

	put_ether(&f, server_mac, mac, ETHERTYPE_ARP);
	memcpy(f.arp.arp.arp_tha, mac, ETH_ALEN);
	return f;
}

static uint32_t sum(uint32_t start, const void *data, size_t len)
{
	const uint8_t *byte = data;

	for (size_t i = 0; i < len; i += 2)
		start += (uint32_t)(byte[i] << 8 | byte[i + 1]);
	return start;
}

/* RFC 4443, section 2.3. */
static void put_checksum(struct frame *f)
{
	struct nd_frame *nd = &f->nd;
	size_t len = f->len - sizeof(nd->eth) - sizeof(nd->ip6);
	uint32_t total = (uint32_t)len + IPPROTO_ICMPV6;

	total = sum(total, &nd->ip6.ip6_src, 2 * sizeof(nd->ip6.ip6_src));
	total = sum(total, f->bytes + f->len - len, len);
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	nd->nd.nd_na_cksum = htons((uint16_t)~total);
}

static struct frame nd(uint8_t type, uint8_t option,
		       const uint8_t mac[ETH_ALEN], struct in6_addr from,
		       struct in6_addr to, struct in6_addr target)
{
	struct frame f = { .len = sizeof(f.nd) };

	f.nd.ip6.ip6_flow = htonl(6U << 28);
	f.nd.ip6.ip6_plen = htons(sizeof(f.nd) - sizeof(f.nd.eth) -
				  sizeof(f.nd.ip6));
	f.nd.ip6.ip6_nxt = IPPROTO_ICMPV6;
	f.nd.ip6.ip6_hlim = 255;
	f.nd.ip6.ip6_src = from;
	f.nd.ip6.ip6_dst = to;
	f.nd.nd.nd_na_type = type;
	f.nd.nd.nd_na_target = target;
	f.nd.opt.nd_opt_type = option;
	f.nd.opt.nd_opt_len = 1;
	memcpy(f.nd.lladdr, mac, ETH_ALEN);
	return f;
}

/* RFC 4861, section 4.3: who has no address yet tells no other either. */
static void leave_out_option(struct frame *f)
{
	size_t len = sizeof(f->nd.opt) + sizeof(f->nd.lladdr);

	f->len -= len;
	f->nd.ip6.ip6_plen = htons((uint16_t)(ntohs(f->nd.ip6.ip6_plen) - len));
}

static struct frame solicitation(const uint8_t mac[ETH_ALEN],
				 struct in6_addr sender, struct in6_addr target)
{
	struct in6_addr group;
	uint8_t group_mac[ETH_ALEN] = { 0x33, 0x33, 0xff };
	struct frame f;

	inet_pton(AF_INET6, "ff02::1:ff00:0", &group);
	memcpy(group.s6_addr + 13, target.s6_addr + 13, 3);
	memcpy(group_mac + 3, target.s6_addr + 13, 3);
	f = nd(ND_NEIGHBOR_SOLICIT, ND_OPT_SOURCE_LINKADDR, mac, sender, group,
	       target);
	if (IN6_IS_ADDR_UNSPECIFIED(&sender))
		leave_out_option(&f);
	put_ether(&f, mac, group_mac, ETHERTYPE_IPV6);
	put_checksum(&f);
	return f;
}

/* The answer that the server gives to a solicitation. */
static struct frame advertisement(const uint8_t mac[ETH_ALEN],
				  struct in6_addr sender,
				  struct in6_addr target)
{
	bool probe = IN6_IS_ADDR_UNSPECIFIED(&sender);
	uint8_t to_mac[ETH_ALEN] = { 0x33, 0x33, 0, 0, 0, 1 };
	struct frame f;

	if (probe)
		inet_pton(AF_INET6, "ff02::1", &sender);
	else
		memcpy(to_mac, mac, sizeof(to_mac));
	f = nd(ND_NEIGHBOR_ADVERT, ND_OPT_TARGET_LINKADDR, server_mac, target,
	       sender, target);
	put_ether(&f, server_mac, to_mac, ETHERTYPE_IPV6);
	f.nd.nd.nd_na_flags_reserved = ND_NA_FLAG_OVERRIDE;
	if (!probe)
		f.nd.nd.nd_na_flags_reserved |= ND_NA_FLAG_SOLICITED;
	put_checksum(&f);
	return f;
}

/*
 * An IPv6 packet for an address, by way of the server, nothing but zeros behind its
 * header, after options UDP: without a checksum it is dropped in silence.
 */
static struct frame packet(const uint8_t mac[ETH_ALEN], struct in6_addr from,
			   struct in6_addr to, uint8_t next, uint8_t hops)
{
	struct frame f = nd(0, 0, mac, from, to, to);

	put_ether(&f, mac, server_mac, ETHERTYPE_IPV6);
	f.nd.ip6.ip6_nxt = next;
	f.nd.ip6.ip6_hlim = hops;
	if (next == IPPROTO_DSTOPTS)
		*(uint8_t *)&f.nd.nd = IPPROTO_UDP;
	return f;
}

/* What asks for an address. */
struct frame request(const uint8_t mac[ETH_ALEN], struct address sender,
		     struct address target)
{
	if (sender.family == AF_INET)
		return arp(ARPOP_REQUEST, mac, sender.v4, target.v4);
	return solicitation(mac, sender.v6, target.v6);
}

/* What the server says to that. */
struct frame answer(const uint8_t mac[ETH_ALEN], struct address sender,
		    struct address target)
{
	if (sender.family == AF_INET)
		return arp_answer(mac, sender.v4, target.v4);
	return advertisement(mac, sender.v6, target.v6);
}

/* What nobody answers; of IPv6 a packet that is no solicitation. */
struct frame stray(const uint8_t mac[ETH_ALEN], struct address sender,
		   struct address absent, uint8_t next, uint8_t hops)
{
	if (sender.family == AF_INET)
		return arp(ARPOP_REQUEST, mac, sender.v4, absent.v4);
	return packet(mac, sender.v6, absent.v6, next, hops);
}

/* Whether a frame is the answer that is waited for, by what it is and names. */
bool answers(const struct frame *f, const struct frame *expected)
{
	if (f->len < expected->len ||
	    f->eth.ether_type != expected->eth.ether_type)
		return false;
	if (f->eth.ether_type == htons(ETHERTYPE_ARP))
		return f->arp.arp.ea_hdr.ar_op == htons(ARPOP_REPLY) &&
		       !memcmp(f->arp.arp.arp_spa, expected->arp.arp.arp_spa,
			       sizeof(f->arp.arp.arp_spa));
	return f->nd.ip6.ip6_nxt == IPPROTO_ICMPV6 &&
	       f->nd.nd.nd_na_type == ND_NEIGHBOR_ADVERT &&
	       !memcmp(&f->nd.nd.nd_na_target, &expected->nd.nd.nd_na_target,
		       sizeof(f->nd.nd.nd_na_target));
}
