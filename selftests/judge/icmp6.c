// SPDX-License-Identifier: GPL-2.0
/*
 * Finding the ICMPv6 message in an IPv6 packet. Every read is bounded by what
 * was captured.
 */
#include <string.h>

#include "icmp6.h"

#define IPV6_HEADER	40
#define HOP_BY_HOP	0
#define ICMPV6		58
#define MESSAGE_MIN	8

static void take_ip(struct ip *ip, const uint8_t *at)
{
	ip->version = 6;
	memcpy(ip->bytes, at, sizeof(ip->bytes));
}

static uint32_t sum16(uint32_t sum, const uint8_t *at, size_t len)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)(at[i] << 8 | at[i + 1]);
	if (len % 2)
		sum += (uint32_t)at[len - 1] << 8;
	return sum;
}

/* RFC 4443, section 2.3: the sum over pseudo-header and message is all ones. */
static bool sum_is_right(const struct icmp6 *icmp6)
{
	uint32_t sum = ICMPV6;

	sum = sum16(sum, icmp6->source.bytes, sizeof(icmp6->source.bytes));
	sum = sum16(sum, icmp6->destination.bytes,
		    sizeof(icmp6->destination.bytes));
	sum += (uint32_t)icmp6->len;
	sum = sum16(sum, icmp6->message, icmp6->len);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

/**
 * icmp6_find() - find the ICMPv6 message of a packet
 * @icmp6: filled in
 * @packet: from the IPv6 header on
 * @len: bytes captured, link-layer padding included
 *
 * A hop-by-hop header (multicast listener reports have one) is stepped over; what
 * has any other extension header is no neighbour discovery.
 *
 * Return: false where there is none, or not the whole of it.
 */
bool icmp6_find(struct icmp6 *icmp6, const uint8_t *packet, size_t len)
{
	size_t at = IPV6_HEADER, end, skip;
	uint8_t next;

	if (len < IPV6_HEADER || packet[0] >> 4 != 6)
		return false;
	end = IPV6_HEADER + (size_t)(packet[4] << 8 | packet[5]);
	if (end > len)
		return false;
	next = packet[6];
	if (next == HOP_BY_HOP) {
		if (end < at + 2)
			return false;
		next = packet[at];
		skip = 8 * ((size_t)packet[at + 1] + 1);
		at += skip;
	}
	if (next != ICMPV6 || end < at + MESSAGE_MIN)
		return false;
	icmp6->message = packet + at;
	icmp6->len = end - at;
	icmp6->hop_limit = packet[7];
	take_ip(&icmp6->source, packet + 8);
	take_ip(&icmp6->destination, packet + 24);
	icmp6->sound = sum_is_right(icmp6);
	return true;
}
