// SPDX-License-Identifier: GPL-2.0
/*
 * Fills the maps of the eBPF responder as its agent would.
 *
 *	mapfill FOLDER DEV FIRST COUNT
 *
 * Under FOLDER, where the maps are pinned, enters COUNT addresses from FIRST on
 * for DEV and nobody else's, and says that the agent is alive.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* As the programs know it: an address, then the device. */
struct key {
	uint8_t bytes[20];
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int map(const char *folder, const char *name)
{
	char path[256];
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >=
	    (int)sizeof(path)) {
		fprintf(stderr, "%s: too long a name\n", folder);
		exit(2);
	}
	fd = bpf_obj_get(path);
	if (fd < 0)
		die(path);
	return fd;
}

/* The next key is asked for while its predecessor still has a place. */
static void empty(int vips)
{
	struct key key, next;
	int more = !bpf_map_get_next_key(vips, NULL, &key);

	while (more) {
		more = !bpf_map_get_next_key(vips, &key, &next);
		if (bpf_map_delete_elem(vips, &key))
			die("delete");
		key = next;
	}
}

/* A row of addresses stays within the last 32 bits. */
static void fill(int vips, uint32_t ifindex, const uint8_t *first, size_t len,
		 uint32_t count)
{
	const uint64_t none = 0;
	struct key key;
	uint32_t word, next;

	memcpy(&word, first + len - sizeof(word), sizeof(word));
	memcpy(key.bytes, first, len);
	memcpy(key.bytes + len, &ifindex, sizeof(ifindex));
	for (uint32_t i = 0; i < count; i++) {
		next = htonl(ntohl(word) + i);
		memcpy(key.bytes + len - sizeof(next), &next, sizeof(next));
		if (bpf_map_update_elem(vips, &key, &none, BPF_ANY))
			die("update");
	}
}

static void live(int alive)
{
	const uint32_t index = 0;
	struct timespec ts;
	uint64_t now;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	now = (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
	if (bpf_map_update_elem(alive, &index, &now, BPF_ANY))
		die("alive");
}

int main(int argc, char **argv)
{
	uint8_t first[sizeof(struct in6_addr)];
	uint32_t ifindex;
	int vips, family;

	family = argc == 5 && strchr(argv[3], ':') ? AF_INET6 : AF_INET;
	if (argc != 5 || inet_pton(family, argv[3], first) != 1) {
		fprintf(stderr, "usage: mapfill FOLDER DEV FIRST COUNT\n");
		return 2;
	}
	ifindex = if_nametoindex(argv[2]);
	if (!ifindex)
		die(argv[2]);
	vips = map(argv[1], "vips");
	empty(vips);
	fill(vips, ifindex, first,
	     family == AF_INET6 ? sizeof(struct in6_addr) : sizeof(struct in_addr),
	     (uint32_t)strtoul(argv[4], NULL, 10));
	live(map(argv[1], "alive"));
	return 0;
}
