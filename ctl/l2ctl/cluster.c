// SPDX-License-Identifier: GPL-2.0
/*
 * What the controller is told, and lists it answers with, shown with a fixed set
 * of keys.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "l2ctl/cluster.h"
#include "l2ctl/http.h"

const char *const service_keys[] = {
	"name", "vips", "devs", "holder", "token", "since", "transitions",
	"state", NULL,
};

const char *const status_service_keys[] = {
	"name", "vips", "holder", "since", "state", "last", "why", NULL,
};

const char *const node_keys[] = {
	"name", "state", "weight", "services", "devs", "last_seen_ms", NULL,
};

void cluster_rows(struct l2a_writer *w, struct json_object *list,
		  const char *const *keys)
{
	size_t n = json_object_is_type(list, json_type_array) ?
		   json_object_array_length(list) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *row = json_object_array_get_idx(list, i);

		if (!json_object_is_type(row, json_type_object))
			continue;
		l2a_row_begin(w);
		for (const char *const *key = keys; *key; key++)
			l2a_write_json(w, *key,
				       json_object_object_get(row, *key));
		l2a_row_end(w);
	}
}

int cluster_show(const struct ctl *ctl, const char *path, const char *name,
		 const char *const *keys)
{
	struct json_object *list = NULL;
	struct l2a_error err = { 0 };
	struct l2a_writer *w;

	if (http_call(ctl->socket, "GET", path, name, NULL, &list, &err))
		return ctl_refused(ctl, &err);
	w = ctl_writer(ctl, L2A_WRITER_TABLE);
	cluster_rows(w, list, keys);
	json_object_put(list);
	return ctl_written(ctl, w);
}

int cluster_post(const struct ctl *ctl, const char *path, const char *name,
		 const char *verb, struct json_object *body,
		 struct l2a_error *err)
{
	struct json_object *sent = body ? json_object_get(body) :
					  json_object_new_object();
	char *what;
	int ret;

	if (asprintf(&what, "%s/%s", name, verb) < 0) {
		json_object_put(sent);
		return l2a_fail(err, -ENOMEM, "out of memory");
	}
	ret = http_call(ctl->socket, "POST", path, what, sent, NULL, err);
	json_object_put(sent);
	free(what);
	return ret;
}

int cluster_own_node(const struct ctl *ctl, char **name, struct l2a_error *err)
{
	struct json_object *status = NULL, *node = NULL;
	int ret;

	ret = http_call(ctl->socket, "GET", "/v1/status", NULL, NULL, &status,
			err);
	if (ret)
		return ret;
	*name = NULL;
	if (json_object_is_type(status, json_type_object) &&
	    json_object_object_get_ex(status, "node", &node))
		*name = strdup(json_object_get_string(node));
	json_object_put(status);
	return *name ? 0 : l2a_fail(err, -EBADMSG,
				    "the controller does not tell its node's name");
}
