// SPDX-License-Identifier: GPL-2.0
/*
 * From the services there are to the services somebody wants.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "units.h"

void apply_add(struct apply_list *list, const char *name, struct record *rec,
	       uint64_t version)
{
	list->v = xrealloc(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = (struct apply_service){
		xstrdup(name), record_get(rec), version,
	};
}

void apply_list_clear(struct apply_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].name);
		record_put(list->v[i].rec);
	}
	free(list->v);
	list->v = NULL;
	list->n = 0;
}

void apply_plan_clear(struct apply_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		free(plan->v[i].name);
		record_put(plan->v[i].rec);
		json_object_put(plan->v[i].diff);
	}
	free(plan->v);
	plan->v = NULL;
	plan->n = 0;
}

const char *apply_op(const struct apply_change *change)
{
	if (!change->rec)
		return "delete";
	return change->version ? "change" : "add";
}

/* What differs. */

static json_object *as_json(const struct record *rec)
{
	char *text = rec ? record_format(rec) : xstrdup("{}");
	json_object *obj = json_tokener_parse(text);

	free(text);
	return obj;
}

static void add_difference(json_object *diff, const char *key,
			   json_object *from, json_object *to)
{
	json_object *obj = json_object_new_object();

	json_object_object_add(obj, "key", json_object_new_string(key));
	json_object_object_add(obj, "from", json_object_get(from));
	json_object_object_add(obj, "to", json_object_get(to));
	json_object_array_add(diff, obj);
}

/* A record is written with the same keys each time, so those of one will do. */
static json_object *difference(const struct record *was,
			       const struct record *now)
{
	json_object *from = as_json(was), *to = as_json(now);
	json_object *diff = json_object_new_array();

	json_object_object_foreach(now ? to : from, key, ignored) {
		json_object *a = json_object_object_get(from, key);
		json_object *b = json_object_object_get(to, key);

		(void)ignored;
		if (!json_object_equal(a, b))
			add_difference(diff, key, a, b);
	}
	json_object_put(from);
	json_object_put(to);
	return diff;
}

/* Finding by name. */

static int by_name(const void *a, const void *b)
{
	const struct apply_service *x = *(struct apply_service *const *)a;
	const struct apply_service *y = *(struct apply_service *const *)b;

	return strcmp(x->name, y->name);
}

static struct apply_service **sorted(const struct apply_list *list)
{
	struct apply_service **v;

	v = xmalloc((list->n + 1) * sizeof(struct apply_service *));
	for (size_t i = 0; i < list->n; i++)
		v[i] = &list->v[i];
	qsort(v, list->n, sizeof(struct apply_service *), by_name);
	return v;
}

static const struct apply_service *find(struct apply_service **v, size_t n,
					const struct apply_service *like)
{
	struct apply_service **found;

	found = bsearch(&like, v, n, sizeof(struct apply_service *), by_name);
	return found ? *found : NULL;
}

static int check_twice(struct apply_service **v, size_t n, struct l2a_error *err)
{
	for (size_t i = 1; i < n; i++) {
		if (!strcmp(v[i]->name, v[i - 1]->name))
			return l2a_fail(err, -EINVAL,
					"service %s: name: is there twice",
					v[i]->name);
	}
	return 0;
}

/* The plan. */

static void add_change(struct apply_plan *plan, const struct apply_service *was,
		       const struct apply_service *now)
{
	json_object *diff = difference(was ? was->rec : NULL,
				       now ? now->rec : NULL);
	struct apply_change *change;

	if (!json_object_array_length(diff)) {
		json_object_put(diff);
		return;
	}
	plan->v = xrealloc(plan->v, plan->n + 1, sizeof(*plan->v));
	change = &plan->v[plan->n++];
	change->name = xstrdup(now ? now->name : was->name);
	change->rec = now ? record_get(now->rec) : NULL;
	change->version = was ? was->version : 0;
	change->diff = diff;
}

struct sides {
	struct apply_service **wanted, **known;
	size_t n_wanted, n_known;
};

static void make_plan(const struct sides *s, const struct apply_list *wanted,
		      bool prune, struct apply_plan *plan)
{
	for (size_t i = 0; i < wanted->n; i++)
		add_change(plan, find(s->known, s->n_known, &wanted->v[i]),
			   &wanted->v[i]);
	for (size_t i = 0; prune && i < s->n_known; i++) {
		if (!find(s->wanted, s->n_wanted, s->known[i]))
			add_change(plan, s->known[i], NULL);
	}
}

/* All that there would be in the end, at once: between two steps less will do. */
static int check_outcome(const struct sides *s, bool prune, struct l2a_error *err)
{
	struct unit_member *v;
	size_t n = 0;
	int ret;

	v = xmalloc((s->n_wanted + s->n_known + 1) * sizeof(*v));
	for (size_t i = 0; i < s->n_wanted; i++)
		v[n++] = (struct unit_member){
			s->wanted[i]->name, &s->wanted[i]->rec->service, true,
		};
	for (size_t i = 0; !prune && i < s->n_known; i++) {
		if (!find(s->wanted, s->n_wanted, s->known[i]))
			v[n++] = (struct unit_member){
				s->known[i]->name, &s->known[i]->rec->service,
				false,
			};
	}
	ret = units_check(v, n, err);
	free(v);
	return ret;
}

int apply_plan(const struct apply_list *wanted, const struct apply_list *known,
	       bool prune, struct apply_plan *plan, struct l2a_error *err)
{
	struct sides s = {
		.wanted = sorted(wanted), .n_wanted = wanted->n,
		.known = sorted(known), .n_known = known->n,
	};
	int ret;

	memset(plan, 0, sizeof(*plan));
	ret = check_twice(s.wanted, s.n_wanted, err);
	if (!ret)
		ret = check_outcome(&s, prune, err);
	if (!ret)
		make_plan(&s, wanted, prune, plan);
	free(s.wanted);
	free(s.known);
	return ret;
}
