// SPDX-License-Identifier: GPL-2.0
/*
 * l2flood: ARP for many addresses, as fast as the device takes it, or at a pace.
 *
 * Requests for FIRST and the COUNT - 1 addresses after it, round and round, until
 * interrupted or until so many frames have been sent; or claims to them. Prints
 * how many frames it sent.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netpacket/packet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* An hour, in microseconds. */
#define MAX_PAUSE	UINT64_C(3600000000)

struct options {
	const char *dev;
	uint32_t sender;
	uint32_t first;
	uint32_t count;
	uint64_t frames;
	uint64_t pause;
	bool claim;
	bool strangers;
};

struct frame {
	struct ether_header eth;
	struct ether_arp arp;
} __attribute__((packed));

static const char usage_text[] =
"usage: l2flood [OPTIONS] DEV SENDER FIRST COUNT\n"
"  -n FRAMES   stop after so many (default: when interrupted)\n"
"  -p PAUSE    a frame each so many microseconds, late ones at once\n"
"  -c          claim the addresses by gratuitous replies, instead of asking\n"
"  -r          each frame from a hardware address of its own\n";

static volatile sig_atomic_t stop;

static void on_signal(int signal)
{
	(void)signal;
	stop = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "l2flood: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void misused(void)
{
	fputs(usage_text, stderr);
	exit(2);
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-')
		misused();
	return value;
}

static uint32_t address(const char *text)
{
	struct in_addr addr;

	if (inet_pton(AF_INET, text, &addr) != 1)
		misused();
	return ntohl(addr.s_addr);
}

static struct options parse(int argc, char **argv)
{
	struct options o = { 0 };
	int c;

	while ((c = getopt(argc, argv, "n:p:cr")) != -1) {
		switch (c) {
		case 'n':
			o.frames = number(optarg);
			break;
		case 'p':
			o.pause = number(optarg);
			if (!o.pause || o.pause > MAX_PAUSE)
				misused();
			break;
		case 'c':
			o.claim = true;
			break;
		case 'r':
			o.strangers = true;
			break;
		default:
			misused();
		}
	}
	if (argc - optind != 4)
		misused();
	o.dev = argv[optind];
	o.sender = address(argv[optind + 1]);
	o.first = address(argv[optind + 2]);
	o.count = (uint32_t)number(argv[optind + 3]);
	if (!o.count)
		misused();
	return o;
}

/* A socket that sends on a device, whose own address goes to mac. */
static int open_device(const char *dev, uint8_t mac[ETH_ALEN])
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(dev),
	};
	/* No protocol: it hears nothing. */
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
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

static void set_source(struct frame *f, const uint8_t mac[ETH_ALEN])
{
	memcpy(f->eth.ether_shost, mac, ETH_ALEN);
	memcpy(f->arp.arp_sha, mac, ETH_ALEN);
}

static struct frame make_frame(const struct options *o,
			       const uint8_t mac[ETH_ALEN])
{
	struct frame f = {
		.eth.ether_type = htons(ETH_P_ARP),
		.arp.ea_hdr = {
			.ar_hrd = htons(ARPHRD_ETHER),
			.ar_pro = htons(ETH_P_IP),
			.ar_hln = ETH_ALEN,
			.ar_pln = sizeof(struct in_addr),
			.ar_op = htons(o->claim ? ARPOP_REPLY : ARPOP_REQUEST),
		},
	};

	memset(f.eth.ether_dhost, 0xff, ETH_ALEN);
	set_source(&f, mac);
	return f;
}

/* Locally administered, and so that no two of 2^32 are the same. */
static void stranger(uint64_t n, uint8_t mac[ETH_ALEN])
{
	uint32_t low = htonl((uint32_t)n);

	mac[0] = 0x06;
	mac[1] = 0xff;
	memcpy(&mac[2], &low, sizeof(low));
}

static void aim(struct frame *f, const struct options *o, uint64_t n)
{
	uint32_t target = htonl(o->first + (uint32_t)(n % o->count));
	uint32_t sender = o->claim ? target : htonl(o->sender);
	uint8_t mac[ETH_ALEN];

	memcpy(f->arp.arp_tpa, &target, sizeof(target));
	memcpy(f->arp.arp_spa, &sender, sizeof(sender));
	if (!o->strangers)
		return;
	stranger(n, mac);
	set_source(f, mac);
}

/* From now on, for each frame; 0 without a pace. */
static int open_pace(const struct options *o)
{
	struct itimerspec every = {
		.it_interval.tv_sec = (time_t)(o->pause / 1000000),
		.it_interval.tv_nsec = (long)(o->pause % 1000000 * 1000),
	};
	int fd;

	if (!o->pause)
		return 0;
	every.it_value = every.it_interval;
	fd = timerfd_create(CLOCK_MONOTONIC, 0);
	if (fd < 0 || timerfd_settime(fd, 0, &every, NULL))
		die("timer");
	return fd;
}

/* How many frames are due; waits until one is. */
static uint64_t due(int pace)
{
	uint64_t frames = 1;

	if (pace && read(pace, &frames, sizeof(frames)) < 0 && errno != EINTR)
		die("timer");
	return frames;
}

int main(int argc, char **argv)
{
	struct options o = parse(argc, argv);
	struct sigaction action = { .sa_handler = on_signal };
	uint8_t mac[ETH_ALEN];
	struct frame f;
	uint64_t n, left = 0;
	int fd, pace;

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	fd = open_device(o.dev, mac);
	f = make_frame(&o, mac);
	pace = open_pace(&o);
	for (n = 0; !stop && (!o.frames || n < o.frames); n++, left--) {
		if (!left)
			left = due(pace);
		aim(&f, &o, n);
		/* A device that is full, down or gone for a while is no end. */
		if (send(fd, &f, sizeof(f), 0) < 0 && errno != ENOBUFS &&
		    errno != ENETDOWN && errno != EINTR)
			die("send");
	}
	printf("%llu\n", (unsigned long long)n);
	return 0;
}
