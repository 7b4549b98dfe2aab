// SPDX-License-Identifier: GPL-2.0
/*
 * The library against a kernel that has the module: lots of requests in few
 * system calls, dumps while the table changes, events faster than they are
 * read.
 *
 *	kernel_genl DEV
 *
 * DEV is an Ethernet-like device of a network namespace that has no VIPs and
 * no leases. The VIPs that the tests add they remove.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <linux/netlink.h>
#include <netlink/msg.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/clock.h"
#include "lib/genl.h"

#define MANY	3000

static uint32_t ifindex;

static struct l2a_addr address(uint32_t n)
{
	return (struct l2a_addr){
		.family = AF_INET,
		.bytes = { 12, (uint8_t)(n >> 16), (uint8_t)(n >> 8),
			   (uint8_t)n },
	};
}

static struct l2a_vip_request standby(uint32_t n)
{
	return (struct l2a_vip_request){
		.addr = address(n),
		.ifindex = ifindex,
		.set = L2A_VIP_STATE,
		.state = L2ANNOUNCE_VIP_STATE_STANDBY,
	};
}

static struct nl_msg *add_message(struct l2a_genl *g, uint32_t n)
{
	struct l2a_vip_request request = standby(n);
	struct nl_msg *msg;

	msg = l2a_msg_vip_new(l2a_genl_id(g), NLM_F_CREATE | NLM_F_EXCL,
			      &request);
	assert_non_null(msg);
	return msg;
}

static int open_family(void **state)
{
	struct l2a_error err = { 0 };
	struct l2a_genl *g;

	if (l2a_genl_open(&g, &err)) {
		fprintf(stderr, "# %s\n", err.text);
		return -1;
	}
	*state = g;
	return 0;
}

static int close_family(void **state)
{
	int ret = l2a_vip_flush(*state, NULL, NULL);

	l2a_genl_close(*state);
	return ret;
}

/* MANY requests of which every seventh repeats the one before it. */
static void test_batch(void **state)
{
	struct l2a_error *errs = calloc(MANY, sizeof(*errs));
	struct nl_msg **msgs = calloc(MANY, sizeof(*msgs));
	struct l2a_error err = { 0 };
	struct l2a_genl *g = *state;
	struct l2a_vip *vips;
	long repeated = 0;
	size_t n = 0;

	assert_non_null(msgs);
	assert_non_null(errs);
	for (uint32_t i = 0; i < MANY; i++) {
		bool again = i % 7 == 6;

		msgs[i] = add_message(g, again ? i - 1 : i);
		repeated += again;
	}
	assert_int_equal(l2a_genl_batch(g, msgs, MANY, errs, &err), repeated);
	for (uint32_t i = 0; i < MANY; i++) {
		bool again = i % 7 == 6;

		assert_int_equal(errs[i].code, again ? -EEXIST : 0);
		assert_int_equal(!!errs[i].text[0], again);
		nlmsg_free(msgs[i]);
	}

	/* All the others are there, in the order they were added. */
	assert_int_equal(l2a_vip_dump(g, NULL, &vips, &n, &err), 0);
	assert_int_equal(n, MANY - repeated);
	for (size_t i = 0, k = 0; k < n; i++) {
		struct l2a_addr addr = address((uint32_t)i);

		if (i % 7 == 6)
			continue;
		assert_true(l2a_addr_equal(&vips[k++].addr, &addr));
	}
	free(vips);
	free(errs);
	free(msgs);
	assert_int_equal(l2a_vip_flush(g, NULL, &err), 0);
}

/* Every one refused: as many answers as there can be, none lost. */
static void test_batch_all_refused(void **state)
{
	struct l2a_genl *g = *state;
	struct l2a_error err = { 0 };
	struct nl_msg **msgs = calloc(MANY, sizeof(*msgs));

	assert_non_null(msgs);
	for (uint32_t i = 0; i < MANY; i++) {
		struct l2a_addr addr = address(i);

		msgs[i] = l2a_msg_vip_del(l2a_genl_id(g), &addr, ifindex);
		assert_non_null(msgs[i]);
	}
	assert_int_equal(l2a_genl_batch(g, msgs, MANY, NULL, &err), MANY);
	for (uint32_t i = 0; i < MANY; i++)
		nlmsg_free(msgs[i]);
	free(msgs);
	assert_int_equal(l2a_genl_batch(g, NULL, 0, NULL, &err), 0);
}

/* A refused request leaves the socket as good as it was. */
static void test_refusal_then_success(void **state)
{
	struct l2a_genl *g = *state;
	struct l2a_vip_request request = standby(1);
	struct l2a_error err = { 0 };
	struct l2a_vip vip;

	assert_int_equal(l2a_vip_set(g, &request, &err), -ENOENT);
	assert_int_equal(err.code, -ENOENT);
	assert_int_equal(l2a_vip_get(g, &request.addr, ifindex, &vip, &err),
			 -ENOENT);
	assert_int_equal(l2a_vip_put(g, &request, &err), 0);
	assert_int_equal(l2a_vip_put(g, &request, &err), 0);
	assert_int_equal(l2a_vip_get(g, &request.addr, ifindex, &vip, &err), 0);
	assert_int_equal(vip.ifindex, ifindex);
	assert_int_equal(vip.state, L2ANNOUNCE_VIP_STATE_STANDBY);
	assert_int_equal(l2a_vip_del(g, &request.addr, ifindex, &err), 0);
	assert_int_equal(l2a_vip_del(g, &request.addr, ifindex, &err),
			 -ENOENT);
}

