// SPDX-License-Identifier: GPL-2.0
/*
 * Taking a captured frame apart. Bytes come from the wire, so every read is
 * bounded by the captured length.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "icmp6.h"

#define ETH_HEADER	14
#define VLAN_TAG	4
#define MAX_TAGS	2
#define ARP_BODY	28

#define ARP_REQUEST	1
#define ARP_REPLY	2

#define TYPE_ARP	0x0806
#define TYPE_IPV6	0x86dd
#define TYPE_VLAN	0x8100
#define TYPE_QINQ	0x88a8

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/**
 * frame_payload() - step over an Ethernet header, tagged or not
 * @data: the frame from its Ethernet header on
 * @len: bytes captured
 * @type: set to the type of what follows
 *
 * Return: where the payload begins, 0 where the header is not whole.
 */
size_t frame_payload(const uint8_t *data, size_t len, uint16_t *type)
{
	size_t at = ETH_HEADER;
	int tags;

	if (len < ETH_HEADER)
		return 0;
	*type = be16(data + at - 2);
	for (tags = 0; *type == TYPE_VLAN || *type == TYPE_QINQ; tags++) {
		if (tags == MAX_TAGS || len < at + VLAN_TAG)
			return 0;
		at += VLAN_TAG;
		*type = be16(data + at - 2);
	}
	return at;
}

static void take_ipv4(struct ip *ip, const uint8_t *at)
{
	ip->version = 4;
	memcpy(ip->bytes, at, 4);
}

static bool arp_parse(struct frame *frame, const uint8_t *arp, size_t len)
{
	static const uint8_t ethernet_ipv4[] = { 0, 1, 8, 0, 6, 4 };
	uint16_t op;

	if (len < ARP_BODY ||
	    memcmp(arp, ethernet_ipv4, sizeof(ethernet_ipv4)) != 0)
		return false;
	op = be16(arp + 6);
	if (op != ARP_REQUEST && op != ARP_REPLY)
		return false;
	frame->op = op == ARP_REPLY ? FRAME_TELL : FRAME_ASK;
	memcpy(frame->sha, arp + 8, MAC_LEN);
	take_ipv4(&frame->sip, arp + 14);
	frame->source = frame->sip;
	memcpy(frame->tha, arp + 18, MAC_LEN);
	take_ipv4(&frame->tip, arp + 24);
	frame->gratuitous = ip_same(&frame->sip, &frame->tip);
	if (memcmp(frame->src, frame->sha, MAC_LEN) != 0 ||
	    (frame->op == FRAME_TELL && !frame->gratuitous &&
	     memcmp(frame->dst, frame->tha, MAC_LEN) != 0))
		frame->faults |= FAULT_LLADDR;
	return true;
}

/**
 * frame_parse() - read an Ethernet frame, tagged or not
 * @frame: filled in
 * @data: the frame from its Ethernet header on
 * @len: bytes captured
 * @time: when, nanoseconds since 1970
 *
 * Return: true where it is a whole IPv4-over-Ethernet ARP request or reply, or a
 *	neighbour solicitation or advertisement.
 */
bool frame_parse(struct frame *frame, const uint8_t *data, size_t len,
		 int64_t time)
{
	struct icmp6 icmp6;
	uint16_t type;
	size_t at = frame_payload(data, len, &type);

	if (!at)
		return false;
	memset(frame, 0, sizeof(*frame));
	frame->time = time;
	memcpy(frame->dst, data, MAC_LEN);
	memcpy(frame->src, data + MAC_LEN, MAC_LEN);
	if (type == TYPE_ARP)
		return arp_parse(frame, data + at, len - at);
	return type == TYPE_IPV6 &&
	       icmp6_find(&icmp6, data + at, len - at) &&
	       nd_parse(frame, &icmp6);
}

/**
 * ip_parse() - read an address of either version
 * @ip: filled in
 * @text: "12.0.0.100" or "2001:db8::100"
 *
 * Return: false where @text is something else.
 */
bool ip_parse(struct ip *ip, const char *text)
{
	bool six = strchr(text, ':');

	memset(ip, 0, sizeof(*ip));
	ip->version = six ? 6 : 4;
	return inet_pton(six ? AF_INET6 : AF_INET, text, ip->bytes) == 1;
}

/**
 * ip_text() - an address as people write it
 * @text: where to
 * @ip: the address
 */
void ip_text(char text[IP_TEXT], const struct ip *ip)
{
	if (!inet_ntop(ip->version == 6 ? AF_INET6 : AF_INET, ip->bytes, text,
		       IP_TEXT))
		text[0] = '\0';
}

/** ip_same() - whether two addresses are the same */
bool ip_same(const struct ip *a, const struct ip *b)
{
	return a->version == b->version &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/** ip_is_none() - whether it is 0.0.0.0 or :: */
bool ip_is_none(const struct ip *ip)
{
	static const uint8_t zero[16];

	return memcmp(ip->bytes, zero, sizeof(zero)) == 0;
}

/** ip_is_group() - whether it is an IPv6 multicast group */
bool ip_is_group(const struct ip *ip)
{
	return ip->version == 6 && ip->bytes[0] == 0xff;
}

/**
 * mac_text() - a MAC address as people write it
 * @text: where to
 * @mac: the address
 */
void mac_text(char text[MAC_TEXT], const uint8_t mac[MAC_LEN])
{
	snprintf(text, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x",
		 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

/**
 * mac_parse() - read a MAC address
 * @mac: filled in
 * @text: six pairs of hexadecimal digits with colons between
 *
 * Return: false where @text is something else.
 */
bool mac_parse(uint8_t mac[MAC_LEN], const char *text)
{
	unsigned int byte[MAC_LEN];
	int used = 0;
	int i;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &byte[0], &byte[1],
		   &byte[2], &byte[3], &byte[4], &byte[5], &used) != MAC_LEN)
		return false;
	if (text[used] != '\0')
		return false;
	for (i = 0; i < MAC_LEN; i++)
		mac[i] = (uint8_t)byte[i];
	return true;
}
