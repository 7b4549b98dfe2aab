// SPDX-License-Identifier: GPL-2.0
/*
 * The control socket: routes of the HTTP API to what answers them.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "api.h"
#include "api_json.h"
#include "api_priv.h"
#include "door.h"
#include "log.h"
#include "reload.h"

#define SERVICE_PREFIX	"/v1/service/"
#define NODE_PREFIX	"/v1/node/"
#define WHY_PREFIX	"/v1/why/"
#define TIMEOUT_S	30
#define SOCKET_MODE	0660

/* Answers. */

void api_send_json(struct evhttp_request *req, int code, json_object *obj)
{
	struct evbuffer *buf = evbuffer_new();

	if (buf && obj)
		evbuffer_add_printf(buf, "%s\n",
				    json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN |
								   JSON_C_TO_STRING_NOSLASHESCAPE));
	evhttp_add_header(evhttp_request_get_output_headers(req),
			  "Content-Type", "application/json");
	evhttp_send_reply(req, code, NULL, buf);
	if (buf)
		evbuffer_free(buf);
	json_object_put(obj);
}

void api_refuse(struct evhttp_request *req, int code, const char *fmt, ...)
{
	json_object *obj = json_object_new_object();
	char text[L2A_ERROR_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_object_object_add(obj, "error", json_object_new_string(text));
	api_send_json(req, code, obj);
}

bool api_viewed(const struct api *api, struct evhttp_request *req)
{
	if (election_self(agent_info(api->agent).election).viewed)
		return true;
	api_refuse(req, 503, "what there is is not known yet: the store has not been read");
	return false;
}

void api_abandon(struct evhttp_request *req)
{
	/* Where it still has a connection, that frees it. */
	if (!evhttp_request_get_connection(req))
		evhttp_request_free(req);
}

/* Changes. */

static void call_free(struct api_call *call)
{
	if (call->prev)
		*call->prev = call->next;
	if (call->next)
		call->next->prev = call->prev;
	record_put(call->rec);
	free(call->name);
	free(call);
}

static void on_client_gone(struct evhttp_connection *conn, void *arg)
{
	struct api_call *call = arg;

	(void)conn;
	api_abandon(call->req);
	call->req = NULL;
}

static void tell_agent(const struct api_call *call, uint64_t version)
{
	const struct el_item item = {
		.kind = call->kind,
		.name = call->name,
		.version = version,
		.rec = call->rec,
	};

	agent_stored(call->agent, &item, 1);
}

void api_stored(void *arg, const struct store_reply *reply)
{
	struct api_call *call = arg;
	struct evhttp_request *req = call->req;

	if (reply->result == EL_OK) {
		log_notice("%s %s=%s", call->did, call->what, call->name);
		tell_agent(call, reply->items[0].version);
	}
	if (req) {
		evhttp_connection_set_closecb(evhttp_request_get_connection(req),
					      NULL, NULL);
		if (reply->result == EL_OK)
			api_send_json(req, call->done, NULL);
		else if (reply->result == EL_CONFLICT && call->conflict < 300)
			api_send_json(req, call->conflict, NULL);
		else if (reply->result == EL_CONFLICT)
			api_refuse(req, call->conflict, "%s %s: %s", call->what,
				   call->name, call->conflict_text);
		else
			api_refuse(req, 503, "%s %s: the store has not confirmed it: %s",
				   call->what, call->name, reply->error);
	}
	call_free(call);
}

struct api_call *api_call_new(struct api *api, struct evhttp_request *req,
			      enum record_kind kind, const char *name,
			      struct record *rec, const char *did)
{
	struct api_call *call = xmalloc(sizeof(*call));

	call->agent = api->agent;
	call->kind = kind;
	call->rec = record_get(rec);
	call->what = kind == RECORD_SERVICE ? "service" : "node";
	call->did = did;
	call->conflict = 409;
	call->conflict_text = "changed meanwhile, try again";

	call->req = req;
	call->name = xstrdup(name);
	call->prev = &api->calls;
	call->next = api->calls;
	if (call->next)
		call->next->prev = &call->next;
	api->calls = call;
	evhttp_connection_set_closecb(evhttp_request_get_connection(req),
				      on_client_gone, call);
	return call;
}

char *api_body(struct evhttp_request *req)
{
	struct evbuffer *buf = evhttp_request_get_input_buffer(req);
	size_t len = evbuffer_get_length(buf);
	char *body = xmalloc(len + 1);

	evbuffer_remove(buf, body, len);
	return body;
}

/* Routes. */

static void on_node(struct api *api, struct evhttp_request *req,
		    const char *name)
{
	if (evhttp_request_get_command(req) != EVHTTP_REQ_POST)
		api_refuse(req, 405, "a node can be drained and undrained");
	else if (api_viewed(api, req))
		api_node_post(api, req, name);
}

static void on_apply(struct api *api, struct evhttp_request *req)
{
	if (evhttp_request_get_command(req) != EVHTTP_REQ_POST)
		api_refuse(req, 405, "a set of services can only be posted");
	else if (api_viewed(api, req))
		api_apply(api, req);
}

/* The keys that have changed, or why nothing has. */
static void on_reload(struct api *api, struct evhttp_request *req)
{
	struct names changed = { 0, NULL };
	struct l2a_error err;

	if (evhttp_request_get_command(req) != EVHTTP_REQ_POST)
		api_refuse(req, 405, "a reload can only be posted");
	else if (reload_config(api->reload, &changed, &err))
		api_refuse(req, 409, "%s", err.text);
	else
		api_send_json(req, 200, api_keys(&changed));
	names_clear(&changed);
}

static json_object *services(struct agent *agent)
{
	return api_services(agent, NULL);
}

static const struct route {
	const char *path;
	json_object *(*get)(struct agent *agent);
} routes[] = {
	{ "/v1/service", services },
	{ "/v1/node", api_nodes },
	{ "/v1/status", api_status },
};

static void on_fixed(struct api *api, struct evhttp_request *req, const char *path)
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		json_object *obj;

		if (strcmp(routes[i].path, path))
			continue;
		if (evhttp_request_get_command(req) != EVHTTP_REQ_GET) {
			api_refuse(req, 405, "%s can only be read", path);
			return;
		}
		obj = routes[i].get(api->agent);
		api_send_json(req, 200, obj);
		return;
	}
	api_refuse(req, 404, "%s: no such thing", path);
}

