// SPDX-License-Identifier: GPL-2.0
/*
 * The commands that failwalk walks: what must be there, and the request.
 */
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "failwalk.h"

static struct l2a_addr address(uint8_t last)
{
	return (struct l2a_addr){
		.family = AF_INET,
		.bytes = { 12, 0, 0, last },
	};
}

static struct l2a_vip_request request(struct walk *w, uint8_t last,
				      unsigned int set)
{
	return (struct l2a_vip_request){
		.addr = address(last),
		.ifindex = w->ifindex,
		.set = set,
		.state = L2ANNOUNCE_VIP_STATE_STANDBY,
		.lease = w->lease,
		.announce_count = 9,
	};
}

static void renew(struct walk *w, uint64_t token)
{
	struct l2a_error err = { 0 };

	must(l2a_lease_renew(w->g, w->lease, w->deadline, &token, &err),
	     "renew", &err);
}

static void add(struct walk *w, uint8_t last, unsigned int set)
{
	struct l2a_vip_request r = request(w, last, set);
	struct l2a_error err = { 0 };

	must(l2a_vip_add(w->g, &r, &err), "add", &err);
}

static void three_leased(struct walk *w)
{
	renew(w, 5);
	for (uint8_t i = 1; i <= 3; i++)
		add(w, i, L2A_VIP_LEASE);
}

static void one_standby(struct walk *w)
{
	renew(w, 5);
	add(w, 1, L2A_VIP_STATE);
}

static void known_lease(struct walk *w)
{
	renew(w, 5);
}

static struct nl_msg *build_add(struct walk *w)
{
	struct l2a_vip_request r = request(w, 9, 0);

	return l2a_msg_vip_new(l2a_genl_id(w->g), NLM_F_CREATE | NLM_F_EXCL, &r);
}

/* A group that is still being left would spare an allocation: each has its own. */
static struct nl_msg *build_add6(struct walk *w)
{
	struct l2a_vip_request r = request(w, 0, 0);

	r.addr = (struct l2a_addr){
		.family = AF_INET6,
		.bytes = {
			0x20, 0x01, 0x0d, 0xb8,
			[14] = (uint8_t)(w->lease >> 8), (uint8_t)w->lease,
		},
	};
	return l2a_msg_vip_new(l2a_genl_id(w->g), NLM_F_CREATE | NLM_F_EXCL, &r);
}

static struct nl_msg *build_add_echo(struct walk *w)
{
	struct nl_msg *msg = build_add(w);

	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_ECHO;
	return msg;
}

static struct nl_msg *build_add_leased(struct walk *w)
{
	struct l2a_vip_request r = request(w, 9, L2A_VIP_LEASE);

	return l2a_msg_vip_new(l2a_genl_id(w->g),
			       NLM_F_CREATE | NLM_F_REPLACE, &r);
}

static struct nl_msg *build_activate(struct walk *w)
{
	struct l2a_vip_request r = request(w, 1, L2A_VIP_STATE | L2A_VIP_LEASE |
					   L2A_VIP_ANNOUNCE_COUNT);

	r.state = L2ANNOUNCE_VIP_STATE_ACTIVE;
	return l2a_msg_vip_new(l2a_genl_id(w->g), 0, &r);
}

static struct nl_msg *build_silence(struct walk *w)
{
	struct l2a_vip_request r = request(w, 1, L2A_VIP_STATE);

	return l2a_msg_vip_new(l2a_genl_id(w->g), 0, &r);
}

/* All VIPs of the lease in one: several notifications, one verdict. */
static struct nl_msg *build_silence_all(struct walk *w)
{
	struct l2a_vip_request r = {
		.set = L2A_VIP_LEASE | L2A_VIP_STATE,
		.lease = w->lease,
		.state = L2ANNOUNCE_VIP_STATE_STANDBY,
	};

	return l2a_msg_vip_change(l2a_genl_id(w->g), &r);
}

/* The same with other settings, of one device: a round and a refresh, no state. */
static struct nl_msg *build_pace_all(struct walk *w)
{
	struct l2a_vip_request r = {
		.ifindex = w->ifindex,
		.set = L2A_VIP_LEASE | L2A_VIP_ANNOUNCE_COUNT | L2A_VIP_REFRESH,
		.lease = w->lease,
		.announce_count = 2,
		.refresh_ms = 5000,
	};

