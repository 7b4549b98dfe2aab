// SPDX-License-Identifier: GPL-2.0
/*
 * The HTTP client: which request goes where, when, and what became of it.
 * http_curl.c carries them out.
 *
 * One endpoint is used until it fails: cannot be reached, does not answer in
 * time, breaks off, or answers with a 5xx. The next is used from then on.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "http_priv.h"
#include "lib/clock.h"
#include "names.h"

#define PARALLEL	16

static const char *endpoint_of(const struct http_call *call)
{
	return call->client->endpoints[call->endpoint];
}

static void mark_ready(struct http_call *call)
{
	if (call->is_ready)
		return;
	call->is_ready = true;
	TAILQ_INSERT_TAIL(&call->client->ready, call, ready);
	event_active(call->client->pump, 0, 0);
}

static void set_timer(struct http_call *call, uint32_t ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	event_del(call->timer);
	if (ms)
		event_add(call->timer, &tv);
}

/* Off its queue, with libcurl still holding it where it was running. */
static void unlist(struct http_call *call)
{
	struct http_client *client = call->client;

	if (call->state == CALL_WAITING)
		TAILQ_REMOVE(&client->waiting, call, list);
	if (call->state == CALL_RUNNING) {
		TAILQ_REMOVE(&client->under_way, call, list);
		if (!call->line)
			client->running--;
	}
	call->state = CALL_OVER;
}

static void over(struct http_call *call)
{
	unlist(call);
	event_del(call->timer);
	mark_ready(call);
}

static void free_call(struct http_call *call)
{
	struct http_client *client = call->client;

	unlist(call);
	http_curl_stop(call);
	if (call->is_ready)
		TAILQ_REMOVE(&client->ready, call, ready);
	if (call->timer)
		event_free(call->timer);
	curl_slist_free_all(call->headers);
	free(call->method);
	free(call->path);
	free(call->body);
	free(call->in.data);
	free(call);
}

/* ------------------------------------------------------------ failing over */

void http_next_endpoint(struct http_client *client, const char *endpoint)
{
	if (!strcmp(client->endpoints[client->current], endpoint))
		client->current = (client->current + 1) % client->n;
}

static bool try_next(const struct http_call *call)
{
	if (call->streaming || call->attempts >= call->client->n)
		return false;
	return call->repeat || !call->sent;
}

/* Again, before all others: it has waited once. */
static void again(struct http_call *call)
{
	struct http_client *client = call->client;

	unlist(call);
	http_curl_stop(call);
	call->state = CALL_WAITING;
	call->status = 0;
	TAILQ_INSERT_HEAD(&client->waiting, call, list);
	event_active(client->pump, 0, 0);
}

static void set_retry_after(struct http_call *call)
{
	curl_off_t seconds = 0;

	curl_easy_getinfo(call->easy, CURLINFO_RETRY_AFTER, &seconds);
	if (seconds > UINT32_MAX / 1000)
		seconds = UINT32_MAX / 1000;
	if (seconds > 0)
		call->retry_after_ms = (uint32_t)seconds * 1000;
}

void http_attempt_over(struct http_call *call, CURLcode code)
{
	long status = 0;

	if (call->state != CALL_RUNNING)
		return;
	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	http_curl_look(call);
	set_retry_after(call);
	call->err.code = 0;
	if (code)
		l2a_fail(&call->err, -EIO, "%s: %s", endpoint_of(call),
			 call->why[0] ? call->why : curl_easy_strerror(code));
	else if (status < 200 || status >= 300)
		l2a_fail(&call->err, -EPROTO, "%s: HTTP status %ld",
			 endpoint_of(call), status);
	if (!code)
		call->status = (int)status;
	if (code || status >= 500) {
		http_next_endpoint(call->client, endpoint_of(call));
		if (try_next(call)) {
			again(call);
			return;
		}
	}
	over(call);
}

static void on_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct http_call *call = arg;

	(void)fd;
	(void)what;
	call->status = 0;
	if (call->state == CALL_WAITING && !call->attempts)
		l2a_fail(&call->err, -ETIMEDOUT, "%s: not sent in time: too many requests under way",
			 http_endpoint(call->client));
	else if (call->state == CALL_WAITING)
		l2a_prefix(&call->err, "no endpoint answered in time, the last");
	else
		l2a_fail(&call->err, -ETIMEDOUT, "%s: no answer in time",
			 endpoint_of(call));
	if (call->state == CALL_RUNNING) {
		http_curl_look(call);
		http_next_endpoint(call->client, endpoint_of(call));
	}
	over(call);
	http_curl_stop(call);
}

