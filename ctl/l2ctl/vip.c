// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl vip: the kernel's VIPs.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "l2ctl/l2ctl.h"
#include "l2ctl/vip_args.h"

void vip_fields(struct l2a_writer *w, const struct l2a_vip *vip)
{
	char addr[L2A_ADDR_STRLEN];

	l2a_write_string(w, "address", l2a_addr_format(&vip->addr, addr));
	l2a_write_string(w, "dev", vip->ifname[0] ? vip->ifname : NULL);
	l2a_write_u64(w, "ifindex", vip->ifindex);
	l2a_write_string(w, "state", l2a_vip_state_name(vip->state));
	if (vip->lease)
		l2a_write_u64(w, "lease", vip->lease);
	else
		l2a_write_null(w, "lease");
	l2a_write_bool(w, "answering", vip->answering);
	l2a_write_stat(w, "replies", vip->replies);
	l2a_write_stat(w, "suppressed", vip->suppressed);
	l2a_write_stat(w, "announcements", vip->announcements);
	l2a_write_stat(w, "conflicts", vip->conflicts);
}

static struct nl_msg *build_add(int id, const struct l2a_vip_request *request)
{
	return l2a_msg_vip_new(id, NLM_F_CREATE | NLM_F_EXCL, request);
}

static struct nl_msg *build_set(int id, const struct l2a_vip_request *request)
{
	return l2a_msg_vip_new(id, NLM_F_REPLACE, request);
}

static struct nl_msg *build_change(int id,
				   const struct l2a_vip_request *request)
{
	return l2a_msg_vip_change(id, request);
}

static struct nl_msg *build_del(int id, const struct l2a_vip_request *request)
{
	return l2a_msg_vip_del(id, &request->addr, request->ifindex);
}

static int key_alone(struct args *args, struct l2a_vip_request *request,
		     struct l2a_error *err)
{
	*request = (struct l2a_vip_request){ 0 };
	if (vip_args_key(args, &request->addr, &request->ifindex, err))
		return err->code;
	return args_end(args, err);
}

static int change(struct ctl *ctl, struct args *args,
		  int (*parse)(struct args *args,
			       struct l2a_vip_request *request,
			       struct l2a_error *err),
		  struct nl_msg *(*build)(int id,
					  const struct l2a_vip_request *request))
{
	struct l2a_vip_request request;
	struct l2a_error err = { 0 };
	struct l2a_genl *g;

	if (parse(args, &request, &err))
		return ctl_misused(ctl, &err);
	g = ctl_family(ctl);
	if (!g)
		return CTL_REFUSED;
	return ctl_kernel_request(ctl, g, build(l2a_genl_id(g), &request));
}

static int vip_add(struct ctl *ctl, struct args *args)
{
	return change(ctl, args, vip_args_request, build_add);
}

/* A VIP, or every one of a lease. */
static int vip_set(struct ctl *ctl, struct args *args)
{
	const char *first = args_peek(args);

	if (first && !strcmp(first, "lease"))
		return change(ctl, args, vip_args_change, build_change);
	return change(ctl, args, vip_args_request, build_set);
}

static int vip_del(struct ctl *ctl, struct args *args)
{
	return change(ctl, args, key_alone, build_del);
}

static int vip_flush(struct ctl *ctl, struct args *args)
{
	struct l2a_vip_filter filter = { 0 };
	struct l2a_error err = { 0 };
	struct l2a_genl *g;

	if (vip_args_filter(args, VIP_FILTER_DEV | VIP_FILTER_LEASE, &filter,
			    &err))
		return ctl_misused(ctl, &err);
	g = ctl_kernel(ctl);
	if (!g)
		return CTL_REFUSED;
	return ctl_kernel_done(ctl, g, l2a_vip_flush(g, &filter, &err), &err);
}

/* One VIP by its whole key, which is refused where there is none. */
static int get_one(struct l2a_genl *g, const struct l2a_vip_filter *filter,
		   struct l2a_vip **vips, size_t *n, struct l2a_error *err)
{
	int ret;

	*vips = calloc(1, sizeof(**vips));
	if (!*vips)
		return l2a_fail(err, -ENOMEM, "out of memory");
	ret = l2a_vip_get(g, &filter->addr, filter->ifindex, *vips, err);
	*n = !ret;
	return ret;
}

static int get_list(struct l2a_genl *g, const struct l2a_vip_filter *filter,
		    struct l2a_vip **vips, size_t *n, struct l2a_error *err)
{
	if (filter->addr.family && filter->ifindex && !filter->by_lease)
		return get_one(g, filter, vips, n, err);
	return l2a_vip_dump(g, filter, vips, n, err);
}

static int vip_show(struct ctl *ctl, struct args *args)
{
	struct l2a_vip_filter filter = { 0 };
	struct l2a_error err = { 0 };
	struct l2a_vip *vips = NULL;
	struct l2a_writer *w;
	struct l2a_genl *g;
	size_t n = 0;
	int ret;

	if (vip_args_filter(args, VIP_FILTER_ADDR | VIP_FILTER_DEV |
			    VIP_FILTER_LEASE, &filter, &err))
		return ctl_misused(ctl, &err);
	g = ctl_kernel(ctl);
	if (!g)
		return CTL_REFUSED;
	ret = get_list(g, &filter, &vips, &n, &err);
	if (ctl_kernel_done(ctl, g, ret, &err)) {
		free(vips);
		return CTL_REFUSED;
	}
	w = ctl_writer(ctl, L2A_WRITER_TABLE);
	for (size_t i = 0; i < n; i++) {
		l2a_row_begin(w);
		vip_fields(w, &vips[i]);
		l2a_row_end(w);
	}
	free(vips);
	return ctl_written(ctl, w);
}

#define OPTIONS \
	"[state active|standby] [lease ID [token N]] " \
	"[announce COUNT[/INTERVAL]] [refresh INTERVAL]"

static const struct verb verbs[] = {
	{ "add", "ADDR dev DEV " OPTIONS,
	  "answer for an address on a device", vip_add },
	{ "set", "{ ADDR dev DEV | lease ID [dev DEV] } " OPTIONS,
	  "change what is given, keep the rest: of a VIP, or of all of a lease",
	  vip_set },
	{ "del", "ADDR dev DEV", "remove a VIP", vip_del },
	{ "flush", "[dev DEV] [lease ID]",
	  "remove all VIPs, or those that match", vip_flush },
	{ "show", "[ADDR] [dev DEV] [lease ID]",
	  "list all VIPs, or those that match", vip_show },
	{ 0 },
};

const struct noun noun_vip = {
	"vip", "addresses this node answers for, or keeps silent about", verbs,
};
