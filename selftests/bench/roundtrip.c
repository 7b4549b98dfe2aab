// SPDX-License-Identifier: GPL-2.0
/*
 * How long a neighbour waits for an answer to ARP or to a neighbour solicitation,
 * and how long a frame that nobody answers takes.
 *
 *	roundtrip [-r] [-s] [-c COUNT] [-n NEXT] [-l HOPS] DEV SENDER TARGET [ABSENT]
 *
 * Asks for TARGET on DEV, again and again, and prints the nanoseconds of a round
 * trip: the least of some batches' means. With COUNT asks for so many addresses
 * from TARGET on, and prints the mean of theirs. With ABSENT, an address nobody has,
 * prints instead what a request for that adds (IPv6: a packet for it that is no
 * solicitation, its next header UDP or NEXT, its hop limit 64 or HOPS; with -s a
 * solicitation): on a veth pair the other end takes a frame in before the call that
 * sends it returns.
 * With -r the other end reflects what it gets: the answer itself is sent, and
 * comes back as it is.
 *
 * In an emulator whose clock counts instructions these are instructions.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "frames.h"

/*
 * A batch of either kind takes less than two million instructions, half of a
 * tick at 250 Hz: the least of so many is one that no tick fell into. Not so
 * solicitations for nobody beside 100,000 VIPs, for which the stack goes through the
 * list of their groups: that is more than a tick.
 */
#define BATCHES	100
#define FEW	10	/* batches, for each of several addresses */
/*
 * Strays are most of what is measured, and end sooner where the least has come up so
 * often that none below it is to be expected; that of a lone round trip may come late.
 */
#define ENOUGH	5
#define ROUNDS	20	/* of a batch */
/*
 * So many in a round that the round trip beside them counts for little: it is taken
 * off, and not the same each time (the kernel's own answer to a solicitation comes a
 * hundred higher in one of five runs).
 */
#define ABSENT	50	/* requests nobody answers, in a round */
#define ABSENT_ROUNDS 4

static void tell(int fd, const struct frame *f)
{
	if (send(fd, f->bytes, f->len, 0) != (ssize_t)f->len)
		die("send");
}

/* In one call, for those are dear in an emulator where mitigations are on. */
static void tell_many(int fd, const struct frame *f)
{
	struct frame copy = *f;
	struct iovec part = { copy.bytes, copy.len };
	struct mmsghdr all[ABSENT] = { 0 };

	for (int k = 0; k < ABSENT; k++) {
		all[k].msg_hdr.msg_iov = &part;
		all[k].msg_hdr.msg_iovlen = 1;
	}
	if (sendmmsg(fd, all, ABSENT, 0) != ABSENT)
		die("sendmmsg");
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
static double measure(int fd, int batches, const struct frame *told,
		      const struct frame *expected, const struct frame *absent)
{
	const int rounds = absent ? ABSENT_ROUNDS : ROUNDS;
	double least = 0;
	int seen = 0;

	for (int batch = 0; batch < batches && (!absent || seen < ENOUGH);
	     batch++) {
		int64_t start = now();
		double mean;

		for (int i = 0; i < rounds; i++) {
			if (absent)
				tell_many(fd, absent);
			tell(fd, told);
			hear(fd, expected);
		}
		mean = (double)(now() - start) / rounds;
		if (!batch || mean < least) {
			least = mean;
			seen = 0;
		}
		seen += mean == least;
	}
	return least;
}

/* The mean of several addresses', from the given one on. */
static double measure_all(int fd, const uint8_t mac[ETH_ALEN],
			  struct address sender, struct address first,
			  uint32_t count)
{
	double sum = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct address target = address_plus(first, i);
		struct frame asked = request(mac, sender, target);
		struct frame expected = answer(mac, sender, target);

		sum += measure(fd, FEW, &asked, &expected, NULL);
	}
	return sum / count;
}

static void misused(void)
{
	fputs("usage: roundtrip [-r] [-s] [-c COUNT] [-n NEXT] [-l HOPS] DEV SENDER TARGET [ABSENT]\n",
	      stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	const struct timeval patience = { .tv_sec = 10 };
	struct address sender, target, absent;
	struct frame asked, expected, nobody;
	uint8_t mac[ETH_ALEN], next = IPPROTO_UDP, hops = 64;
	bool reflected = false, solicits = false;
	uint32_t count = 0;
	double alone;
	int c, fd;

	while ((c = getopt(argc, argv, "rsc:n:l:")) != -1) {
		if (c == 'r')
			reflected = true;
		else if (c == 's')
			solicits = true;
		else if (c == 'c')
			count = (uint32_t)strtoul(optarg, NULL, 10);
		else if (c == 'n')
			next = (uint8_t)strtoul(optarg, NULL, 10);
		else if (c == 'l')
			hops = (uint8_t)strtoul(optarg, NULL, 10);
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
	if (count) {
		printf("%.0f\n", measure_all(fd, mac, sender, target, count));
		return 0;
	}
	asked = request(mac, sender, target);
	expected = answer(mac, sender, target);
	nobody = solicits ? request(mac, sender, absent) :
			    stray(mac, sender, absent, next, hops);
	alone = measure(fd, BATCHES, reflected ? &expected : &asked, &expected,
			NULL);
	if (argc == 3) {
		printf("%.0f\n", alone);
		return 0;
	}
	printf("%.0f\n",
	       (measure(fd, BATCHES, &asked, &expected, &nobody) - alone) /
		       ABSENT);
	return 0;
}
