// SPDX-License-Identifier: GPL-2.0
/*
 * Requests as they are built, and objects as they are read: each attribute
 * where the contract has it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/message.h"
#include "lib/object.h"

#define FAMILY	30

static struct nl_msg *answer(uint8_t cmd)
{
	struct nl_msg *msg = nlmsg_alloc();

	assert_non_null(msg);
	assert_non_null(genlmsg_put(msg, 1, 1, FAMILY, 0, 0, cmd,
				    L2ANNOUNCE_FAMILY_VERSION));
	return msg;
}

static void put_key(struct nl_msg *msg)
{
	nla_put_u16(msg, L2ANNOUNCE_A_VIP_FAMILY, AF_INET);
	nla_put(msg, L2ANNOUNCE_A_VIP_ADDRESS, 4, "\x0c\x00\x00\x64");
	nla_put_u32(msg, L2ANNOUNCE_A_VIP_IFINDEX, 5);
}

static struct nl_msg *vip_answer(uint8_t cmd)
{
	struct nl_msg *msg = answer(cmd);

	put_key(msg);
	nla_put_string(msg, L2ANNOUNCE_A_VIP_IFNAME, "eth0");
	nla_put_u32(msg, L2ANNOUNCE_A_VIP_STATE, L2ANNOUNCE_VIP_STATE_ACTIVE);
	nla_put_u32(msg, L2ANNOUNCE_A_VIP_LEASE, 11);
	nla_put_u64(msg, L2ANNOUNCE_A_VIP_TOKEN, UINT64_MAX);
	nla_put_u32(msg, L2ANNOUNCE_A_VIP_ANNOUNCE_COUNT, 3);
	nla_put_u32(msg, L2ANNOUNCE_A_VIP_ANNOUNCE_INTERVAL, 1100);
	nla_put_u32(msg, L2ANNOUNCE_A_VIP_REFRESH, 60000);
	nla_put_u8(msg, L2ANNOUNCE_A_VIP_ANSWERING, 1);
	nla_put_u64(msg, L2ANNOUNCE_A_VIP_REPLIES, 101);
	nla_put_u64(msg, L2ANNOUNCE_A_VIP_SUPPRESSED, 102);
	nla_put_u64(msg, L2ANNOUNCE_A_VIP_ANNOUNCEMENTS, 103);
	nla_put_u64(msg, L2ANNOUNCE_A_VIP_CONFLICTS, 104);
	return msg;
}

static void test_vip(void **state)
{
	struct nl_msg *msg = vip_answer(L2ANNOUNCE_CMD_VIP_NEW);
	char text[L2A_ADDR_STRLEN];
	struct l2a_vip vip;

	(void)state;
	assert_int_equal(l2a_vip_read(nlmsg_hdr(msg), &vip, NULL), 0);
	assert_string_equal(l2a_addr_format(&vip.addr, text), "12.0.0.100");
	assert_int_equal(vip.ifindex, 5);
	assert_string_equal(vip.ifname, "eth0");
	assert_string_equal(l2a_vip_state_name(vip.state), "active");
	assert_int_equal(vip.lease, 11);
	assert_int_equal(vip.token, UINT64_MAX);
	assert_int_equal(vip.announce_count, 3);
	assert_int_equal(vip.announce_interval_ms, 1100);
	assert_int_equal(vip.refresh_ms, 60000);
	assert_true(vip.answering);
	assert_int_equal(vip.replies, 101);
	assert_int_equal(vip.suppressed, 102);
	assert_int_equal(vip.announcements, 103);
	assert_int_equal(vip.conflicts, 104);
	nlmsg_free(msg);
}

static void test_vip_with_little(void **state)
{
	struct nl_msg *msg = answer(L2ANNOUNCE_CMD_VIP_NEW);
	struct l2a_vip vip;

	(void)state;
	put_key(msg);
	/* One of a newer kernel, beyond what this header knows. */
	nla_put_u32(msg, L2ANNOUNCE_A_VIP_MAX + 5, 1);
	assert_int_equal(l2a_vip_read(nlmsg_hdr(msg), &vip, NULL), 0);
	assert_string_equal(vip.ifname, "");
	assert_string_equal(l2a_vip_state_name(vip.state), "standby");
	assert_false(vip.answering);
	nlmsg_free(msg);
}

