// SPDX-License-Identifier: GPL-2.0
/*
 * The election of one node, which claims services: whose claim goes first, and
 * what it must have seen before it answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "conversation.h"
#include "l2announced/assign.h"
#include "l2announced/view.h"

static void test_answers_only_once_claimed(void **state)
{
	uint64_t req;

	(void)state;
	joined();
	shows(RECORD_SERVICE, "s", SERVICE);
	req = put_req(RECORD_HOLDER, "s");
	assert_false(serves("s", EL_SERVE_ACTIVE));
	answer(req, EL_OK);
	/* Not before the view is whole up to the claim. */
	assert_false(serves("s", EL_SERVE_ACTIVE));
	shows(RECORD_NODE, "bystander", PEER("1", "fenced", "1"));
	assert_true(serves("s", EL_SERVE_ACTIVE));
	assert_int_equal(find(EL_SERVE)->token, 1);
}

static void test_lost_claim_is_looked_up(void **state)
{
	struct record *rec;

	(void)state;
	joined();
	shows(RECORD_SERVICE, "s", SERVICE);
	rec = record_get(find_put(RECORD_HOLDER, "s")->rec);
	answer(put_req(RECORD_HOLDER, "s"), EL_UNKNOWN);
	assert_false(serves("s", EL_SERVE_ACTIVE));
	got(find(EL_GET)->req, RECORD_HOLDER, "s", ++rev, rec);
	record_put(rec);
	shows(RECORD_NODE, "bystander", PEER("1", "fenced", "1"));
	assert_true(serves("s", EL_SERVE_ACTIVE));
}

static void test_an_older_claim_to_the_vip_goes_first(void **state)
{
	(void)state;
	joined();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	shows(RECORD_HOLDER, "old", HOLDER("a", "1", "5"));
	shows(RECORD_SERVICE, "s", SERVICE);
	/* Held by another through a service that is gone: not even claimed. */
	assert_null(find_put(RECORD_HOLDER, "s"));
	shows(RECORD_HOLDER, "old", "{\"token\":5}");
	assert_non_null(find_put(RECORD_HOLDER, "s"));
}

/*
 * Both claimed a part of a unit at once. Who came second cannot answer, and may not
 * wait for the other: that one may see to it that it keeps what it has.
 */
static void test_the_younger_claim_to_the_vip_goes(void **state)
{
	static const char mine[] = "{\"vips\":[\"192.0.2.1\"],\"devs\":[\"eth*\"],\"prefer\":[\"me\"]}";
	uint64_t claim, other;

	(void)state;
	joined();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	shows(RECORD_SERVICE, "s", mine);
	claim = put_req(RECORD_HOLDER, "s");
	assert_true(serves("s", EL_SERVE_STANDBY));
	served("s", true);
	shows(RECORD_SERVICE, "t", mine);
	other = put_req(RECORD_HOLDER, "t");
	shows(RECORD_HOLDER, "t", HOLDER("a", "1", "1"));
	answer(claim, EL_OK);
	/* Something older may be gone by then: the view must have come to it. */
	assert_null(find_put(RECORD_HOLDER, "s"));
	answer(other, EL_CONFLICT);
	assert_null(find_put(RECORD_HOLDER, "s"));
	shows(RECORD_NODE, "a", PEER("1", "ready", "2"));
	assert_false(serves("s", EL_SERVE_ACTIVE));
	assert_non_null(find_put(RECORD_HOLDER, "s"));
	assert_null(find_put(RECORD_HOLDER, "s")->rec->holder.node);
}

static void test_stands_by_for_a_peer(void **state)
{
	(void)state;
	joined();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	shows(RECORD_HOLDER, "s", HOLDER("a", "1", "5"));
	shows(RECORD_SERVICE, "s", SERVICE);
	assert_true(serves("s", EL_SERVE_STANDBY));
	assert_null(find_put(RECORD_HOLDER, "s"));
}

static void test_claims_after_a_while_what_nobody_claims(void **state)
{
	(void)state;
	joined();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	shows(RECORD_SERVICE, "s",
	      "{\"vips\":[\"192.0.2.1\"],\"devs\":[\"eth*\"],\"prefer\":[\"a\"]}");
	assert_null(find_put(RECORD_HOLDER, "s"));
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	tick_at(1000 + DURATION / 4);
	assert_null(find_put(RECORD_HOLDER, "s"));
	tick_at(1000 + DURATION / 2);
	assert_non_null(find_put(RECORD_HOLDER, "s"));
}

/* A renewal is no news to the plan, but the view may have come to a claim by it. */
static void test_a_renewal_shows_how_far_the_view_is(void **state)
{
	uint64_t claim, news;

	(void)state;
	joined();
	shows(RECORD_NODE, "bystander", PEER("1", "fenced", "1"));
	shows(RECORD_SERVICE, "s", SERVICE);
	claim = put_req(RECORD_HOLDER, "s");
	news = put_req(RECORD_NODE, "me");
	answer(news, EL_OK);
	answer(claim, EL_OK);
	assert_false(serves("s", EL_SERVE_ACTIVE));
	shows(RECORD_NODE, "bystander", PEER("1", "fenced", "2"));
	assert_true(serves("s", EL_SERVE_ACTIVE));
}

static void test_old_view_activates_nothing(void **state)
{
	uint64_t claimed, req;

	(void)state;
	holding();
	claimed = rev - 1;
	links(NULL);
	assert_true(serves("s", EL_SERVE_STANDBY));
	served("s", true);
	req = put_req(RECORD_HOLDER, "s");
	answer(req, EL_OK);
	assert_non_null(find_note(EL_NOTE_RELEASED));
	links("eth0");
	shows_at(claimed, RECORD_HOLDER, "s", HOLDER("me", "1", "1"));
	assert_false(serves("s", EL_SERVE_ACTIVE));
}

/* A list that was long on its way brings nothing back. */
static void test_old_list_brings_nothing_back(void **state)
{
	(void)state;
	joined();
	rev += 10;
	empty_view();
	shows_at(rev - 5, RECORD_SERVICE, "s", SERVICE);
	assert_false(serves("s", EL_SERVE_STANDBY));
	shows(RECORD_SERVICE, "s", SERVICE);
	assert_true(serves("s", EL_SERVE_STANDBY));
}

/* A node that is first heard of as a holder has no place among the candidates yet. */
static void test_unheard_holder_is_no_candidate(void **state)
{
	char name[16];
	int n = 0;

	(void)state;
	joined();
	shows(RECORD_NODE, "a", PEER("3", "ready", "1"));
	do
		snprintf(name, sizeof(name), "s%d", n++);
	while (assign_score(name, "me") < assign_score(name, "a"));
	shows(RECORD_SERVICE, name, SERVICE);
	assert_string_equal(view_find_service(e, name)->assigned->name, "me");
	shows(RECORD_HOLDER, name, HOLDER("x", "1", "1"));
	assert_string_equal(view_find_service(e, name)->assigned->name, "me");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_renewal_shows_how_far_the_view_is),
		TEST(test_answers_only_once_claimed),
		TEST(test_lost_claim_is_looked_up),
		TEST(test_an_older_claim_to_the_vip_goes_first),
		TEST(test_the_younger_claim_to_the_vip_goes),
		TEST(test_stands_by_for_a_peer),
		TEST(test_claims_after_a_while_what_nobody_claims),
		TEST(test_old_view_activates_nothing),
		TEST(test_old_list_brings_nothing_back),
		TEST(test_unheard_holder_is_no_candidate),
	};

	return cmocka_run_group_tests_name("election_claims", tests, NULL, NULL);
}
