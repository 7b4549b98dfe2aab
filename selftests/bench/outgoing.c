// SPDX-License-Identifier: GPL-2.0
/*
 * How long it takes to send an IPv6 packet that is no solicitation.
 *
 *	outgoing [-i] ADDRESS
 *
 * Sends UDP datagrams there, or with -i ICMPv6 echo requests, and prints the nanoseconds
 * of one: the least of some batches' means. On a veth pair that holds what the other end
 * makes of it.
 *
 * In an emulator whose clock counts instructions these are instructions.
 */
#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A batch takes less than half of a tick: see roundtrip.c. */
#define BATCHES	100
#define PACKETS	150
#define DISCARD	9	/* the port (RFC 863) */

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int open_socket(const char *text, bool icmp)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 };
	int fd = icmp ? socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6) :
			socket(AF_INET6, SOCK_DGRAM, 0);

	if (fd < 0)
		die("socket");
	if (inet_pton(AF_INET6, text, &to.sin6_addr) != 1) {
		fprintf(stderr, "outgoing: \"%s\" is no IPv6 address\n", text);
		exit(2);
	}
	to.sin6_port = icmp ? 0 : htons(DISCARD);
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)))
		die(text);
	return fd;
}

static double batch(int fd, const struct icmp6_hdr *what)
{
	int64_t start = now();

	for (int i = 0; i < PACKETS; i++) {
		if (send(fd, what, sizeof(*what), 0) != sizeof(*what))
			die("send");
	}
	return (double)(now() - start) / PACKETS;
}

int main(int argc, char **argv)
{
	const struct icmp6_hdr echo = { .icmp6_type = ICMP6_ECHO_REQUEST };
	bool icmp = argc == 3 && !strcmp(argv[1], "-i");
	double least;
	int fd;

	if (argc != 2 + icmp) {
		fputs("usage: outgoing [-i] ADDRESS\n", stderr);
		return 2;
	}
	fd = open_socket(argv[1 + icmp], icmp);
	/* The first looks for a route. */
	batch(fd, &echo);
	least = batch(fd, &echo);
	for (int i = 1; i < BATCHES; i++) {
		double mean = batch(fd, &echo);

		if (mean < least)
			least = mean;
	}
	printf("%.0f\n", least);
	return 0;
}
