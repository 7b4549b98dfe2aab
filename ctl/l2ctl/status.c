// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl status: the local controller, its store, and the cluster as it sees it.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "l2ctl/cluster.h"
#include "l2ctl/http.h"
#include "l2ctl/l2ctl.h"

static bool is_list(struct json_object *value)
{
	return json_object_is_type(value, json_type_array);
}

/* One record as it came. In text, objects become "store.type" and so on. */
static void write_member(struct l2a_writer *w, unsigned int flags,
			 const char *key, struct json_object *value)
{
	if (flags & L2A_WRITER_JSON ||
	    !json_object_is_type(value, json_type_object)) {
		l2a_write_json(w, key, value);
		return;
	}
	json_object_object_foreach(value, inner, inner_value) {
		char name[128];

		snprintf(name, sizeof(name), "%s.%s", key, inner);
		l2a_write_json(w, name, inner_value);
	}
}

static int show_record(const struct ctl *ctl, struct json_object *status)
{
	struct l2a_writer *w = ctl_writer(ctl, L2A_WRITER_RECORD);

	l2a_row_begin(w);
	json_object_object_foreach(status, key, value) {
		/* Text shows lists below, each as what it is. */
		if (ctl->flags & L2A_WRITER_JSON || !is_list(value))
			write_member(w, ctl->flags, key, value);
	}
	l2a_row_end(w);
	return ctl_written(ctl, w);
}

static int show_list(const struct ctl *ctl, struct json_object *list,
		     const char *const *keys)
{
	struct l2a_writer *w;

	if (!is_list(list) || !json_object_array_length(list))
		return CTL_OK;
	putchar('\n');
	w = ctl_writer(ctl, L2A_WRITER_TABLE);
	cluster_rows(w, list, keys);
	return ctl_written(ctl, w);
}

static int show_warnings(const struct ctl *ctl, struct json_object *list)
{
	struct l2a_writer *w;
	size_t n = is_list(list) ? json_object_array_length(list) : 0;

	if (!n)
		return CTL_OK;
	putchar('\n');
	w = ctl_writer(ctl, L2A_WRITER_LINES);
	for (size_t i = 0; i < n; i++) {
		l2a_row_begin(w);
		l2a_write_string(w, "level", "warning:");
		l2a_write_json(w, "text", json_object_array_get_idx(list, i));
		l2a_row_end(w);
	}
	return ctl_written(ctl, w);
}

static int show(const struct ctl *ctl, struct json_object *status)
{
	int ret = show_record(ctl, status);

	if (ret || ctl->flags & L2A_WRITER_JSON)
		return ret;
	return show_list(ctl, json_object_object_get(status, "services"),
			 status_service_keys) ?:
	       show_list(ctl, json_object_object_get(status, "nodes"),
			 node_keys) ?:
	       show_warnings(ctl, json_object_object_get(status, "warnings"));
}

static int status(struct ctl *ctl, struct args *args)
{
	struct json_object *answer = NULL;
	struct l2a_error err = { 0 };
	int ret;

	if (args_end(args, &err))
		return ctl_misused(ctl, &err);
	if (http_call(ctl->socket, "GET", "/v1/status", NULL, NULL, &answer,
		      &err))
		return ctl_refused(ctl, &err);
	if (json_object_is_type(answer, json_type_object)) {
		ret = show(ctl, answer);
	} else {
		l2a_fail(&err, -EBADMSG,
			 "the controller's answer is not a status");
		ret = ctl_refused(ctl, &err);
	}
	json_object_put(answer);
	return ret;
}

static const struct verb verbs[] = {
	{ NULL, "", "show the local controller and the cluster as it sees it",
	  status },
	{ 0 },
};

const struct noun noun_status = {
	"status", "the local controller and the cluster as it sees it", verbs,
};
