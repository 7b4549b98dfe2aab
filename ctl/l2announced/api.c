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
#include "log.h"

#define SERVICE_PREFIX	"/v1/service/"
#define BODY_MOST	(1024 * 1024)
#define TIMEOUT_S	30
#define SOCKET_MODE	0660

struct api {
	struct agent *agent;
	struct evhttp *http;
	struct api_call *calls;
	char *path;
};

/* A change on its way to the store. */
struct api_call {
	struct api_call *next, **prev;
	struct evhttp_request *req;	/* NULL once the client has gone */
	char *name;
	int done;
	int conflict;
	const char *conflict_text;
};

/* Answers. */

static void send_json(struct evhttp_request *req, int code, json_object *obj)
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

static void refuse(struct evhttp_request *req, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void refuse(struct evhttp_request *req, int code, const char *fmt, ...)
{
	json_object *obj = json_object_new_object();
	char text[L2A_ERROR_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_object_object_add(obj, "error", json_object_new_string(text));
	send_json(req, code, obj);
}

/* Changes. */

static void call_free(struct api_call *call)
{
	*call->prev = call->next;
	if (call->next)
		call->next->prev = call->prev;
	free(call->name);
	free(call);
}

static void on_client_gone(struct evhttp_connection *conn, void *arg)
{
	struct api_call *call = arg;

	(void)conn;
	call->req = NULL;
}

static void on_stored(void *arg, const struct store_reply *reply)
{
	struct api_call *call = arg;
	struct evhttp_request *req = call->req;

	if (reply->result == EL_OK)
		log_notice("%s service=%s", call->done == 201 ? "set" : "deleted",
			   call->name);
	if (req) {
		evhttp_connection_set_closecb(evhttp_request_get_connection(req),
					      NULL, NULL);
		if (reply->result == EL_OK)
			send_json(req, call->done, NULL);
		else if (reply->result == EL_CONFLICT)
			refuse(req, call->conflict, "service %s: %s", call->name,
			       call->conflict_text);
		else
			refuse(req, 503, "service %s: the store has not confirmed it: %s",
			       call->name, reply->error);
	}
	call_free(call);
}

static struct api_call *call_new(struct api *api, struct evhttp_request *req,
				 const char *name)
{
	struct api_call *call = xmalloc(sizeof(*call));

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

struct version_of {
	const char *name;
	uint64_t version;
};

static void find_version(const struct el_service_info *info, void *arg)
{
	struct version_of *find = arg;

	if (!strcmp(info->name, find->name))
		find->version = info->version;
}

static uint64_t known_version(struct api *api, const char *name)
{
	struct version_of find = { name, 0 };
	struct el_now now = agent_now();

	election_services(agent_info(api->agent).election, &now, find_version,
			  &find);
	return find.version;
}

static char *body_of(struct evhttp_request *req)
{
	struct evbuffer *buf = evhttp_request_get_input_buffer(req);
	size_t len = evbuffer_get_length(buf);
	char *body = xmalloc(len + 1);

	evbuffer_remove(buf, body, len);
	return body;
}

static void put_service(struct api *api, struct evhttp_request *req,
			const char *name)
{
	struct agent_info info = agent_info(api->agent);
	char *body = body_of(req), *value;
	struct api_call *call;
	struct record *rec;
	struct l2a_error err;
	char key[RECORD_KEY_MAX];
	uint64_t version;
	bool create;

	if (!config_name_ok(name)) {
		refuse(req, 400, "\"%s\" is no service's name: letters, digits and \"-._/\", at most %d, no \"/\" at an end",
		       name, RECORD_NAME_MAX);
		free(body);
		return;
	}
	rec = api_service_parse(body, &create, &err);
	free(body);
	if (!rec) {
		refuse(req, 400, "service %s: %s", name, err.text);
		return;
	}
	version = create ? 0 : known_version(api, name);
	call = call_new(api, req, name);
	call->done = 201;
	call->conflict = 409;
	call->conflict_text = create ? "exists" : "changed meanwhile, try again";
	value = record_format(rec);
	info.store->put_if(info.handle, record_key(RECORD_SERVICE, name, key),
			   version, value, on_stored, call);
	free(value);
	record_put(rec);
}

static void delete_service(struct api *api, struct evhttp_request *req,
			   const char *name)
{
	struct agent_info info = agent_info(api->agent);
	uint64_t version = known_version(api, name);
	struct api_call *call;
	char key[RECORD_KEY_MAX];

	if (!version) {
		refuse(req, 404, "service %s: no such service", name);
		return;
	}
	call = call_new(api, req, name);
	call->done = 204;
	call->conflict = 409;
	call->conflict_text = "changed meanwhile, try again";
	info.store->delete_if(info.handle, record_key(RECORD_SERVICE, name, key),
			      version, on_stored, call);
}

/* Routes. */

static void get_service(struct api *api, struct evhttp_request *req,
			const char *name)
{
	json_object *array = api_services(api->agent, name);

	if (json_object_array_length(array)) {
		send_json(req, 200, array);
		return;
	}
	json_object_put(array);
	refuse(req, 404, "service %s: no such service", name);
}

static void on_service(struct api *api, struct evhttp_request *req,
		       const char *name)
{
	switch (evhttp_request_get_command(req)) {
	case EVHTTP_REQ_GET:
		get_service(api, req, name);
		break;
	case EVHTTP_REQ_PUT:
		put_service(api, req, name);
		break;
	case EVHTTP_REQ_DELETE:
		delete_service(api, req, name);
		break;
	default:
		refuse(req, 405, "a service can be read, put and deleted");
		break;
	}
}

static json_object *services(struct agent *agent)
{
	return api_services(agent, NULL);
}

static json_object *health(struct agent *agent)
{
	struct agent_info info = agent_info(agent);
	struct el_self_info self = election_self(info.election);
	json_object *obj = json_object_new_object();
	bool ok = self.member && info.kernel && !info.store_error;

	json_object_object_add(obj, "ok", json_object_new_boolean(ok));
	json_object_object_add(obj, "state", json_object_new_string(self.state));
	return obj;
}

static bool is_well(json_object *obj)
{
	json_object *ok;

	return !json_object_object_get_ex(obj, "ok", &ok) ||
	       json_object_get_boolean(ok);
}

static const struct route {
	const char *path;
	json_object *(*get)(struct agent *agent);
} routes[] = {
	{ "/v1/service", services },
	{ "/v1/node", api_nodes },
	{ "/v1/status", api_status },
	{ "/healthz", health },
};

static void on_fixed(struct api *api, struct evhttp_request *req, const char *path)
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		json_object *obj;

		if (strcmp(routes[i].path, path))
			continue;
		if (evhttp_request_get_command(req) != EVHTTP_REQ_GET) {
			refuse(req, 405, "%s can only be read", path);
			return;
		}
		obj = routes[i].get(api->agent);
		send_json(req, is_well(obj) ? 200 : 503, obj);
		return;
	}
	refuse(req, 404, "%s: no such thing", path);
}

static void on_request(struct evhttp_request *req, void *arg)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
	const char *path = evhttp_uri_get_path(uri);
	struct api *api = arg;
	size_t len = 0;
	char *name;

	if (!path)
		path = "/";
	if (strncmp(path, SERVICE_PREFIX, strlen(SERVICE_PREFIX))) {
		on_fixed(api, req, path);
		return;
	}
	name = evhttp_uridecode(path + strlen(SERVICE_PREFIX), 0, &len);
	if (!name || !len || strlen(name) != len)
		refuse(req, 400, "%s: names no service", path);
	else
		on_service(api, req, name);
	free(name);
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

struct api *api_open(struct agent *agent, struct event_base *base,
		     struct l2a_error *err)
{
	struct api *api = xmalloc(sizeof(*api));
	struct evconnlistener *lev;
	int fd;

	api->agent = agent;
	fd = bind_socket(agent_info(agent).config->socket, err);
	if (fd < 0) {
		free(api);
		return NULL;
	}
	api->path = xstrdup(agent_info(agent).config->socket);
	api->http = evhttp_new(base);
	lev = api->http ? listener(base, fd) : NULL;
	if (!lev || !evhttp_bind_listener(api->http, lev)) {
		l2a_fail(err, -ENOMEM, "socket: %s: cannot listen", api->path);
		api_close(api);
		return NULL;
	}
	evhttp_set_allowed_methods(api->http, EVHTTP_REQ_GET | EVHTTP_REQ_PUT |
				   EVHTTP_REQ_DELETE | EVHTTP_REQ_POST |
				   EVHTTP_REQ_HEAD);
	evhttp_set_max_body_size(api->http, BODY_MOST);
	evhttp_set_timeout(api->http, TIMEOUT_S);
	evhttp_set_gencb(api->http, on_request, api);
	return api;
}

void api_close(struct api *api)
{
	if (!api)
		return;
	for (struct api_call *call = api->calls; call; call = call->next) {
		if (call->req)
			evhttp_connection_set_closecb(evhttp_request_get_connection(call->req),
						      NULL, NULL);
		call->req = NULL;
	}
	if (api->http)
		evhttp_free(api->http);
	if (api->path)
		unlink(api->path);
	free(api->path);
	free(api);
}
