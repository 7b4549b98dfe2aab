// SPDX-License-Identifier: GPL-2.0
/*
 * The election of one node whose links come and go: each change counts only once
 * it has lasted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conversation.h"

static int begin_debounced(void **state)
{
	const struct el_config config = {
		.node = "me", .boot = "boot", .run = "run", .host = "host",
		.duration_ms = DURATION, .renew_ms = RENEW,
		.margin_ms = MARGIN, .rebalance = true, .weight = 100, .move_rate = 10,
		.link_up_ms = 1000, .link_down_ms = 100,
	};

	(void)state;
	e = election_new(&config);
	now_ms = 1000;
	rev = 100;
	return 0;
}

static const char *devs_put(void)
{
	struct el_action *put = find_put(RECORD_NODE, "me");

	if (!put)
		return "no put";
	return put->rec->node.devs.n ? put->rec->node.devs.v[0] : "none";
}

/* If it is time for a renewal. */
static void renewed_without_devs(void)
{
	if (!find_put(RECORD_NODE, "me"))
		return;
	assert_string_equal(devs_put(), "none");
	answer(put_req(RECORD_NODE, "me"), EL_OK);
}

/* Down for a moment: as if nothing had been. */
static void test_short_loss_of_link(void **state)
{
	(void)state;
	holding();
	links(NULL);
	assert_int_equal(out.n, 0);
	assert_true(election_wake(e) == (now_ms + 100) * MS);
	tick_at(now_ms + 99);
	assert_false(serves("s", EL_SERVE_STANDBY));
	links("eth0");
	assert_int_equal(out.n, 0);
	tick_at(now_ms + 100);
	assert_false(serves("s", EL_SERVE_STANDBY));
}

/* Down for good, and back: not before it has been up for long enough. */
static void test_link_must_stay_up(void **state)
{
	uint64_t up, release, news;

	(void)state;
	holding();
	links(NULL);
	tick_at(now_ms + 100);
	assert_true(serves("s", EL_SERVE_STANDBY));
	/* Who hears of the release is to know already. */
	assert_string_equal(devs_put(), "none");
	news = put_req(RECORD_NODE, "me");
	served("s", true);
	release = put_req(RECORD_HOLDER, "s");
	answer(news, EL_OK);
	answer(release, EL_OK);
	for (int i = 0; i < 5; i++) {
		links("eth0");
		assert_null(find_put(RECORD_HOLDER, "s"));
		renewed_without_devs();
		now_ms += 50;
		links(NULL);
		renewed_without_devs();
		now_ms += 50;
	}
	links("eth0");
	up = now_ms;
	renewed_without_devs();
	tick_at(up + 400);
	renewed_without_devs();
	tick_at(up + 999);
	assert_null(find_put(RECORD_HOLDER, "s"));
	renewed_without_devs();
	assert_true(election_wake(e) == (up + 1000) * MS);
	tick_at(up + 1000);
	assert_non_null(find_put(RECORD_HOLDER, "s"));
	assert_string_equal(devs_put(), "eth0");
}

/* The first look is the truth. */
static void test_up_from_the_beginning(void **state)
{
	(void)state;
	joined();
	shows(RECORD_SERVICE, "s", SERVICE);
	assert_non_null(find_put(RECORD_HOLDER, "s"));
}

#define DEBOUNCED(name) \
	cmocka_unit_test_setup_teardown(name, begin_debounced, conversation_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DEBOUNCED(test_short_loss_of_link),
		DEBOUNCED(test_link_must_stay_up),
		DEBOUNCED(test_up_from_the_beginning),
	};

	return cmocka_run_group_tests_name("election_links", tests, NULL, NULL);
}