static void check_bad_vip(struct nl_msg *msg)
{
	struct l2a_error err = { 0 };
	struct l2a_vip vip;

	assert_int_equal(l2a_vip_read(nlmsg_hdr(msg), &vip, &err), -EBADMSG);
	assert_int_equal(err.code, -EBADMSG);
	nlmsg_free(msg);
}

static void test_bad_vips(void **state)
{
	struct nl_msg *msg;

	(void)state;
	check_bad_vip(answer(L2ANNOUNCE_CMD_VIP_NEW));

	/* Family and length do not agree. */
	msg = answer(L2ANNOUNCE_CMD_VIP_NEW);
	nla_put_u16(msg, L2ANNOUNCE_A_VIP_FAMILY, AF_INET6);
	nla_put(msg, L2ANNOUNCE_A_VIP_ADDRESS, 4, "\x0c\x00\x00\x64");
	check_bad_vip(msg);

	msg = answer(L2ANNOUNCE_CMD_VIP_NEW);
	nla_put_u16(msg, L2ANNOUNCE_A_VIP_FAMILY, AF_PACKET);
	nla_put(msg, L2ANNOUNCE_A_VIP_ADDRESS, 4, "\x0c\x00\x00\x64");
	check_bad_vip(msg);

	/* A counter cut short. */
	msg = answer(L2ANNOUNCE_CMD_VIP_NEW);
	put_key(msg);
	nla_put_u32(msg, L2ANNOUNCE_A_VIP_REPLIES, 1);
	check_bad_vip(msg);

	/* A name without an end. */
	msg = answer(L2ANNOUNCE_CMD_VIP_NEW);
	put_key(msg);
	nla_put(msg, L2ANNOUNCE_A_VIP_IFNAME, 4, "eth0");
	check_bad_vip(msg);
}

static void put_lease(struct nl_msg *msg)
{
	nla_put_u32(msg, L2ANNOUNCE_A_LEASE_ID, 7);
	nla_put_u64(msg, L2ANNOUNCE_A_LEASE_DEADLINE, 1ULL << 40);
	nla_put_u64(msg, L2ANNOUNCE_A_LEASE_TOKEN, 9);
	nla_put_u8(msg, L2ANNOUNCE_A_LEASE_VALID, 1);
	nla_put_u32(msg, L2ANNOUNCE_A_LEASE_VIPS, 3);
}

static void test_lease(void **state)
{
	struct nl_msg *msg = answer(L2ANNOUNCE_CMD_LEASE_GET);
	struct l2a_lease lease;

	(void)state;
	assert_int_equal(l2a_lease_read(nlmsg_hdr(msg), &lease, NULL),
			 -EBADMSG);
	put_lease(msg);
	assert_int_equal(l2a_lease_read(nlmsg_hdr(msg), &lease, NULL), 0);
	assert_int_equal(lease.id, 7);
	assert_int_equal(lease.deadline_ns, 1ULL << 40);
	assert_int_equal(lease.token, 9);
	assert_true(lease.valid);
	assert_int_equal(lease.vips, 3);
	nlmsg_free(msg);
}

