// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl stats: the kernel's totals.
 */
#include "l2ctl/l2ctl.h"

static int stats(struct ctl *ctl, struct args *args)
{
	struct l2a_stats s = { 0 };
	struct l2a_error err = { 0 };
	struct l2a_writer *w;
	struct l2a_genl *g;

	if (args_end(args, &err))
		return ctl_misused(ctl, &err);
	g = ctl_kernel(ctl);
	if (!g)
		return CTL_REFUSED;
	if (ctl_kernel_done(ctl, g, l2a_stats_get(g, &s, &err), &err))
		return CTL_REFUSED;
	w = ctl_writer(ctl, L2A_WRITER_RECORD);
	l2a_row_begin(w);
	l2a_write_u64(w, "vips", s.vips);
	l2a_write_u64(w, "leases", s.leases);
	l2a_write_u64(w, "replies", s.replies);
	l2a_write_u64(w, "passed", s.passed);
	l2a_write_u64(w, "suppressed_standby", s.suppressed_standby);
	l2a_write_u64(w, "suppressed_expired", s.suppressed_expired);
	l2a_write_u64(w, "suppressed_down", s.suppressed_down);
	l2a_write_u64(w, "suppressed_invalid", s.suppressed_invalid);
	l2a_write_u64(w, "reply_errors", s.reply_errors);
	l2a_write_u64(w, "announcements", s.announcements);
	l2a_write_u64(w, "announce_errors", s.announce_errors);
	l2a_write_u64(w, "conflicts", s.conflicts);
	l2a_write_u64(w, "conflicts_limited", s.conflicts_limited);
	l2a_write_u64(w, "defended", s.defended);
	l2a_write_u64(w, "guarded", s.guarded);
	l2a_write_u64(w, "expiries", s.expiries);
	l2a_row_end(w);
	return ctl_written(ctl, w);
}

static const struct verb verbs[] = {
	{ NULL, "", "show the totals of this network namespace", stats },
	{ 0 },
};

const struct noun noun_stats = {
	"stats", "totals of this network namespace", verbs,
};
