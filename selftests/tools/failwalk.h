/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the walk (failwalk.c) and the commands it walks (failwalk_commands.c) share.
 */
#ifndef L2A_FAILWALK_H
#define L2A_FAILWALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/genl.h"

/**
 * struct walk - where a walk stands
 * @g: for all but the command walked
 * @events: hears of what it does
 * @fd: a netlink socket for the command walked
 * @fail_nth: /proc/thread-self/fail-nth
 * @seq: of the last request
 * @ifindex: the device
 * @lease: a lease for this step alone, since tokens only grow
 * @leases: how many were known before this step
 * @deadline: ns of CLOCK_BOOTTIME, after the end of the walk
 */
struct walk {
	struct l2a_genl *g;
	struct l2a_events *events;
	int fd;
	int fail_nth;
	uint32_t seq;
	uint32_t ifindex;
	uint32_t lease;
	uint32_t leases;
	uint64_t deadline;
};

/**
 * struct command - a command that changes something
 * @name: for people
 * @prepare: what must be there before, NULL for nothing
 * @build: the request
 * @silent: no event tells of it
 */
struct command {
	const char *name;
	void (*prepare)(struct walk *w);
	struct nl_msg *(*build)(struct walk *w);
	bool silent;
};

extern const struct command commands[];
extern const size_t n_commands;

/* End the walk: something beside it went wrong. */
__attribute__((noreturn)) void die(const char *what, const char *why);
void must(int ret, const char *what, const struct l2a_error *err);

#endif /* L2A_FAILWALK_H */
