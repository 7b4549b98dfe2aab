/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the conformance suite's parts share: stores opened from a configuration,
 * calls that are waited for, a watcher that remembers, and TAP.
 */
#ifndef L2A_TESTS_CONFORM_H
#define L2A_TESTS_CONFORM_H

#include <event2/event.h>

#include "l2announced/config.h"
#include "l2announced/store.h"

/* What a watcher was told: the newest of each record, and what was odd. */
struct conform_watch {
	struct store_item items[64];
	size_t n;
	uint64_t rev;
	unsigned int views, fulls, resets;
	bool told, down;
	bool backwards;
	char error[L2A_ERROR_TEXT];
};

/* A store as one node has it. */
struct conform_store {
	const struct store_ops *ops;
	struct store *store;
	struct conform_watch watch;
};

/* An answer, kept. */
struct conform_reply {
	bool over;
	enum el_result result;
	char value[128];
	bool there;
	uint64_t version;
	size_t n;
	uint64_t rev;
	char error[L2A_ERROR_TEXT];
};

/* The records that are written and removed. */
#define RECORD		"holder/conform-a"
#define OTHER		"holder/conform-b"
#define THIRD		"node/conform-c"

/* Set by main() from the command line. */
extern struct event_base *conform_base;
extern struct config conform_config;

void conform_open(struct conform_store *s, bool watch);
void conform_close(struct conform_store *s);

/* One call, waited for; conform_begin_put() does not wait. */
struct conform_reply conform_get(struct conform_store *s, const char *key);
/* Until it is answered: a store that was away may take a moment to be back. */
struct conform_reply conform_get_back(struct conform_store *s, const char *key);
struct conform_reply conform_list(struct conform_store *s, const char *prefix);
struct conform_reply conform_put(struct conform_store *s, const char *key,
				 uint64_t version, const char *value);
void conform_begin_put(struct conform_store *s, const char *key,
		       uint64_t version, const char *value,
		       struct conform_reply *reply);

/* The value a watcher has last been told, or NULL. */
const char *conform_seen(const struct conform_watch *w, const char *key);

/* Run the loop until the function says so; false when patience is over. */
typedef bool (*conform_fn)(void *arg);
bool conform_wait(conform_fn fn, void *arg);
void conform_wait_reply(struct conform_reply *reply);

/* Run the loop for that long. */
void conform_run(unsigned int ms);

/* One check of TAP. Return: @ok */
bool conform_check(bool ok, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void conform_diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void conform_skip(const char *what, const char *why);

const char *conform_result(enum el_result result);
/* The plan. Return: the exit status */
int conform_end(void);

/* conform_judge.c: checks of what came, with what was seen where it is not so. */
void conform_expect(const struct conform_reply *r, enum el_result expected,
		    const char *what);
/* That a watcher is told of @value (NULL: it is gone), by revision @rev or later. */
void conform_expect_seen(struct conform_store *s, const char *key,
			 const char *value, uint64_t rev, const char *what);
/* For conform_wait(), each of a struct conform_watch. */
bool conform_is_up(void *watch);
bool conform_is_down(void *watch);
bool conform_has_view(void *watch);
/* Remove what a test, or an earlier run, has left. */
void conform_clear(struct conform_store *s);
/* A shell's command, without which there is no going on. */
void conform_must(const char *command);

enum wire_mode {
	WIRE_PASS,
	WIRE_DROP_ANSWERS,	/* what is asked arrives, what is said does not */
	WIRE_DROP_QUESTIONS,	/* what is asked is lost */
	WIRE_REFUSE,		/* nobody there */
};

/*
 * What is between a store and its data, and can be bad.
 *
 * @set: from now on, also for connections there are; with @cut these end first
 * @silence: the connections there are carry nothing any more, those from now on
 *	do; NULL where it has none
 * @dropped: how much was lost since it was last made bad
 */
struct wire {
	void (*set)(enum wire_mode mode, bool cut);
	void (*silence)(void);
	size_t (*dropped)(void);
};

/*
 * conform_proxy.c: a wire between store and server, "LISTEN-PORT:TARGET-PORT", both
 * on 127.0.0.1; conform_file.c: SQLite's file. Return: NULL where it is none
 */
const struct wire *proxy_open(const char *ports);
void proxy_close(void);
const struct wire *file_open(void);

/*
 * conform_wire.c: all of it; the lost answer alone; and what a second process whose
 * wire is good does beside them: write up to @values, and delete OTHER.
 */
void conform_test_wire(struct conform_store *s, const struct wire *wire,
		       const char *beside, const char *forget);
void conform_test_lost_answer(struct conform_store *s, const struct wire *wire);
int conform_write_some(int values);

#endif /* L2A_TESTS_CONFORM_H */
