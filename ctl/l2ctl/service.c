// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl service: the services of the cluster, through the local controller.
 */
#include <errno.h>
#include <json-c/json.h>

#include "l2ctl/cluster.h"
#include "l2ctl/http.h"
#include "l2ctl/l2ctl.h"
#include "l2ctl/service_args.h"

#define PATH	"/v1/service"

static int take_name(struct args *args, const char **name,
		     struct l2a_error *err)
{
	*name = args_next(args);
	if (*name && **name)
		return 0;
	return l2a_fail(err, -EINVAL, "a service's name expected");
}

static int put_new(const struct ctl *ctl, const char *name,
		   struct json_object *body, struct l2a_error *err)
{
	struct json_object *yes = json_object_new_boolean(1);

	/* The controller is to refuse one that exists already. */
	if (!yes || json_object_object_add(body, "create", yes)) {
		json_object_put(yes);
		return l2a_fail(err, -ENOMEM, "out of memory");
	}
	return http_call(ctl->socket, "PUT", PATH, name, body, NULL, err);
}

static int service_add(struct ctl *ctl, struct args *args)
{
	struct l2a_error err = { 0 };
	struct json_object *body;
	const char *name;
	int ret;

	if (take_name(args, &name, &err) ||
	    service_args_body(args, &body, &err))
		return ctl_misused(ctl, &err);
	ret = put_new(ctl, name, body, &err);
	json_object_put(body);
	return ret ? ctl_refused(ctl, &err) : CTL_OK;
}

/* Lay what is to change over what there is, which must still be there. */
static int merge(struct json_object *change, const struct json_object *shown,
		 struct l2a_error *err)
{
	static const char *const keys[] = {
		"vips", "devs", "nodes", "prefer", "deliver", "checks",
		"version",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct json_object *value;

		if (json_object_object_get_ex(change, keys[i], NULL))
			continue;
		if (!json_object_object_get_ex(shown, keys[i], &value))
			return l2a_fail(err, -EBADMSG,
					"the controller does not tell the service's %s",
					keys[i]);
		if (json_object_object_add(change, keys[i],
					   json_object_get(value)))
			return l2a_fail(err, -ENOMEM, "out of memory");
	}
	return 0;
}

static int put_change(const struct ctl *ctl, const char *name,
		      struct json_object *change, struct l2a_error *err)
{
	struct json_object *list = NULL;
	int ret;

	ret = http_call(ctl->socket, "GET", PATH, name, NULL, &list, err);
	if (!ret && !json_object_is_type(list, json_type_array))
		ret = l2a_fail(err, -EBADMSG, "the controller's answer is no list");
	if (!ret)
		ret = merge(change, json_object_array_get_idx(list, 0), err);
	if (!ret)
		ret = http_call(ctl->socket, "PUT", PATH, name, change, NULL,
				err);
	json_object_put(list);
	return ret;
}

static int service_set(struct ctl *ctl, struct args *args)
{
	struct l2a_error err = { 0 };
	struct json_object *change;
	const char *name;
	int ret;

	if (take_name(args, &name, &err) ||
	    service_args_change(args, &change, &err))
		return ctl_misused(ctl, &err);
	ret = put_change(ctl, name, change, &err);
	json_object_put(change);
	return ret ? ctl_refused(ctl, &err) : CTL_OK;
}

static int service_del(struct ctl *ctl, struct args *args)
{
	struct l2a_error err = { 0 };
	const char *name;

	if (take_name(args, &name, &err) || args_end(args, &err))
		return ctl_misused(ctl, &err);
	if (http_call(ctl->socket, "DELETE", PATH, name, NULL, NULL, &err))
		return ctl_refused(ctl, &err);
	return CTL_OK;
}

static int service_show(struct ctl *ctl, struct args *args)
{
	struct l2a_error err = { 0 };
	const char *name = NULL;

	if (args_peek(args) && take_name(args, &name, &err))
		return ctl_misused(ctl, &err);
	if (args_end(args, &err))
		return ctl_misused(ctl, &err);
	return cluster_show(ctl, PATH, name, service_keys);
}

static const struct verb verbs[] = {
	{ "add", "NAME vip ADDR... dev PATTERN... [node PATTERN...|any] "
	  "[prefer NODE...|none] [deliver route|none] [check CHECK]...",
	  "have one node of the cluster hold these addresses", service_add },
	{ "set", "NAME [vip ADDR...] [dev PATTERN...] [node PATTERN...|any] "
	  "[prefer NODE...|none] [deliver route|none] [check CHECK|none]...",
	  "change a service; what is not named stays", service_set },
	{ "del", "NAME", "remove a service", service_del },
	{ "show", "[NAME]", "list all services, or one", service_show },
	{ 0 },
};

const struct noun noun_service = {
	"service", "VIPs that one node of the cluster holds at a time", verbs,
};
