// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl node: the nodes of the cluster, through the local controller.
 */
#include "l2ctl/cluster.h"
#include "l2ctl/l2ctl.h"

static int node_show(struct ctl *ctl, struct args *args)
{
	struct l2a_error err = { 0 };

	if (args_end(args, &err))
		return ctl_misused(ctl, &err);
	return cluster_show(ctl, "/v1/node", NULL, node_keys);
}

static const struct verb verbs[] = {
	{ "show", "", "list all nodes", node_show },
	{ 0 },
};

const struct noun noun_node = {
	"node", "nodes of the cluster", verbs,
};
