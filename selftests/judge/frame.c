// SPDX-License-Identifier: GPL-2.0
/*
 * Taking a captured frame apart. Bytes come from the wire, so every read is
 * bounded by the captured length.
 */
#include <stdio.h>
#include <string.h>

#include "frame.h"

#define ETH_HEADER	14
#define VLAN_TAG	4
#define MAX_TAGS	2
#define ARP_BODY	28

#define TYPE_ARP	0x0806
#define TYPE_VLAN	0x8100
#define TYPE_QINQ	0x88a8

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

/**
 * frame_parse() - read an Ethernet frame, tagged or not, as ARP
 * @frame: filled in
 * @data: the frame from its Ethernet header on
 * @len: bytes captured
 * @time: when, nanoseconds since 1970
 *
 * Return: true where it is a whole IPv4-over-Ethernet ARP frame.
 */
bool frame_parse(struct frame *frame, const uint8_t *data, size_t len,
		 int64_t time)
{
	static const uint8_t ethernet_ipv4[] = { 0, 1, 8, 0, 6, 4 };
	size_t at = ETH_HEADER;
	uint16_t type;
	int tags;

	if (len < ETH_HEADER)
		return false;
	type = be16(data + at - 2);
	for (tags = 0; type == TYPE_VLAN || type == TYPE_QINQ; tags++) {
		if (tags == MAX_TAGS || len < at + VLAN_TAG)
			return false;
		at += VLAN_TAG;
		type = be16(data + at - 2);
	}
	if (type != TYPE_ARP || len < at + ARP_BODY)
		return false;
	if (memcmp(data + at, ethernet_ipv4, sizeof(ethernet_ipv4)) != 0)
		return false;

	frame->time = time;
	frame->op = be16(data + at + 6);
	memcpy(frame->dst, data, MAC_LEN);
	memcpy(frame->src, data + MAC_LEN, MAC_LEN);
	memcpy(frame->sha, data + at + 8, MAC_LEN);
	frame->sip = be32(data + at + 14);
	memcpy(frame->tha, data + at + 18, MAC_LEN);
	frame->tip = be32(data + at + 24);
	return true;
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
