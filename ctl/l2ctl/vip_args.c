// SPDX-License-Identifier: GPL-2.0
/*
 * The grammar of VIPs on the command line: words into requests and filters.
 */
#include <errno.h>
#include <linux/l2announce.h>
#include <stdio.h>
#include <string.h>

#include "l2ctl/vip_args.h"
#include "lib/duration.h"

int vip_args_key(struct args *args, struct l2a_addr *addr, uint32_t *ifindex,
		 struct l2a_error *err)
{
	if (args_addr(args, addr, err))
		return err->code;
	if (!args_accept(args, "dev"))
		return args_unknown(args, "\"dev\" and a device", err);
	return args_dev(args, ifindex, err);
}

static int state(struct args *args, struct l2a_vip_request *request,
		 struct l2a_error *err)
{
	const char *text;

	if (args_value(args, "state", &text, err))
		return err->code;
	if (!strcmp(text, "active"))
		request->state = L2ANNOUNCE_VIP_STATE_ACTIVE;
	else if (!strcmp(text, "standby"))
		request->state = L2ANNOUNCE_VIP_STATE_STANDBY;
	else
		return l2a_fail(err, -EINVAL,
				"\"%s\": a state is active or standby", text);
	return 0;
}

/* A lease's id, or "none". */
static int lease(struct args *args, struct l2a_vip_request *request,
		 struct l2a_error *err)
{
	request->lease = 0;
	if (args_accept(args, "none"))
		return 0;
	return args_lease(args, "lease", &request->lease, err);
}

static int token(struct args *args, struct l2a_vip_request *request,
		 struct l2a_error *err)
{
	return args_u64(args, "token", &request->token, err);
}

/* COUNT or COUNT/INTERVAL */
static int announce(struct args *args, struct l2a_vip_request *request,
		    struct l2a_error *err)
{
	const char *text, *slash;
	uint64_t count_value;
	char count[24];
	size_t len;

	if (args_value(args, "announce", &text, err))
		return err->code;
	/* Any refusal names the whole word, whichever half is wrong. */
	slash = strchr(text, '/');
	len = slash ? (size_t)(slash - text) : strlen(text);
	if (!len || len >= sizeof(count))
		return l2a_fail(err, -EINVAL,
				"\"%s\": announce wants COUNT or COUNT/INTERVAL, as 3/1100ms",
				text);
	memcpy(count, text, len);
	count[len] = '\0';
	if (parse_u64(count, "announce count", UINT32_MAX, &count_value, err))
		return slash ? l2a_prefix(err, "\"%s\"", text) : err->code;
	request->announce_count = (uint32_t)count_value;
	if (!slash)
		return 0;
	request->set |= L2A_VIP_ANNOUNCE_INTERVAL;
	if (l2a_duration_parse_ms(slash + 1, &request->announce_interval_ms,
				  err))
		return l2a_prefix(err, "\"%s\"", text);
	return 0;
}

static int refresh(struct args *args, struct l2a_vip_request *request,
		   struct l2a_error *err)
{
	const char *text;

	if (args_value(args, "refresh", &text, err))
		return err->code;
	return l2a_duration_parse_ms(text, &request->refresh_ms, err);
}

static const struct option {
	const char *keyword;
	unsigned int bit;
	int (*parse)(struct args *args, struct l2a_vip_request *request,
		     struct l2a_error *err);
} options[] = {
	{ "state", L2A_VIP_STATE, state },
	{ "lease", L2A_VIP_LEASE, lease },
	{ "token", L2A_VIP_TOKEN, token },
	{ "announce", L2A_VIP_ANNOUNCE_COUNT, announce },
	{ "refresh", L2A_VIP_REFRESH, refresh },
};

static const struct option *accept_option(struct args *args)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (args_accept(args, options[i].keyword))
			return &options[i];
	}
	return NULL;
}

int vip_args_options(struct args *args, struct l2a_vip_request *request,
		     struct l2a_error *err)
{
	while (args_peek(args)) {
		const struct option *option = accept_option(args);

		if (!option)
			return args_unknown(args,
					    "state, lease, token, announce or refresh",
					    err);
		if (args_once(&request->set, option->bit, option->keyword,
			      err) ||
		    option->parse(args, request, err))
			return err->code;
	}
	return 0;
}

int vip_args_request(struct args *args, struct l2a_vip_request *request,
		     struct l2a_error *err)
{
	*request = (struct l2a_vip_request){ 0 };
	if (vip_args_key(args, &request->addr, &request->ifindex, err))
		return err->code;
	return vip_args_options(args, request, err);
}

int vip_args_change(struct args *args, struct l2a_vip_request *request,
		    struct l2a_error *err)
{
	*request = (struct l2a_vip_request){ .set = L2A_VIP_LEASE };
	if (!args_accept(args, "lease"))
		return args_unknown(args, "\"lease\" and its id", err);
	if (args_lease(args, "lease", &request->lease, err))
		return err->code;
	if (args_accept(args, "dev") && args_dev(args, &request->ifindex, err))
		return err->code;
	if (!args_peek(args))
		return args_unknown(args, "state, token, announce or refresh",
				    err);
	return vip_args_options(args, request, err);
}

static const char *filter_words(unsigned int allowed)
{
	return allowed & VIP_FILTER_ADDR ? "an address, dev or lease" :
	       "dev or lease";
}

int vip_args_filter(struct args *args, unsigned int allowed,
		    struct l2a_vip_filter *filter, struct l2a_error *err)
{
	unsigned int seen = 0;

	while (args_peek(args)) {
		int ret;

		if (allowed & VIP_FILTER_DEV && args_accept(args, "dev")) {
			ret = args_once(&seen, VIP_FILTER_DEV, "dev", err);
			if (!ret)
				ret = args_dev(args, &filter->ifindex, err);
		} else if (allowed & VIP_FILTER_LEASE &&
			   args_accept(args, "lease")) {
			ret = args_once(&seen, VIP_FILTER_LEASE, "lease", err);
			filter->by_lease = true;
			if (!ret && !args_accept(args, "none"))
				ret = args_lease(args, "lease", &filter->lease,
						 err);
		} else if (allowed & VIP_FILTER_ADDR && !seen) {
			seen |= VIP_FILTER_ADDR;
			ret = args_addr(args, &filter->addr, err);
		} else {
			ret = args_unknown(args, filter_words(allowed), err);
		}
		if (ret)
			return ret;
	}
	return 0;
}
