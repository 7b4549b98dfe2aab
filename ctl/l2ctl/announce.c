// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl announce: tell the neighbours once more.
 */
#include "l2ctl/l2ctl.h"

static int announce(struct ctl *ctl, struct args *args)
{
	struct l2a_error err = { 0 };
	struct l2a_addr addr;
	uint32_t ifindex = 0;
	struct l2a_genl *g;

	if (args_addr(args, &addr, &err))
		return ctl_misused(ctl, &err);
	if (args_accept(args, "dev") && args_dev(args, &ifindex, &err))
		return ctl_misused(ctl, &err);
	if (args_end(args, &err))
		return ctl_misused(ctl, &err);
	g = ctl_kernel(ctl);
	if (!g)
		return CTL_REFUSED;
	return ctl_kernel_done(ctl, g, l2a_announce(g, &addr, ifindex, &err),
			       &err);
}

static const struct verb verbs[] = {
	{ NULL, "ADDR [dev DEV]", "announce a VIP this node answers for",
	  announce },
	{ 0 },
};

const struct noun noun_announce = {
	"announce", "tell the neighbours about a VIP once more", verbs,
};
