/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the control API share: answers, and changes on their way to
 * the store.
 */
#ifndef L2A_API_PRIV_H
#define L2A_API_PRIV_H

#include <json-c/json.h>

#include "agent.h"

struct door;
struct evhttp;
struct evhttp_request;
struct reload;

/* What a service's name must be; takes RECORD_NAME_MAX. */
#define API_NAME_RULE	"letters, digits and \"-._/\", at most %d, no \"/\" at an end, not \".\" or \"..\""

struct api_apply;
struct api_events;

struct api {
	struct agent *agent;
	struct reload *reload;
	struct evhttp *http;
	struct door *door;
	struct evhttp *metrics;
	struct door *metrics_door;
	struct api_call *calls;
	struct api_apply *applies;
	struct api_events *events;
	char *path;
};

/**
 * struct api_call - a change on its way to the store
 * @next: in &api.calls
 * @prev: in &api.calls; NULL once the API is closed
 * @agent: to be told what was stored
 * @kind: of the record
 * @rec: what is written; NULL where it is deleted
 * @req: who asked for it; NULL once the client has gone
 * @what: "service" or "node"
 * @name: which one
 * @did: what was done, for the log
 * @done: HTTP status once it is
 * @conflict: HTTP status where the store has another version; below 300 where
 *	that is as good
 * @conflict_text: what that means
 */
struct api_call {
	struct api_call *next, **prev;
	struct agent *agent;
	enum record_kind kind;
	struct record *rec;
	struct evhttp_request *req;
	const char *what;
	char *name;
	const char *did;
	int done;
	int conflict;
	const char *conflict_text;
};

/** api_send_json() - answer; @obj may be NULL and is consumed */
void api_send_json(struct evhttp_request *req, int code, json_object *obj);

/** api_refuse() - answer with one line that says why not */
void api_refuse(struct evhttp_request *req, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * api_viewed() - whether it is known what the store has; refuses the request where not
 *
 * Whether a change fits in with what there is cannot be told before, nor whether what
 * is to be changed is there.
 */
bool api_viewed(const struct api *api, struct evhttp_request *req);

/**
 * api_abandon() - a client has gone, its request is answered no more
 *
 * For the connection's close callback: libevent leaves a request that is still to be
 * answered to whoever was about to.
 */
void api_abandon(struct evhttp_request *req);

/** api_permits() - whether who asks may have it; refuses the request where not */
bool api_permits(struct evhttp_request *req);

/** api_body_most() - bytes that who is at the other end of a socket may send along */
size_t api_body_most(int fd);

/** api_body() - what was sent along, to be freed */
char *api_body(struct evhttp_request *req);

/**
 * api_call_new() - a change is about to go to the store
 * @api: the API
 * @req: who asks for it; answered with 409 where the store has another version
 * @kind: of the record
 * @name: of the service or the node
 * @rec: what is to be written, NULL where it is to be deleted
 * @did: what was done, for the log
 */
struct api_call *api_call_new(struct api *api, struct evhttp_request *req,
			      enum record_kind kind, const char *name,
			      struct record *rec, const char *did);

/** api_stored() - a store_fn: answers whoever asked for the &struct api_call */
void api_stored(void *arg, const struct store_reply *reply);

/* api_service.c: whatever is asked for of one service */
void api_service(struct api *api, struct evhttp_request *req, const char *name);

/* api_apply.c: a set of services; and nobody is answered any more */
void api_apply(struct api *api, struct evhttp_request *req);
void api_apply_close(struct api *api);

/* api_events.c: what changes, as it happens; its beginning and its end */
void api_events(struct api *api, struct evhttp_request *req);
int api_events_open(struct api *api, struct event_base *base,
		    struct l2a_error *err);
void api_events_close(struct api *api);

/* api_why.c: why a service is where it is */
void api_why(struct api *api, struct evhttp_request *req, const char *name);

/* api_move.c: what is posted about a node, NAME/drain, or a service, NAME/move */
void api_node_post(struct api *api, struct evhttp_request *req,
		   const char *path);
void api_service_post(struct api *api, struct evhttp_request *req,
		      const char *path);

/*
 * api_metrics.c: answers what is asked by those who watch, or returns false; and
 * the port that has nothing else.
 */
bool api_watched(struct agent *agent, struct evhttp_request *req,
		 const char *path);
int api_metrics_listen(struct api *api, struct event_base *base,
		       struct l2a_error *err);

#endif /* L2A_API_PRIV_H */