static void test_settings_and_stats(void **state)
{
	struct nl_msg *msg = answer(L2ANNOUNCE_CMD_SETTINGS_GET);
	struct l2a_settings settings;
	struct l2a_stats stats;

	(void)state;
	nla_put_u32(msg, L2ANNOUNCE_A_SETTINGS_MAX_VIPS, 1);
	nla_put_u32(msg, L2ANNOUNCE_A_SETTINGS_ANNOUNCE_RATE, 2);
	nla_put_u32(msg, L2ANNOUNCE_A_SETTINGS_ANNOUNCE_BURST, 3);
	assert_int_equal(l2a_settings_read(nlmsg_hdr(msg), &settings, NULL), 0);
	assert_int_equal(settings.max_vips, 1);
	assert_int_equal(settings.announce_rate, 2);
	assert_int_equal(settings.announce_burst, 3);
	nlmsg_free(msg);

	/* Each counter its own number: a mix-up shows. */
	msg = answer(L2ANNOUNCE_CMD_STATS_GET);
	nla_put_u32(msg, L2ANNOUNCE_A_STATS_VIPS, 1);
	nla_put_u32(msg, L2ANNOUNCE_A_STATS_LEASES, 2);
	for (int i = L2ANNOUNCE_A_STATS_REPLIES;
	     i <= L2ANNOUNCE_A_STATS_EXPIRIES; i++)
		nla_put_u64(msg, i, (uint64_t)i);
	assert_int_equal(l2a_stats_read(nlmsg_hdr(msg), &stats, NULL), 0);
	assert_int_equal(stats.vips, 1);
	assert_int_equal(stats.leases, 2);
	assert_int_equal(stats.replies, 3);
	assert_int_equal(stats.passed, 4);
	assert_int_equal(stats.suppressed_standby, 5);
	assert_int_equal(stats.suppressed_expired, 6);
	assert_int_equal(stats.suppressed_down, 7);
	assert_int_equal(stats.suppressed_invalid, 8);
	assert_int_equal(stats.reply_errors, 9);
	assert_int_equal(stats.announcements, 10);
	assert_int_equal(stats.announce_errors, 11);
	assert_int_equal(stats.conflicts, 12);
	assert_int_equal(stats.conflicts_limited, 13);
	assert_int_equal(stats.defended, 14);
	assert_int_equal(stats.guarded, 15);
	assert_int_equal(stats.expiries, 16);
	nlmsg_free(msg);
}

static void check_vip_event(uint8_t cmd, const char *name)
{
	struct nl_msg *msg = vip_answer(cmd);
	struct l2a_event event;

	assert_int_equal(l2a_event_read(nlmsg_hdr(msg), &event, NULL), 0);
	assert_string_equal(l2a_event_name(event.type), name);
	assert_int_equal(event.vip.ifindex, 5);
	nlmsg_free(msg);
}

static void check_lease_event(uint8_t cmd, const char *name)
{
	struct nl_msg *msg = answer(cmd);
	struct l2a_event event;

	put_lease(msg);
	assert_int_equal(l2a_event_read(nlmsg_hdr(msg), &event, NULL), 0);
	assert_string_equal(l2a_event_name(event.type), name);
	assert_int_equal(event.lease.id, 7);
	nlmsg_free(msg);
}

static void test_events(void **state)
{
	(void)state;
	check_vip_event(L2ANNOUNCE_CMD_VIP_NTF, "vip");
	check_vip_event(L2ANNOUNCE_CMD_VIP_DEL_NTF, "vip-del");
	check_vip_event(L2ANNOUNCE_CMD_DEVICE_GONE_NTF, "device-gone");
	check_lease_event(L2ANNOUNCE_CMD_LEASE_NTF, "lease");
	check_lease_event(L2ANNOUNCE_CMD_LEASE_EXPIRED_NTF, "expired");
}

