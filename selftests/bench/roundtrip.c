// SPDX-License-Identifier: GPL-2.0
/*
 * How long a neighbour waits for an answer to ARP or to a neighbour solicitation,
 * and how long a frame that nobody answers takes.
 *
 *	roundtrip [-r] [-n NEXT] DEV SENDER TARGET [ABSENT]
 *
 * Asks for TARGET on DEV, again and again, and prints the nanoseconds of a round
 * trip: the least of some batches' means. With ABSENT, an address nobody has,
 * prints instead what a request for that adds (IPv6: a packet for it that is no
 * solicitation, its next header UDP or NEXT): on a veth pair the other end takes a
 * frame in before the call that sends it returns. With -r the other end reflects
 * what it gets: the answer itself is sent, and comes back as it is.
 *
 * In an emulator whose clock counts instructions these are instructions.
 */
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/ip6.h>
#include <netpacket/packet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/*
 * A batch of either kind takes less than two million instructions, half of a
 * tick at 250 Hz: the least of so many is one that no tick fell into.
 */
#define BATCHES	100
#define ROUNDS	20	/* of a batch */
#define ABSENT	10	/* requests nobody answers, in a round */

/* A frame of ARP's, of neighbour discovery's, or any, and its length. */
struct frame {
	size_t len;
	union {
		uint8_t bytes[128];
		struct ether_header eth;
		struct arp_frame {
			struct ether_header eth;
			struct ether_arp arp;
		} __attribute__((packed)) arp;
		struct nd_frame {
			struct ether_header eth;
			struct ip6_hdr ip6;
			struct nd_neighbor_advert nd; /* or _solicit: alike */
			struct nd_opt_hdr opt;
			uint8_t lladdr[ETH_ALEN];
		} __attribute__((packed)) nd;
	};
};

/* An IPv4 or an IPv6 address. */
struct address {
	int family;
	struct in_addr v4;
	struct in6_addr v6;
};

static const uint8_t server_mac[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 0x02 };

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static struct address address(const char *text)
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

/* A socket for ARP or IPv6 on a device, whose own address goes to mac. */
static int open_device(const char *dev, int family, uint8_t mac[ETH_ALEN])
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
static void put_checksum(struct nd_frame *nd)
{
	size_t len = sizeof(*nd) - sizeof(nd->eth) - sizeof(nd->ip6);
	uint32_t total = (uint32_t)len + IPPROTO_ICMPV6;

	total = sum(total, &nd->ip6.ip6_src, 2 * sizeof(nd->ip6.ip6_src));
	total = sum(total, (uint8_t *)nd + sizeof(*nd) - len, len);
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
	put_ether(&f, mac, group_mac, ETHERTYPE_IPV6);
	put_checksum(&f.nd);
	return f;
}

/* The answer that the server gives to a solicitation. */
static struct frame advertisement(const uint8_t mac[ETH_ALEN],
				  struct in6_addr sender,
				  struct in6_addr target)
{
	struct frame f = nd(ND_NEIGHBOR_ADVERT, ND_OPT_TARGET_LINKADDR,
			    server_mac, target, sender, target);

	put_ether(&f, server_mac, mac, ETHERTYPE_IPV6);
	f.nd.nd.nd_na_flags_reserved =
		ND_NA_FLAG_SOLICITED | ND_NA_FLAG_OVERRIDE;
	put_checksum(&f.nd);
	return f;
}

/*
 * An IPv6 packet for an address, by way of the server, nothing but zeros behind
 * its header: UDP without a checksum is dropped in silence.
 */
static struct frame packet(const uint8_t mac[ETH_ALEN], struct in6_addr from,
			   struct in6_addr to, uint8_t next)
{
	struct frame f = nd(0, 0, mac, from, to, to);

	put_ether(&f, mac, server_mac, ETHERTYPE_IPV6);
	f.nd.ip6.ip6_nxt = next;
	f.nd.ip6.ip6_hlim = 64;
	return f;
}

static struct frame request(const uint8_t mac[ETH_ALEN], struct address sender,
			    struct address target)
{
	if (sender.family == AF_INET)
		return arp(ARPOP_REQUEST, mac, sender.v4, target.v4);
	return solicitation(mac, sender.v6, target.v6);
}

static struct frame answer(const uint8_t mac[ETH_ALEN], struct address sender,
			   struct address target)
{
	if (sender.family == AF_INET)
		return arp_answer(mac, sender.v4, target.v4);
	return advertisement(mac, sender.v6, target.v6);
}

/* What nobody answers. */
static struct frame stray(const uint8_t mac[ETH_ALEN], struct address sender,
			  struct address absent, uint8_t next)
{
	if (sender.family == AF_INET)
		return arp(ARPOP_REQUEST, mac, sender.v4, absent.v4);
	return packet(mac, sender.v6, absent.v6, next);
}

static void tell(int fd, const struct frame *f)
{
	if (send(fd, f->bytes, f->len, 0) != (ssize_t)f->len)
		die("send");
}

/* Whether a frame is the answer that is waited for, by what it is and names. */
static bool answers(const struct frame *f, const struct frame *expected)
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

static void hear(int fd, const struct frame *expected)
{
	struct frame f;

	do {
		ssize_t n = recv(fd, f.bytes, sizeof(f.bytes), 0);

		if (n < 0)
			die("no answer");
		f.len = (size_t)n;
	} while (!answers(&f, expected));
}

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/*
 * Nanoseconds of a round, the least of some batches' means: something is told,
 * after some strays if there are any, and an answer heard.
 */
static double measure(int fd, const struct frame *told,
		      const struct frame *expected, const struct frame *absent)
{
	double least = 0;

	for (int batch = 0; batch < BATCHES; batch++) {
		int64_t start = now();
		double mean;

		for (int i = 0; i < ROUNDS; i++) {
			for (int k = 0; absent && k < ABSENT; k++)
				tell(fd, absent);
			tell(fd, told);
			hear(fd, expected);
		}
		mean = (double)(now() - start) / ROUNDS;
		if (!batch || mean < least)
			least = mean;
	}
	return least;
}

static void misused(void)
{
	fputs("usage: roundtrip [-r] [-n NEXT] DEV SENDER TARGET [ABSENT]\n",
	      stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	const struct timeval patience = { .tv_sec = 10 };
	struct address sender, target, absent;
	struct frame asked, expected, nobody;
	uint8_t mac[ETH_ALEN], next = IPPROTO_UDP;
	bool reflected = false;
	double alone;
	int c, fd;

	while ((c = getopt(argc, argv, "rn:")) != -1) {
		if (c == 'r')
			reflected = true;
		else if (c == 'n')
			next = (uint8_t)strtoul(optarg, NULL, 10);
		else
			misused();
	}
	argc -= optind;
	argv += optind;
	if (argc != 3 && argc != 4)
		misused();
	sender = address(argv[1]);
	target = address(argv[2]);
	absent = address(argv[argc - 1]);
	if (target.family != sender.family || absent.family != sender.family)
		misused();

	fd = open_device(argv[0], sender.family, mac);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	asked = request(mac, sender, target);
	expected = answer(mac, sender, target);
	nobody = stray(mac, sender, absent, next);
	alone = measure(fd, reflected ? &expected : &asked, &expected, NULL);
	if (argc == 3) {
		printf("%.0f\n", alone);
		return 0;
	}
	printf("%.0f\n",
	       (measure(fd, &asked, &expected, &nobody) - alone) / ABSENT);
	return 0;
}
