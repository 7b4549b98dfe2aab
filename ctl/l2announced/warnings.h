/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an operator should know before he has to find it out: what stands in the way
 * of an answer, or makes a second one.
 */
#ifndef L2A_WARNINGS_H
#define L2A_WARNINGS_H

#include "agent.h"
#include "lib/genl.h"

/**
 * warnings_find() - look for all that is worth a warning
 * @agent: whom it is about
 * @found: receives one line each
 *
 * Reads a few small files of /proc and /sys and asks the kernel; asks neither
 * the store nor the network.
 */
void warnings_find(struct agent *agent, struct names *found);

/**
 * struct warnings_held - a service, as the store and this node have it
 * @name: its name
 * @vips: its addresses
 * @holder: who holds it, NULL for nobody
 * @mine: that is this node
 */
struct warnings_held {
	const char *name;
	const struct names *vips;
	const char *holder;
	bool mine;
};

/**
 * warnings_disagree() - where the kernel's VIPs are not what the store says
 * @held: all services
 * @n_held: how many
 * @vips: what the kernel has under this node's lease
 * @n_vips: how many
 * @found: receives one line each
 */
void warnings_disagree(const struct warnings_held *held, size_t n_held,
		       const struct l2a_vip *vips, size_t n_vips,
		       struct names *found);

/**
 * warnings_clock() - what is to be said of a clock source
 * @name: as the kernel calls it
 *
 * Return: a line, NULL where it will do.
 */
const char *warnings_clock(const char *name);

#endif /* L2A_WARNINGS_H */
