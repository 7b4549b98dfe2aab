// SPDX-License-Identifier: GPL-2.0
/*
 * Hears the announcements of many VIPs that begin to answer at once, and judges
 * them: who is heard how often, in which order, how fast.
 *
 *	announced DEV FIRST COUNT ROUNDS FILE
 *
 * Waits on DEV, having made FILE to say that it does, for a gratuitous request and a
 * gratuitous reply of each of the COUNT addresses from FIRST on in each of ROUNDS
 * rounds. Prints what it heard, by the kernel's time stamps: the frames; the seconds
 * from the first to the last of the first round in microseconds; the most frames in
 * any second of it; the frames that came before one they should follow (the VIPs
 * in their order, the request first, a round of all before the next of any).
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "frames.h"

#define FORMS	2	/* request and reply */
#define BUFFER	(256 << 20)
#define SECOND	1000000000

/* What was heard: when, and its place in the order that is due. */
struct heard {
	int64_t at;
	uint64_t place;
};

/*
 * Frames may wait until they are read: none may be lost. An idle guest's clock leaps:
 * patience is a year.
 */
static int listen_on(const char *dev)
{
	const int yes = 1, buffer = BUFFER;
	const struct timeval patience = { .tv_sec = 365 * 24 * 3600 };
	uint8_t mac[ETH_ALEN];
	int fd = open_device(dev, AF_INET, mac);

	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof(yes)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		die(dev);
	return fd;
}

static int64_t stamp(struct msghdr *msg)
{
	struct timespec ts;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SO_TIMESTAMPNS) {
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			return (int64_t)ts.tv_sec * SECOND + ts.tv_nsec;
		}
	fputs("announced: a frame without a time stamp\n", stderr);
	exit(1);
}

/* The next frame of ARP, and when it came; false where none comes any more. */
static bool hear(int fd, struct frame *f, int64_t *at)
{
	char control[CMSG_SPACE(sizeof(struct timespec))];
	struct iovec iov = { f->bytes, sizeof(f->bytes) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(fd, &msg, 0);

	if (n < 0)
		return false;
	f->len = (size_t)n;
	*at = stamp(&msg);
	return true;
}

/* Which of the addresses a frame announces, -1 for none, and in which form. */
static int64_t announces(const struct frame *f, uint32_t first, uint32_t count,
			 unsigned int *form)
{
	const struct ether_arp arp = f->arp.arp;
	uint32_t addr;

	if (f->len < sizeof(f->arp) || memcmp(arp.arp_spa, arp.arp_tpa, 4))
		return -1;
	memcpy(&addr, arp.arp_spa, sizeof(addr));
	addr = ntohl(addr) - first;
	*form = arp.ea_hdr.ar_op == htons(ARPOP_REPLY);
	return addr < count ? (int64_t)addr : -1;
}

/* All that is due, or all there was. */
static size_t gather(int fd, uint32_t first, uint32_t count, unsigned int rounds,
		     struct heard *heard)
{
	size_t due = (size_t)count * rounds * FORMS, n = 0;
	uint8_t *times = calloc((size_t)count * FORMS, 1);
	unsigned int form;
	struct frame f;
	int64_t at, vip;

	if (!times)
		die("announced");
	while (n < due && hear(fd, &f, &at)) {
		vip = announces(&f, first, count, &form);
		if (vip < 0)
			continue;
		heard[n].at = at;
		heard[n++].place = (times[vip * FORMS + form]++ *
				    (uint64_t)count + (uint64_t)vip) *
				   FORMS + form;
	}
	free(times);
	return n;
}

/* The most that came within a second. */
static size_t peak(const struct heard *heard, size_t n)
{
	size_t most = 0;

	for (size_t first = 0, last = 0; last < n; last++) {
		while (heard[last].at - heard[first].at >= SECOND)
			first++;
		if (last - first + 1 > most)
			most = last - first + 1;
	}
	return most;
}

static size_t misplaced(const struct heard *heard, size_t n)
{
	size_t count = 0;

	for (size_t i = 1; i < n; i++)
		count += heard[i].place < heard[i - 1].place;
	return count;
}

int main(int argc, char **argv)
{
	struct address first;
	struct heard *heard;
	unsigned int rounds;
	uint32_t count;
	size_t n, once;
	int fd;

	if (argc != 6) {
		fputs("usage: announced DEV FIRST COUNT ROUNDS FILE\n", stderr);
		return 2;
	}
	first = address(argv[2]);
	count = (uint32_t)strtoul(argv[3], NULL, 10);
	rounds = (unsigned int)strtoul(argv[4], NULL, 10);
	heard = calloc((size_t)count * rounds * FORMS, sizeof(*heard));
	if (!heard || !count || !rounds)
		die("announced");
	fd = listen_on(argv[1]);
	if (close(creat(argv[5], 0644)))
		die(argv[5]);
	n = gather(fd, ntohl(first.v4.s_addr), count, rounds, heard);
	once = n < (size_t)count * FORMS ? n : (size_t)count * FORMS;
	printf("%zu %" PRId64 " %zu %zu\n", n,
	       once ? (heard[once - 1].at - heard[0].at) / 1000 : 0,
	       peak(heard, n), misplaced(heard, n));
	free(heard);
	return 0;
}
