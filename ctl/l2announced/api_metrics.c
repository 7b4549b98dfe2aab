// SPDX-License-Identifier: GPL-2.0
/*
 * /metrics and /healthz: on the control socket, and for those who cannot reach
 * that, on a TCP port which has nothing else.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <string.h>
#include <sys/socket.h>

#include "api_priv.h"
#include "door.h"
#include "exposition.h"
#include "metrics_show.h"

#define TIMEOUT_S	30

static void send_metrics(struct agent *agent, struct evhttp_request *req)
{
	struct evbuffer *buf = evbuffer_new();

	if (buf)
		metrics_show(buf, agent);
	evhttp_add_header(evhttp_request_get_output_headers(req),
			  "Content-Type", EXPOSITION_TYPE);
	evhttp_send_reply(req, buf ? 200 : 500, NULL, buf);
	if (buf)
		evbuffer_free(buf);
}

static void send_health(struct agent *agent, struct evhttp_request *req)
{
	struct agent_info info = agent_info(agent);
	struct el_self_info self = election_self(info.election);
	json_object *obj = json_object_new_object();
	bool ok = self.member && info.kernel && !info.store_error;

	json_object_object_add(obj, "ok", json_object_new_boolean(ok));
	json_object_object_add(obj, "state", json_object_new_string(self.state));
	api_send_json(req, ok ? 200 : 503, obj);
}

bool api_watched(struct agent *agent, struct evhttp_request *req,
		 const char *path)
{
	bool metrics = !strcmp(path, "/metrics");

	if (!metrics && strcmp(path, "/healthz"))
		return false;
	if (evhttp_request_get_command(req) != EVHTTP_REQ_GET)
		api_refuse(req, 405, "%s can only be read", path);
	else if (metrics)
		send_metrics(agent, req);
	else
		send_health(agent, req);
	return true;
}

static void on_request(struct evhttp_request *req, void *arg)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
	const char *path = evhttp_uri_get_path(uri);

	if (!path || !api_watched(arg, req, path))
		api_refuse(req, 404, "%s: no such thing", path ? path : "/");
}

static struct evconnlistener *listener(const char *where,
				       struct event_base *base)
{
	struct sockaddr_storage addr;
	int len = sizeof(addr);

	memset(&addr, 0, sizeof(addr));
	if (evutil_parse_sockaddr_port(where, (struct sockaddr *)&addr, &len)) {
		errno = EINVAL;
		return NULL;
	}
	return evconnlistener_new_bind(base, NULL, NULL, LEV_OPT_REUSEABLE |
				       LEV_OPT_CLOSE_ON_FREE |
				       LEV_OPT_CLOSE_ON_EXEC, -1,
				       (struct sockaddr *)&addr, len);
}

int api_metrics_listen(struct api *api, struct event_base *base,
		       struct l2a_error *err)
{
	const char *where = agent_info(api->agent).config->metrics_listen;
	struct evconnlistener *lev;

	if (!where)
		return 0;
	lev = listener(where, base);
	if (!lev)
		return l2a_fail(err, -errno, "metrics: %s: %s", where,
				strerror(errno));
	api->metrics = evhttp_new(base);
	if (api->metrics)
		api->metrics_door = door_open(api->metrics, lev, base, NULL);
	if (!api->metrics_door) {
		evconnlistener_free(lev);
		return l2a_fail(err, -ENOMEM, "metrics: %s: cannot listen",
				where);
	}
	evhttp_set_allowed_methods(api->metrics, EVHTTP_REQ_GET);
	evhttp_set_timeout(api->metrics, TIMEOUT_S);
	evhttp_set_gencb(api->metrics, on_request, api->agent);
	return 0;
}
