// SPDX-License-Identifier: GPL-2.0
/*
 * The election of one node, which hands services over: silent first, then free;
 * for want of a link, drained, or stopped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conversation.h"

static void test_silent_first_then_free(void **state)
{
	struct el_action *put;

	(void)state;
	holding();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	links(NULL);
	assert_true(serves("s", EL_SERVE_STANDBY));
	assert_null(find_put(RECORD_HOLDER, "s"));
	served("s", true);
	put = find_put(RECORD_HOLDER, "s");
	assert_non_null(put);
	assert_null(put->rec->holder.node);
	assert_string_equal(put->rec->holder.next, "a");
	assert_int_equal(put->rec->holder.token, 1);
}

static void test_a_kernel_that_will_not_be_silent(void **state)
{
	(void)state;
	holding();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	links(NULL);
	assert_true(serves("s", EL_SERVE_STANDBY));
	served("s", false);
	assert_null(find_put(RECORD_HOLDER, "s"));
	tick_at(now_ms + 10);
	assert_null(find_put(RECORD_HOLDER, "s"));
}

/* The decision to be silent voids the record it was made by. */
static void test_no_way_back_without_a_new_claim(void **state)
{
	uint64_t req;

	(void)state;
	holding();
	links(NULL);
	assert_true(serves("s", EL_SERVE_STANDBY));
	served("s", true);
	req = put_req(RECORD_HOLDER, "s");
	links("eth0");
	assert_false(serves("s", EL_SERVE_ACTIVE));
	answer(req, EL_UNKNOWN);
	assert_false(serves("s", EL_SERVE_ACTIVE));
}

static void test_drain_hands_over_and_stays(void **state)
{
	uint64_t req;

	(void)state;
	holding();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	shows(RECORD_DRAIN, "me", "{}");
	assert_true(serves("s", EL_SERVE_STANDBY));
	served("s", true);
	req = put_req(RECORD_HOLDER, "s");
	assert_string_equal(find_put(RECORD_HOLDER, "s")->rec->holder.next, "a");
	answer(req, EL_OK);
	assert_non_null(find_note(EL_NOTE_RELEASED));
	assert_null(find(EL_EXIT));

	/* Nobody claims it, and yet the drained one does not either. */
	shows(RECORD_NODE, "a", PEER("1", "fenced", "1"));
	tick_at(now_ms + 10);
	assert_null(find_put(RECORD_HOLDER, "s"));

	/* Undrained, it may again. */
	shows(RECORD_DRAIN, "me", NULL);
	assert_non_null(find_put(RECORD_HOLDER, "s"));
}

static void test_drained_is_not_asked(void **state)
{
	(void)state;
	holding();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	shows(RECORD_DRAIN, "a", "{}");
	shows(RECORD_DRAIN, "me", "{}");
	assert_true(serves("s", EL_SERVE_STANDBY));
	served("s", true);
	assert_null(find_put(RECORD_HOLDER, "s")->rec->holder.next);
}

static void test_stop_hands_over_and_leaves(void **state)
{
	const struct el_event stop = { .type = EL_EV_STOP };
	uint64_t req;

	(void)state;
	holding();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	step(&stop);
	assert_true(serves("s", EL_SERVE_STANDBY));
	served("s", true);
	req = put_req(RECORD_HOLDER, "s");
	assert_string_equal(find_put(RECORD_HOLDER, "s")->rec->holder.next, "a");
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.state,
			 NODE_DRAINING);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	assert_null(find(EL_EXIT));
	answer(req, EL_OK);
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.state,
			 NODE_FENCED);
	assert_true(find_put(RECORD_NODE, "me")->rec->node.left);
	assert_null(find(EL_EXIT));
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	assert_non_null(find(EL_EXIT));
	assert_int_equal(find(EL_EXIT)->status, 0);
	assert_null(find(EL_LEASE));
}

static void test_stop_ends_even_without_the_store(void **state)
{
	const struct el_event stop = { .type = EL_EV_STOP };

	(void)state;
	holding();
	step(&stop);
	assert_true(serves("s", EL_SERVE_STANDBY));
	served("s", true);
	assert_null(find(EL_EXIT));
	tick_at(now_ms + 2 * DURATION);
	assert_non_null(find(EL_EXIT));
	assert_non_null(find(EL_LEASE_END));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_silent_first_then_free),
		TEST(test_a_kernel_that_will_not_be_silent),
		TEST(test_no_way_back_without_a_new_claim),
		TEST(test_drain_hands_over_and_stays),
		TEST(test_drained_is_not_asked),
		TEST(test_stop_hands_over_and_leaves),
		TEST(test_stop_ends_even_without_the_store),
	};

	return cmocka_run_group_tests_name("election_handover", tests, NULL, NULL);
}
