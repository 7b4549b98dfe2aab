// SPDX-License-Identifier: GPL-2.0
/*
 * How long a neighbour waits for an answer to ARP, and how long a request that
 * nobody answers takes.
 *
 *	roundtrip [-r] DEV SENDER TARGET [ABSENT]
 *
 * Asks for TARGET on DEV, again and again, and prints the nanoseconds of a round
 * trip: the least of some batches' means. With ABSENT, an address nobody has,
 * prints instead what one request for that adds: on a veth pair the other end
 * takes a frame in before the call that sends it returns. With -r the other end
 * reflects what it gets: the answer itself is sent, and comes back as it is.
 *
 * In an emulator whose clock counts instructions these are instructions.
 */
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
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

struct frame {
	struct ether_header eth;
	struct ether_arp arp;
} __attribute__((packed));

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static in_addr_t address(const char *text)
{
	in_addr_t addr;

	if (inet_pton(AF_INET, text, &addr) == 1)
		return addr;
	fprintf(stderr, "%s: not an IPv4 address\n", text);
	exit(2);
}

/* A socket for ARP on a device, whose own address goes to mac. */
static int open_device(const char *dev, uint8_t mac[ETH_ALEN])
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = (int)if_nametoindex(dev),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ARP));
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

static struct frame request(const uint8_t mac[ETH_ALEN], in_addr_t sender,
			    in_addr_t target)
{
	struct frame f = {
		.eth.ether_type = htons(ETH_P_ARP),
		.arp.ea_hdr = {
			.ar_hrd = htons(ARPHRD_ETHER),
			.ar_pro = htons(ETH_P_IP),
			.ar_hln = ETH_ALEN,
			.ar_pln = sizeof(target),
			.ar_op = htons(ARPOP_REQUEST),
		},
	};

	memset(f.eth.ether_dhost, 0xff, ETH_ALEN);
	memcpy(f.eth.ether_shost, mac, ETH_ALEN);
	memcpy(f.arp.arp_sha, mac, ETH_ALEN);
	memcpy(f.arp.arp_spa, &sender, sizeof(sender));
	memcpy(f.arp.arp_tpa, &target, sizeof(target));
	return f;
}

/* The answer to a request, from a made up station. */
static struct frame answer(const struct frame *asked)
{
	const uint8_t mac[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 0x02 };
	struct frame f = *asked;

	memcpy(f.eth.ether_dhost, asked->eth.ether_shost, ETH_ALEN);
	memcpy(f.eth.ether_shost, mac, ETH_ALEN);
	f.arp.ea_hdr.ar_op = htons(ARPOP_REPLY);
	memcpy(f.arp.arp_sha, mac, ETH_ALEN);
	memcpy(f.arp.arp_spa, asked->arp.arp_tpa, sizeof(f.arp.arp_spa));
	memcpy(f.arp.arp_tha, asked->arp.arp_sha, ETH_ALEN);
	memcpy(f.arp.arp_tpa, asked->arp.arp_spa, sizeof(f.arp.arp_tpa));
	return f;
}

static void tell(int fd, const struct frame *f)
{
	if (send(fd, f, sizeof(*f), 0) != sizeof(*f))
		die("send");
}

static void hear(int fd, const struct frame *asked)
{
	struct timeval patience = { .tv_sec = 10 };
	struct frame f;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	do {
		if (recv(fd, &f, sizeof(f), 0) < (ssize_t)sizeof(f))
			die("no answer");
	} while (f.arp.ea_hdr.ar_op != htons(ARPOP_REPLY) ||
		 memcmp(f.arp.arp_spa, asked->arp.arp_tpa,
			sizeof(f.arp.arp_spa)));
}

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/*
 * Nanoseconds of a round, the least of some batches' means: what is told is the
 * request that is asked, or the answer to it.
 */
static double measure(int fd, const struct frame *asked,
		      const struct frame *told, const struct frame *absent)
{
	double least = 0;

	for (int batch = 0; batch < BATCHES; batch++) {
		int64_t start = now();
		double mean;

		for (int i = 0; i < ROUNDS; i++) {
			for (int k = 0; absent && k < ABSENT; k++)
				tell(fd, absent);
			tell(fd, told);
			hear(fd, asked);
		}
		mean = (double)(now() - start) / ROUNDS;
		if (!batch || mean < least)
			least = mean;
	}
	return least;
}

int main(int argc, char **argv)
{
	bool reflected = argc > 1 && !strcmp(argv[1], "-r");
	struct frame asked, told, absent;
	uint8_t mac[ETH_ALEN];
	double alone;
	int fd;

	argc -= reflected;
	argv += reflected;
	if (argc != 4 && argc != 5) {
		fprintf(stderr,
			"usage: roundtrip [-r] DEV SENDER TARGET [ABSENT]\n");
		return 2;
	}
	fd = open_device(argv[1], mac);
	asked = request(mac, address(argv[2]), address(argv[3]));
	told = reflected ? answer(&asked) : asked;
	alone = measure(fd, &asked, &told, NULL);
	if (argc == 4) {
		printf("%.0f\n", alone);
		return 0;
	}
	absent = request(mac, address(argv[2]), address(argv[4]));
	printf("%.0f\n",
	       (measure(fd, &asked, &told, &absent) - alone) / ABSENT);
	return 0;
}
