// SPDX-License-Identifier: GPL-2.0
/*
 * l2many: a lot of VIPs at once, in one batch of requests or in one command.
 */
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/genl.h"

static const char usage_text[] =
"usage: l2many add [-l LEASE] [-s] [-a ROUNDS[/MS]] [-w WIDTH] DEV FIRST COUNT\n"
"       l2many del [-w WIDTH] DEV FIRST COUNT\n"
"       l2many state LEASE active|standby\n"
"add: -s as standby, -l under a lease, -a announced so; FIRST and the COUNT - 1\n"
"addresses after it, IPv4 or IPv6; of IPv6 WIDTH of a prefix of 64 bits, then as many\n"
"of the next one. state: all VIPs of a lease.\n";

/* What add and del are about. */
struct row {
	bool add;
	struct l2a_vip_request request;
	size_t width;
};

static void misused(void)
{
	fputs(usage_text, stderr);
	exit(2);
}

static uint32_t number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (end == text || *end || value > UINT32_MAX)
		misused();
	return (uint32_t)value;
}

static void announce_option(struct l2a_vip_request *request, char *text)
{
	char *ms = strchr(text, '/');

	if (ms) {
		*ms++ = '\0';
		request->announce_interval_ms = number(ms);
		request->set |= L2A_VIP_ANNOUNCE_INTERVAL;
	}
	request->announce_count = number(text);
	request->set |= L2A_VIP_ANNOUNCE_COUNT;
}

static void parse(struct row *row, int argc, char **argv)
{
	struct l2a_vip_request *request = &row->request;
	int c;

	while ((c = getopt(argc, argv, "l:sa:w:")) != -1) {
		switch (c) {
		case 'l':
			request->lease = number(optarg);
			request->set |= L2A_VIP_LEASE;
			break;
		case 's':
			request->state = L2ANNOUNCE_VIP_STATE_STANDBY;
			request->set |= L2A_VIP_STATE;
			break;
		case 'a':
			announce_option(request, optarg);
			break;
		case 'w':
			row->width = number(optarg);
			if (!row->width)
				misused();
			break;
		default:
			misused();
		}
	}
}

static bool address(struct l2a_addr *addr, const char *text)
{
	addr->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(addr->family, text, addr->bytes) == 1;
}

/* Add to 32 bits in network order. */
static void add_to(uint8_t *at, size_t n)
{
	uint32_t word;

	memcpy(&word, at, sizeof(word));
	word = htonl(ntohl(word) + (uint32_t)n);
	memcpy(at, &word, sizeof(word));
}

static struct l2a_addr nth_address(const struct row *row, size_t n)
{
	struct l2a_addr addr = row->request.addr;

	if (addr.family == AF_INET) {
		add_to(addr.bytes, n);
		return addr;
	}
	add_to(addr.bytes + 12, row->width ? n % row->width : n);
	add_to(addr.bytes + 4, row->width ? n / row->width : 0);
	return addr;
}

static struct nl_msg *message(struct l2a_genl *g, const struct row *row,
			      size_t n)
{
	struct l2a_vip_request request = row->request;

	request.addr = nth_address(row, n);
	return row->add ? l2a_msg_vip_new(l2a_genl_id(g),
					  NLM_F_CREATE | NLM_F_EXCL, &request) :
			  l2a_msg_vip_del(l2a_genl_id(g), &request.addr,
					  request.ifindex);
}

static int batch(struct l2a_genl *g, const struct row *row, size_t n)
{
	struct nl_msg **msgs = calloc(n, sizeof(*msgs));
	struct l2a_error *errs = calloc(n, sizeof(*errs));
	struct l2a_error err = { 0 };
	long bad;

	if (!msgs || !errs) {
		fprintf(stderr, "l2many: out of memory\n");
		return 1;
	}
	for (size_t i = 0; i < n; i++)
		msgs[i] = message(g, row, i);
	bad = l2a_genl_batch(g, msgs, n, errs, &err);
	for (size_t i = 0; i < n; i++) {
		if (bad > 0 && errs[i].code && !err.text[0])
			err = errs[i];
		nlmsg_free(msgs[i]);
	}
	if (bad)
		fprintf(stderr, "l2many: %ld refused, the first: %s\n", bad,
			err.text);
	free(msgs);
	free(errs);
	return bad != 0;
}

static int set_state(struct l2a_genl *g, uint32_t lease, const char *state)
{
	struct l2a_vip_request request = {
		.set = L2A_VIP_LEASE | L2A_VIP_STATE,
		.lease = lease,
		.state = strcmp(state, "active") ? L2ANNOUNCE_VIP_STATE_STANDBY :
						   L2ANNOUNCE_VIP_STATE_ACTIVE,
	};
	struct l2a_error err = { 0 };

	if (!l2a_vip_change(g, &request, &err))
		return 0;
	fprintf(stderr, "l2many: %s\n", err.text);
	return 1;
}

int main(int argc, char **argv)
{
	struct row row = { 0 };
	struct l2a_error err = { 0 };
	const char *verb = argc > 1 ? argv[1] : "";
	struct l2a_genl *g;

	parse(&row, argc ? argc - 1 : 0, argv + 1);
	argv += optind + 1;
	argc -= optind + 1;
	if (l2a_genl_open(&g, &err)) {
		fprintf(stderr, "l2many: %s\n", err.text);
		return 1;
	}
	if (!strcmp(verb, "state") && argc == 2)
		return set_state(g, number(argv[0]), argv[1]);
	if ((strcmp(verb, "add") && strcmp(verb, "del")) || argc != 3 ||
	    !address(&row.request.addr, argv[1]) ||
	    (row.width && row.request.addr.family == AF_INET))
		misused();
	row.add = verb[0] == 'a';
	row.request.ifindex = if_nametoindex(argv[0]);
	return batch(g, &row, number(argv[2]));
}
