// SPDX-License-Identifier: GPL-2.0
/*
 * /v1/events: what changes in the cluster, as this node sees it, one JSON object a
 * line, for as long as somebody listens. Nothing is looked at while nobody does.
 *
 * Events are the differences between two looks. One is taken after whatever may have
 * changed something, but no sooner than LOOK_MS after the last: in a storm of
 * changes the outcome is told, not each step. Warnings cost a few files and
 * system calls: they are looked for every WARNINGS_MS.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "api_json.h"
#include "api_priv.h"
#include "changes.h"
#include "lib/clock.h"
#include "warnings.h"

#define LOOK_MS		100
#define WARNINGS_MS	1000
#define LISTENERS_MOST	64
#define BEHIND_MOST	(4 * 1024 * 1024)	/* bytes a listener has not read */
#define SEND_TIMEOUT_S	30

struct listener {
	TAILQ_ENTRY(listener) list;
	struct api_events *events;
	struct evhttp_request *req;
	uint64_t behind_ns;	/* since when something is unread; 0: nothing is */
};

struct api_events {
	TAILQ_HEAD(listeners, listener) listeners;
	size_t n;
	struct agent *agent;
	struct event *timer;
	struct evbuffer *lines;	/* what this look has found */
	struct seen seen;
	uint64_t looked_ns;
	uint64_t warned_ns;
	bool soon;		/* the timer is set for a change, not for warnings */
};

/* One event as JSON. */

static json_object *text(const char *s)
{
	return s ? json_object_new_string(s) : NULL;
}

static void put(json_object *obj, const char *key, json_object *value)
{
	json_object_object_add(obj, key, value);
}

static json_object *begin_event(const char *name)
{
	json_object *obj = json_object_new_object();
	char now[L2A_TIME_STRLEN];

	put(obj, "time", text(l2a_time_text(now)));
	put(obj, "event", text(name));
	return obj;
}

