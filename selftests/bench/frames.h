/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a neighbour says and hears: frames of ARP's and of neighbour discovery's.
 */
#ifndef BENCH_FRAMES_H
#define BENCH_FRAMES_H

#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/in.h>
#include <netinet/ip6.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

void die(const char *what);
struct address address(const char *text);
struct address address_plus(struct address addr, uint32_t n);
int open_device(const char *dev, int family, uint8_t mac[ETH_ALEN]);

struct frame request(const uint8_t mac[ETH_ALEN], struct address sender,
		     struct address target);
struct frame answer(const uint8_t mac[ETH_ALEN], struct address sender,
		    struct address target);
struct frame stray(const uint8_t mac[ETH_ALEN], struct address sender,
		   struct address absent, uint8_t next, uint8_t hops);
bool answers(const struct frame *f, const struct frame *expected);

#endif /* BENCH_FRAMES_H */