/* ------------------------------------------------------------ answers */

void http_begun(struct http_call *call)
{
	long status = 0;

	curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	if (!call->line || status < 200 || status >= 300)
		return;
	call->streaming = true;
	set_timer(call, call->idle_ms);
}

void http_data(struct http_call *call)
{
	if (!call->streaming)
		return;
	set_timer(call, call->idle_ms);
	if (memchr(call->in.data, '\n', call->in.len))
		mark_ready(call);
}

/* The whole lines among the bytes; at the end the rest is one as well. */
static void deliver_lines(struct http_call *call, bool end)
{
	struct http_buffer *in = &call->in;
	char *line = in->data, *stop = in->data + in->len;

	while (line < stop && !call->cancelled) {
		char *newline = memchr(line, '\n', (size_t)(stop - line));

		if (!newline && !end)
			break;
		if (!newline)
			newline = stop;
		*newline = '\0';
		if (newline > line)
			call->line(call->arg, line, (size_t)(newline - line));
		line = newline + 1;
	}
	if (line > stop)
		line = stop;
	in->len = (size_t)(stop - line);
	if (in->len)
		memmove(in->data, line, in->len);
}

static void deliver_done(struct http_call *call)
{
	struct http_reply reply = {
		.status = call->status,
		.sent = call->sent,
		.body = call->in.data && !call->streaming ? call->in.data : "",
		.retry_after_ms = call->retry_after_ms,
		.endpoint = endpoint_of(call),
		.error = call->err.code ? call->err.text : NULL,
	};

	/* Nothing of this attempt, but of one before. */
	if (call->in.data && !call->in.len)
		call->in.data[0] = '\0';
	reply.len = call->streaming ? 0 : call->in.len;
	if (call->done)
		call->done(call->arg, &reply);
}

void http_deliver(struct http_client *client)
{
	struct http_call *call;

	while ((call = TAILQ_FIRST(&client->ready))) {
		TAILQ_REMOVE(&client->ready, call, ready);
		call->is_ready = false;
		if (!call->cancelled && call->streaming)
			deliver_lines(call, call->state == CALL_OVER &&
				      call->status);
		if (!call->cancelled && call->state == CALL_OVER)
			deliver_done(call);
		if (call->cancelled || call->state == CALL_OVER)
			free_call(call);
	}
}

/* ------------------------------------------------------------ the queue */

static void start(struct http_call *call)
{
	struct http_client *client = call->client;

	TAILQ_REMOVE(&client->waiting, call, list);
	TAILQ_INSERT_TAIL(&client->under_way, call, list);
	call->state = CALL_RUNNING;
	if (!call->line)
		client->running++;
	if (http_curl_start(call))
		over(call);
}

static void on_pump(evutil_socket_t fd, short what, void *arg)
{
	struct http_client *client = arg;
	struct http_call *call, *next;

	(void)fd;
	(void)what;
	http_deliver(client);
	for (call = TAILQ_FIRST(&client->waiting); call; call = next) {
		next = TAILQ_NEXT(call, list);
		if (call->line || client->running < client->most)
			start(call);
	}
	http_deliver(client);
}

static void add_headers(struct http_call *call, const struct http_request *r)
{
	for (size_t i = 0; i < r->n_headers; i++) {
		struct curl_slist *list =
			curl_slist_append(call->headers, r->headers[i]);

		if (!list)
			abort();
		call->headers = list;
	}
}

struct http_call *http_send(struct http_client *client,
			    const struct http_request *r)
{
	struct http_call *call = xmalloc(sizeof(*call));

	call->client = client;
	call->endpoint = client->current;
	call->method = xstrdup(r->method);
	call->path = xstrdup(r->path);
	call->body = xstrdup(r->body);
	call->attempt_ms = r->attempt_ms ? r->attempt_ms : r->timeout_ms;
	call->idle_ms = r->idle_ms;
	call->repeat = r->repeat;
	call->line = r->line;
	call->done = r->done;
	call->arg = r->arg;
	add_headers(call, r);
	call->timer = evtimer_new(client->base, on_timeout, call);
	if (!call->timer)
		abort();
	if (r->timeout_ms)
		call->deadline = l2a_clock_ns(CLOCK_MONOTONIC) +
				 r->timeout_ms * L2A_NSEC_PER_MSEC;
	set_timer(call, r->timeout_ms);
	if (r->urgent)
		TAILQ_INSERT_HEAD(&client->waiting, call, list);
	else
		TAILQ_INSERT_TAIL(&client->waiting, call, list);
	event_active(client->pump, 0, 0);
	return call;
}

