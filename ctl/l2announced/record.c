// SPDX-License-Identifier: GPL-2.0
/*
 * The records the lease store keeps, as structures and as JSON.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "assign.h"
#include "record.h"

static const char *const prefixes[] = {
	[RECORD_NODE] = "node/",
	[RECORD_SERVICE] = "service/",
	[RECORD_HOLDER] = "holder/",
	[RECORD_DRAIN] = "drain/",
};

static const char *const states[] = {
	[NODE_READY] = "ready",
	[NODE_DRAINING] = "draining",
	[NODE_FENCED] = "fenced",
};

#define N(array)	(sizeof(array) / sizeof((array)[0]))

const char *node_state_name(enum node_state state)
{
	return states[state];
}

struct record *record_new(enum record_kind kind)
{
	struct record *rec = xmalloc(sizeof(*rec));

	rec->refs = 1;
	rec->kind = kind;
	return rec;
}

struct record *record_get(struct record *rec)
{
	if (rec)
		rec->refs++;
	return rec;
}

static void clear_node(struct node_record *node)
{
	names_clear(&node->devs);
	names_clear(&node->unhealthy);
	free(node->boot);
	free(node->run);
	free(node->host);
}

static void clear_service(struct service_record *service)
{
	names_clear(&service->vips);
	names_clear(&service->devs);
	names_clear(&service->nodes);
	names_clear(&service->prefer);
	checks_clear(&service->checks);
}

static void clear_holder(struct holder_record *holder)
{
	free(holder->node);
	free(holder->since);
	free(holder->next);
	free(holder->why);
	free(holder->last);
	names_clear(&holder->vips);
}

void record_put(struct record *rec)
{
	if (!rec || --rec->refs)
		return;
	switch (rec->kind) {
	case RECORD_NODE:
		clear_node(&rec->node);
		break;
	case RECORD_SERVICE:
		clear_service(&rec->service);
		break;
	case RECORD_HOLDER:
		clear_holder(&rec->holder);
		break;
	case RECORD_DRAIN:
		free(rec->drain.since);
		break;
	}
	free(rec);
}

const char *record_key(enum record_kind kind, const char *name,
		       char buf[RECORD_KEY_MAX])
{
	snprintf(buf, RECORD_KEY_MAX, "%s%s", prefixes[kind], name);
	return buf;
}

const char *record_key_parse(const char *key, enum record_kind *kind)
{
	for (size_t i = 0; i < N(prefixes); i++) {
		size_t len = strlen(prefixes[i]);

		if (strncmp(key, prefixes[i], len) || !key[len] ||
		    strlen(key + len) > RECORD_NAME_MAX)
			continue;
		*kind = (enum record_kind)i;
		return key + len;
	}
	return NULL;
}

/* Reading: each of these leaves its target alone where the member is missing. */

static bool get_u64(json_object *obj, const char *name, uint64_t *value)
{
	json_object *v;

	if (!json_object_object_get_ex(obj, name, &v) || !v)
		return true;
	if (!json_object_is_type(v, json_type_int) || json_object_get_int64(v) < 0)
		return false;
	*value = json_object_get_uint64(v);
	return true;
}

static bool get_bool(json_object *obj, const char *name, bool *value)
{
	json_object *v;

	if (!json_object_object_get_ex(obj, name, &v) || !v)
		return true;
	*value = json_object_get_boolean(v);
	return json_object_is_type(v, json_type_boolean);
}

static bool get_string(json_object *obj, const char *name, char **value)
{
	json_object *v;

	if (!json_object_object_get_ex(obj, name, &v) || !v)
		return true;
	if (!json_object_is_type(v, json_type_string))
		return false;
	*value = xstrdup(json_object_get_string(v));
	return true;
}

