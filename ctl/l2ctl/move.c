// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl move: give a service to a node.
 */
#include <errno.h>

#include "l2ctl/cluster.h"
#include "l2ctl/l2ctl.h"

static int move(struct ctl *ctl, struct args *args)
{
	const char *service = args_next(args), *node = args_next(args);
	struct l2a_error err = { 0 };
	struct json_object *body;
	int ret;

	if (!node)
		return ctl_wrong_word(ctl, NULL,
				      service ? "a node expected" :
				      "a service's name and a node expected");
	if (args_end(args, &err))
		return ctl_misused(ctl, &err);
	body = json_object_new_object();
	json_object_object_add(body, "node", json_object_new_string(node));
	ret = cluster_post(ctl, "/v1/service", service, "move", body, &err);
	json_object_put(body);
	return ret ? ctl_refused(ctl, &err) : CTL_OK;
}

static const struct verb verbs[] = {
	{ NULL, "SERVICE NODE",
	  "have a node hold a service, and prefer it from now on", move },
	{ 0 },
};

const struct noun noun_move = {
	"move", "give a service to a node", verbs,
};