/* Consumes @obj. */
static void add_line(struct evbuffer *lines, json_object *obj)
{
	evbuffer_add_printf(lines, "%s\n",
			    json_object_to_json_string_ext(obj,
				JSON_C_TO_STRING_PLAIN |
				JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(obj);
}

static void add_self(struct evbuffer *lines, const struct agent *agent)
{
	struct agent_info info = agent_info(agent);
	json_object *obj = begin_event("controller");

	put(obj, "node", text(info.config->node));
	put(obj, "state", text(election_self(info.election).state));
	add_line(lines, obj);
}

static void describe_holder(json_object *obj, const struct change *change)
{
	put(obj, "name", text(change->service->name));
	put(obj, "holder", text(change->service->holder));
	put(obj, "token", json_object_new_uint64(change->service->token));
	put(obj, "state", text(change->service->state));
	put(obj, "before", text(change->before));
}

static void describe(json_object *obj, const struct change *change)
{
	switch (change->type) {
	case CHANGE_SERVICE:
		put(obj, "name", text(change->service->name));
		api_service_spec(obj, &change->service->rec->service);
		break;
	case CHANGE_SERVICE_DEL:
		put(obj, "name", text(change->service->name));
		break;
	case CHANGE_HOLDER:
		describe_holder(obj, change);
		break;
	case CHANGE_NODE:
		put(obj, "name", text(change->node->name));
		put(obj, "state", text(change->node->state));
		put(obj, "incarnation",
		    json_object_new_uint64(change->node->incarnation));
		break;
	case CHANGE_NODE_DEL:
		put(obj, "name", text(change->node->name));
		break;
	case CHANGE_WARNING:
	case CHANGE_WARNING_END:
		put(obj, "text", text(change->text));
		break;
	case CHANGE_SELF:
	case CHANGES:
		break;
	}
}

static void on_change(const struct change *change, void *arg)
{
	static const char *const names[CHANGES] = {
		[CHANGE_NODE] = "node",
		[CHANGE_NODE_DEL] = "node-del",
		[CHANGE_SERVICE] = "service",
		[CHANGE_SERVICE_DEL] = "service-del",
		[CHANGE_HOLDER] = "holder",
		[CHANGE_WARNING] = "warning",
		[CHANGE_WARNING_END] = "warning-end",
	};
	struct api_events *events = arg;
	json_object *obj;

	if (change->type == CHANGE_SELF) {
		add_self(events->lines, events->agent);
		return;
	}
	obj = begin_event(names[change->type]);
	describe(obj, change);
	add_line(events->lines, obj);
}

/* Who listens. */

static void listener_free(struct listener *l)
{
	TAILQ_REMOVE(&l->events->listeners, l, list);
	l->events->n--;
	free(l);
}

static void on_gone(struct evhttp_connection *conn, void *arg)
{
	struct listener *l = arg;

	(void)conn;
	api_abandon(l->req);
	listener_free(l);
}

static struct evbuffer *unread(const struct listener *l)
{
	struct evhttp_connection *conn = evhttp_request_get_connection(l->req);

	return bufferevent_get_output(evhttp_connection_get_bufferevent(conn));
}

/*
 * Each line sent begins libevent's time for sending anew, so that it ends only who is
 * told nothing more.
 */
static bool reads(struct listener *l)
{
	size_t behind = evbuffer_get_length(unread(l));
	uint64_t now = l2a_clock_ns(CLOCK_MONOTONIC);

	if (!behind)
		l->behind_ns = 0;
	else if (!l->behind_ns)
		l->behind_ns = now;
	return behind < BEHIND_MOST &&
	       (!behind || now < l->behind_ns + SEND_TIMEOUT_S * L2A_NSEC_PER_SEC);
}

static void send_lines(struct listener *l, struct evbuffer *lines)
{
	struct evhttp_connection *conn = evhttp_request_get_connection(l->req);
	struct evbuffer *copy = evbuffer_new();
	bool sent = copy && reads(l) &&
		    !evbuffer_add_buffer_reference(copy, lines);

	if (sent)
		evhttp_send_reply_chunk(l->req, copy);
	if (copy)
		evbuffer_free(copy);
	if (sent)
		return;
	/* Whoever does not read is cut off, and can tell. */
	evhttp_connection_set_closecb(conn, NULL, NULL);
	listener_free(l);
	evhttp_connection_free(conn);
}

static void send_all(struct api_events *events)
{
	struct listener *l, *next;

	if (!evbuffer_get_length(events->lines))
		return;
	for (l = TAILQ_FIRST(&events->listeners); l; l = next) {
		next = TAILQ_NEXT(l, list);
		send_lines(l, events->lines);
	}
	evbuffer_drain(events->lines, evbuffer_get_length(events->lines));
}

/* Looking. */

static void set_timer(struct api_events *events, uint64_t ns)
{
	const struct timeval tv = l2a_timeval(ns);

	event_add(events->timer, &tv);
}

static void find_warnings(struct api_events *events, struct seen *now,
			  uint64_t mono)
{
	if (mono < events->warned_ns + WARNINGS_MS * L2A_NSEC_PER_MSEC) {
		names_copy(&now->warnings, &events->seen.warnings);
		return;
	}
	warnings_find(events->agent, &now->warnings);
	names_sort(&now->warnings);
	events->warned_ns = mono;
}

static void look(struct api_events *events)
{
	struct el_now instant = agent_now();
	struct seen now;

	seen_take(&now, agent_info(events->agent).election, &instant);
	find_warnings(events, &now, instant.mono);
	if (events->looked_ns)
		changes_each(&events->seen, &now, on_change, events);
	seen_clear(&events->seen);
	events->seen = now;
	events->looked_ns = instant.mono;
	events->soon = false;
	send_all(events);
	set_timer(events, WARNINGS_MS * L2A_NSEC_PER_MSEC);
}

static void forget(struct api_events *events)
{
	seen_clear(&events->seen);
	events->looked_ns = 0;
	events->warned_ns = 0;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct api_events *events = arg;

	(void)fd;
	(void)what;
	if (events->n)
		look(events);
	else
		forget(events);
}

/* Something may have changed. */
static void on_step(void *arg)
{
	struct api_events *events = arg;
	uint64_t now = l2a_clock_ns(CLOCK_MONOTONIC);
	uint64_t at = events->looked_ns + LOOK_MS * L2A_NSEC_PER_MSEC;

	if (!events->n || events->soon)
		return;
	events->soon = true;
	set_timer(events, l2a_deadline_left(at, now));
}

/* Coming and going. */

static void begin(struct api_events *events, struct evhttp_request *req)
{
	const struct timeval patience = { .tv_sec = SEND_TIMEOUT_S };
	struct evhttp_connection *conn = evhttp_request_get_connection(req);
	struct evbuffer *first = evbuffer_new();
	struct listener *l = xmalloc(sizeof(*l));

	/* What was before is for those who were there. */
	look(events);
	l->events = events;
	l->req = req;
	TAILQ_INSERT_TAIL(&events->listeners, l, list);
	events->n++;
	evhttp_add_header(evhttp_request_get_output_headers(req),
			  "Content-Type", "application/x-ndjson");
	evhttp_send_reply_start(req, 200, NULL);
	/* It has nothing more to say: its silence is no reason to end. */
	bufferevent_set_timeouts(evhttp_connection_get_bufferevent(conn), NULL,
				 &patience);
	evhttp_connection_set_closecb(conn, on_gone, l);
	if (!first)
		return;
	add_self(first, events->agent);
	evhttp_send_reply_chunk(req, first);
	evbuffer_free(first);
}

void api_events(struct api *api, struct evhttp_request *req)
{
	struct api_events *events = api->events;

	if (evhttp_request_get_command(req) != EVHTTP_REQ_GET)
		api_refuse(req, 405, "events can only be read");
	else if (events->n >= LISTENERS_MOST)
		api_refuse(req, 503, "%d listen to events already",
			   LISTENERS_MOST);
	else
		begin(events, req);
}

int api_events_open(struct api *api, struct event_base *base,
		    struct l2a_error *err)
{
	struct api_events *events = xmalloc(sizeof(*events));

	TAILQ_INIT(&events->listeners);
	api->events = events;
	events->agent = api->agent;
	events->timer = evtimer_new(base, on_timer, events);
	events->lines = evbuffer_new();
	if (!events->timer || !events->lines)
		return l2a_fail(err, -ENOMEM, "out of memory");
	agent_watch(api->agent, on_step, events);
	return 0;
}

void api_events_close(struct api *api)
{
	struct api_events *events = api->events;
	struct listener *l;

	if (!events)
		return;
	agent_watch(api->agent, NULL, NULL);
	while ((l = TAILQ_FIRST(&events->listeners))) {
		evhttp_connection_set_closecb(evhttp_request_get_connection(l->req),
					      NULL, NULL);
		listener_free(l);
	}
	if (events->timer)
		event_free(events->timer);
	if (events->lines)
		evbuffer_free(events->lines);
	seen_clear(&events->seen);
	free(events);
	api->events = NULL;
}
