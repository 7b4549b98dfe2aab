// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl announce: tell the neighbours once more.
 */
#include "l2ctl/l2ctl.h"
#include "l2ctl/vip_args.h"

/* Everything takes the word for it: a bare "announce" is rather a slip. */
static int which(struct args *args, struct l2a_vip_filter *filter,
		 struct l2a_error *err)
{
	if (!args_peek(args))
		return args_unknown(args, "an address, dev, lease or \"all\"",
				    err);
	if (args_accept(args, "all"))
		return args_end(args, err);
	return vip_args_filter(args, VIP_FILTER_ADDR | VIP_FILTER_DEV |
			       VIP_FILTER_LEASE, filter, err);
}

static int announce(struct ctl *ctl, struct args *args)
{
	struct l2a_vip_filter filter = { 0 };
	struct l2a_error err = { 0 };
	struct l2a_genl *g;

	if (which(args, &filter, &err))
		return ctl_misused(ctl, &err);
	g = ctl_kernel(ctl);
	if (!g)
		return CTL_REFUSED;
	return ctl_kernel_done(ctl, g, l2a_announce(g, &filter, &err), &err);
}

static const struct verb verbs[] = {
	{ NULL, "{ all | [ADDR] [dev DEV] [lease ID] }",
	  "announce what this node answers for, all or those that match",
	  announce },
	{ 0 },
};

const struct noun noun_announce = {
	"announce", "tell the neighbours about VIPs once more", verbs,
};
