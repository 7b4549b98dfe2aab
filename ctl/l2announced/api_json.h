/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the API shows and takes, as JSON.
 */
#ifndef L2A_API_JSON_H
#define L2A_API_JSON_H

#include <json-c/json.h>

#include "agent.h"

/** api_services() - list of services; @name: only this one, NULL for all */
json_object *api_services(struct agent *agent, const char *name);

/** api_service_spec() - add what is wanted of a service to its object */
void api_service_spec(json_object *obj, const struct service_record *spec);

/** api_keys() - list of objects with a key each */
json_object *api_keys(const struct names *keys);

/** api_nodes() - list of nodes */
json_object *api_nodes(struct agent *agent);

/** api_status() - this node, its store and its kernel, services and nodes */
json_object *api_status(struct agent *agent);

/**
 * struct api_condition - what must hold for a service to be put
 * @create: there must be none of that name yet
 * @version: it must be the one that was shown with this version; 0 for any
 */
struct api_condition {
	bool create;
	uint64_t version;
};

/**
 * api_service_parse() - read the body of a PUT of a service
 * @body: JSON text
 * @condition: out
 * @err: says what is wrong with it
 *
 * Return: its record, or NULL.
 */
struct record *api_service_parse(const char *body,
				 struct api_condition *condition,
				 struct l2a_error *err);

#endif /* L2A_API_JSON_H */
