// SPDX-License-Identifier: GPL-2.0
/*
 * The election of one node whose checks tell it what it may serve: what the sick
 * claim, keep and hand over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conversation.h"
#include "l2announced/why.h"

#define CHECKED	"{\"vips\":[\"192.0.2.1\"],\"devs\":[\"eth*\"]," \
	"\"checks\":[{\"tcp\":\"80\"}]}"
#define OTHERWISE_CHECKED	"{\"vips\":[\"192.0.2.1\"],\"devs\":[\"eth*\"]," \
	"\"checks\":[{\"tcp\":\"81\"}]}"
#define SICK(seq) \
	"{\"incarnation\":3,\"seq\":" seq ",\"duration_ms\":2000," \
	"\"state\":\"ready\",\"devs\":[\"eth0\"],\"run\":\"other\"," \
	"\"unhealthy\":[\"s\"]}"

static void health(bool ok)
{
	struct el_event ev = { .type = EL_EV_HEALTH };

	ev.health.service = "s";
	ev.health.ok = ok;
	step(&ev);
}

static const struct names *told_sick(void)
{
	struct el_action *put = find_put(RECORD_NODE, "me");

	assert_non_null(put);
	return &put->rec->node.unhealthy;
}

static void take_state(const struct el_service_info *info, void *arg)
{
	assert_string_equal(info->state, arg);
}

static void state_is(const char *state)
{
	const struct el_now now = {
		.boot = now_ms * MS + BOOT_AHEAD,
		.mono = now_ms * MS,
	};

	election_services(e, &now, take_state, (void *)(uintptr_t)state);
}

/* Hold "s", which now has a check that passes, beside a peer. */
static void holding_checked(const char *peer)
{
	holding();
	shows(RECORD_NODE, "peer", peer);
	shows(RECORD_SERVICE, "s", CHECKED);
	/* Nothing is known yet: it goes on as it is. */
	assert_null(find_put(RECORD_NODE, "me"));
	assert_true(serves("s", EL_SERVE_ACTIVE));
	served("s", true);
	health(true);
	assert_int_equal(out.n, 0);
}

static void test_nothing_known_claims_nothing(void **state)
{
	uint64_t news;

	(void)state;
	joined();
	shows(RECORD_SERVICE, "s", CHECKED);
	assert_null(find_put(RECORD_HOLDER, "s"));
	assert_true(names_has(told_sick(), "s"));
	news = put_req(RECORD_NODE, "me");
	answer(news, EL_OK);
	state_is("unservable");
	health(true);
	assert_non_null(find_put(RECORD_HOLDER, "s"));
	assert_int_equal(told_sick()->n, 0);
}

static void test_sick_claims_nothing(void **state)
{
	(void)state;
	joined();
	shows(RECORD_SERVICE, "s", CHECKED);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	health(false);
	assert_null(find(EL_PUT));
	shows(RECORD_HOLDER, "s", HOLDER("gone", "1", "1"));
	tick_at(now_ms + 20 * DURATION);
	assert_null(find_put(RECORD_HOLDER, "s"));
}

static void test_sick_hands_over(void **state)
{
	(void)state;
	holding_checked(PEER("3", "ready", "1"));
	health(false);
	assert_true(serves("s", EL_SERVE_STANDBY));
	assert_false(find(EL_SERVE)->unhurried);
	served("s", true);
	assert_string_equal(find_put(RECORD_HOLDER, "s")->rec->holder.node,
			    "peer");
}

static bool can_hold(const char *node)
{
	const struct el_now now = {
		.boot = now_ms * MS + BOOT_AHEAD,
		.mono = now_ms * MS,
	};

	const struct why_node *there;
	struct why why;
	bool can;

	assert_true(why_find(e, &now, "s", &why));
	there = why_find_node(&why, node);
	can = there && !there->hindrance;
	why_clear(&why);
	return can;
}

/* What a move asks before it is written down. */
static void test_sick_cannot_hold(void **state)
{
	(void)state;
	holding_checked(PEER("3", "ready", "1"));
	assert_true(can_hold("me"));
	assert_true(can_hold("peer"));
	shows(RECORD_NODE, "peer", SICK("2"));
	assert_false(can_hold("peer"));
	health(false);
	assert_false(can_hold("me"));
}

/* The others are told, but nobody is better. */
static void test_all_sick_holder_keeps(void **state)
{
	(void)state;
	holding_checked(SICK("1"));
	state_is("held");
	health(false);
	assert_false(serves("s", EL_SERVE_STANDBY));
	assert_true(names_has(told_sick(), "s"));
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	state_is("unservable");
	/* Until one is. */
	shows(RECORD_NODE, "peer", PEER("3", "ready", "2"));
	assert_true(serves("s", EL_SERVE_STANDBY));
}