static bool get_names(json_object *obj, const char *name, struct names *value)
{
	json_object *v;

	if (!json_object_object_get_ex(obj, name, &v) || !v)
		return true;
	if (!json_object_is_type(v, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(v); i++) {
		json_object *item = json_object_array_get_idx(v, i);

		if (!json_object_is_type(item, json_type_string))
			return false;
		names_add(value, json_object_get_string(item));
	}
	return true;
}

static bool get_state(json_object *obj, enum node_state *state)
{
	json_object *v;

	if (!json_object_object_get_ex(obj, "state", &v) ||
	    !json_object_is_type(v, json_type_string))
		return false;
	for (size_t i = 0; i < N(states); i++) {
		if (strcmp(states[i], json_object_get_string(v)))
			continue;
		*state = (enum node_state)i;
		return true;
	}
	return false;
}

static bool get_duration(json_object *obj, uint32_t *ms)
{
	uint64_t duration = 0;

	if (!get_u64(obj, "duration_ms", &duration) || duration > UINT32_MAX)
		return false;
	*ms = (uint32_t)duration;
	return true;
}

static const char *parse_node(json_object *obj, struct node_record *node)
{
	uint64_t weight = ASSIGN_WEIGHT;

	if (!get_u64(obj, "incarnation", &node->incarnation) ||
	    !node->incarnation)
		return "incarnation";
	if (!get_u64(obj, "seq", &node->seq))
		return "seq";
	if (!get_duration(obj, &node->duration_ms) || !node->duration_ms)
		return "duration_ms";
	if (!get_state(obj, &node->state))
		return "state";
	/* A node that knows of no weights has the one of most. */
	if (!get_u64(obj, "weight", &weight) || weight > ASSIGN_WEIGHT_MOST)
		return "weight";
	node->weight = (uint32_t)weight;
	if (!get_bool(obj, "left", &node->left))
		return "left";
	if (!get_u64(obj, "seen", &node->seen))
		return "seen";
	if (!get_names(obj, "devs", &node->devs))
		return "devs";
	if (!get_names(obj, "unhealthy", &node->unhealthy))
		return "unhealthy";
	/* Looked up for each service; an older version writes it in no order. */
	names_sort(&node->unhealthy);
	if (!get_string(obj, "boot", &node->boot))
		return "boot";
	if (!get_string(obj, "run", &node->run))
		return "run";
	return get_string(obj, "host", &node->host) ? NULL : "host";
}

static bool get_checks(json_object *obj, struct check_list *checks)
{
	struct l2a_error err;
	json_object *v;

	return !json_object_object_get_ex(obj, "checks", &v) ||
	       !checks_parse(v, checks, &err);
}

static const char *parse_service(json_object *obj, struct service_record *service)
{
	char *deliver = NULL;
	bool known;

	if (!get_names(obj, "vips", &service->vips) || !service->vips.n)
		return "vips";
	if (!get_names(obj, "devs", &service->devs) || !service->devs.n)
		return "devs";
	if (!get_names(obj, "nodes", &service->nodes))
		return "nodes";
	if (!get_names(obj, "prefer", &service->prefer))
		return "prefer";
	if (!get_checks(obj, &service->checks))
		return "checks";
	if (!get_string(obj, "deliver", &deliver))
		return "deliver";
	known = !deliver || !strcmp(deliver, "route") || !strcmp(deliver, "none");
	service->deliver = deliver && !strcmp(deliver, "route");
	free(deliver);
	return known ? NULL : "deliver";
}

static const char *parse_holder(json_object *obj, struct holder_record *holder)
{
	if (!get_string(obj, "node", &holder->node))
		return "node";
	if (!get_u64(obj, "incarnation", &holder->incarnation))
		return "incarnation";
	if (!get_duration(obj, &holder->duration_ms))
		return "duration_ms";
	if (!get_u64(obj, "token", &holder->token))
		return "token";
	if (!get_string(obj, "since", &holder->since))
		return "since";
	if (!get_string(obj, "next", &holder->next))
		return "next";
	if (!get_string(obj, "last", &holder->last))
		return "last";
	if (!get_string(obj, "why", &holder->why))
		return "why";
	if (!get_u64(obj, "transitions", &holder->transitions))
		return "transitions";
	return get_names(obj, "vips", &holder->vips) ? NULL : "vips";
}

static const char *parse_members(json_object *obj, struct record *rec)
{
	switch (rec->kind) {
	case RECORD_NODE:
		return parse_node(obj, &rec->node);
	case RECORD_SERVICE:
		return parse_service(obj, &rec->service);
	case RECORD_HOLDER:
		return parse_holder(obj, &rec->holder);
	case RECORD_DRAIN:
		return get_string(obj, "since", &rec->drain.since) ? NULL :
		       "since";
	}
	return "kind";
}

struct record *record_parse(enum record_kind kind, const char *text,
			    struct l2a_error *err)
{
	json_object *obj = json_tokener_parse(text);
	struct record *rec;
	const char *bad;

	if (!json_object_is_type(obj, json_type_object)) {
		json_object_put(obj);
		l2a_fail(err, -EINVAL, "not a JSON object");
		return NULL;
	}
	rec = record_new(kind);
	bad = parse_members(obj, rec);
	json_object_put(obj);
	if (!bad)
		return rec;
	record_put(rec);
	l2a_fail(err, -EINVAL, "%s: missing, or not what it should be", bad);
	return NULL;
}

/* Writing. */

static void put(json_object *obj, const char *name, json_object *value)
{
	json_object_object_add(obj, name, value);
}

static void put_string(json_object *obj, const char *name, const char *value)
{
	put(obj, name, value ? json_object_new_string(value) : NULL);
}

static void put_names(json_object *obj, const char *name,
		      const struct names *value)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < value->n; i++)
		json_object_array_add(array, json_object_new_string(value->v[i]));
	put(obj, name, array);
}

