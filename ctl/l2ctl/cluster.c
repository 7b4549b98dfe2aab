// SPDX-License-Identifier: GPL-2.0
/*
 * Lists the controller answers with, shown with a fixed set of keys.
 */
#include <errno.h>

#include "l2ctl/cluster.h"
#include "l2ctl/http.h"

const char *const service_keys[] = {
	"name", "vips", "devs", "holder", "token", "since", "transitions",
	"state", NULL,
};

const char *const node_keys[] = {
	"name", "state", "services", "devs", "last_seen_ms", NULL,
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
