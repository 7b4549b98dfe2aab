// SPDX-License-Identifier: GPL-2.0
/*
 * Falling silent right behind an answer: the responder with a kernel that is played
 * here, and in which somebody asks when the test says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <linux/l2announce.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "l2announced/links.h"
#include "l2announced/responder.h"

#define SERVICES	40	/* more than may wait at a time */
#define TOKEN		7
#define BEGUN		1000000000ULL
#define MS		1000000ULL
#define LINGER		(120000 * MS)

/* ---- the kernel: of the VIP 10.0.0.N */

static struct {
	int quiet;	/* a descriptor that there is never anything to read on */
	bool gone;
	bool active[SERVICES + 1];
	uint64_t replies[SERVICES + 1];
} kernel;

struct nl_msg {
	unsigned int vip;
	bool active;
};

static struct l2a_addr address(unsigned int vip)
{
	return (struct l2a_addr){
		.family = AF_INET, .bytes = { 10, 0, 0, (uint8_t)vip },
	};
}

static unsigned int number_of(const struct l2a_addr *addr)
{
	return addr->bytes[3];
}

int l2a_genl_open(struct l2a_genl **g, struct l2a_error *err)
{
	static char here;

	(void)err;
	*g = (struct l2a_genl *)(void *)&here;
	return 0;
}

void l2a_genl_close(struct l2a_genl *g)
{
	(void)g;
}

int l2a_genl_id(const struct l2a_genl *g)
{
	(void)g;
	return 0;
}

long l2a_genl_batch(struct l2a_genl *g, struct nl_msg *const *msgs, size_t n,
		    struct l2a_error *errs, struct l2a_error *err)
{
	(void)g;
	(void)err;
	for (size_t i = 0; i < n; i++) {
		errs[i].code = 0;
		kernel.active[msgs[i]->vip] = msgs[i]->active;
	}
	return 0;
}

struct nl_msg *l2a_msg_vip_new(int id, int flags,
			       const struct l2a_vip_request *request)
{
	struct nl_msg *msg = malloc(sizeof(*msg));

	(void)id;
	(void)flags;
	assert_non_null(msg);
	msg->vip = number_of(&request->addr);
	msg->active = request->state == L2ANNOUNCE_VIP_STATE_ACTIVE;
	return msg;
}

struct nl_msg *l2a_msg_vip_del(int id, const struct l2a_addr *addr,
			       uint32_t ifindex)
{
	struct l2a_vip_request request = {
		.addr = *addr, .ifindex = ifindex,
	};

	return l2a_msg_vip_new(id, 0, &request);
}

void nlmsg_free(struct nl_msg *msg)
{
	free(msg);
}

int l2a_vip_get(struct l2a_genl *g, const struct l2a_addr *addr,
		uint32_t ifindex, struct l2a_vip *vip, struct l2a_error *err)
{
	(void)g;
	(void)ifindex;
	(void)err;
	memset(vip, 0, sizeof(*vip));
	vip->replies = kernel.replies[number_of(addr)];
	return 0;
}

int l2a_vip_dump(struct l2a_genl *g, const struct l2a_vip_filter *filter,
		 struct l2a_vip **vips, size_t *n, struct l2a_error *err)
{
	(void)g;
	(void)filter;
	(void)err;
	*vips = calloc(SERVICES, sizeof(**vips));
	assert_non_null(*vips);
	*n = 0;
	for (unsigned int i = 1; i <= SERVICES; i++) {
		struct l2a_vip *vip = &(*vips)[*n];

		if (!kernel.active[i])
			continue;
		vip->addr = address(i);
		vip->ifindex = 2;
		vip->state = L2ANNOUNCE_VIP_STATE_ACTIVE;
		vip->token = TOKEN;
		(*n)++;
	}
	return 0;
}

int l2a_vip_del(struct l2a_genl *g, const struct l2a_addr *addr,
		uint32_t ifindex, struct l2a_error *err)
{
	(void)g;
	(void)addr;
	(void)ifindex;
	(void)err;
	return 0;
}

int l2a_stats_get(struct l2a_genl *g, struct l2a_stats *stats,
		  struct l2a_error *err)
{
	(void)g;
	(void)stats;
	return kernel.gone ? l2a_fail(err, -ENOENT, "no module") : 0;
}

int l2a_lease_get(struct l2a_genl *g, uint32_t id, struct l2a_lease *lease,
		  struct l2a_error *err)
{
	(void)g;
	(void)id;
	(void)err;
	memset(lease, 0, sizeof(*lease));
	return 0;
}

