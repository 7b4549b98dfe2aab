// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl reload: have the controller read its configuration again.
 */
#include <json-c/json.h>

#include "l2ctl/cluster.h"
#include "l2ctl/http.h"
#include "l2ctl/l2ctl.h"

static int reload(struct ctl *ctl, struct args *args)
{
	static const char *const keys[] = { "key", NULL };
	struct json_object *list = NULL, *body;
	struct l2a_error err = { 0 };
	struct l2a_writer *w;
	int ret;

	if (args_end(args, &err))
		return ctl_misused(ctl, &err);
	body = json_object_new_object();
	ret = http_call(ctl->socket, "POST", "/v1/reload", NULL, body, &list,
			&err);
	json_object_put(body);
	if (ret)
		return ctl_refused(ctl, &err);
	w = ctl_writer(ctl, L2A_WRITER_TABLE);
	cluster_rows(w, list, keys);
	json_object_put(list);
	return ctl_written(ctl, w);
}

static const struct verb verbs[] = {
	{ NULL, "", "read the controller's configuration again, show which keys have changed",
	  reload },
	{ 0 },
};

const struct noun noun_reload = {
	"reload", "the local controller's configuration", verbs,
};
