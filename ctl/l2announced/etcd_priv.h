/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The etcd store's insides: store_etcd.c has the calls, etcd_call.c sends them
 * and logs in, etcd_watch.c follows the changes.
 */
#ifndef L2A_ETCD_PRIV_H
#define L2A_ETCD_PRIV_H

#include <json-c/json.h>
#include <sys/queue.h>

#include "etcd_json.h"
#include "follow.h"
#include "http.h"
#include "store.h"

struct etcd_call;

/*
 * How a call ended: @obj is the answer's JSON where @result is EL_OK, and
 * @rev its revision.
 */
struct etcd_answer {
	enum el_result result;
	json_object *obj;
	uint64_t rev;
	const char *error;
};

typedef void (*etcd_fn)(struct etcd_call *call, const struct etcd_answer *answer);

/* A request to the gateway, with what its caller wants to know later. */
struct etcd_call {
	TAILQ_ENTRY(etcd_call) waiting;
	struct store *store;
	const char *path;
	char *body;
	bool write;
	bool urgent;
	bool again;		/* with a new token */
	uint64_t known;		/* revision when it was sent */
	unsigned int epoch;	/* and of which store */
	uint64_t begun;		/* ns, CLOCK_MONOTONIC */
	etcd_fn done;
	char *key;
	bool put;
	store_fn fn;
	void *arg;
};

TAILQ_HEAD(etcd_calls, etcd_call);

struct store {
	struct event_base *base;
	struct http_client *http;
	char *prefix;
	uint32_t attempt_ms, timeout_ms;
	struct store_watcher watcher;
	bool closing;
	uint64_t rtt_us;

	/* Which store this is, and how far it is known to be. */
	char *cluster;
	uint64_t known;
	unsigned int epoch;
	struct store_state told;

	/* Logging in. */
	char *user, *password_file;
	char *auth_header;		/* NULL: no token */
	bool logging_in;
	struct event *refuse;
	struct l2a_error no_password;
	struct etcd_calls waiting;	/* for the token */

	struct follow follow;
};

/* etcd_call.c */

/** etcd_send() - send a call, log in first where needed; frees it when done */
void etcd_send(struct etcd_call *call);

/** etcd_call_open() - prepare. Return: 0 or a negative errno */
int etcd_call_open(struct store *store);

/** etcd_call_close() - answer what waits for a token, and end */
void etcd_call_close(struct store *store);

/** etcd_forget_token() - log in anew before the next request */
void etcd_forget_token(struct store *store);

/* etcd_watch.c: what follow.c asks of it */
extern const struct follow_ops etcd_follow;

#endif /* L2A_ETCD_PRIV_H */
