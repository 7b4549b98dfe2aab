// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to the API server: kept back while it wants to be left alone, and
 * their end told truly: what may have been written is unknown.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kube_priv.h"
#include "lib/clock.h"
#include "names.h"

#define USER_AGENT	("User-Agent: l2announced/" L2A_VERSION)

void kube_call_free(struct kube_call *call)
{
	free(call->path);
	free(call->body);
	free(call->key);
	free(call);
}

static void tell_state(struct store *store, const char *error)
{
	if (store->closing || !store_state_news(&store->told, error))
		return;
	if (store->watcher.state)
		store->watcher.state(store->watcher.arg, error);
}

static void end(struct kube_call *call, struct kube_answer *answer)
{
	bool heard = answer->result == EL_OK || answer->result == EL_CONFLICT;

	if (call->store->closing)
		answer->result = EL_UNKNOWN;
	else
		tell_state(call->store, heard ? NULL : answer->error);
	call->done(call, answer);
	kube_call_free(call);
}

static void end_failed(struct kube_call *call, const char *error)
{
	struct kube_answer answer = { .result = EL_FAILED, .error = error };

	end(call, &answer);
}

/* ------------------------------------------------------------ answers */

/*
 * A revision older than one known before the question was asked: that store
 * has been another, or an older copy of itself.
 */
static void look_at_rev(struct kube_call *call, uint64_t rev)
{
	struct store *store = call->store;

	if (rev < call->known && call->epoch == store->epoch) {
		store->known = rev;
		store->epoch++;
		if (!store->closing)
			follow_reset(&store->follow);
	} else if (rev > store->known) {
		store->known = rev;
	}
}

static void look_at_answer(struct kube_call *call, struct kube_answer *answer)
{
	answer->rev = kube_version(answer->obj);
	if (!answer->obj || (!call->write && !answer->rev)) {
		/* Whatever that was, it was not Kubernetes. */
		answer->result = call->write ? EL_UNKNOWN : EL_FAILED;
		answer->error = "an answer that is not Kubernetes'";
	} else if (!call->write) {
		look_at_rev(call, answer->rev);
	}
}

/* There already, there no more, or of another version. */
static bool is_conflict(const struct kube_call *call,
			const struct http_reply *reply, json_object *obj)
{
	const char *kind = store_text(obj, "kind");

	return call->write && kind && !strcmp(kind, "Status") &&
	       (reply->status == 409 || (reply->status == 404 && !call->create));
}

/*
 * Refused by its form, its asker or its size: not done. Any other failure of
 * what may have reached the server leaves that open.
 */
static enum el_result failure(const struct kube_call *call,
			      const struct http_reply *reply)
{
	bool refused = reply->status >= 400 && reply->status < 500 &&
		       reply->status != 408;

	return call->write && reply->sent && !refused ? EL_UNKNOWN : EL_FAILED;
}

static void failed(struct kube_call *call, const struct http_reply *reply,
		   struct kube_answer *answer)
{
	const char *message = store_text(answer->obj, "message");
	char error[L2A_ERROR_TEXT];

	snprintf(error, sizeof(error), "%s%s%s", reply->error,
		 message ? ": " : "", message ? message : "");
	l2a_one_line(error);
	if (reply->status == 429 || reply->retry_after_ms)
		kube_keep_still(call->store, reply->retry_after_ms, error);
	/* Too many requests: this one was not looked at. */
	if (reply->status == 429 && !call->store->closing) {
		TAILQ_INSERT_HEAD(&call->store->waiting, call, waiting);
		event_active(call->store->go_on, 0, 0);
		return;
	}
	answer->result = failure(call, reply);
	answer->error = error;
	end(call, answer);
}

static void on_reply(void *arg, const struct http_reply *reply)
{
	struct kube_call *call = arg;
	struct kube_answer answer = { .result = EL_OK, .error = reply->error };

	answer.obj = store_parse(reply->body, reply->len);
	if (!reply->error) {
		look_at_answer(call, &answer);
		end(call, &answer);
	} else if (is_conflict(call, reply, answer.obj)) {
		answer.result = EL_CONFLICT;
		end(call, &answer);
	} else {
		failed(call, reply, &answer);
	}
	json_object_put(answer.obj);
}

/* ------------------------------------------------------------ sending */

size_t kube_headers(const char *const **headers, bool patch)
{
	static const char *const list[] = {
		"Accept: application/json",
		USER_AGENT,
		"Content-Type: application/json",
	};
	static const char *const for_patch[] = {
		"Accept: application/json",
		USER_AGENT,
		"Content-Type: application/merge-patch+json",
	};

	*headers = patch ? for_patch : list;
	return sizeof(list) / sizeof(list[0]);
}

