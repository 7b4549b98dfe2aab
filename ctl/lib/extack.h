/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's refusals: what NLMSG_ERROR and NLMSG_DONE carry, read and put
 * into words. Pure: works on bytes.
 */
#ifndef L2A_LIB_EXTACK_H
#define L2A_LIB_EXTACK_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#define L2A_EXTACK_TEXT	256

/**
 * struct l2a_extack - an answer's verdict
 * @error: negative errno, 0 for done
 * @text: the kernel's own words, empty where it has none
 * @offset: where in the request the offending attribute begins, 0 for none
 * @missing: type of the attribute the request lacks, 0 for none
 * @has_range: whether @min and @max are known
 * @min: least value the offending attribute may have
 * @max: greatest value the offending attribute may have
 */
struct l2a_extack {
	int error;
	char text[L2A_EXTACK_TEXT];
	uint32_t offset;
	uint32_t missing;
	bool has_range;
	uint64_t min;
	uint64_t max;
};

/**
 * l2a_extack_parse() - read an answer's verdict
 * @nlh: a NLMSG_ERROR or NLMSG_DONE message
 * @len: bytes there are from @nlh on
 * @ack: filled in on success
 *
 * Return: 0, or -EBADMSG where it is cut short or of another type.
 */
int l2a_extack_parse(const struct nlmsghdr *nlh, size_t len,
		     struct l2a_extack *ack);

/**
 * l2a_extack_describe() - say a refusal in one line
 * @ack: the verdict
 * @request: the request it is about, whole, or NULL; tells the offending
 *	attribute's name
 * @err: filled in
 *
 * Return: @ack->error.
 */
int l2a_extack_describe(const struct l2a_extack *ack,
			const struct nlmsghdr *request, struct l2a_error *err);

/**
 * l2a_attr_name() - an attribute as l2ctl's grammar calls it
 * @cmd: enum l2announce_cmd, tells the attribute set
 * @type: attribute type
 *
 * Return: the name, or NULL for an unknown one.
 */
const char *l2a_attr_name(uint8_t cmd, unsigned int type);

#endif /* L2A_LIB_EXTACK_H */
