/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ICMPv6 message of a captured packet, and the two kinds of it that say
 * something of virtual addresses: neighbour discovery and multicast listener
 * reports.
 */
#ifndef JUDGE_ICMP6_H
#define JUDGE_ICMP6_H

#include "frame.h"

/**
 * struct icmp6 - where things are in a packet
 * @message: the ICMPv6 message from its type on
 * @len: its length
 * @source: IPv6 source
 * @destination: IPv6 destination
 * @hop_limit: as it arrived
 * @sound: its checksum is right
 */
struct icmp6 {
	const uint8_t *message;
	size_t len;
	struct ip source;
	struct ip destination;
	uint8_t hop_limit;
	bool sound;
};

/**
 * typedef group_fn - told of each multicast group a report names
 * @arg: passed through
 * @group: which
 * @joined: the host listens to it, else it has left
 */
typedef void (*group_fn)(void *arg, const struct ip *group, bool joined);

bool icmp6_find(struct icmp6 *icmp6, const uint8_t *packet, size_t len);
bool nd_parse(struct frame *frame, const struct icmp6 *icmp6);
void mld_report(const uint8_t *data, size_t len, group_fn fn, void *arg);
bool ip_solicited_group(const struct ip *group, const struct ip *ip);

#endif /* JUDGE_ICMP6_H */