static void send_now(struct kube_call *call, uint64_t now)
{
	struct store *store = call->store;
	struct http_request request = {
		.method = call->method,
		.path = call->path,
		.body = call->body,
		.timeout_ms = (uint32_t)(l2a_deadline_left(call->deadline, now) /
					 L2A_NSEC_PER_MSEC) + 1,
		.attempt_ms = store->attempt_ms,
		.repeat = !call->write,
		.urgent = call->urgent,
		.done = on_reply,
		.arg = call,
	};

	request.n_headers = kube_headers(&request.headers,
					 !strcmp(call->method, "PATCH"));
	call->known = store->known;
	call->epoch = store->epoch;
	http_send(store->http, &request);
}

void kube_send(struct kube_call *call)
{
	struct store *store = call->store;
	uint64_t now = l2a_clock_ns(CLOCK_MONOTONIC);

	call->begun = now;
	call->deadline = now + store->timeout_ms * L2A_NSEC_PER_MSEC;
	if (now >= store->still_until) {
		send_now(call, now);
		return;
	}
	TAILQ_INSERT_TAIL(&store->waiting, call, waiting);
	/* No caller is answered before its call has returned. */
	event_active(store->go_on, 0, 0);
}

struct kube_call *kube_list_call(struct store *store, kube_fn done)
{
	struct kube_call *call = xmalloc(sizeof(*call));

	call->store = store;
	call->method = "GET";
	call->done = done;
	if (asprintf(&call->path, "%s?labelSelector=%s", store->leases,
		     KUBE_SELECTOR) < 0)
		abort();
	return call;
}

/* ------------------------------------------------------------ keeping still */

uint32_t kube_still_ms(const struct store *store)
{
	uint64_t now = l2a_clock_ns(CLOCK_MONOTONIC);

	if (now >= store->still_until)
		return 0;
	return (uint32_t)((store->still_until - now) / L2A_NSEC_PER_MSEC) + 1;
}

void kube_keep_still(struct store *store, uint32_t ms, const char *error)
{
	uint64_t until = l2a_clock_ns(CLOCK_MONOTONIC);

	if (!ms)
		ms = store->follow.retry_ms;
	if (ms > store->still_most_ms)
		ms = store->still_most_ms;
	until += ms * L2A_NSEC_PER_MSEC;
	if (until > store->still_until)
		store->still_until = until;
	free(store->still_error);
	store->still_error = xstrdup(error);
}

/* Kept still, a call needs the time of an attempt after that. */
static bool too_late(const struct kube_call *call, uint64_t now, uint32_t still)
{
	const struct store *store = call->store;

	if (!still)
		return call->deadline <= now;
	return call->deadline < store->still_until +
				store->attempt_ms * L2A_NSEC_PER_MSEC;
}

/* What cannot be sent in time fails now; what can waits on, or is sent. */
static void on_go_on(evutil_socket_t fd, short what, void *arg)
{
	struct store *store = arg;
	struct kube_calls calls = TAILQ_HEAD_INITIALIZER(calls);
	uint64_t now = l2a_clock_ns(CLOCK_MONOTONIC);
	uint32_t still = kube_still_ms(store);
	struct timeval tv = l2a_timeval(still * L2A_NSEC_PER_MSEC);
	struct kube_call *call;

	(void)fd;
	(void)what;
	TAILQ_CONCAT(&calls, &store->waiting, waiting);
	while ((call = TAILQ_FIRST(&calls))) {
		TAILQ_REMOVE(&calls, call, waiting);
		if (too_late(call, now, still))
			end_failed(call, store->still_error);
		else if (still)
			TAILQ_INSERT_TAIL(&store->waiting, call, waiting);
		else
			send_now(call, now);
	}
	if (still && !TAILQ_EMPTY(&store->waiting))
		event_add(store->go_on, &tv);
}

int kube_call_open(struct store *store)
{
	TAILQ_INIT(&store->waiting);
	store->go_on = evtimer_new(store->base, on_go_on, store);
	return store->go_on ? 0 : -ENOMEM;
}

void kube_call_close(struct store *store)
{
	struct kube_call *call;

	while ((call = TAILQ_FIRST(&store->waiting))) {
		TAILQ_REMOVE(&store->waiting, call, waiting);
		end_failed(call, "given up");
	}
	if (store->go_on)
		event_free(store->go_on);
	free(store->still_error);
}
