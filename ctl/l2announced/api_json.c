// SPDX-License-Identifier: GPL-2.0
/*
 * What the API shows and takes, as JSON.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api_json.h"
#include "lib/address.h"
#include "lib/clock.h"
#include "warnings.h"

#define IFNAME_MOST	15	/* a pattern longer than that fits no device */

static json_object *text(const char *s)
{
	return s ? json_object_new_string(s) : NULL;
}

static json_object *list(const struct names *names)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < names->n; i++)
		json_object_array_add(array, text(names->v[i]));
	return array;
}

static void put(json_object *obj, const char *key, json_object *value)
{
	json_object_object_add(obj, key, value);
}

json_object *api_keys(const struct names *keys)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < keys->n; i++) {
		json_object *obj = json_object_new_object();

		put(obj, "key", text(keys->v[i]));
		json_object_array_add(array, obj);
	}
	return array;
}

/* Services. */

struct service_filter {
	json_object *array;
	const char *name;
};

static void add_holder(json_object *obj, const struct el_service_info *info)
{
	const struct holder_record *h = info->holder;
	bool held = h && info->held;

	put(obj, "holder", held ? text(h->node) : NULL);
	put(obj, "token", json_object_new_uint64(h ? h->token : 0));
	put(obj, "since", held ? text(h->since) : NULL);
	put(obj, "transitions", json_object_new_uint64(h ? h->transitions : 0));
	put(obj, "last", h ? text(h->last) : NULL);
	put(obj, "why", h ? text(h->why) : NULL);
}

static void add_wishes(json_object *obj, const struct service_record *spec)
{
	put(obj, "nodes", list(&spec->nodes));
	put(obj, "prefer", list(&spec->prefer));
	put(obj, "deliver", text(spec->deliver ? "route" : "none"));
	put(obj, "checks", checks_format(&spec->checks));
}

void api_service_spec(json_object *obj, const struct service_record *spec)
{
	put(obj, "vips", list(&spec->vips));
	put(obj, "devs", list(&spec->devs));
	add_wishes(obj, spec);
}

static void add_service(const struct el_service_info *info, void *arg)
{
	const struct service_filter *filter = arg;
	json_object *obj;

	if (filter->name && strcmp(filter->name, info->name))
		return;
	obj = json_object_new_object();
	put(obj, "name", text(info->name));
	put(obj, "vips", list(&info->spec->vips));
	put(obj, "devs", list(&info->spec->devs));
	add_holder(obj, info);
	put(obj, "state", text(info->state));
	add_wishes(obj, info->spec);
	put(obj, "version", json_object_new_uint64(info->version));
	json_object_array_add(filter->array, obj);
}

json_object *api_services(struct agent *agent, const char *name)
{
	struct service_filter filter = { json_object_new_array(), name };
	struct el_now now = agent_now();

	election_services(agent_info(agent).election, &now, add_service, &filter);
	return filter.array;
}

/* Nodes. */

struct node_entry {
	const char *name;
	json_object *services;	/* that it holds */
};

struct node_list {
	json_object *array;
	struct node_entry *v;	/* by name, as the election has them */
	size_t n;
};

static void add_node(const struct el_node_info *info, void *arg)
{
	static const struct names none;
	struct node_list *nodes = arg;
	json_object *obj = json_object_new_object();
	json_object *held = json_object_new_array();

	put(obj, "name", text(info->name));
	put(obj, "state", text(info->state));
	put(obj, "weight", info->rec ?
	    json_object_new_int64(info->rec->weight) : NULL);
	put(obj, "services", held);
	put(obj, "devs", list(info->rec ? &info->rec->devs : &none));
	put(obj, "last_seen_ms",
	    json_object_new_uint64(info->seen_ns / L2A_NSEC_PER_MSEC));
	put(obj, "incarnation",
	    json_object_new_uint64(info->rec ? info->rec->incarnation : 0));
	json_object_array_add(nodes->array, obj);
	nodes->v = xrealloc(nodes->v, nodes->n + 1, sizeof(*nodes->v));
	nodes->v[nodes->n++] = (struct node_entry){ info->name, held };
}

static int by_name(const void *name, const void *entry)
{
	return strcmp(name, ((const struct node_entry *)entry)->name);
}

/* Many services, each looked at once: its holder is looked up. */
static void add_held(const struct el_service_info *info, void *arg)
{
	const struct node_list *nodes = arg;
	const struct node_entry *entry;

	if (!info->held || !nodes->n)
		return;
	entry = bsearch(info->holder->node, nodes->v, nodes->n,
			sizeof(*nodes->v), by_name);
	if (entry)
		json_object_array_add(entry->services, text(info->name));
}

json_object *api_nodes(struct agent *agent)
{
	struct election *election = agent_info(agent).election;
	struct node_list nodes = { .array = json_object_new_array() };
	struct el_now now = agent_now();

	election_nodes(election, &now, add_node, &nodes);
	election_services(election, &now, add_held, &nodes);
	free(nodes.v);
	return nodes.array;
}

/* Status. */

static json_object *store_status(const struct agent_info *info)
{
	json_object *obj = json_object_new_object();
	uint64_t rtt = info->store->rtt_us(info->handle);

	put(obj, "type", text(info->store->type));
	put(obj, "state", text(info->store_error ? "unreachable" :
			       info->store_seen ? "ok" : "connecting"));
	put(obj, "rtt_ms", json_object_new_double((double)rtt / 1000.0));
	put(obj, "error", text(info->store_error));
	return obj;
}