/* What is behind the prefix is one name, percent-encoded. */
static void on_named(struct api *api, struct evhttp_request *req,
		     const char *path, const char *encoded,
		     void (*serve)(struct api *api, struct evhttp_request *req,
				   const char *name))
{
	size_t len = 0;
	char *name = evhttp_uridecode(encoded, 0, &len);

	if (!name || !len || strlen(name) != len)
		api_refuse(req, 400, "%s: names nothing", path);
	else
		serve(api, req, name);
	free(name);
}

static void on_request(struct evhttp_request *req, void *arg)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
	const char *path = evhttp_uri_get_path(uri);
	struct api *api = arg;

	if (!path)
		path = "/";
	if (!api_permits(req))
		return;
	if (!strncmp(path, SERVICE_PREFIX, strlen(SERVICE_PREFIX)))
		on_named(api, req, path, path + strlen(SERVICE_PREFIX),
			 api_service);
	else if (!strcmp(path, "/v1/apply"))
		on_apply(api, req);
	else if (!strcmp(path, "/v1/reload"))
		on_reload(api, req);
	else if (!strcmp(path, "/v1/events"))
		api_events(api, req);
	else if (!strncmp(path, WHY_PREFIX, strlen(WHY_PREFIX)))
		on_named(api, req, path, path + strlen(WHY_PREFIX), api_why);
	else if (!strncmp(path, NODE_PREFIX, strlen(NODE_PREFIX)))
		on_named(api, req, path, path + strlen(NODE_PREFIX), on_node);
	else if (!api_watched(api->agent, req, path))
		on_fixed(api, req, path);
}

