// SPDX-License-Identifier: GPL-2.0
/*
 * What has changed in the cluster between two looks at it: two sorted lists, walked
 * side by side.
 */
#include <stdlib.h>
#include <string.h>

#include "changes.h"

struct telling {
	void (*fn)(const struct change *change, void *arg);
	void *arg;
};

static void tell(const struct telling *t, const struct change *change)
{
	t->fn(change, t->arg);
}

/* Looking. */

static void add_service(const struct el_service_info *info, void *arg)
{
	struct seen *seen = arg;

	seen->services[seen->n_services++] = (struct seen_service){
		.name = xstrdup(info->name),
		.version = info->version,
		.rec = record_get(info->rec),
		.holder = info->held ? xstrdup(info->holder->node) : NULL,
		.token = info->holder ? info->holder->token : 0,
		.state = info->state,
	};
}

static void count_service(const struct el_service_info *info, void *arg)
{
	(void)info;
	++*(size_t *)arg;
}

static void add_node(const struct el_node_info *info, void *arg)
{
	struct seen *seen = arg;

	seen->nodes = xrealloc(seen->nodes, seen->n_nodes + 1,
			       sizeof(*seen->nodes));
	seen->nodes[seen->n_nodes++] = (struct seen_node){
		.name = xstrdup(info->name),
		.state = info->state,
		.incarnation = info->rec ? info->rec->incarnation : 0,
	};
}

/* Both begin with their name. */
static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(void *v, size_t n, size_t size)
{
	if (n)
		qsort(v, n, size, by_name);
}

void seen_take(struct seen *seen, struct election *election,
	       const struct el_now *now)
{
	size_t n = 0;

	memset(seen, 0, sizeof(*seen));
	election_services(election, now, count_service, &n);
	seen->services = xmalloc((n + 1) * sizeof(*seen->services));
	election_services(election, now, add_service, seen);
	election_nodes(election, now, add_node, seen);
	sort(seen->services, seen->n_services, sizeof(*seen->services));
	sort(seen->nodes, seen->n_nodes, sizeof(*seen->nodes));
	seen->self = election_self(election).state;
}

void seen_clear(struct seen *seen)
{
	for (size_t i = 0; i < seen->n_services; i++) {
		free(seen->services[i].name);
		free(seen->services[i].holder);
		record_put(seen->services[i].rec);
	}
	for (size_t i = 0; i < seen->n_nodes; i++)
		free(seen->nodes[i].name);
	free(seen->services);
	free(seen->nodes);
	names_clear(&seen->warnings);
	memset(seen, 0, sizeof(*seen));
}

/* Comparing. */

/* Which of two sorted lists has the next name: below 0 @a, above 0 @b, else both. */
static int order(const char *a, const char *b)
{
	if (!a || !b)
		return !a - !b;
	return strcmp(a, b);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static void tell_node(const struct telling *t, enum change_type type,
		      const struct seen_node *node)
{
	const struct change change = { .type = type, .node = node };

	tell(t, &change);
}

static void compare_nodes(const struct telling *t, const struct seen *before,
			  const struct seen *now)
{
	size_t i = 0, k = 0;

	while (i < before->n_nodes || k < now->n_nodes) {
		const struct seen_node *old = i < before->n_nodes ?
					      &before->nodes[i] : NULL;
		const struct seen_node *new = k < now->n_nodes ?
					      &now->nodes[k] : NULL;
		int first = order(old ? old->name : NULL, new ? new->name : NULL);

		if (first < 0)
			tell_node(t, CHANGE_NODE_DEL, old);
		else if (first > 0 || strcmp(old->state, new->state) ||
			 old->incarnation != new->incarnation)
			tell_node(t, CHANGE_NODE, new);
		i += first <= 0;
		k += first >= 0;
	}
}

static void tell_service(const struct telling *t, enum change_type type,
			 const struct seen_service *service, const char *holder)
{
	const struct change change = {
		.type = type, .service = service, .before = holder,
	};

	tell(t, &change);
}

/* @old: NULL where there was none. */
static void compare_service(const struct telling *t,
			    const struct seen_service *old,
			    const struct seen_service *new)
{
	const char *holder = old ? old->holder : NULL;

	if (!old || old->version != new->version)
		tell_service(t, CHANGE_SERVICE, new, NULL);
	if (!same_text(holder, new->holder) ||
	    (old ? old->token : 0) != new->token ||
	    (old && strcmp(old->state, new->state)))
		tell_service(t, CHANGE_HOLDER, new, holder);
}

static void compare_services(const struct telling *t, const struct seen *before,
			     const struct seen *now)
{
	size_t i = 0, k = 0;

	while (i < before->n_services || k < now->n_services) {
		const struct seen_service *old = i < before->n_services ?
						 &before->services[i] : NULL;
		const struct seen_service *new = k < now->n_services ?
						 &now->services[k] : NULL;
		int first = order(old ? old->name : NULL, new ? new->name : NULL);

		if (first < 0)
			tell_service(t, CHANGE_SERVICE_DEL, old, NULL);
		else
			compare_service(t, first ? NULL : old, new);
		i += first <= 0;
		k += first >= 0;
	}
}

static void compare_warnings(const struct telling *t, const struct names *before,
			     const struct names *now)
{
	size_t i = 0, k = 0;

	while (i < before->n || k < now->n) {
		const char *old = i < before->n ? before->v[i] : NULL;
		const char *new = k < now->n ? now->v[k] : NULL;
		int first = order(old, new);
		const struct change change = {
			.type = first < 0 ? CHANGE_WARNING_END : CHANGE_WARNING,
			.text = first < 0 ? old : new,
		};

		if (first)
			tell(t, &change);
		i += first <= 0;
		k += first >= 0;
	}
}

void changes_each(const struct seen *before, const struct seen *now,
		  void (*fn)(const struct change *change, void *arg), void *arg)
{
	const struct telling t = { .fn = fn, .arg = arg };
	const struct change self = { .type = CHANGE_SELF, .text = now->self };

	if (!same_text(before->self, now->self))
		tell(&t, &self);
	compare_nodes(&t, before, now);
	compare_services(&t, before, now);
	compare_warnings(&t, &before->warnings, &now->warnings);
}