static json_object *warnings(struct agent *agent)
{
	struct names found = { 0, NULL };
	json_object *array;

	warnings_find(agent, &found);
	array = list(&found);
	names_clear(&found);
	return array;
}

json_object *api_status(struct agent *agent)
{
	struct agent_info info = agent_info(agent);
	struct el_self_info self = election_self(info.election);
	json_object *obj = json_object_new_object();

	put(obj, "node", text(info.config->node));
	put(obj, "state", text(self.state));
	put(obj, "incarnation", json_object_new_uint64(self.incarnation));
	put(obj, "token", json_object_new_uint64(self.incarnation));
	put(obj, "lease", json_object_new_int64(info.config->lease));
	put(obj, "lease_remaining_ms",
	    json_object_new_uint64(info.lease_left_ns / L2A_NSEC_PER_MSEC));
	put(obj, "duration_ms", json_object_new_int64(info.config->duration_ms));
	put(obj, "kernel", json_object_new_boolean(info.kernel));
	put(obj, "mends", json_object_new_uint64(info.mends));
	put(obj, "store", store_status(&info));
	put(obj, "services", api_services(agent, NULL));
	put(obj, "nodes", api_nodes(agent));
	put(obj, "warnings", warnings(agent));
	return obj;
}

/* Reading a service. */

/*
 * Kept as everybody writes it: services that share a VIP are told by its text, and
 * an IPv6 address has many.
 */
static int check_vip(const struct names *before, char **vip,
		     struct l2a_error *err)
{
	char canonical[L2A_ADDR_STRLEN];
	struct l2a_addr addr;

	if (l2a_addr_parse(*vip, &addr, err))
		return l2a_prefix(err, "vips");
	if (!l2a_addr_is_host(&addr))
		return l2a_fail(err, -EINVAL,
				"vips: %s: no host can own this address", *vip);
	l2a_addr_format(&addr, canonical);
	if (names_has(before, canonical))
		return l2a_fail(err, -EINVAL, "vips: %s is there twice",
				canonical);
	free(*vip);
	*vip = xstrdup(canonical);
	return 0;
}

static int check_devs(const struct names *devs, struct l2a_error *err)
{
	for (size_t i = 0; i < devs->n; i++) {
		if (!devs->v[i][0] || strchr(devs->v[i], '/'))
			return l2a_fail(err, -EINVAL,
					"devs: \"%s\" is no device's name or pattern",
					devs->v[i]);
		if (strlen(devs->v[i]) > IFNAME_MOST &&
		    !strpbrk(devs->v[i], "*?["))
			return l2a_fail(err, -EINVAL,
					"devs: \"%s\" is longer than any device's name (%d)",
					devs->v[i], IFNAME_MOST);
	}
	return 0;
}

static int check_service(struct service_record *spec, struct l2a_error *err)
{
	for (size_t i = 0; i < spec->vips.n; i++) {
		const struct names before = { .n = i, .v = spec->vips.v };

		if (check_vip(&before, &spec->vips.v[i], err))
			return err->code;
	}
	return check_devs(&spec->devs, err);
}

static int read_version(json_object *value, uint64_t *version,
			struct l2a_error *err)
{
	if (!json_object_is_type(value, json_type_int) ||
	    json_object_get_int64(value) <= 0)
		return l2a_fail(err, -EINVAL, "version: a number above 0");
	*version = json_object_get_uint64(value);
	return 0;
}

/* The record's own reader would name the key alone. */
static int read_checks(json_object *value, struct l2a_error *err)
{
	struct check_list list = { NULL, 0 };
	int ret = checks_parse(value, &list, err);

	if (!ret)
		ret = checks_usable(&list, err);
	checks_clear(&list);
	return ret;
}

static int read_create(json_object *value, bool *create, struct l2a_error *err)
{
	if (!json_object_is_type(value, json_type_boolean))
		return l2a_fail(err, -EINVAL, "create: true or false");
	*create = json_object_get_boolean(value);
	return 0;
}

static int check_keys(json_object *obj, struct api_condition *condition,
		      struct l2a_error *err)
{
	static const char *const known[] = {
		"vips", "devs", "nodes", "prefer", "deliver", "checks",
		"create", "version",
	};

	memset(condition, 0, sizeof(*condition));
	json_object_object_foreach(obj, key, value) {
		bool found = false;
		int ret = 0;

		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			found |= !strcmp(known[i], key);
		if (!found)
			return l2a_fail(err, -EINVAL, "\"%s\": unknown key", key);
		if (!strcmp(key, "create"))
			ret = read_create(value, &condition->create, err);
		if (!strcmp(key, "checks"))
			ret = read_checks(value, err);
		if (!strcmp(key, "version"))
			ret = read_version(value, &condition->version, err);
		if (ret)
			return ret;
	}
	if (condition->create && condition->version)
		return l2a_fail(err, -EINVAL, "version: what is created has none yet");
	return 0;
}

struct record *api_service_parse(const char *body,
				 struct api_condition *condition,
				 struct l2a_error *err)
{
	json_object *obj = json_tokener_parse(body);
	struct record *rec = NULL;

	if (!json_object_is_type(obj, json_type_object))
		l2a_fail(err, -EINVAL, "the body is no JSON object");
	else if (!check_keys(obj, condition, err))
		rec = record_parse(RECORD_SERVICE, body, err);
	json_object_put(obj);
	if (rec && check_service(&rec->service, err)) {
		record_put(rec);
		rec = NULL;
	}
	return rec;
}
