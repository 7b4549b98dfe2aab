/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The Kubernetes store's insides: store_kubernetes.c has the calls, kube_call.c
 * sends them and keeps still when told to, kube_watch.c follows the changes.
 */
#ifndef L2A_KUBE_PRIV_H
#define L2A_KUBE_PRIV_H

#include <json-c/json.h>
#include <sys/queue.h>

#include "follow.h"
#include "http.h"
#include "kube_lease.h"
#include "store.h"

struct kube_call;

/*
 * How a call ended: @obj is the answer's JSON where @result is EL_OK or
 * EL_CONFLICT, the latter a write that was refused for its version; @rev is the
 * revision that a read shows.
 */
struct kube_answer {
	enum el_result result;
	json_object *obj;
	uint64_t rev;
	const char *error;
};

typedef void (*kube_fn)(struct kube_call *call, const struct kube_answer *answer);

/* A request to the API server, with what its caller wants to know later. */
struct kube_call {
	TAILQ_ENTRY(kube_call) waiting;
	struct store *store;
	const char *method;
	char *path;
	char *body;
	bool write, create;
	bool urgent;
	uint64_t known;		/* revision when it was sent */
	unsigned int epoch;	/* and of which store */
	uint64_t begun, deadline;	/* ns, CLOCK_MONOTONIC */
	kube_fn done;
	char *key;		/* or what keys begin with */
	store_fn fn;
	void *arg;
};

TAILQ_HEAD(kube_calls, kube_call);

struct store {
	struct event_base *base;
	struct http_client *http;
	char *leases;			/* path of the collection */
	uint32_t attempt_ms, timeout_ms;
	struct store_watcher watcher;
	bool closing;
	uint64_t rtt_us;

	/* Which store this is, by how far it is known to be. */
	uint64_t known;
	unsigned int epoch;
	struct store_state told;

	/* Keeping still. */
	uint32_t still_most_ms;		/* told so by a renewal, the next is in time */
	uint64_t still_until;		/* ns, CLOCK_MONOTONIC */
	char *still_error;		/* what the server said */
	struct kube_calls waiting;
	struct event *go_on;

	struct follow follow;
};

/* kube_call.c */

/** kube_send() - send a call, later where told to keep still; frees it when done */
void kube_send(struct kube_call *call);

/** kube_call_free() - free a call that was not sent */
void kube_call_free(struct kube_call *call);

/** kube_list_call() - a call that reads all our Leases */
struct kube_call *kube_list_call(struct store *store, kube_fn done);

/** kube_headers() - what all requests carry. Return: how many */
size_t kube_headers(const char *const **headers, bool patch);

/**
 * kube_keep_still() - send nothing for some time
 * @store: the store
 * @ms: as long as the server wants it; 0: it does not say
 * @error: what it said
 *
 * Renewals too, so never for so long that a lease runs out: what stands before the API
 * says an hour where it does not know, and a server that ends says seconds, to be asked
 * no more, while another would answer at once.
 */
void kube_keep_still(struct store *store, uint32_t ms, const char *error);

/** kube_still_ms() - for how long from now, rounded up; 0: not at all */
uint32_t kube_still_ms(const struct store *store);

/** kube_call_open() - prepare. Return: 0 or a negative errno */
int kube_call_open(struct store *store);

/** kube_call_close() - answer what has not been sent, and end */
void kube_call_close(struct store *store);

/* kube_watch.c: what follow.c asks of it */
extern const struct follow_ops kube_follow;

#endif /* L2A_KUBE_PRIV_H */
