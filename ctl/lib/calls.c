// SPDX-License-Identifier: GPL-2.0
/*
 * One call a command: a request built, sent, and its answer in a struct.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>

#include "genl.h"

/* How often a dump that the table changed under is made before giving up. */
#define DUMP_TRIES	8

/* A list that grows by doubling, of elements of any one size. */
struct list {
	void *items;
	size_t n;
	size_t room;
	size_t size;
};

static void *list_new_item(struct list *list)
{
	if (list->n == list->room) {
		size_t room = list->room ? list->room * 2 : 16;
		void *items = reallocarray(list->items, room, list->size);

		if (!items)
			return NULL;
		list->items = items;
		list->room = room;
	}
	return (char *)list->items + list->n++ * list->size;
}

static int collect_vip(struct nlmsghdr *nlh, void *arg, struct l2a_error *err)
{
	struct l2a_vip *vip = list_new_item(arg);

	if (!vip)
		return l2a_fail(err, -ENOMEM, "out of memory");
	return l2a_vip_read(nlh, vip, err);
}

static int collect_lease(struct nlmsghdr *nlh, void *arg,
			 struct l2a_error *err)
{
	struct l2a_lease *lease = list_new_item(arg);

	if (!lease)
		return l2a_fail(err, -ENOMEM, "out of memory");
	return l2a_lease_read(nlh, lease, err);
}

static struct nl_msg *vip_dump_message(int id, const void *filter)
{
	return l2a_msg_vip_dump(id, filter);
}

static struct nl_msg *lease_dump_message(int id, const void *filter)
{
	(void)filter;
	return l2a_msg_lease_dump(id);
}

static int dump(struct l2a_genl *g,
		struct nl_msg *(*build)(int id, const void *filter),
		const void *filter, l2a_genl_fn fn, struct list *list,
		struct l2a_error *err)
{
	int ret = -EINTR;

	for (int i = 0; i < DUMP_TRIES && ret == -EINTR; i++) {
		list->n = 0;
		ret = l2a_genl_send(g, build(l2a_genl_id(g), filter), fn, list,
				    err);
	}
	if (!ret)
		return 0;
	free(list->items);
	list->items = NULL;
	if (ret != -EINTR)
		return ret;
	return l2a_fail(err, -EAGAIN,
			"the list changed during each of %d readings",
			DUMP_TRIES);
}

int l2a_vip_dump(struct l2a_genl *g, const struct l2a_vip_filter *filter,
		 struct l2a_vip **vips, size_t *n, struct l2a_error *err)
{
	struct list list = { .size = sizeof(**vips) };
	int ret;

	ret = dump(g, vip_dump_message, filter, collect_vip, &list, err);
	if (ret)
		return ret;
	*vips = list.items;
	*n = list.n;
	return 0;
}

int l2a_lease_dump(struct l2a_genl *g, struct l2a_lease **leases, size_t *n,
		   struct l2a_error *err)
{
	struct list list = { .size = sizeof(**leases) };
	int ret;

	ret = dump(g, lease_dump_message, NULL, collect_lease, &list, err);
	if (ret)
		return ret;
	*leases = list.items;
	*n = list.n;
	return 0;
}

/* Where a get puts its one object, and whether it came. */
struct one {
	void *object;
	bool seen;
};

static int one_vip(struct nlmsghdr *nlh, void *arg, struct l2a_error *err)
{
	struct one *one = arg;

	one->seen = true;
	return l2a_vip_read(nlh, one->object, err);
}

static int one_lease(struct nlmsghdr *nlh, void *arg, struct l2a_error *err)
{
	struct one *one = arg;

	one->seen = true;
	return l2a_lease_read(nlh, one->object, err);
}

static int one_settings(struct nlmsghdr *nlh, void *arg,
			struct l2a_error *err)
{
	struct one *one = arg;

	one->seen = true;
	return l2a_settings_read(nlh, one->object, err);
}

static int one_stats(struct nlmsghdr *nlh, void *arg, struct l2a_error *err)
{
	struct one *one = arg;

	one->seen = true;
	return l2a_stats_read(nlh, one->object, err);
}