int l2a_lease_renew(struct l2a_genl *g, uint32_t id, uint64_t deadline_ns,
		    const uint64_t *token, struct l2a_error *err)
{
	(void)g;
	(void)id;
	(void)deadline_ns;
	(void)token;
	(void)err;
	return 0;
}

int l2a_lease_release(struct l2a_genl *g, uint32_t id, struct l2a_error *err)
{
	(void)g;
	(void)id;
	(void)err;
	return 0;
}

int l2a_events_open(struct l2a_events **events, struct l2a_error *err)
{
	(void)err;
	*events = NULL;
	return 0;
}

void l2a_events_close(struct l2a_events *events)
{
	(void)events;
}

int l2a_events_fd(const struct l2a_events *events)
{
	(void)events;
	return kernel.quiet;
}

int l2a_events_read(struct l2a_events *events, l2a_event_fn fn, void *arg,
		    struct l2a_error *err)
{
	(void)events;
	(void)fn;
	(void)arg;
	(void)err;
	return 0;
}

const struct link *links_list(const struct links *links, size_t *n)
{
	static char name[] = "eth0";
	static const struct link dev = { .name = name, .ifindex = 2, .up = true };

	(void)links;
	*n = 1;
	return &dev;
}

/* ---- the responder, and what it tells */

static struct event_base *base;
static struct responder *responder;
static struct served_list list;
static unsigned int told;
static uint64_t now, incarnation;
static const char *devices;

static void on_there(void *arg, bool there, uint64_t token,
		     const struct names *active)
{
	(void)arg;
	(void)there;
	(void)token;
	(void)active;
}

static void on_served(void *arg, const struct served *s)
{
	(void)arg;
	assert_int_equal(s->serve, EL_SERVE_STANDBY);
	told++;
}

static int begin(void **state)
{
	const struct responder_hooks hooks = {
		.there = on_there, .served = on_served,
	};

	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	kernel.quiet = eventfd(0, EFD_CLOEXEC);
	assert_int_not_equal(kernel.quiet, -1);
	told = 0;
	now = BEGUN;
	incarnation = TOKEN;
	devices = "eth0";
	base = event_base_new();
	assert_non_null(base);
	responder = responder_new(base, 1, NULL, &list, &hooks);
	responder_check(responder, true);
	return 0;
}

static int end(void **state)
{
	(void)state;
	responder_free(responder);
	served_clear(&list);
	event_base_free(base);
	close(kernel.quiet);
	return 0;
}

static struct record *spec_of(unsigned int vip)
{
	struct record *spec = record_new(RECORD_SERVICE);
	char text[32];

	snprintf(text, sizeof(text), "10.0.0.%u", vip);
	names_add(&spec->service.vips, text);
	names_add(&spec->service.devs, devices);
	return spec;
}

/* Of the service sN, whose VIP is 10.0.0.N. */
static struct served *set(unsigned int number, enum el_serve serve, bool unhurried,
			  unsigned int vip)
{
	char name[32];
	struct el_action action = {
		.type = EL_SERVE, .name = name, .serve = serve, .token = incarnation,
		.linger = unhurried, .unhurried = unhurried,
		.rec = spec_of(vip),
	};
	struct served *s;

	snprintf(name, sizeof(name), "s%u", number);
	s = served_set(&list, &action, now, LINGER);
	record_put(action.rec);
	responder_sync(responder);
	return s;
}

static struct served *hands_over(unsigned int number)
{
	struct served *s;

	set(number, EL_SERVE_ACTIVE, false, number);
	assert_true(kernel.active[number]);
	s = set(number, EL_SERVE_STANDBY, true, number);
	assert_false(responder_served(responder, s));
	return s;
}

static void test_behind_an_answer(void **state)
{
	struct served *s = hands_over(1);

	(void)state;
	kernel.replies[1] = 5;
	assert_int_not_equal(responder_part(responder, BEGUN), 0);
	assert_true(kernel.active[1]);
	assert_false(responder_served(responder, s));
	/* Nor does a look at the kernel end it. */
	responder_check(responder, true);
	assert_int_not_equal(responder_part(responder, BEGUN + 2 * MS), 0);
	assert_true(kernel.active[1]);
	assert_int_equal(told, 0);
	kernel.replies[1]++;
	assert_int_equal(responder_part(responder, BEGUN + 4 * MS), 0);
	assert_false(kernel.active[1]);
	assert_int_equal(told, 1);
	assert_int_equal(responder_part(responder, BEGUN + 6 * MS), 0);
	assert_int_equal(told, 1);
}