static void test_conflict(void **state)
{
	struct nl_msg *msg = vip_answer(L2ANNOUNCE_CMD_CONFLICT_NTF);
	struct l2a_event event;

	(void)state;
	/* A conflict without the other station is none. */
	assert_int_equal(l2a_event_read(nlmsg_hdr(msg), &event, NULL),
			 -EBADMSG);
	nla_put(msg, L2ANNOUNCE_A_VIP_LLADDR, 6, "\x52\x54\x00\x01\x02\x03");
	assert_int_equal(l2a_event_read(nlmsg_hdr(msg), &event, NULL), 0);
	assert_string_equal(l2a_event_name(event.type), "conflict");
	assert_memory_equal(event.lladdr, "\x52\x54\x00\x01\x02\x03", 6);
	assert_int_equal(event.vip.lease, 11);
	nlmsg_free(msg);
}

static void test_unknown_event(void **state)
{
	struct nl_msg *msg = answer(200);
	struct l2a_event event;

	(void)state;
	assert_int_equal(l2a_event_read(nlmsg_hdr(msg), &event, NULL),
			 -ENOMSG);
	nlmsg_free(msg);
}

/* ---- requests ---- */

static uint8_t command(struct nl_msg *msg)
{
	return genlmsg_hdr(nlmsg_hdr(msg))->cmd;
}

static struct nlattr *find(struct nl_msg *msg, int type)
{
	return nlmsg_find_attr(nlmsg_hdr(msg), GENL_HDRLEN, type);
}

static void test_vip_request(void **state)
{
	struct l2a_vip_request request = {
		.ifindex = 5,
		.set = L2A_VIP_STATE | L2A_VIP_LEASE | L2A_VIP_TOKEN |
		       L2A_VIP_ANNOUNCE_COUNT | L2A_VIP_ANNOUNCE_INTERVAL |
		       L2A_VIP_REFRESH,
		.state = L2ANNOUNCE_VIP_STATE_STANDBY,
		.lease = 11,
		.token = UINT64_MAX,
		.announce_count = 4,
		.announce_interval_ms = 500,
		.refresh_ms = 30000,
	};
	struct nl_msg *msg;
	struct l2a_vip vip;

	(void)state;
	l2a_addr_parse("12.0.0.100", &request.addr, NULL);
	msg = l2a_msg_vip_new(FAMILY, NLM_F_CREATE | NLM_F_EXCL, &request);
	assert_int_equal(command(msg), L2ANNOUNCE_CMD_VIP_NEW);
	assert_int_equal(nlmsg_hdr(msg)->nlmsg_type, FAMILY);
	assert_int_equal(nlmsg_hdr(msg)->nlmsg_flags,
			 NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL);
	assert_int_equal(l2a_vip_read(nlmsg_hdr(msg), &vip, NULL), 0);
	assert_true(l2a_addr_equal(&vip.addr, &request.addr));
	assert_int_equal(vip.ifindex, 5);
	assert_non_null(find(msg, L2ANNOUNCE_A_VIP_STATE));
	assert_int_equal(vip.state, L2ANNOUNCE_VIP_STATE_STANDBY);
	assert_int_equal(vip.lease, 11);
	assert_int_equal(vip.token, UINT64_MAX);
	assert_int_equal(vip.announce_count, 4);
	assert_int_equal(vip.announce_interval_ms, 500);
	assert_int_equal(vip.refresh_ms, 30000);
	nlmsg_free(msg);
}

/* What a change does not name is not sent, for it would be changed. */
static void test_vip_request_with_little(void **state)
{
	struct l2a_vip_request request = { .ifindex = 5, .lease = 11 };
	struct nl_msg *msg;

	(void)state;
	l2a_addr_parse("2001:db8::1", &request.addr, NULL);
	msg = l2a_msg_vip_new(FAMILY, NLM_F_REPLACE, &request);
	assert_int_equal(nla_len(find(msg, L2ANNOUNCE_A_VIP_ADDRESS)), 16);
	assert_int_equal(nla_get_u16(find(msg, L2ANNOUNCE_A_VIP_FAMILY)),
			 AF_INET6);
	for (int i = L2ANNOUNCE_A_VIP_IFNAME; i <= L2ANNOUNCE_A_VIP_MAX; i++)
		assert_null(find(msg, i));
	nlmsg_free(msg);
}

