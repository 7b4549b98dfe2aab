/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks: commands of the configuration that are run when a service comes, goes,
 * or is claimed by a foreign station.
 */
#ifndef L2A_HOOKS_H
#define L2A_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "metrics.h"
#include "record.h"

struct event_base;
struct hooks;

/**
 * struct hook_facts - what a hook finds in its environment
 * @service: L2ANNOUNCE_SERVICE
 * @spec: has L2ANNOUNCE_VIPS; NULL: as when it was last told
 * @devs: L2ANNOUNCE_DEVS
 * @token: L2ANNOUNCE_TOKEN: of the holder record; 0: as when it was last told
 * @reason: L2ANNOUNCE_REASON
 * @next: L2ANNOUNCE_NEXT: who is to have it now, or NULL
 * @vip: L2ANNOUNCE_VIP: that is claimed, or NULL
 * @mac: L2ANNOUNCE_MAC: by whom, or NULL
 */
struct hook_facts {
	const char *service;
	struct record *spec;
	const struct names *devs;
	uint64_t token;
	const char *reason;
	const char *next;
	const char *vip;
	const char *mac;
};

/** hooks_new() - nothing to run yet; @config may change meanwhile */
struct hooks *hooks_new(struct event_base *base, const struct config *config);

/** hooks_free() - kill what runs, forget what waits; NULL is fine */
void hooks_free(struct hooks *h);

/**
 * hooks_run() - something has happened to a service
 * @h: handle
 * @hook: what; where no command is configured for it, nothing is run
 * @facts: copied
 *
 * Those of one service are run one after the other, in this order. A conflict
 * that waits its turn already is not told of twice.
 */
void hooks_run(struct hooks *h, enum config_hook hook,
	       const struct hook_facts *facts);

/**
 * hooks_attempts() - how the runs of a hook have gone
 * @h: handle
 * @hook: which one
 * @left_out: receives how many were not run, as too many waited
 */
const struct attempts *hooks_attempts(const struct hooks *h,
				      enum config_hook hook, uint64_t *left_out);

/** hooks_idle() - nothing runs, and nothing waits */
bool hooks_idle(const struct hooks *h);

/**
 * hooks_finish() - let what runs and waits come to its end
 * @h: handle
 * @fn: called once, from the event loop, when it has, or after twice the time
 *	that one of them may take
 * @arg: passed to @fn
 */
void hooks_finish(struct hooks *h, void (*fn)(void *arg), void *arg);

#endif /* L2A_HOOKS_H */