/* Freed for one that turned sick before it took it: back to who had it. */
static void test_all_sick_last_takes_back(void **state)
{
	uint64_t release;

	(void)state;
	holding_checked(PEER("3", "ready", "1"));
	live_until(now_ms + DURATION / 2);
	health(false);
	assert_true(serves("s", EL_SERVE_STANDBY));
	served("s", true);
	release = put_req(RECORD_HOLDER, "s");
	answer(release, EL_OK);
	assert_null(find_put(RECORD_HOLDER, "s"));
	shows(RECORD_NODE, "peer", SICK("2"));
	assert_non_null(find_put(RECORD_HOLDER, "s"));
	assert_string_equal(find_put(RECORD_HOLDER, "s")->rec->holder.node, "me");
}

/* Who did not have it does not step in for want of a better one. */
static void test_all_sick_others_stay_away(void **state)
{
	(void)state;
	joined();
	shows(RECORD_NODE, "peer", SICK("1"));
	shows(RECORD_SERVICE, "s", CHECKED);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	health(false);
	shows(RECORD_HOLDER, "s", HOLDER("peer", "3", "4"));
	state_is("unservable");
	shows(RECORD_HOLDER, "s",
	      "{\"token\":4,\"last\":\"peer\",\"vips\":[\"192.0.2.1\"]}");
	tick_at(now_ms + DURATION / 2);
	assert_null(find_put(RECORD_HOLDER, "s"));
	health(true);
	assert_non_null(find_put(RECORD_HOLDER, "s"));
}

/* The verdict was on other checks. */
static void test_new_checks_are_not_known(void **state)
{
	(void)state;
	holding_checked(PEER("3", "ready", "1"));
	health(true);
	shows(RECORD_SERVICE, "s", OTHERWISE_CHECKED);
	assert_true(serves("s", EL_SERVE_ACTIVE));
	served("s", true);
	health(false);
	assert_true(serves("s", EL_SERVE_STANDBY));
}

/* Nor was it, where it was a bad one: who goes on says so no more. */
static void test_new_checks_have_not_failed(void **state)
{
	(void)state;
	holding_checked(SICK("1"));
	health(false);
	assert_true(names_has(told_sick(), "s"));
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	shows(RECORD_SERVICE, "s", OTHERWISE_CHECKED);
	assert_int_equal(told_sick()->n, 0);
}

/* A VIP shared: one service's check takes both along. */
static void test_unit_moves_as_one(void **state)
{
	uint64_t claim;

	(void)state;
	holding_checked(PEER("3", "ready", "1"));
	shows(RECORD_SERVICE, "t", SERVICE);
	assert_true(serves("t", EL_SERVE_STANDBY));
	claim = put_req(RECORD_HOLDER, "t");
	answer(claim, EL_OK);
	shows(RECORD_NODE, "bystander", PEER("1", "fenced", "2"));
	assert_true(serves("t", EL_SERVE_ACTIVE));
	served("t", true);
	health(false);
	assert_true(serves("s", EL_SERVE_STANDBY));
	assert_true(serves("t", EL_SERVE_STANDBY));
	served("t", true);
	assert_string_equal(find_put(RECORD_HOLDER, "t")->rec->holder.why,
			    "its checks fail");
}

/* What is answered goes on while the check of another service for it has no verdict. */
static void test_company_unknown_moves_nothing(void **state)
{
	(void)state;
	holding();
	shows(RECORD_NODE, "peer", PEER("3", "ready", "1"));
	shows(RECORD_SERVICE, "t", CHECKED);
	assert_false(serves("s", EL_SERVE_STANDBY));
	assert_null(find_put(RECORD_NODE, "me"));
	live_until(now_ms + 3 * DURATION);
	assert_false(serves("s", EL_SERVE_STANDBY));
}

static void test_company_unknown_alone(void **state)
{
	(void)state;
	holding();
	shows(RECORD_SERVICE, "t", CHECKED);
	assert_false(serves("s", EL_SERVE_STANDBY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_known_claims_nothing),
		TEST(test_sick_claims_nothing),
		TEST(test_sick_hands_over),
		TEST(test_sick_cannot_hold),
		TEST(test_all_sick_holder_keeps),
		TEST(test_all_sick_last_takes_back),
		TEST(test_all_sick_others_stay_away),
		TEST(test_new_checks_are_not_known),
		TEST(test_new_checks_have_not_failed),
		TEST(test_unit_moves_as_one),
		TEST(test_company_unknown_moves_nothing),
		TEST(test_company_unknown_alone),
	};

	return cmocka_run_group_tests_name("election_health", tests, NULL, NULL);
}
