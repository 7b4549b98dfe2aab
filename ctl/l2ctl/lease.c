// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl lease: the kernel's leases.
 */
#include <errno.h>
#include <stdlib.h>

#include "l2ctl/l2ctl.h"
#include "lib/clock.h"
#include "lib/duration.h"

void lease_fields(struct l2a_writer *w, const struct l2a_lease *lease,
		  uint64_t now_ns)
{
	l2a_write_u64(w, "id", lease->id);
	l2a_write_u64(w, "token", lease->token);
	l2a_write_u64(w, "remaining_ms",
		      l2a_deadline_left(lease->deadline_ns, now_ns) /
		      L2A_NSEC_PER_MSEC);
	l2a_write_bool(w, "valid", lease->valid);
}

/* The lease's id is the next word itself. */
static int take_id(struct args *args, uint32_t *id, struct l2a_error *err)
{
	if (!args_peek(args))
		return l2a_fail(err, -EINVAL, "a lease id expected");
	return args_lease(args, "a lease id", id, err);
}

static int take_ttl(struct args *args, uint64_t *ttl_ns, struct l2a_error *err)
{
	const char *text;

	if (!args_accept(args, "ttl"))
		return args_unknown(args, "\"ttl\" and a duration", err);
	if (args_value(args, "ttl", &text, err))
		return err->code;
	return l2a_duration_parse(text, ttl_ns, err);
}

/*
 * The instant a lease counts from: the one given, which is past, or the start
 * of the command: no stall since may lengthen it.
 */
static int take_since(const struct ctl *ctl, struct args *args,
		      uint64_t *since_ns, struct l2a_error *err)
{
	const char *text;

	*since_ns = ctl->started_ns;
	if (!args_accept(args, "since"))
		return 0;
	if (args_value(args, "since", &text, err) ||
	    l2a_uptime_parse(text, since_ns, err))
		return err->code;
	if (*since_ns > ctl->started_ns)
		return l2a_fail(err, -EINVAL,
				"\"%s\": a lease counts from an instant that is past",
				text);
	return 0;
}

static int lease_renew(struct ctl *ctl, struct args *args)
{
	struct l2a_error err = { 0 };
	uint64_t ttl_ns, since_ns, token;
	const uint64_t *with_token = NULL;
	struct l2a_genl *g;
	uint32_t id;

	if (take_id(args, &id, &err) || take_ttl(args, &ttl_ns, &err) ||
	    take_since(ctl, args, &since_ns, &err))
		return ctl_misused(ctl, &err);
	if (args_accept(args, "token")) {
		if (args_u64(args, "token", &token, &err))
			return ctl_misused(ctl, &err);
		with_token = &token;
	}
	if (args_end(args, &err))
		return ctl_misused(ctl, &err);
	g = ctl_kernel(ctl);
	if (!g)
		return CTL_REFUSED;
	return ctl_kernel_done(ctl, g,
			       l2a_lease_renew(g, id,
					       l2a_deadline_after(since_ns, ttl_ns),
					       with_token, &err),
			       &err);
}

static int lease_release(struct ctl *ctl, struct args *args)
{
	struct l2a_error err = { 0 };
	struct l2a_genl *g;
	uint32_t id;

	if (take_id(args, &id, &err) || args_end(args, &err))
		return ctl_misused(ctl, &err);
	g = ctl_kernel(ctl);
	if (!g)
		return CTL_REFUSED;
	return ctl_kernel_done(ctl, g, l2a_lease_release(g, id, &err), &err);
}

static int lease_show(struct ctl *ctl, struct args *args)
{
	struct l2a_lease *leases = NULL;
	struct l2a_error err = { 0 };
	struct l2a_writer *w;
	struct l2a_genl *g;
	uint64_t now_ns;
	size_t n = 0;
	int ret;

	if (args_end(args, &err))
		return ctl_misused(ctl, &err);
	g = ctl_kernel(ctl);
	if (!g)
		return CTL_REFUSED;
	ret = l2a_lease_dump(g, &leases, &n, &err);
	now_ns = l2a_boottime_ns();
	if (ctl_kernel_done(ctl, g, ret, &err))
		return CTL_REFUSED;
	w = ctl_writer(ctl, L2A_WRITER_TABLE);
	for (size_t i = 0; i < n; i++) {
		l2a_row_begin(w);
		lease_fields(w, &leases[i], now_ns);
		l2a_row_end(w);
	}
	free(leases);
	return ctl_written(ctl, w);
}

static const struct verb verbs[] = {
	{ "renew", "ID ttl DURATION [since INSTANT] [token N]",
	  "let a lease last that long from now", lease_renew },
	{ "release", "ID", "end a lease now", lease_release },
	{ "show", "", "list all leases", lease_show },
	{ 0 },
};

const struct noun noun_lease = {
	"lease", "deadlines in the kernel that VIPs answer under", verbs,
};