void http_cancel(struct http_call *call)
{
	if (!call || call->cancelled)
		return;
	call->cancelled = true;
	over(call);
}

/* ------------------------------------------------------------ the client */

const char *http_endpoint(const struct http_client *client)
{
	return client->endpoints[client->current];
}

static const char *copy(const char *text)
{
	return xstrdup(text);
}

static void copy_config(struct http_client *client, const struct http_config *c)
{
	client->n = c->n;
	client->endpoints = xmalloc(c->n * sizeof(*client->endpoints));
	for (size_t i = 0; i < c->n; i++)
		client->endpoints[i] = xstrdup(c->endpoints[i]);
	client->most = c->parallel ? c->parallel : PARALLEL;
	client->config = (struct http_config){
		.ca_file = copy(c->ca_file),
		.ca_pem = copy(c->ca_pem),
		.cert_file = copy(c->cert_file),
		.cert_pem = copy(c->cert_pem),
		.key_file = copy(c->key_file),
		.key_pem = copy(c->key_pem),
		.server_name = copy(c->server_name),
		.token = copy(c->token),
		.token_file = copy(c->token_file),
		.user = copy(c->user),
		.password_file = copy(c->password_file),
	};
}

static void free_config(struct http_client *client)
{
	const struct http_config *c = &client->config;
	const char *const texts[] = {
		c->ca_file, c->ca_pem, c->cert_file, c->cert_pem, c->key_file,
		c->key_pem, c->server_name, c->token, c->token_file, c->user,
		c->password_file,
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		free((void *)(uintptr_t)texts[i]);
	for (size_t i = 0; i < client->n; i++)
		free(client->endpoints[i]);
	free(client->endpoints);
}

static int check_endpoints(const struct http_config *config,
			   struct l2a_error *err)
{
	if (!config->n)
		return l2a_fail(err, -EINVAL, "no endpoints");
	for (size_t i = 0; i < config->n; i++) {
		const char *endpoint = config->endpoints[i];

		if (strncmp(endpoint, "http://", 7) &&
		    strncmp(endpoint, "https://", 8))
			return l2a_fail(err, -EINVAL, "endpoint \"%s\" must begin with http:// or https://",
					endpoint);
	}
	return 0;
}

struct http_client *http_open(struct event_base *base,
			      const struct http_config *config,
			      struct l2a_error *err)
{
	struct http_client *client;

	if (check_endpoints(config, err))
		return NULL;
#if !CURL_AT_LEAST_VERSION(7, 77, 0)
	if (config->ca_pem) {
		l2a_fail(err, -EOPNOTSUPP, "certificates to trust must be in a file with this libcurl");
		return NULL;
	}
#endif
	client = xmalloc(sizeof(*client));
	client->base = base;
	TAILQ_INIT(&client->waiting);
	TAILQ_INIT(&client->under_way);
	TAILQ_INIT(&client->ready);
	copy_config(client, config);
	client->pump = event_new(base, -1, 0, on_pump, client);
	if (!client->pump)
		l2a_fail(err, -ENOMEM, "out of memory");
	if (client->pump && !http_curl_open(client, err))
		return client;
	http_close(client);
	return NULL;
}

static void give_up_all(struct http_calls *calls)
{
	struct http_call *call;

	while ((call = TAILQ_FIRST(calls))) {
		call->status = 0;
		if (call->easy)
			http_curl_look(call);
		l2a_fail(&call->err, -ECANCELED, "%s: given up",
			 endpoint_of(call));
		over(call);
	}
}

void http_close(struct http_client *client)
{
	if (!client)
		return;
	/* A callback may ask again: until none does. */
	while (!TAILQ_EMPTY(&client->under_way) ||
	       !TAILQ_EMPTY(&client->waiting) || !TAILQ_EMPTY(&client->ready)) {
		give_up_all(&client->under_way);
		give_up_all(&client->waiting);
		http_deliver(client);
	}
	http_curl_close(client);
	if (client->pump)
		event_free(client->pump);
	free_config(client);
	free(client);
}