	return l2a_msg_vip_change(l2a_genl_id(w->g), &r);
}

static struct nl_msg *build_del(struct walk *w)
{
	struct l2a_addr addr = address(1);

	return l2a_msg_vip_del(l2a_genl_id(w->g), &addr, w->ifindex);
}

static struct nl_msg *build_flush(struct walk *w)
{
	return l2a_msg_vip_flush(l2a_genl_id(w->g), NULL);
}

static struct nl_msg *build_flush_some(struct walk *w)
{
	struct l2a_vip_filter filter = {
		.ifindex = w->ifindex,
		.by_lease = true,
		.lease = w->lease,
	};

	return l2a_msg_vip_flush(l2a_genl_id(w->g), &filter);
}

static struct nl_msg *build_renew(struct walk *w)
{
	return l2a_msg_lease_renew(l2a_genl_id(w->g), w->lease, w->deadline,
				   NULL);
}

static struct nl_msg *build_move(struct walk *w)
{
	uint64_t token = 6;

	return l2a_msg_lease_renew(l2a_genl_id(w->g), w->lease, w->deadline,
				   &token);
}

static struct nl_msg *build_release(struct walk *w)
{
	return l2a_msg_lease_release(l2a_genl_id(w->g), w->lease);
}

static struct nl_msg *build_announce(struct walk *w)
{
	struct l2a_vip_filter filter = {
		.addr = address(1),
		.ifindex = w->ifindex,
	};

	return l2a_msg_announce(l2a_genl_id(w->g), &filter);
}

static struct nl_msg *build_announce_all(struct walk *w)
{
	return l2a_msg_announce(l2a_genl_id(w->g), NULL);
}

static struct nl_msg *build_announce_some(struct walk *w)
{
	struct l2a_vip_filter filter = {
		.ifindex = w->ifindex,
		.by_lease = true,
		.lease = w->lease,
	};

	return l2a_msg_announce(l2a_genl_id(w->g), &filter);
}

static struct nl_msg *build_settings(struct walk *w)
{
	struct l2a_settings_request r = {
		.set = L2A_SETTINGS_MAX_VIPS | L2A_SETTINGS_ANNOUNCE_RATE |
		       L2A_SETTINGS_ANNOUNCE_BURST,
		.max_vips = 2000,
		.announce_rate = 2000,
		.announce_burst = 200,
	};

	return l2a_msg_settings_set(l2a_genl_id(w->g), &r);
}

const struct command commands[] = {
	{ "vip add, the first", NULL, build_add, false },
	{ "vip add, with an echo", NULL, build_add_echo, false },
	{ "vip add, the first of IPv6", NULL, build_add6, false },
	{ "vip add, an IPv6 one beside IPv4", three_leased, build_add6, false },
	{ "vip add, one more under a lease", three_leased, build_add_leased,
	  false },
	{ "vip set, standby to active under a lease", one_standby,
	  build_activate, false },
	{ "vip set, active to standby", three_leased, build_silence, false },
	{ "vip set, all of a lease to standby", three_leased,
	  build_silence_all, false },
	{ "vip set, rounds and refresh of a lease's on a device", three_leased,
	  build_pace_all, false },
	{ "vip del, one of three", three_leased, build_del, false },
	{ "vip del, the last", one_standby, build_del, false },
	{ "vip flush", three_leased, build_flush, false },
	{ "vip flush, of a lease on a device", three_leased, build_flush_some,
	  false },
	{ "lease renew, a new one", NULL, build_renew, false },
	{ "lease renew, to a newer token", three_leased, build_move, false },
	{ "lease renew, as it was", three_leased, build_renew, true },
	{ "lease release", three_leased, build_release, false },
	{ "announce", three_leased, build_announce, true },
	{ "announce, all", three_leased, build_announce_all, true },
	{ "announce, of a lease on a device", three_leased, build_announce_some,
	  true },
	{ "settings set, all of them", known_lease, build_settings, true },
};

const size_t n_commands = sizeof(commands) / sizeof(commands[0]);
