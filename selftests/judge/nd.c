// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbour solicitations and advertisements, and what is wrong with them by
 * RFC 4861, sections 4.3, 4.4, 7.1.1, 7.1.2 and 7.2.4. An advertisement must have
 * Override and the Target Link-Layer Address besides: without either a cache
 * that knows another address keeps it.
 */
#include <string.h>

#include "icmp6.h"

#define SOLICITATION	135
#define ADVERTISEMENT	136
#define BODY		24
#define HOP_LIMIT	255

#define FLAG_ROUTER	0x80
#define FLAG_SOLICITED	0x40
#define FLAG_OVERRIDE	0x20

#define OPTION_SLLA	1
#define OPTION_TLLA	2
#define OPTION_UNIT	8

/* The link-layer address in the first option of a type; NULL without one. */
static const uint8_t *find_lladdr(const struct icmp6 *icmp6, uint8_t type,
				  unsigned int *faults)
{
	const uint8_t *found = NULL;
	size_t at = BODY, size;

	while (at < icmp6->len) {
		if (icmp6->len - at < OPTION_UNIT) {
			*faults |= FAULT_OPTIONS;
			break;
		}
		size = (size_t)icmp6->message[at + 1] * OPTION_UNIT;
		if (size == 0 || size > icmp6->len - at) {
			*faults |= FAULT_OPTIONS;
			break;
		}
		if (icmp6->message[at] == type && !found)
			found = icmp6->message + at + 2;
		at += size;
	}
	return found;
}

static unsigned int common_faults(const struct icmp6 *icmp6)
{
	unsigned int faults = 0;

	if (!icmp6->sound)
		faults |= FAULT_CHECKSUM;
	if (icmp6->hop_limit != HOP_LIMIT)
		faults |= FAULT_HOP_LIMIT;
	if (icmp6->message[1] != 0)
		faults |= FAULT_CODE;
	return faults;
}

static void read_solicitation(struct frame *frame, const struct icmp6 *icmp6)
{
	const uint8_t *lladdr;

	frame->op = FRAME_ASK;
	frame->sip = icmp6->source;
	memcpy(frame->tip.bytes, icmp6->message + 8, sizeof(frame->tip.bytes));
	frame->tip.version = 6;
	lladdr = find_lladdr(icmp6, OPTION_SLLA, &frame->faults);
	if (lladdr)
		memcpy(frame->sha, lladdr, MAC_LEN);
	if (ip_is_group(&icmp6->source))
		frame->faults |= FAULT_SOURCE;
	if (!ip_is_none(&icmp6->source))
		return;
	if (lladdr)
		frame->faults |= FAULT_LLADDR;
	if (!ip_solicited_group(&icmp6->destination, &frame->tip))
		frame->faults |= FAULT_DESTINATION;
}

static void read_advertisement(struct frame *frame, const struct icmp6 *icmp6)
{
	bool solicited = icmp6->message[4] & FLAG_SOLICITED;
	bool to_group = ip_is_group(&icmp6->destination);
	const uint8_t *lladdr;

	frame->op = FRAME_TELL;
	memcpy(frame->sip.bytes, icmp6->message + 8, sizeof(frame->sip.bytes));
	frame->sip.version = 6;
	frame->tip = icmp6->destination;
	memcpy(frame->tha, frame->dst, MAC_LEN);
	frame->router = icmp6->message[4] & FLAG_ROUTER;
	frame->gratuitous = to_group && !solicited;
	lladdr = find_lladdr(icmp6, OPTION_TLLA, &frame->faults);
	if (lladdr)
		memcpy(frame->sha, lladdr, MAC_LEN);
	if (!lladdr || memcmp(lladdr, frame->src, MAC_LEN) != 0)
		frame->faults |= FAULT_LLADDR;
	if (!(icmp6->message[4] & FLAG_OVERRIDE))
		frame->faults |= FAULT_OVERRIDE;
	if (solicited == to_group)
		frame->faults |= FAULT_SOLICITED;
	if (ip_is_none(&icmp6->source) || ip_is_group(&icmp6->source))
		frame->faults |= FAULT_SOURCE;
}

/**
 * nd_parse() - read a neighbour solicitation or advertisement
 * @frame: its Ethernet addresses are filled in already, the rest is here
 * @icmp6: the message
 *
 * Return: false where it is something else.
 */
bool nd_parse(struct frame *frame, const struct icmp6 *icmp6)
{
	uint8_t type = icmp6->message[0];

	if ((type != SOLICITATION && type != ADVERTISEMENT) ||
	    icmp6->len < BODY)
		return false;
	frame->faults = common_faults(icmp6);
	frame->source = icmp6->source;
	memcpy(frame->sha, frame->src, MAC_LEN);
	if (type == SOLICITATION)
		read_solicitation(frame, icmp6);
	else
		read_advertisement(frame, icmp6);
	return true;
}

/**
 * ip_solicited_group() - whether a group is the solicited-node one of an address
 * @group: the group
 * @ip: the address
 */
bool ip_solicited_group(const struct ip *group, const struct ip *ip)
{
	static const uint8_t prefix[] = {
		0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff
	};

	return group->version == 6 && ip->version == 6 &&
	       memcmp(group->bytes, prefix, sizeof(prefix)) == 0 &&
	       memcmp(group->bytes + 13, ip->bytes + 13, 3) == 0;
}