static int get_one(struct l2a_genl *g, struct nl_msg *msg, l2a_genl_fn fn,
		   void *object, struct l2a_error *err)
{
	struct one one = { .object = object };
	int ret;

	ret = l2a_genl_send(g, msg, fn, &one, err);
	if (!ret && !one.seen)
		return l2a_fail(err, -EBADMSG, "the kernel answered nothing");
	return ret;
}

static int vip_new(struct l2a_genl *g, int flags,
		   const struct l2a_vip_request *request, struct l2a_error *err)
{
	return l2a_genl_send(g, l2a_msg_vip_new(l2a_genl_id(g), flags,
						request), NULL, NULL, err);
}

int l2a_vip_add(struct l2a_genl *g, const struct l2a_vip_request *request,
		struct l2a_error *err)
{
	return vip_new(g, NLM_F_CREATE | NLM_F_EXCL, request, err);
}

int l2a_vip_set(struct l2a_genl *g, const struct l2a_vip_request *request,
		struct l2a_error *err)
{
	return vip_new(g, NLM_F_REPLACE, request, err);
}

int l2a_vip_put(struct l2a_genl *g, const struct l2a_vip_request *request,
		struct l2a_error *err)
{
	return vip_new(g, NLM_F_CREATE | NLM_F_REPLACE, request, err);
}

int l2a_vip_change(struct l2a_genl *g, const struct l2a_vip_request *request,
		   struct l2a_error *err)
{
	return l2a_genl_send(g, l2a_msg_vip_change(l2a_genl_id(g), request),
			     NULL, NULL, err);
}

int l2a_vip_del(struct l2a_genl *g, const struct l2a_addr *addr,
		uint32_t ifindex, struct l2a_error *err)
{
	return l2a_genl_send(g, l2a_msg_vip_del(l2a_genl_id(g), addr, ifindex),
			     NULL, NULL, err);
}

int l2a_vip_get(struct l2a_genl *g, const struct l2a_addr *addr,
		uint32_t ifindex, struct l2a_vip *vip, struct l2a_error *err)
{
	return get_one(g, l2a_msg_vip_get(l2a_genl_id(g), addr, ifindex),
		       one_vip, vip, err);
}

int l2a_vip_flush(struct l2a_genl *g, const struct l2a_vip_filter *filter,
		  struct l2a_error *err)
{
	return l2a_genl_send(g, l2a_msg_vip_flush(l2a_genl_id(g), filter),
			     NULL, NULL, err);
}

int l2a_lease_renew(struct l2a_genl *g, uint32_t id, uint64_t deadline_ns,
		    const uint64_t *token, struct l2a_error *err)
{
	return l2a_genl_send(g, l2a_msg_lease_renew(l2a_genl_id(g), id,
						    deadline_ns, token),
			     NULL, NULL, err);
}

int l2a_lease_release(struct l2a_genl *g, uint32_t id, struct l2a_error *err)
{
	return l2a_genl_send(g, l2a_msg_lease_release(l2a_genl_id(g), id),
			     NULL, NULL, err);
}

int l2a_lease_get(struct l2a_genl *g, uint32_t id, struct l2a_lease *lease,
		  struct l2a_error *err)
{
	return get_one(g, l2a_msg_lease_get(l2a_genl_id(g), id), one_lease,
		       lease, err);
}

int l2a_announce(struct l2a_genl *g, const struct l2a_vip_filter *filter,
		 struct l2a_error *err)
{
	return l2a_genl_send(g, l2a_msg_announce(l2a_genl_id(g), filter),
			     NULL, NULL, err);
}

int l2a_settings_get(struct l2a_genl *g, struct l2a_settings *settings,
		     struct l2a_error *err)
{
	return get_one(g, l2a_msg_settings_get(l2a_genl_id(g)), one_settings,
		       settings, err);
}

int l2a_settings_set(struct l2a_genl *g,
		     const struct l2a_settings_request *request,
		     struct l2a_error *err)
{
	return l2a_genl_send(g, l2a_msg_settings_set(l2a_genl_id(g), request),
			     NULL, NULL, err);
}

int l2a_stats_get(struct l2a_genl *g, struct l2a_stats *stats,
		  struct l2a_error *err)
{
	return get_one(g, l2a_msg_stats_get(l2a_genl_id(g)), one_stats, stats,
		       err);
}
