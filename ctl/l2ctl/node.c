// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl node: the nodes of the cluster, through the local controller.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "l2ctl/cluster.h"
#include "l2ctl/l2ctl.h"

#define PATH	"/v1/node"

static int node_show(struct ctl *ctl, struct args *args)
{
	struct l2a_error err = { 0 };

	if (args_end(args, &err))
		return ctl_misused(ctl, &err);
	return cluster_show(ctl, PATH, NULL, node_keys);
}

/* [NODE]: without one it is the controller's own. */
static int tell_node(struct ctl *ctl, struct args *args, const char *verb)
{
	const char *node = args_next(args);
	struct l2a_error err = { 0 };
	char *own = NULL;
	int ret;

	if (args_end(args, &err))
		return ctl_misused(ctl, &err);
	if (!node) {
		if (cluster_own_node(ctl, &own, &err))
			return ctl_refused(ctl, &err);
		node = own;
	}
	ret = cluster_post(ctl, PATH, node, verb, NULL, &err);
	free(own);
	return ret ? ctl_refused(ctl, &err) : CTL_OK;
}

static int node_drain(struct ctl *ctl, struct args *args)
{
	return tell_node(ctl, args, "drain");
}

static int node_undrain(struct ctl *ctl, struct args *args)
{
	return tell_node(ctl, args, "undrain");
}

static const struct verb verbs[] = {
	{ "show", "", "list all nodes", node_show },
	{ "drain", "[NODE]", "hand over all it holds, and have it hold nothing",
	  node_drain },
	{ "undrain", "[NODE]", "let it hold services again", node_undrain },
	{ 0 },
};

const struct noun noun_node = {
	"node", "nodes of the cluster", verbs,
};
