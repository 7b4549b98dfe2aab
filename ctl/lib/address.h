/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses: an IP address of either family, and a link-layer address.
 */
#ifndef L2A_LIB_ADDRESS_H
#define L2A_LIB_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#define L2A_ADDR_STRLEN	46	/* as INET6_ADDRSTRLEN */
#define L2A_MAC_LEN	6
#define L2A_MAC_STRLEN	18

/**
 * struct l2a_addr - an IP address
 * @family: AF_INET or AF_INET6; AF_UNSPEC (0) is no address
 * @bytes: network byte order, 4 or 16 used; the others are zero
 */
struct l2a_addr {
	uint16_t family;
	uint8_t bytes[16];
};

/**
 * l2a_addr_len() - how many bytes an address of a family has
 * @family: AF_INET or AF_INET6
 *
 * Return: 4 or 16; 0 for any other family.
 */
size_t l2a_addr_len(uint16_t family);

/**
 * l2a_addr_parse() - read an IP address as people write it
 * @text: "192.0.2.1" or "2001:db8::1"; no prefix length, no zone
 * @addr: filled in on success
 * @err: says what is wrong with @text
 *
 * Return: 0, or -EINVAL.
 */
int l2a_addr_parse(const char *text, struct l2a_addr *addr,
		   struct l2a_error *err);

/**
 * l2a_addr_format() - write an IP address as people read it
 * @addr: the address
 * @buf: receives the text; empty where @addr is no address
 *
 * Return: @buf.
 */
const char *l2a_addr_format(const struct l2a_addr *addr,
			    char buf[L2A_ADDR_STRLEN]);

/**
 * l2a_addr_is_host() - whether a host on a LAN can own an address
 * @addr: the address
 *
 * Not the unspecified one, loopback's, a group's, what is reserved, or IPv4 written
 * as IPv6.
 */
bool l2a_addr_is_host(const struct l2a_addr *addr);

/** l2a_addr_equal() - whether two addresses are the same */
bool l2a_addr_equal(const struct l2a_addr *a, const struct l2a_addr *b);

/**
 * l2a_mac_format() - write a link-layer address: "52:54:00:12:34:56"
 * @mac: 6 bytes
 * @buf: receives the text
 *
 * Return: @buf.
 */
const char *l2a_mac_format(const uint8_t mac[L2A_MAC_LEN],
			   char buf[L2A_MAC_STRLEN]);

#endif /* L2A_LIB_ADDRESS_H */
