/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the warnings share. With ten thousand services nothing here may
 * look through all of them for each of them.
 */
#ifndef L2A_WARNINGS_PRIV_H
#define L2A_WARNINGS_PRIV_H

#include <stdbool.h>
#include <stddef.h>

#include "election.h"

/** warnings_add() - one more line; what is there twice is dropped in the end */
void warnings_add(struct names *found, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * struct warnings_devices - a look at the devices of all services
 * @links: those that can carry VIPs
 * @n_links: how many
 * @ports: those that cannot
 * @n_ports: how many
 * @standby: for each of @links: this node stands by there for an IPv4 VIP
 * @found: receives one line each
 */
struct warnings_devices {
	const struct link *links;
	size_t n_links;
	const struct link_port *ports;
	size_t n_ports;
	bool *standby;
	struct names *found;
};

/** warnings_service() - look at one service; @arg: the &struct warnings_devices */
void warnings_service(const struct el_service_info *info, void *arg);

/** warnings_proxies() - after all services: who answers for any address */
void warnings_proxies(const struct warnings_devices *devs);

#endif /* L2A_WARNINGS_PRIV_H */
