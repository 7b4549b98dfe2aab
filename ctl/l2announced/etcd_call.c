// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to etcd: sent once there is a token where one is needed, sent again
 * with a new one where it has run out, and their end told truly: what may have
 * been written is unknown.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etcd_priv.h"
#include "lib/clock.h"
#include "names.h"
#include "secret.h"

static void send_now(struct etcd_call *call);

static void free_call(struct etcd_call *call)
{
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

static void end(struct etcd_call *call, struct etcd_answer *answer)
{
	bool fine = answer->result == EL_OK;

	if (call->store->closing)
		answer->result = EL_UNKNOWN;
	else
		tell_state(call->store, fine ? NULL : answer->error);
	call->done(call, answer);
	free_call(call);
}

static void end_failed(struct etcd_call *call, const char *error)
{
	struct etcd_answer answer = { .result = EL_FAILED, .error = error };

	end(call, &answer);
}

/* ------------------------------------------------------------ logging in */

void etcd_forget_token(struct store *store)
{
	free(store->auth_header);
	store->auth_header = NULL;
}

static void release_waiting(struct store *store, const char *error)
{
	struct etcd_calls calls = TAILQ_HEAD_INITIALIZER(calls);
	struct etcd_call *call;

	TAILQ_CONCAT(&calls, &store->waiting, waiting);
	while ((call = TAILQ_FIRST(&calls))) {
		TAILQ_REMOVE(&calls, call, waiting);
		if (error)
			end_failed(call, error);
		else
			send_now(call);
	}
}

/* No caller is answered before its call has returned. */
static void on_no_password(evutil_socket_t fd, short what, void *arg)
{
	struct store *store = arg;

	(void)fd;
	(void)what;
	release_waiting(store, store->no_password.text);
}

int etcd_call_open(struct store *store)
{
	TAILQ_INIT(&store->waiting);
	store->refuse = event_new(store->base, -1, 0, on_no_password, store);
	return store->refuse ? 0 : -ENOMEM;
}

void etcd_call_close(struct store *store)
{
	release_waiting(store, "given up");
	if (store->refuse)
		event_free(store->refuse);
	etcd_forget_token(store);
}

static void logged_in(void *arg, const struct http_reply *reply)
{
	struct store *store = arg;
	json_object *obj = store_parse(reply->body, reply->len);
	const char *token = reply->error ? NULL : store_text(obj, "token");
	const char *message = store_text(obj, "error");
	char error[L2A_ERROR_TEXT];

	store->logging_in = false;
	if (token && asprintf(&store->auth_header, "Authorization: %s", token) < 0)
		abort();
	snprintf(error, sizeof(error), "user %s: %s%s%s", store->user,
		 reply->error ? reply->error : "no token in the answer",
		 message ? ": " : "", message ? message : "");
	l2a_one_line(error);
	release_waiting(store, token ? NULL : error);
	json_object_put(obj);
}

static void log_in(struct store *store)
{
	struct http_request request = {
		.method = "POST",
		.path = "/v3/auth/authenticate",
		.timeout_ms = store->timeout_ms,
		.attempt_ms = store->attempt_ms,
		.repeat = true,
		.urgent = true,
		.done = logged_in,
		.arg = store,
	};
	char *password, *body;

	if (store->logging_in)
		return;
	password = secret_read(store->password_file, &store->no_password);
	if (!password) {
		event_active(store->refuse, 0, 0);
		return;
	}
	body = etcd_login(store->user, password);
	request.body = body;
	store->logging_in = true;
	http_send(store->http, &request);
	free(body);
	free(password);
}

/* For sure not carried out, for want of a token that is good. */
static bool token_refused(int status, const char *message)
{
	return status == 401 ||
	       (status >= 400 && message &&
		(strstr(message, "invalid auth token") ||
		 strstr(message, "user name is empty") ||
		 strstr(message, "revision of auth store is old")));
}

/* ------------------------------------------------------------ answers */

/*
 * A revision older than one known before the question was asked: that store
 * has been another, or an older copy of itself.
 */
static void look_at_header(struct etcd_call *call, struct etcd_answer *answer)
{
	struct store *store = call->store;
	struct etcd_header header;
	bool other;

	if (!etcd_header(answer->obj, &header)) {
		/* Whatever that was, it was not etcd. */
		answer->result = call->write ? EL_UNKNOWN : EL_FAILED;
		answer->error = "an answer that is not etcd's";
		return;
	}
	answer->rev = header.rev;
	other = (header.rev < call->known && call->epoch == store->epoch) ||
		(store->cluster && header.cluster &&
		 strcmp(store->cluster, header.cluster));
	if (!store->cluster || other) {
		free(store->cluster);
		store->cluster = xstrdup(header.cluster);
	}
	if (other) {
		store->known = header.rev;
		store->epoch++;
	} else if (header.rev > store->known)
		store->known = header.rev;
	if (other && !store->closing)
		follow_reset(&store->follow);
}

/*
 * Refused by its form, its asker or its size: not done. Any other failure of
 * what may have reached etcd leaves that open.
 */
static enum el_result failure(const struct etcd_call *call,
			      const struct http_reply *reply)
{
	bool refused = reply->status >= 400 && reply->status < 500 &&
		       reply->status != 408 && reply->status != 499;

	return call->write && reply->sent && !refused ? EL_UNKNOWN : EL_FAILED;
}

static void on_reply(void *arg, const struct http_reply *reply)
{
	struct etcd_call *call = arg;
	struct store *store = call->store;
	struct etcd_answer answer = { .result = EL_OK, .error = reply->error };
	char error[L2A_ERROR_TEXT];
	const char *message;

	answer.obj = store_parse(reply->body, reply->len);
	if (!reply->error) {
		look_at_header(call, &answer);
		end(call, &answer);
		json_object_put(answer.obj);
		return;
	}
	message = store_text(answer.obj, "error");
	if (store->user && !call->again && !store->closing &&
	    token_refused(reply->status, message)) {
		call->again = true;
		etcd_forget_token(store);
		json_object_put(answer.obj);
		etcd_send(call);
		return;
	}
	answer.result = failure(call, reply);
	snprintf(error, sizeof(error), "%s%s%s", reply->error,
		 message ? ": " : "", message ? message : "");
	l2a_one_line(error);
	answer.error = error;
	end(call, &answer);
	json_object_put(answer.obj);
}

static void send_now(struct etcd_call *call)
{
	struct store *store = call->store;
	const char *const headers[] = { store->auth_header };
	struct http_request request = {
		.method = "POST",
		.path = call->path,
		.headers = headers,
		.n_headers = store->auth_header ? 1 : 0,
		.body = call->body,
		.timeout_ms = store->timeout_ms,
		.attempt_ms = store->attempt_ms,
		.repeat = !call->write,
		.urgent = call->urgent,
		.done = on_reply,
		.arg = call,
	};

	call->known = store->known;
	call->epoch = store->epoch;
	call->begun = l2a_clock_ns(CLOCK_MONOTONIC);
	http_send(store->http, &request);
}

void etcd_send(struct etcd_call *call)
{
	struct store *store = call->store;

	if (!store->user || store->auth_header) {
		send_now(call);
		return;
	}
	TAILQ_INSERT_TAIL(&store->waiting, call, waiting);
	log_in(store);
}
