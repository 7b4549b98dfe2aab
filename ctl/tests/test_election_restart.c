// SPDX-License-Identifier: GPL-2.0
/*
 * The election of one node, from one process to the next: it leaves what it holds
 * to its successor, takes up what a predecessor left, and meets its name elsewhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "conversation.h"

static void record_is(uint64_t version, const char *json)
{
	struct el_event ev = { .type = EL_EV_VIEW };
	struct el_item items[3] = {
		{ .kind = RECORD_NODE, .name = "me", .version = version },
		{ .kind = RECORD_SERVICE, .name = "s", .version = 10 },
		{ .kind = RECORD_HOLDER, .name = "s", .version = 11 },
	};
	struct l2a_error err;

	items[0].rec = record_parse(RECORD_NODE, json, &err);
	items[1].rec = record_parse(RECORD_SERVICE, SERVICE, &err);
	items[2].rec = record_parse(RECORD_HOLDER, HOLDER("me", "4", "3"), &err);
	ev.view.full = true;
	ev.view.rev = rev = version;
	ev.view.items = items;
	ev.view.n = 3;
	step(&ev);
	for (size_t i = 0; i < 3; i++)
		record_put(items[i].rec);
}

#define EARLIER(boot, seq, duration) \
	"{\"incarnation\":4,\"seq\":" seq ",\"duration_ms\":" duration "," \
	"\"state\":\"ready\",\"devs\":[\"eth0\"],\"boot\":\"" boot "\"," \
	"\"run\":\"earlier\",\"host\":\"h\"}"

static void leave(void)
{
	const struct el_event ev = { .type = EL_EV_LEAVE };

	step(&ev);
}

static void test_leaves_after_one_more_renewal(void **state)
{
	uint64_t renewal;

	(void)state;
	holding();
	now_ms += 100;
	leave();
	assert_null(find(EL_EXIT));
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.state, NODE_READY);
	renewal = put_req(RECORD_NODE, "me");
	answer(renewal, EL_OK);
	/* The kernel has the new deadline first, and keeps it. */
	assert_int_equal(out.v[0].type, EL_LEASE);
	assert_true(out.v[0].deadline ==
		    (now_ms + DURATION - MARGIN) * MS + BOOT_AHEAD);
	assert_non_null(find(EL_EXIT));
	assert_int_equal(find(EL_EXIT)->status, 0);
	assert_null(find(EL_LEASE_END));
	assert_null(find(EL_SERVE));
}

static void test_a_renewal_from_before_is_not_the_last(void **state)
{
	uint64_t renewal;

	(void)state;
	holding();
	tick_at(election_wake(e) / MS + 1);
	renewal = put_req(RECORD_NODE, "me");
	now_ms += 10;
	leave();
	assert_null(find_put(RECORD_NODE, "me"));
	now_ms += 10;
	answer(renewal, EL_OK);
	assert_null(find(EL_EXIT));
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	assert_non_null(find(EL_EXIT));
}

static void test_leaves_without_the_store(void **state)
{
	(void)state;
	holding();
	leave();
	put_req(RECORD_NODE, "me");
	tick_at(now_ms + RENEW - 1);
	assert_null(find(EL_EXIT));
	tick_at(now_ms + 1);
	assert_non_null(find(EL_EXIT));
	assert_null(find(EL_LEASE_END));
}

/* What should be another's is not begun with. */
static void test_leaving_gives_nothing_away(void **state)
{
	(void)state;
	holding();
	leave();
	shows(RECORD_DRAIN, "me", "{}");
	assert_null(find(EL_SERVE));
	assert_null(find_put(RECORD_HOLDER, "s"));
}

static void test_takes_up_on_the_same_boot(void **state)
{
	(void)state;
	kernel(4, "192.0.2.1");
	links("eth0");
	record_is(50, EARLIER("boot", "7", "2000"));
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.incarnation, 4);
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.seq, 8);
	/* What answers is left alone until it is known whether it may. */
	assert_null(find(EL_SERVE));
	assert_null(find(EL_LEASE_END));
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	assert_non_null(find_note(EL_NOTE_TAKEN_UP));
	assert_true(serves("s", EL_SERVE_ACTIVE));
	assert_null(find_put(RECORD_HOLDER, "s"));
}

/* A release of the earlier process may be on its way: claim anew. */
static void test_takes_up_but_not_what_is_silent(void **state)
{
	(void)state;
	kernel(4, NULL);
	links("eth0");
	record_is(50, EARLIER("boot", "7", "2000"));
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	assert_non_null(find_note(EL_NOTE_TAKEN_UP));
	assert_false(serves("s", EL_SERVE_ACTIVE));
	assert_true(serves("s", EL_SERVE_STANDBY));
}

/* The module is another than then: that incarnation is not in it, or is over. */
static void test_takes_up_nothing_from_another_module(void **state)
{
	(void)state;
	kernel(0, NULL);
	links("eth0");
	record_is(50, EARLIER("boot", "7", "2000"));
	assert_null(find(EL_PUT));
	assert_non_null(find_note(EL_NOTE_WAITING));
	kernel(9, NULL);
	assert_null(find(EL_PUT));
	tick_at(1000 + DURATION);
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.incarnation, 10);
}

static void test_another_duration_ends_the_old_lease(void **state)
{
	(void)state;
	kernel(4, "192.0.2.1");
	links("eth0");
	record_is(50, EARLIER("boot", "7", "9000"));
	assert_non_null(find(EL_LEASE_END));
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.incarnation, 5);
}

static void test_waits_where_the_record_is_anothers(void **state)
{
	(void)state;
	kernel(0, NULL);
	links("eth0");
	record_is(50, EARLIER("elsewhere", "7", "2000"));
	assert_null(find(EL_PUT));
	assert_non_null(find_note(EL_NOTE_WAITING));
	tick_at(1000 + DURATION - 1);
	assert_null(find(EL_PUT));
	tick_at(1000 + DURATION);
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.incarnation, 5);
	assert_int_equal(find_put(RECORD_NODE, "me")->version, 50);
}

static void test_refuses_where_the_name_is_alive(void **state)
{
	(void)state;
	kernel(0, NULL);
	links("eth0");
	record_is(50, EARLIER("elsewhere", "7", "2000"));
	tick_at(1000 + RENEW);
	shows(RECORD_NODE, "me", EARLIER("elsewhere", "8", "2000"));
	assert_non_null(find(EL_EXIT));
	assert_int_equal(find(EL_EXIT)->status, 1);
	assert_non_null(strstr(find(EL_EXIT)->text, "node me is alive on h"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_leaves_after_one_more_renewal),
		TEST(test_a_renewal_from_before_is_not_the_last),
		TEST(test_leaves_without_the_store),
		TEST(test_leaving_gives_nothing_away),
		TEST(test_takes_up_on_the_same_boot),
		TEST(test_takes_up_but_not_what_is_silent),
		TEST(test_takes_up_nothing_from_another_module),
		TEST(test_another_duration_ends_the_old_lease),
		TEST(test_waits_where_the_record_is_anothers),
		TEST(test_refuses_where_the_name_is_alive),
	};

	return cmocka_run_group_tests_name("election_restart", tests, NULL, NULL);
}