static void test_lease(void **state)
{
	struct l2a_genl *g = *state;
	struct l2a_error err = { 0 };
	uint64_t deadline = l2a_deadline_after(l2a_boottime_ns(),
					       3600 * L2A_NSEC_PER_SEC);
	uint64_t token = 41, older = 40;
	struct l2a_lease lease;
	struct l2a_lease *leases;
	size_t n;

	assert_int_equal(l2a_lease_renew(g, 77, deadline, &token, &err), 0);
	assert_int_equal(l2a_lease_get(g, 77, &lease, &err), 0);
	assert_int_equal(lease.deadline_ns, deadline);
	assert_int_equal(lease.token, 41);
	assert_true(lease.valid);
	assert_int_equal(l2a_lease_renew(g, 77, deadline, &older, &err),
			 -ESTALE);
	assert_int_equal(l2a_lease_renew(g, 77, deadline, NULL, &err), 0);
	assert_int_equal(l2a_lease_dump(g, &leases, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(leases[0].token, 41);
	free(leases);
	assert_int_equal(l2a_lease_release(g, 77, &err), 0);
	assert_int_equal(l2a_lease_get(g, 77, &lease, &err), 0);
	assert_false(lease.valid);
	assert_int_equal(lease.token, 41);
}

static atomic_bool stop;

/* Adds and removes, all the time, what is not in the dump's fixed part. */
static void *churn(void *arg)
{
	struct l2a_genl *g;

	(void)arg;
	if (l2a_genl_open(&g, NULL))
		return NULL;
	for (uint32_t i = 0; !stop; i++) {
		struct l2a_vip_request request = standby(1 << 20 | i % 64);

		l2a_vip_add(g, &request, NULL);
		l2a_vip_del(g, &request.addr, ifindex, NULL);
	}
	l2a_genl_close(g);
	return g;
}

/*
 * What is there all the while is in every dump, once. False where the dump
 * could not be made for all the change.
 */
static bool check_dump(struct l2a_genl *g, size_t fixed)
{
	struct l2a_error err = { 0 };
	struct l2a_vip *vips;
	size_t n, seen = 0;
	int ret;

	ret = l2a_vip_dump(g, NULL, &vips, &n, &err);
	if (ret == -EAGAIN)
		return false;
	assert_int_equal(ret, 0);
	for (size_t i = 0; i < n; i++) {
		struct l2a_addr addr = address((uint32_t)seen);

		if (vips[i].addr.bytes[1] & 0x10)
			continue;
		assert_true(l2a_addr_equal(&vips[i].addr, &addr));
		seen++;
	}
	assert_int_equal(seen, fixed);
	free(vips);
	return true;
}

static void test_dump_under_change(void **state)
{
	struct l2a_genl *g = *state;
	struct l2a_error err = { 0 };
	struct nl_msg *msgs[256];
	pthread_t thread;
	int made = 0;
	void *ran;

	for (uint32_t i = 0; i < 256; i++)
		msgs[i] = add_message(g, i);
	assert_int_equal(l2a_genl_batch(g, msgs, 256, NULL, &err), 0);
	for (uint32_t i = 0; i < 256; i++)
		nlmsg_free(msgs[i]);
	stop = false;
	assert_int_equal(pthread_create(&thread, NULL, churn, NULL), 0);
	for (int i = 0; i < 50; i++)
		made += check_dump(g, 256);
	stop = true;
	assert_int_equal(pthread_join(thread, &ran), 0);
	assert_non_null(ran);
	print_message("# %d of 50 dumps made\n", made);
	assert_true(made > 0);
	assert_true(check_dump(g, 256));
}

static void count(const struct l2a_event *event, void *arg)
{
	long *n = arg;

	assert_int_equal(event->type, L2A_EVENT_VIP);
	(*n)++;
}

static void test_events(void **state)
{
	struct l2a_genl *g = *state;
	struct l2a_vip_request request = standby(5);
	struct l2a_error err = { 0 };
	struct l2a_events *events;
	struct pollfd fd = { .events = POLLIN };
	long n = 0;

	assert_int_equal(l2a_events_open(&events, &err), 0);
	fd.fd = l2a_events_fd(events);
	/* None waits: the call returns at once. */
	assert_int_equal(l2a_events_read(events, count, &n, &err), 0);
	assert_int_equal(n, 0);
	assert_int_equal(l2a_vip_put(g, &request, &err), 0);
	assert_int_equal(poll(&fd, 1, -1), 1);
	assert_int_equal(l2a_events_read(events, count, &n, &err), 0);
	assert_int_equal(n, 1);

	/* More than any receive buffer holds, and nobody reads. */
	for (int i = 0; i < 40000; i++) {
		request.state = i & 1;
		if (l2a_vip_set(g, &request, &err))
			fail_msg("%s", err.text);
	}
	assert_int_equal(l2a_events_read(events, count, &n, &err), -ENOBUFS);
	assert_non_null(strstr(err.text, "lost"));
	/* Good again, from where it stands. */
	while (l2a_events_read(events, count, &n, &err))
		assert_int_equal(err.code, -ENOBUFS);
	n = 0;
	assert_int_equal(l2a_vip_set(g, &request, &err), 0);
	assert_int_equal(poll(&fd, 1, -1), 1);
	assert_int_equal(l2a_events_read(events, count, &n, &err), 0);
	assert_int_equal(n, 1);
	l2a_events_close(events);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_family, close_family)
		TEST(test_batch),
		TEST(test_batch_all_refused),
		TEST(test_refusal_then_success),
		TEST(test_lease),
		TEST(test_dump_under_change),
		TEST(test_events),
	};

	ifindex = argc == 2 ? if_nametoindex(argv[1]) : 0;
	if (!ifindex) {
		fprintf(stderr, "kernel_genl: the name of a device expected\n");
		return 2;
	}
	return cmocka_run_group_tests_name("kernel_genl", tests, NULL, NULL);
}
