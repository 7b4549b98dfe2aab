/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Following what changes in a store that is asked over HTTP: everything at one
 * revision, then a stream of all changes after it.
 */
#ifndef L2A_FOLLOW_H
#define L2A_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "store.h"

struct event;
struct http_call;

/**
 * struct follow_ops - what a store does for it
 * @list: ask for everything; ends in follow_listed() or follow_list_failed()
 * @stream: ask for all changes after &follow.cursor; what comes is told to
 *	follow_changes(), its end to follow_ended(). Where it returns NULL, everything
 *	is asked for instead
 * @wait_ms: for how long nothing may be asked; NULL: always 0
 */
struct follow_ops {
	void (*list)(struct store *store);
	struct http_call *(*stream)(struct store *store);
	uint32_t (*wait_ms)(const struct store *store);
};

/**
 * struct follow - where the following stands
 * @ops: the store's part
 * @store: passed to @ops
 * @watcher: who is told
 * @retry_ms: between two tries
 * @lag_ms: how late a change of our own may be; of a stream that is begun in place
 *	of one that was too late, twice as much as of that one
 * @stream: NULL while there is none
 * @listing: a list is under way
 * @have_cursor: a stream can be begun, or resumed, at @cursor
 * @cursor: all up to there has been told
 * @written: and this has to come
 * @awaited: of that, what is due when @lag is
 * @retry: the next try
 * @lag: timer
 * @barren: streams in a row that were too late
 */
struct follow {
	const struct follow_ops *ops;
	struct store *store;
	const struct store_watcher *watcher;
	uint32_t retry_ms, lag_ms;
	struct http_call *stream;
	bool listing;
	bool have_cursor;
	uint64_t cursor;
	uint64_t written;
	uint64_t awaited;
	struct event *retry, *lag;
	unsigned int barren;
};

/**
 * follow_open() - prepare
 * @f: @ops, @store, @watcher, @retry_ms and @lag_ms are set
 * @base: event loop
 *
 * Return: 0 or -ENOMEM.
 */
int follow_open(struct follow *f, struct event_base *base);

/** follow_close() - stop, and tell nothing any more */
void follow_close(struct follow *f);

/** follow_start() - read everything, then follow */
void follow_start(struct follow *f);

/** follow_listed() - everything there is, at @rev */
void follow_listed(struct follow *f, const struct store_item *items, size_t n,
		   uint64_t rev);

/** follow_list_failed() - it could not be read: again later */
void follow_list_failed(struct follow *f);

/** follow_changes() - all changes up to @rev, those told already among them */
void follow_changes(struct follow *f, const struct store_item *items, size_t n,
		    uint64_t rev);

/** follow_again() - end the stream; another after @ms, or as soon as may be asked */
void follow_again(struct follow *f, uint32_t ms);

/** follow_forget() - likewise, but read everything: the stream cannot go on */
void follow_forget(struct follow *f, uint32_t ms);

/**
 * follow_ended() - the stream has ended by itself
 *
 * Return: false where nobody follows any more. Else follow_again() or
 * follow_forget() comes next.
 */
bool follow_ended(struct follow *f);

/** follow_wrote() - a change of our own at @rev has to show up */
void follow_wrote(struct follow *f, uint64_t rev);

/** follow_reset() - it is another store: tell so, and begin anew */
void follow_reset(struct follow *f);

#endif /* L2A_FOLLOW_H */
