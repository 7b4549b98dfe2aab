/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The network devices of this namespace, and which of them can carry VIPs.
 */
#ifndef L2A_LINKS_H
#define L2A_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"
#include "names.h"

struct event_base;
struct links;

/**
 * struct link - a device the kernel would take VIPs on
 * @name: its name
 * @ifindex: its number
 * @up: administratively up, and with carrier
 */
struct link {
	char *name;
	uint32_t ifindex;
	bool up;
};

/**
 * links_open() - begin to follow the devices
 * @base: event loop
 * @fn: called after every change
 * @arg: passed to @fn
 * @err: filled in on failure
 *
 * Return: a handle, or NULL.
 */
struct links *links_open(struct event_base *base, void (*fn)(void *arg),
			 void *arg, struct l2a_error *err);

/** links_close() - stop following; NULL is fine */
void links_close(struct links *links);

/**
 * links_list() - the devices as last seen
 * @links: handle
 * @n: how many
 *
 * Return: an array that is good until the next change.
 */
const struct link *links_list(const struct links *links, size_t *n);

/**
 * struct link_port - a device whose master gets its ARP
 * @name: its name
 * @master: of the bridge, bond or team
 */
struct link_port {
	char *name;
	char *master;
};

/** links_ports() - the ports; as links_list() */
const struct link_port *links_ports(const struct links *links, size_t *n);

/** links_up() - append the names of the devices that are up */
void links_up(const struct links *links, struct names *names);

#endif /* L2A_LINKS_H */
