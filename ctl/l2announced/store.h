/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lease store: compare-and-swap on single records, and nothing more. Five
 * calls, which every store has in its own file; the rest of the controller
 * knows only these.
 *
 * No call blocks. Every one is answered once, from the event loop, however
 * late; answers come in no particular order.
 */
#ifndef L2A_STORE_H
#define L2A_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "election.h"
#include "lib/error.h"

struct config;
struct event_base;
struct store;

/**
 * struct store_item - a record as the store keeps it
 * @key: "node/NAME" ...
 * @value: JSON; NULL where there is none
 * @version: grows with every write, across all records; of a record that is
 *	not there, a revision at which it was not
 */
struct store_item {
	char *key;
	char *value;
	uint64_t version;
};

/**
 * struct store_reply - how a call ended
 * @result: EL_OK; EL_CONFLICT: it has another version; EL_FAILED: for sure not
 *	done; EL_UNKNOWN: perhaps done, perhaps later
 * @items: get, list: what was found; put_if, delete_if: one, with the version
 *	written
 * @n: how many
 * @rev: list: the revision it shows
 * @error: one line for people where the result is EL_FAILED or EL_UNKNOWN
 */
struct store_reply {
	enum el_result result;
	struct store_item *items;
	size_t n;
	uint64_t rev;
	const char *error;
};

typedef void (*store_fn)(void *arg, const struct store_reply *reply);

/**
 * struct store_watcher - who wants to know
 * @view: records changed: all changes up to @rev. The first view, and any after
 *	a gap, is @full: @items is all there is
 * @state: the store can be reached (@error NULL), or no longer, and why; told
 *	again where the reason is another
 * @reset: the store is another than before; a full view follows
 * @arg: passed to all of them
 */
struct store_watcher {
	void (*view)(void *arg, const struct store_item *items, size_t n,
		     uint64_t rev, bool full);
	void (*state)(void *arg, const char *error);
	void (*reset)(void *arg);
	void *arg;
};

/**
 * struct store_state - what a watcher was last told of the store's state
 * @up: that it can be reached
 * @error: why it cannot; NULL before anything was told, and while @up
 */
struct store_state {
	bool up;
	char *error;
};

/**
 * store_state_news() - whether a watcher does not know that yet
 * @told: remembers it
 * @error: as in &store_watcher.state
 */
bool store_state_news(struct store_state *told, const char *error);

/** store_state_clear() - forget what was told */
void store_state_clear(struct store_state *told);

/**
 * struct store_ops - what a store can do
 * @type: its name in the configuration
 * @open: begin; what cannot be reached now is tried again and again
 * @close: end; calls under way are answered with EL_UNKNOWN first
 * @get: read one record
 * @list: read all records whose key begins with @prefix
 * @put_if: write one record where it has @version (0: where there is none)
 * @delete_if: remove one record where it has @version
 * @watch: tell a watcher of everything, from now on. One watcher
 * @rtt_us: how long the last write took, microseconds; 0 before the first
 */
struct store_ops {
	const char *type;
	struct store *(*open)(const struct config *config,
			      struct event_base *base, struct l2a_error *err);
	void (*close)(struct store *store);
	void (*get)(struct store *store, const char *key, store_fn fn,
		    void *arg);
	void (*list)(struct store *store, const char *prefix, store_fn fn,
		     void *arg);
	void (*put_if)(struct store *store, const char *key, uint64_t version,
		       const char *value, store_fn fn, void *arg);
	void (*delete_if)(struct store *store, const char *key,
			  uint64_t version, store_fn fn, void *arg);
	void (*watch)(struct store *store, const struct store_watcher *watcher);
	uint64_t (*rtt_us)(const struct store *store);
};

extern const struct store_ops store_sqlite, store_etcd, store_kubernetes;

/** store_find() - the store of a type, or NULL */
const struct store_ops *store_find(const char *type);

#endif /* L2A_STORE_H */
