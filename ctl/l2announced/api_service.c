// SPDX-License-Identifier: GPL-2.0
/*
 * One service over the API: shown, put, deleted. What is put must fit in with what
 * there is.
 */
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>

#include "api_json.h"
#include "api_priv.h"
#include "units.h"

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

struct member_list {
	struct unit_member *v;
	size_t n;
	const char *but;	/* not this one */
};

static void add_member(const struct el_service_info *info, void *arg)
{
	struct member_list *list = arg;

	if (!strcmp(info->name, list->but))
		return;
	list->v = xrealloc(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = (struct unit_member){ info->name, info->spec, false };
}

/* Whether a service fits in with those that it would share a VIP with. */
static int check_unit(struct api *api, const char *name,
		      const struct record *rec, struct l2a_error *err)
{
	struct member_list list = { .but = name };
	struct el_now now = agent_now();
	int ret;

	election_services(agent_info(api->agent).election, &now, add_member,
			  &list);
	list.v = xrealloc(list.v, list.n + 1, sizeof(*list.v));
	list.v[list.n++] = (struct unit_member){ name, &rec->service, true };
	ret = units_check(list.v, list.n, err);
	free(list.v);
	return ret;
}

static void put_service(struct api *api, struct evhttp_request *req,
			const char *name)
{
	struct agent_info info = agent_info(api->agent);
	char *body = api_body(req), *value;
	struct api_call *call;
	struct record *rec;
	struct l2a_error err;
	struct api_condition condition;
	char key[RECORD_KEY_MAX];

	if (!config_name_ok(name)) {
		api_refuse(req, 400, "service \"%s\": " API_NAME_RULE, name,
			   RECORD_NAME_MAX);
		free(body);
		return;
	}
	rec = api_service_parse(body, &condition, &err);
	free(body);
	if (!rec) {
		api_refuse(req, 400, "service %s: %s", name, err.text);
		return;
	}
	if (check_unit(api, name, rec, &err)) {
		api_refuse(req, 409, "%s", err.text);
		record_put(rec);
		return;
	}
	if (!condition.create && !condition.version)
		condition.version = known_version(api, name);
	call = api_call_new(api, req, RECORD_SERVICE, name, rec, "set");
	call->done = 201;
	if (condition.create)
		call->conflict_text = "exists";
	value = record_format(rec);
	info.store->put_if(info.handle, record_key(RECORD_SERVICE, name, key),
			   condition.version, value, api_stored, call);
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
		api_refuse(req, 404, "service %s: no such service", name);
		return;
	}
	call = api_call_new(api, req, RECORD_SERVICE, name, NULL, "deleted");
	call->done = 204;
	info.store->delete_if(info.handle, record_key(RECORD_SERVICE, name, key),
			      version, api_stored, call);
}

static void get_service(struct api *api, struct evhttp_request *req,
			const char *name)
{
	json_object *array = api_services(api->agent, name);

	if (json_object_array_length(array)) {
		api_send_json(req, 200, array);
		return;
	}
	json_object_put(array);
	api_refuse(req, 404, "service %s: no such service", name);
}

static void change_service(struct api *api, struct evhttp_request *req,
			   const char *name)
{
	switch (evhttp_request_get_command(req)) {
	case EVHTTP_REQ_PUT:
		put_service(api, req, name);
		break;
	case EVHTTP_REQ_DELETE:
		delete_service(api, req, name);
		break;
	case EVHTTP_REQ_POST:
		api_service_post(api, req, name);
		break;
	default:
		api_refuse(req, 405, "a service can be read, put, deleted and moved");
		break;
	}
}

void api_service(struct api *api, struct evhttp_request *req, const char *name)
{
	if (evhttp_request_get_command(req) == EVHTTP_REQ_GET)
		get_service(api, req, name);
	else if (api_viewed(api, req))
		change_service(api, req, name);
}