static void test_nobody_asks(void **state)
{
	(void)state;
	hands_over(1);
	assert_int_not_equal(responder_part(responder, BEGUN), 0);
	assert_int_not_equal(responder_part(responder, BEGUN + UNHURRIED_NS - 1), 0);
	assert_true(kernel.active[1]);
	/* Decided again, it waits no longer for that. */
	now += UNHURRIED_NS / 2;
	set(1, EL_SERVE_STANDBY, true, 1);
	assert_true(kernel.active[1]);
	assert_int_equal(responder_part(responder, BEGUN + UNHURRIED_NS), 0);
	assert_false(kernel.active[1]);
	assert_int_equal(told, 1);
}

/* The first that are there to wait do; the others answer nothing meanwhile. */
static void test_many(void **state)
{
	unsigned int waiting = 0;

	(void)state;
	for (unsigned int i = 1; i <= SERVICES; i++)
		hands_over(i);
	assert_int_not_equal(responder_part(responder, BEGUN), 0);
	for (unsigned int i = 1; i <= SERVICES; i++)
		waiting += kernel.active[i];
	assert_in_range(waiting, 2, SERVICES / 2);
	assert_int_equal(told, SERVICES - waiting);
	/* Each is for itself. */
	kernel.replies[2]++;
	assert_int_not_equal(responder_part(responder, BEGUN + MS), 0);
	assert_true(kernel.active[1]);
	assert_false(kernel.active[2]);
	assert_int_equal(told, SERVICES - waiting + 1);
}

static void test_at_once(void **state)
{
	(void)state;
	/* In a hurry. */
	set(1, EL_SERVE_ACTIVE, false, 1);
	assert_true(responder_served(responder,
				     set(1, EL_SERVE_STANDBY, false, 1)));
	assert_false(kernel.active[1]);
	/* While it waits, it is to hurry. */
	hands_over(2);
	set(2, EL_SERVE_STANDBY, false, 2);
	assert_false(kernel.active[2]);
	/* It was standby already. */
	set(3, EL_SERVE_STANDBY, false, 3);
	set(3, EL_SERVE_STANDBY, true, 3);
	assert_false(kernel.active[3]);
	/* For another VIP. */
	set(4, EL_SERVE_ACTIVE, false, 4);
	set(4, EL_SERVE_STANDBY, true, 5);
	assert_false(kernel.active[4]);
	assert_false(kernel.active[5]);
	/* On other devices, this one among them. */
	set(7, EL_SERVE_ACTIVE, false, 7);
	devices = "eth*";
	set(7, EL_SERVE_STANDBY, true, 7);
	assert_false(kernel.active[7]);
	devices = "eth0";
	/* By another incarnation. */
	set(6, EL_SERVE_ACTIVE, false, 6);
	incarnation++;
	set(6, EL_SERVE_STANDBY, true, 6);
	assert_false(kernel.active[6]);
}

static void test_kept_after_all(void **state)
{
	struct served *s;

	(void)state;
	hands_over(1);
	assert_int_not_equal(responder_part(responder, BEGUN), 0);
	s = set(1, EL_SERVE_ACTIVE, false, 1);
	assert_true(responder_served(responder, s));
	assert_int_equal(responder_part(responder, BEGUN + UNHURRIED_NS), 0);
	assert_true(kernel.active[1]);
	assert_int_equal(told, 0);
}

/* Where nothing can answer any more, there is nothing to wait for. */
static void test_module_goes(void **state)
{
	(void)state;
	hands_over(1);
	assert_int_not_equal(responder_part(responder, BEGUN), 0);
	kernel.gone = true;
	responder_check(responder, true);
	assert_int_equal(responder_part(responder, BEGUN + MS), 0);
	assert_int_equal(told, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_behind_an_answer, begin, end),
		cmocka_unit_test_setup_teardown(test_nobody_asks, begin, end),
		cmocka_unit_test_setup_teardown(test_many, begin, end),
		cmocka_unit_test_setup_teardown(test_at_once, begin, end),
		cmocka_unit_test_setup_teardown(test_kept_after_all, begin, end),
		cmocka_unit_test_setup_teardown(test_module_goes, begin, end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