static void test_filters(void **state)
{
	struct l2a_vip_filter filter = { .ifindex = 5 };
	struct nl_msg *msg;

	(void)state;
	msg = l2a_msg_vip_dump(FAMILY, NULL);
	assert_int_equal(nlmsg_hdr(msg)->nlmsg_flags & NLM_F_DUMP, NLM_F_DUMP);
	assert_int_equal(nlmsg_attrlen(nlmsg_hdr(msg), GENL_HDRLEN), 0);
	nlmsg_free(msg);

	msg = l2a_msg_vip_dump(FAMILY, &filter);
	assert_int_equal(nla_get_u32(find(msg, L2ANNOUNCE_A_VIP_IFINDEX)), 5);
	assert_null(find(msg, L2ANNOUNCE_A_VIP_ADDRESS));
	assert_null(find(msg, L2ANNOUNCE_A_VIP_LEASE));
	nlmsg_free(msg);

	/* Lease 0 is a filter too: the VIPs without one. */
	filter.by_lease = true;
	msg = l2a_msg_vip_flush(FAMILY, &filter);
	assert_int_equal(command(msg), L2ANNOUNCE_CMD_VIP_FLUSH);
	assert_int_equal(nlmsg_hdr(msg)->nlmsg_flags, NLM_F_REQUEST);
	assert_int_equal(nla_get_u32(find(msg, L2ANNOUNCE_A_VIP_LEASE)), 0);
	nlmsg_free(msg);
}

static void test_lease_requests(void **state)
{
	uint64_t token = 0;
	struct l2a_lease lease;
	struct nl_msg *msg;

	(void)state;
	msg = l2a_msg_lease_renew(FAMILY, 7, 1ULL << 41, NULL);
	assert_int_equal(command(msg), L2ANNOUNCE_CMD_LEASE_RENEW);
	assert_null(find(msg, L2ANNOUNCE_A_LEASE_TOKEN));
	assert_int_equal(l2a_lease_read(nlmsg_hdr(msg), &lease, NULL), 0);
	assert_int_equal(lease.id, 7);
	assert_int_equal(lease.deadline_ns, 1ULL << 41);
	nlmsg_free(msg);

	msg = l2a_msg_lease_renew(FAMILY, 7, 0, &token);
	assert_non_null(find(msg, L2ANNOUNCE_A_LEASE_TOKEN));
	nlmsg_free(msg);

	msg = l2a_msg_lease_release(FAMILY, 7);
	assert_int_equal(command(msg), L2ANNOUNCE_CMD_LEASE_RELEASE);
	assert_int_equal(nla_get_u32(find(msg, L2ANNOUNCE_A_LEASE_ID)), 7);
	nlmsg_free(msg);
}

static void test_settings_request(void **state)
{
	struct l2a_settings_request request = {
		.set = L2A_SETTINGS_ANNOUNCE_RATE,
		.max_vips = 1,
		.announce_rate = 2,
	};
	struct nl_msg *msg = l2a_msg_settings_set(FAMILY, &request);

	(void)state;
	assert_null(find(msg, L2ANNOUNCE_A_SETTINGS_MAX_VIPS));
	assert_int_equal(nla_get_u32(find(msg,
			L2ANNOUNCE_A_SETTINGS_ANNOUNCE_RATE)), 2);
	nlmsg_free(msg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vip),
		cmocka_unit_test(test_vip_with_little),
		cmocka_unit_test(test_bad_vips),
		cmocka_unit_test(test_lease),
		cmocka_unit_test(test_settings_and_stats),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_conflict),
		cmocka_unit_test(test_unknown_event),
		cmocka_unit_test(test_vip_request),
		cmocka_unit_test(test_vip_request_with_little),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_lease_requests),
		cmocka_unit_test(test_settings_request),
	};

	return cmocka_run_group_tests_name("lib_object", tests, NULL, NULL);
}
