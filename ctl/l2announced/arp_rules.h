/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The administrator's rules for ARP, which see a request before the module does
 * and a reply after it.
 */
#ifndef L2A_ARP_RULES_H
#define L2A_ARP_RULES_H

#include <netlink/msg.h>
#include <stdbool.h>
#include <stddef.h>

#include "names.h"

/**
 * arp_rules_find() - what may drop ARP in this network namespace
 * @found: receives a line for each chain of nftables' family arp that drops by
 *	its policy or in a rule, and one for arptables where that does
 *
 * Looks at no rule's conditions. Loads no kernel module that is not there (see
 * present()). Cannot tell what the kernel will not show: then there is no line.
 */
void arp_rules_find(struct names *found);

/**
 * arp_rules_chain() - whether a message tells of a chain that drops
 * @nlh: NFT_MSG_NEWCHAIN
 * @found: receives the line
 */
void arp_rules_chain(struct nlmsghdr *nlh, struct names *found);

/**
 * arp_rules_rule() - whether a message tells of a rule that drops
 * @nlh: NFT_MSG_NEWRULE
 * @found: receives the line, which is its chain's
 */
void arp_rules_rule(struct nlmsghdr *nlh, struct names *found);

/**
 * arp_rules_entries() - whether a table of arptables has a policy or a rule that drops
 * @entries: as ARPT_SO_GET_ENTRIES tells them
 * @size: bytes
 */
bool arp_rules_entries(const void *entries, size_t size);

#endif /* L2A_ARP_RULES_H */
