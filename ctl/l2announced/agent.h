/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The agent: carries the election's actions to the kernel and the store, and
 * what happens there back to the election.
 */
#ifndef L2A_AGENT_H
#define L2A_AGENT_H

#include "config.h"
#include "election.h"
#include "metrics.h"
#include "store.h"

struct agent;
struct health;
struct hooks;
struct l2a_vip;
struct links;
struct event_base;

/**
 * agent_new() - put everything together and begin
 * @config: stays the caller's, who may change what needs no restart, and must
 *	outlive the agent
 * @base: event loop; broken out of when there is nothing left to do
 * @err: filled in on failure
 *
 * Return: the agent, or NULL.
 */
struct agent *agent_new(const struct config *config, struct event_base *base,
			struct l2a_error *err);

/** agent_free() - let go of everything; VIPs stay as they are in the kernel */
void agent_free(struct agent *a);

/**
 * agent_stop() - hand everything over, then break out of the loop
 * @a: the agent; told again, it ends as soon as all is handed over
 * @hasty: without going on to deliver to who has not heard
 */
void agent_stop(struct agent *a, bool hasty);

/** agent_leave() - renew once more and break out of the loop, handing nothing over:
 *	VIPs and routes stay for the next process of this node
 */
void agent_leave(struct agent *a);

/** agent_configured() - something in the configuration has another value now */
void agent_configured(struct agent *a);

/** agent_status() - the process's exit status once the loop has ended */
int agent_status(const struct agent *a);

/**
 * struct agent_info - for people
 * @config: what it runs with
 * @election: to be read
 * @store: its type's operations
 * @handle: the store
 * @store_error: why it cannot be reached; NULL while it can
 * @store_seen: it has been reached, or found not to be
 * @health: of the services on this node, to be read
 * @hooks: to be read
 * @links: the devices
 * @kernel: the module is there
 * @lease_left_ns: until the kernel's lease runs out
 * @metrics: what was counted
 * @mends: how often the kernel was found to differ from what it should be
 */
struct agent_info {
	const struct config *config;
	struct election *election;
	const struct store_ops *store;
	struct store *handle;
	const char *store_error;
	bool store_seen;
	const struct health *health;
	const struct hooks *hooks;
	const struct links *links;
	bool kernel;
	uint64_t lease_left_ns;
	const struct metrics *metrics;
	uint64_t mends;
};

/** agent_info() - how things stand */
struct agent_info agent_info(const struct agent *a);

/**
 * agent_stored() - records were written, or deleted, by another than the election
 * @a: the agent
 * @items: the records, with the versions that the store answered
 * @n: how many
 *
 * The store's watch tells of it too, later: whoever asks here next would still
 * be answered from before.
 */
void agent_stored(struct agent *a, const struct el_item *items, size_t n);

/**
 * agent_watch() - hear of each step that may have changed something
 * @a: the agent
 * @fn: called after it; NULL for nobody. It may read, and change nothing
 * @arg: passed to @fn
 */
void agent_watch(struct agent *a, void (*fn)(void *arg), void *arg);

/**
 * agent_vips() - the VIPs under this node's lease, as the kernel has them
 * @a: the agent
 * @vips: receives the list, to be freed with free(); NULL where there are none
 *
 * Return: how many.
 */
size_t agent_vips(const struct agent *a, struct l2a_vip **vips);

/** agent_now() - the instant, as the election wants it */
struct el_now agent_now(void);

#endif /* L2A_AGENT_H */
