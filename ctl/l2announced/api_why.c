// SPDX-License-Identifier: GPL-2.0
/*
 * Why a service is where it is, over the API.
 */
#include <event2/http.h>

#include "api_priv.h"
#include "why.h"

static void put(json_object *obj, const char *key, json_object *value)
{
	json_object_object_add(obj, key, value);
}

static json_object *text(const char *s)
{
	return s ? json_object_new_string(s) : NULL;
}

static json_object *show_node(const struct why_node *node)
{
	json_object *obj = json_object_new_object();

	put(obj, "name", text(node->name));
	put(obj, "eligible", json_object_new_boolean(!node->hindrance));
	put(obj, "prefer", node->prefer ? json_object_new_uint64(node->prefer) :
					  NULL);
	put(obj, "weight", json_object_new_int64(node->weight));
	put(obj, "load", json_object_new_uint64(node->load));
	put(obj, "score", json_object_new_uint64(node->score));
	put(obj, "holds", json_object_new_boolean(node->holds));
	put(obj, "assigned", json_object_new_boolean(node->assigned));
	put(obj, "hindrance", text(node->hindrance));
	return obj;
}

static json_object *show(const char *service, const struct why *why)
{
	json_object *obj = json_object_new_object();
	json_object *unit = json_object_new_array();
	json_object *nodes = json_object_new_array();

	for (size_t i = 0; i < why->n_unit; i++)
		json_object_array_add(unit, text(why->unit[i]));
	for (size_t i = 0; i < why->n_nodes; i++)
		json_object_array_add(nodes, show_node(&why->nodes[i]));
	put(obj, "service", text(service));
	put(obj, "holder", text(why->holder));
	put(obj, "assigned", text(why->assigned));
	put(obj, "choice", text(why->choice));
	put(obj, "here", text(why->here));
	put(obj, "unit", unit);
	put(obj, "nodes", nodes);
	return obj;
}

void api_why(struct api *api, struct evhttp_request *req, const char *name)
{
	struct agent_info info = agent_info(api->agent);
	struct el_now now = agent_now();
	struct why why = { .unit = NULL };

	if (evhttp_request_get_command(req) != EVHTTP_REQ_GET)
		api_refuse(req, 405, "that can only be read");
	else if (!why_find(info.election, &now, name, &why))
		api_refuse(req, 404, "service %s: no such service", name);
	else
		api_send_json(req, 200, show(name, &why));
	why_clear(&why);
}
