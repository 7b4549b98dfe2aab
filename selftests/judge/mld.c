// SPDX-License-Identifier: GPL-2.0
/*
 * Multicast listener reports (RFC 3810, and RFC 2710's): which groups a host says
 * it listens to, and which it has left. Sources matter to no neighbour
 * discovery, so "from nobody" is left and "from all but" is joined.
 */
#include <string.h>

#include "icmp6.h"

#define TYPE_IPV6	0x86dd
#define REPORT_V1	131
#define DONE_V1		132
#define REPORT_V2	143

#define IS_EXCLUDE	2
#define TO_INCLUDE	3
#define TO_EXCLUDE	4

#define RECORD		20
#define SOURCE		16

static void take_group(struct ip *group, const uint8_t *at)
{
	group->version = 6;
	memcpy(group->bytes, at, sizeof(group->bytes));
}

static void read_v1(const struct icmp6 *icmp6, group_fn fn, void *arg)
{
	struct ip group;

	if (icmp6->len < 8 + sizeof(group.bytes))
		return;
	take_group(&group, icmp6->message + 8);
	fn(arg, &group, icmp6->message[0] == REPORT_V1);
}

static void read_record(const uint8_t *record, group_fn fn, void *arg)
{
	bool from_nobody = record[2] == 0 && record[3] == 0;
	struct ip group;

	take_group(&group, record + 4);
	if (record[0] == IS_EXCLUDE || record[0] == TO_EXCLUDE)
		fn(arg, &group, true);
	else if (record[0] == TO_INCLUDE && from_nobody)
		fn(arg, &group, false);
}

static void read_v2(const struct icmp6 *icmp6, group_fn fn, void *arg)
{
	unsigned int left = (unsigned int)icmp6->message[6] << 8 |
			    icmp6->message[7];
	size_t at = 8, sources;

	for (; left > 0 && icmp6->len - at >= RECORD; left--) {
		const uint8_t *record = icmp6->message + at;

		read_record(record, fn, arg);
		sources = (size_t)(record[2] << 8 | record[3]);
		at += RECORD + sources * SOURCE + 4 * (size_t)record[1];
		if (at > icmp6->len)
			return;
	}
}

/**
 * mld_report() - read a frame as a multicast listener report
 * @data: the frame from its Ethernet header on
 * @len: bytes captured
 * @fn: told of each group; never, where the frame is something else or a
 *	router would not believe it (RFC 3810, section 6.2)
 * @arg: passed to @fn
 */
void mld_report(const uint8_t *data, size_t len, group_fn fn, void *arg)
{
	struct icmp6 icmp6;
	uint16_t type;
	size_t at = frame_payload(data, len, &type);

	if (!at || type != TYPE_IPV6 ||
	    !icmp6_find(&icmp6, data + at, len - at))
		return;
	if (!icmp6.sound || icmp6.hop_limit != 1)
		return;
	switch (icmp6.message[0]) {
	case REPORT_V1:
	case DONE_V1:
		read_v1(&icmp6, fn, arg);
		break;
	case REPORT_V2:
		read_v2(&icmp6, fn, arg);
		break;
	}
}
