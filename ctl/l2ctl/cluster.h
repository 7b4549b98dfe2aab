/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the controller is told, and lists it answers with, shown with a fixed set
 * of keys.
 */
#ifndef L2CTL_CLUSTER_H
#define L2CTL_CLUSTER_H

#include <json-c/json.h>

#include "l2ctl/l2ctl.h"

/* The keys of service show, of services in status, and of node show; each list ends with NULL. */
extern const char *const service_keys[];
extern const char *const status_service_keys[];
extern const char *const node_keys[];

/**
 * cluster_rows() - show a list's objects as rows of a table
 * @w: where to
 * @list: a JSON array of objects; anything else is no row
 * @keys: which keys, in which order; a missing one is null
 */
void cluster_rows(struct l2a_writer *w, struct json_object *list,
		  const char *const *keys);

/**
 * cluster_show() - get a list from the controller and show it
 * @ctl: the invocation
 * @path: "/v1/service"
 * @name: of one object, or NULL for all
 * @keys: which keys
 *
 * Return: CTL_OK or CTL_REFUSED.
 */
int cluster_show(const struct ctl *ctl, const char *path, const char *name,
		 const char *const *keys);

/**
 * cluster_post() - tell the controller to do something with one object
 * @ctl: the invocation
 * @path: "/v1/node"
 * @name: of the object
 * @verb: what to do
 * @body: more about it, not consumed; NULL for nothing
 * @err: filled in on failure
 *
 * Return: 0 or a negative errno.
 */
int cluster_post(const struct ctl *ctl, const char *path, const char *name,
		 const char *verb, struct json_object *body,
		 struct l2a_error *err);

/** cluster_own_node() - the name of the controller's node, to be freed */
int cluster_own_node(const struct ctl *ctl, char **name, struct l2a_error *err);

#endif /* L2CTL_CLUSTER_H */
