// SPDX-License-Identifier: GPL-2.0
/*
 * Moving services by hand: a node is drained and undrained, a service is given to a
 * node. Each is one record written; the nodes then do what it says, silent first.
 */
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api_priv.h"
#include "why.h"

/* NAME/VERB: the name is cut off where it ends; NULL where the verb is another. */
static char *name_before(const char *path, const char *verb)
{
	const char *slash = strrchr(path, '/');
	char *name;

	if (!slash || slash == path || strcmp(slash + 1, verb))
		return NULL;
	name = xstrdup(path);
	name[slash - path] = '\0';
	return name;
}

/* Nodes. */

struct find_node {
	const char *name;
	bool found;
	bool drained;
	uint64_t version;
};

static void look_at_node(const struct el_node_info *info, void *arg)
{
	struct find_node *find = arg;

	if (strcmp(info->name, find->name))
		return;
	find->found = info->rec || info->drained;
	find->drained = info->drained;
	find->version = info->drain_version;
}

static struct record *drain_record(void)
{
	struct record *rec = record_new(RECORD_DRAIN);
	time_t now = time(NULL);
	char since[32];
	struct tm tm;

	if (gmtime_r(&now, &tm) &&
	    strftime(since, sizeof(since), "%Y-%m-%dT%H:%M:%SZ", &tm))
		rec->drain.since = xstrdup(since);
	return rec;
}

static void set_drained(struct api *api, struct evhttp_request *req,
			const struct find_node *node, bool drain)
{
	struct agent_info info = agent_info(api->agent);
	char key[RECORD_KEY_MAX];
	struct record *rec = NULL;
	struct api_call *call;
	char *value;

	record_key(RECORD_DRAIN, node->name, key);
	if (drain)
		rec = drain_record();
	call = api_call_new(api, req, RECORD_DRAIN, node->name, rec,
			    drain ? "drained" : "undrained");
	call->done = 204;
	if (!drain) {
		info.store->delete_if(info.handle, key, node->version,
				      api_stored, call);
		return;
	}
	/* Somebody else was faster: that is what was asked for. */
	call->conflict = 204;
	value = record_format(rec);
	info.store->put_if(info.handle, key, 0, value, api_stored, call);
	free(value);
	record_put(rec);
}

static void drain_node(struct api *api, struct evhttp_request *req,
		       const char *name, bool drain)
{
	struct find_node find = { .name = name };
	struct el_now now = agent_now();

	election_nodes(agent_info(api->agent).election, &now, look_at_node,
		       &find);
	if (!find.found)
		api_refuse(req, 404, "node %s: no such node", name);
	else if (find.drained == drain)
		api_send_json(req, 204, NULL);
	else
		set_drained(api, req, &find, drain);
}

void api_node_post(struct api *api, struct evhttp_request *req,
		   const char *path)
{
	char *drain = name_before(path, "drain");
	char *undrain = name_before(path, "undrain");

	if (drain)
		drain_node(api, req, drain, true);
	else if (undrain)
		drain_node(api, req, undrain, false);
	else
		api_refuse(req, 404, "%s: a node can be drained and undrained",
			   path);
	free(drain);
	free(undrain);
}

/* Services. */

struct find_service {
	const char *name;
	const struct record *rec;
	uint64_t version;
};

static void look_at_service(const struct el_service_info *info, void *arg)
{
	struct find_service *find = arg;

	if (strcmp(info->name, find->name))
		return;
	find->rec = info->rec;
	find->version = info->version;
}

/* The node comes first among those the service prefers: so it also stays there. */
static void prefer_first(struct names *prefer, const char *node)
{
	struct names was = *prefer;

	memset(prefer, 0, sizeof(*prefer));
	names_add(prefer, node);
	for (size_t i = 0; i < was.n; i++) {
		if (strcmp(was.v[i], node))
			names_add(prefer, was.v[i]);
	}
	names_clear(&was);
}

/* {"node": NAME}; NULL where it is anything else. */
static char *wanted_node(struct evhttp_request *req)
{
	char *body = api_body(req), *node = NULL;
	json_object *obj = json_tokener_parse(body);
	json_object *value;

	if (json_object_is_type(obj, json_type_object) &&
	    json_object_object_length(obj) == 1 &&
	    json_object_object_get_ex(obj, "node", &value) &&
	    json_object_is_type(value, json_type_string))
		node = xstrdup(json_object_get_string(value));
	json_object_put(obj);
	free(body);
	return node;
}

/* As it is, but for what it prefers. */
static void set_preferred(struct api *api, struct evhttp_request *req,
			  const char *name, const char *node)
{
	struct agent_info info = agent_info(api->agent);
	struct find_service service = { .name = name };
	struct el_now now = agent_now();
	char key[RECORD_KEY_MAX], *value;
	struct l2a_error err = { 0 };
	struct api_call *call;
	struct record *moved;

	election_services(info.election, &now, look_at_service, &service);
	moved = record_copy(service.rec, &err);
	if (!moved) {
		api_refuse(req, 500, "service %s: %s", name, err.text);
		return;
	}
	prefer_first(&moved->service.prefer, node);
	call = api_call_new(api, req, RECORD_SERVICE, name, moved, "moved");
	call->done = 202;
	value = record_format(moved);
	info.store->put_if(info.handle, record_key(RECORD_SERVICE, name, key),
			   service.version, value, api_stored, call);
	free(value);
	record_put(moved);
}

/* In the way may be what another service needs that shares a VIP with it. */
static void refuse_node(struct evhttp_request *req, const char *name,
			const char *node, const struct why_node *why)
{
	if (!why)
		api_refuse(req, 409, "service %s: node %s cannot hold it: there is no such node",
			   name, node);
	else if (strcmp(why->hindered, name))
		api_refuse(req, 409, "service %s: node %s cannot hold it: service %s, of the same unit: %s",
			   name, node, why->hindered, why->hindrance);
	else
		api_refuse(req, 409, "service %s: node %s cannot hold it: %s",
			   name, node, why->hindrance);
}

/* All of a unit go, so it is written where the unit looks first. */
static void move_service(struct api *api, struct evhttp_request *req,
			 const char *name, const char *node)
{
	struct el_now now = agent_now();
	const struct why_node *there;
	struct why why;

	if (!why_find(agent_info(api->agent).election, &now, name, &why)) {
		api_refuse(req, 404, "service %s: no such service", name);
		return;
	}
	there = why_find_node(&why, node);
	if (!there || there->hindrance)
		refuse_node(req, name, node, there);
	else
		set_preferred(api, req, why.leads, node);
	why_clear(&why);
}

void api_service_post(struct api *api, struct evhttp_request *req,
		      const char *path)
{
	char *name = name_before(path, "move");
	char *node = name ? wanted_node(req) : NULL;

	if (!name)
		api_refuse(req, 404, "%s: a service can be moved", path);
	else if (!node)
		api_refuse(req, 400, "service %s: {\"node\": NAME} expected",
			   name);
	else
		move_service(api, req, name, node);
	free(name);
	free(node);
}
