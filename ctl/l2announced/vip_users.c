// SPDX-License-Identifier: GPL-2.0
/*
 * Which services have a VIP: json-c's hash table from a VIP to a short list.
 */
#include <stdlib.h>

#include <json-c/linkhash.h>

#include "vip_users.h"

#define SIZE_AT_FIRST	64	/* it grows */

struct vip_users {
	struct lh_table *table;
};

struct list {
	size_t n;
	struct el_service **v;
};

static void free_entry(struct lh_entry *entry)
{
	struct list *list = lh_entry_v(entry);

	free(list->v);
	free(list);
	free(lh_entry_k(entry));
}

struct vip_users *vip_users_new(void)
{
	struct vip_users *users = xmalloc(sizeof(*users));

	users->table = lh_kchar_table_new(SIZE_AT_FIRST, free_entry);
	if (!users->table)
		out_of_memory();
	return users;
}

void vip_users_free(struct vip_users *users)
{
	if (!users)
		return;
	lh_table_free(users->table);
	free(users);
}

static struct list *find(const struct vip_users *users, const char *vip)
{
	void *list;

	return lh_table_lookup_ex(users->table, vip, &list) ? list : NULL;
}

static struct list *insert(struct vip_users *users, const char *vip)
{
	struct list *list = xmalloc(sizeof(*list));

	if (lh_table_insert(users->table, xstrdup(vip), list))
		out_of_memory();
	return list;
}

static void add(struct vip_users *users, const char *vip, struct el_service *s)
{
	struct list *list = find(users, vip);

	if (!list)
		list = insert(users, vip);
	for (size_t i = 0; i < list->n; i++) {
		if (list->v[i] == s)
			return;
	}
	list->v = xrealloc(list->v, list->n + 1, sizeof(struct el_service *));
	list->v[list->n++] = s;
}

void vip_users_add(struct vip_users *users, const struct names *vips,
		   struct el_service *s)
{
	for (size_t i = 0; i < vips->n; i++)
		add(users, vips->v[i], s);
}

static void del(struct vip_users *users, const char *vip,
		const struct el_service *s)
{
	struct list *list = find(users, vip);

	for (size_t i = 0; list && i < list->n; i++) {
		if (list->v[i] != s)
			continue;
		list->v[i] = list->v[--list->n];
		break;
	}
	if (list && !list->n)
		lh_table_delete(users->table, vip);
}

void vip_users_del(struct vip_users *users, const struct names *vips,
		   const struct el_service *s)
{
	for (size_t i = 0; i < vips->n; i++)
		del(users, vips->v[i], s);
}

struct el_service *const *vip_users_of(const struct vip_users *users,
				       const char *vip, size_t *n)
{
	const struct list *list = find(users, vip);

	*n = list ? list->n : 0;
	return list ? list->v : NULL;
}
