// SPDX-License-Identifier: GPL-2.0
/*
 * Adds a lot of VIPs.
 *
 *	fill DEV NUMBER
 *
 * 10.0.0.1 and those that follow, active, without announcements.
 */
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/genl.h"

int main(int argc, char **argv)
{
	struct l2a_error err = { 0 };
	struct nl_msg **msgs;
	struct l2a_genl *g;
	size_t n;
	long bad;

	if (argc != 3) {
		fprintf(stderr, "usage: fill DEV NUMBER\n");
		return 2;
	}
	n = strtoul(argv[2], NULL, 10);
	msgs = calloc(n, sizeof(*msgs));
	if (!msgs || l2a_genl_open(&g, &err)) {
		fprintf(stderr, "fill: %s\n", err.text);
		return 1;
	}
	for (size_t i = 0; i < n; i++) {
		struct l2a_vip_request request = {
			.addr.family = AF_INET,
			.ifindex = if_nametoindex(argv[1]),
			.set = L2A_VIP_ANNOUNCE_COUNT,
		};
		uint32_t addr = htonl(0x0a000001 + (uint32_t)i);

		memcpy(request.addr.bytes, &addr, sizeof(addr));
		msgs[i] = l2a_msg_vip_new(l2a_genl_id(g),
					  NLM_F_CREATE | NLM_F_EXCL, &request);
	}
	bad = l2a_genl_batch(g, msgs, n, NULL, &err);
	if (bad)
		fprintf(stderr, "fill: %ld not added %s\n", bad, err.text);
	return bad != 0;
}