/* The socket. */

static int in_use(const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int ret;

	if (fd < 0)
		return 0;
	ret = connect(fd, (const struct sockaddr *)addr, sizeof(*addr));
	close(fd);
	return !ret;
}

static int make_directory(const char *path, struct l2a_error *err)
{
	char *copy = xstrdup(path);
	char *dir = dirname(copy);
	int ret = 0;

	if (mkdir(dir, 0755) && errno != EEXIST)
		ret = l2a_fail(err, -errno, "%s: %s", dir, strerror(errno));
	free(copy);
	return ret;
}

static int bind_socket(const char *path, struct l2a_error *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t old;
	int fd, ret;

	if (strlen(path) >= sizeof(addr.sun_path))
		return l2a_fail(err, -ENAMETOOLONG,
				"socket: \"%s\" is longer than %zu bytes", path,
				sizeof(addr.sun_path) - 1);
	strcpy(addr.sun_path, path);
	if (make_directory(path, err))
		return err->code;
	if (in_use(&addr))
		return l2a_fail(err, -EADDRINUSE,
				"socket: %s: another controller listens there",
				path);
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return l2a_fail(err, -errno, "socket: %s", strerror(errno));
	old = umask(0777 & ~SOCKET_MODE);
	ret = bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) ? -errno : 0;
	umask(old);
	if (!ret)
		return fd;
	close(fd);
	return l2a_fail(err, ret, "socket: %s: %s", path, strerror(-ret));
}

static struct evconnlistener *listener(struct event_base *base, int fd)
{
	return evconnlistener_new(base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE |
				  LEV_OPT_CLOSE_ON_EXEC, -1, fd);
}

struct api *api_open(struct agent *agent, struct reload *reload,
		     struct event_base *base, struct l2a_error *err)
{
	struct api *api = xmalloc(sizeof(*api));
	struct evconnlistener *lev;
	int fd;

	api->agent = agent;
	api->reload = reload;
	fd = bind_socket(agent_info(agent).config->socket, err);
	if (fd < 0) {
		free(api);
		return NULL;
	}
	api->path = xstrdup(agent_info(agent).config->socket);
	api->http = evhttp_new(base);
	lev = api->http ? listener(base, fd) : NULL;
	if (lev)
		api->door = door_open(api->http, lev, base, api_body_most);
	if (!api->door) {
		l2a_fail(err, -ENOMEM, "socket: %s: cannot listen", api->path);
		api_close(api);
		return NULL;
	}
	evhttp_set_allowed_methods(api->http, EVHTTP_REQ_GET | EVHTTP_REQ_PUT |
				   EVHTTP_REQ_DELETE | EVHTTP_REQ_POST |
				   EVHTTP_REQ_HEAD);
	evhttp_set_timeout(api->http, TIMEOUT_S);
	evhttp_set_gencb(api->http, on_request, api);
	if (!api_metrics_listen(api, base, err) &&
	    !api_events_open(api, base, err))
		return api;
	api_close(api);
	return NULL;
}

void api_close(struct api *api)
{
	if (!api)
		return;
	/* What is on its way is answered when the store is closed, later. */
	for (struct api_call *call = api->calls, *next; call; call = next) {
		next = call->next;
		if (call->req)
			evhttp_connection_set_closecb(evhttp_request_get_connection(call->req),
						      NULL, NULL);
		call->req = NULL;
		call->next = NULL;
		call->prev = NULL;
	}
	api_apply_close(api);
	api_events_close(api);
	if (api->http)
		evhttp_free(api->http);
	if (api->metrics)
		evhttp_free(api->metrics);
	door_close(api->door);
	door_close(api->metrics_door);
	if (api->path)
		unlink(api->path);
	free(api->path);
	free(api);
}