static void format_node(json_object *obj, const struct node_record *node)
{
	put(obj, "incarnation", json_object_new_uint64(node->incarnation));
	put(obj, "seq", json_object_new_uint64(node->seq));
	put(obj, "duration_ms", json_object_new_int64(node->duration_ms));
	put_string(obj, "state", states[node->state]);
	put(obj, "weight", json_object_new_int64(node->weight));
	if (node->left)
		put(obj, "left", json_object_new_boolean(true));
	put(obj, "seen", json_object_new_uint64(node->seen));
	put_names(obj, "devs", &node->devs);
	put_names(obj, "unhealthy", &node->unhealthy);
	put_string(obj, "boot", node->boot);
	put_string(obj, "run", node->run);
	put_string(obj, "host", node->host);
}

static void format_service(json_object *obj, const struct service_record *service)
{
	put_names(obj, "vips", &service->vips);
	put_names(obj, "devs", &service->devs);
	put_names(obj, "nodes", &service->nodes);
	put_names(obj, "prefer", &service->prefer);
	put_string(obj, "deliver", service->deliver ? "route" : "none");
	put(obj, "checks", checks_format(&service->checks));
}

static void format_holder(json_object *obj, const struct holder_record *holder)
{
	put_string(obj, "node", holder->node);
	put(obj, "incarnation", json_object_new_uint64(holder->incarnation));
	put(obj, "duration_ms", json_object_new_int64(holder->duration_ms));
	put(obj, "token", json_object_new_uint64(holder->token));
	put_string(obj, "since", holder->since);
	put_string(obj, "next", holder->next);
	put_string(obj, "last", holder->last);
	put_string(obj, "why", holder->why);
	put(obj, "transitions", json_object_new_uint64(holder->transitions));
	put_names(obj, "vips", &holder->vips);
}

char *record_format(const struct record *rec)
{
	json_object *obj = json_object_new_object();
	char *text;

	switch (rec->kind) {
	case RECORD_NODE:
		format_node(obj, &rec->node);
		break;
	case RECORD_SERVICE:
		format_service(obj, &rec->service);
		break;
	case RECORD_HOLDER:
		format_holder(obj, &rec->holder);
		break;
	case RECORD_DRAIN:
		put_string(obj, "since", rec->drain.since);
		break;
	}
	text = xstrdup(json_object_to_json_string_ext(obj,
						      JSON_C_TO_STRING_PLAIN));
	json_object_put(obj);
	return text;
}

struct record *record_copy(const struct record *rec, struct l2a_error *err)
{
	char *text = record_format(rec);
	struct record *copy = record_parse(rec->kind, text, err);

	free(text);
	return copy;
}
