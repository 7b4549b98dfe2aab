// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl why: why a service is where it is, and why this node holds it or does not.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>

#include "l2ctl/cluster.h"
#include "l2ctl/http.h"
#include "l2ctl/l2ctl.h"

static const char *const node_rows[] = {
	"name", "eligible", "prefer", "weight", "load", "score", "holds", "assigned",
	"hindrance", NULL,
};

static int show(const struct ctl *ctl, struct json_object *why)
{
	struct json_object *nodes = json_object_object_get(why, "nodes");
	bool json = ctl->flags & L2A_WRITER_JSON;
	struct l2a_writer *w = ctl_writer(ctl, L2A_WRITER_RECORD);
	int ret;

	l2a_row_begin(w);
	json_object_object_foreach(why, key, value) {
		/* Text shows the nodes below, as a table. */
		if (json || value != nodes)
			l2a_write_json(w, key, value);
	}
	l2a_row_end(w);
	ret = ctl_written(ctl, w);
	if (ret || json)
		return ret;
	putchar('\n');
	w = ctl_writer(ctl, L2A_WRITER_TABLE);
	cluster_rows(w, nodes, node_rows);
	return ctl_written(ctl, w);
}

static int why(struct ctl *ctl, struct args *args)
{
	const char *service = args_next(args);
	struct json_object *answer = NULL;
	struct l2a_error err = { 0 };
	int ret;

	if (!service || !*service)
		return ctl_wrong_word(ctl, NULL, "a service's name expected");
	if (args_end(args, &err))
		return ctl_misused(ctl, &err);
	if (http_call(ctl->socket, "GET", "/v1/why", service, NULL, &answer,
		      &err))
		return ctl_refused(ctl, &err);
	if (json_object_is_type(answer, json_type_object)) {
		ret = show(ctl, answer);
	} else {
		l2a_fail(&err, -EBADMSG, "the controller's answer is no object");
		ret = ctl_refused(ctl, &err);
	}
	json_object_put(answer);
	return ret;
}

static const struct verb verbs[] = {
	{ NULL, "SERVICE",
	  "show why this node holds a service or does not, and what speaks for each node",
	  why },
	{ 0 },
};

const struct noun noun_why = {
	"why", "the reason for who holds a service", verbs,
};
