// SPDX-License-Identifier: GPL-2.0
/*
 * The election of one node, which fences those that do not renew: when, and what
 * that frees; and what it tells of why a service became its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conversation.h"

/* While the store was away nobody could renew: that is held against nobody. */
static void test_an_outage_is_held_against_nobody(void **state)
{
	uint64_t req;

	(void)state;
	joined();
	shows(RECORD_NODE, "a", PEER("4", "ready", "1"));
	tick_at(1000 + RENEW);
	req = put_req(RECORD_NODE, "me");
	tick_at(1000 + 3 * DURATION);
	assert_null(find_put(RECORD_NODE, "a"));
	answer(req, EL_OK);
	assert_null(find_put(RECORD_NODE, "a"));
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	live_until(1000 + 4 * DURATION - 1);
	assert_null(find_put(RECORD_NODE, "a"));
	live_until(1000 + 4 * DURATION);
	assert_non_null(find_put(RECORD_NODE, "a"));
}

static void test_fences_after_the_others_duration(void **state)
{
	struct el_action *put;
	uint64_t version;

	(void)state;
	joined();
	shows(RECORD_NODE, "a", PEER("4", "ready", "1"));
	live_until(1000 + DURATION - 1);
	assert_null(find_put(RECORD_NODE, "a"));
	/* It renews: the count begins anew. */
	shows(RECORD_NODE, "a", PEER("4", "ready", "2"));
	version = rev;
	live_until(1000 + 2 * DURATION - 2);
	assert_null(find_put(RECORD_NODE, "a"));
	tick_at(1000 + 2 * DURATION - 1);
	put = find_put(RECORD_NODE, "a");
	assert_non_null(put);
	assert_int_equal(put->rec->node.state, NODE_FENCED);
	assert_int_equal(put->rec->node.incarnation, 4);
	assert_int_equal(put->version, version);
}

/*
 * Who comes first by name fences; we, who come next, do where it has not. One of those
 * that are judged, or fenced, has no place in that line.
 */
static void test_fences_in_turn(void **state)
{
	const uint64_t due = 1000 + DURATION;

	(void)state;
	joined();
	shows(RECORD_NODE, "a", PEER("4", "ready", "1"));
	shows(RECORD_NODE, "c", PEER("5", "fenced", "1"));
	live_until(1000 + DURATION / 2);
	shows(RECORD_NODE, "b", PEER("6", "ready", "1"));
	live_until(due + DURATION / 64);
	assert_null(find_put(RECORD_NODE, "a"));
	live_until(due + DURATION / 64 + 1);
	assert_non_null(find_put(RECORD_NODE, "a"));
}

static void test_fence_that_fails_frees_nothing(void **state)
{
	(void)state;
	joined();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	shows(RECORD_HOLDER, "s", HOLDER("a", "1", "5"));
	shows(RECORD_SERVICE, "s", SERVICE);
	assert_null(find_put(RECORD_HOLDER, "s"));
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	live_until(1000 + DURATION);
	answer(put_req(RECORD_NODE, "a"), EL_CONFLICT);
	assert_null(find_put(RECORD_HOLDER, "s"));
}

static void test_claims_what_a_fenced_node_held(void **state)
{
	struct el_action *put;

	(void)state;
	joined();
	tick_at(1000 + RENEW);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	shows(RECORD_HOLDER, "s", HOLDER("a", "1", "5"));
	shows(RECORD_SERVICE, "s", SERVICE);
	assert_null(find_put(RECORD_HOLDER, "s"));
	shows(RECORD_NODE, "a", PEER("1", "fenced", "1"));
	put = find_put(RECORD_HOLDER, "s");
	assert_non_null(put);
	assert_int_equal(put->rec->holder.token, 6);
	assert_string_equal(put->rec->holder.node, "me");
	assert_int_equal(put->rec->holder.transitions, 1);
}

/* A record that somebody deletes tells nothing of the lease, which may outlive it. */
static void test_waits_for_who_was_deleted(void **state)
{
	uint64_t deleted;

	(void)state;
	joined();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	shows(RECORD_HOLDER, "s", HOLDER("a", "1", "5"));
	shows(RECORD_SERVICE, "s", SERVICE);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	tick_at(now_ms + RENEW);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	deleted = now_ms;
	shows(RECORD_NODE, "a", NULL);
	assert_null(find_put(RECORD_HOLDER, "s"));
	live_until(deleted + DURATION - 1);
	live_until(deleted + DURATION);
	/* One made earlier would still be on its way. */
	assert_non_null(find_put(RECORD_HOLDER, "s"));
}

/*
 * The holder record @was leads to a claim, which says of who had it why it has it no
 * more: @why. Once it answers, the reason is told.
 */
static enum el_reason taken_over(const char *was, const char *why)
{
	struct el_action *claim;
	uint64_t news;

	joined();
	shows(RECORD_NODE, "a", PEER("1", "fenced", "1"));
	if (was)
		shows(RECORD_HOLDER, "s", was);
	shows(RECORD_SERVICE, "s", SERVICE);
	news = put_req(RECORD_NODE, "me");
	claim = find_put(RECORD_HOLDER, "s");
	if (why)
		assert_string_equal(claim->rec->holder.why, why);
	else
		assert_null(claim->rec->holder.why);
	answer(claim->req, EL_OK);
	answer(news, EL_OK);
	shows(RECORD_NODE, "a", PEER("2", "fenced", "1"));
	assert_true(serves("s", EL_SERVE_ACTIVE));
	served("s", true);
	assert_non_null(find_note(EL_NOTE_ACQUIRED));
	return find_note(EL_NOTE_ACQUIRED)->reason;
}

static void test_tells_that_it_is_new(void **state)
{
	(void)state;
	assert_int_equal(taken_over(NULL, NULL), EL_REASON_NEW);
}

static void test_tells_that_its_holder_failed(void **state)
{
	(void)state;
	assert_int_equal(taken_over(HOLDER("a", "1", "5"), "was fenced"), EL_REASON_FAILURE);
}

static void test_tells_that_it_was_handed_over(void **state)
{
	(void)state;
	assert_int_equal(taken_over("{\"last\":\"a\",\"next\":\"me\",\"why\":\"is drained\",\"token\":5}",
				    "is drained"),
			 EL_REASON_HANDOVER);
}

static void test_tells_that_it_had_it_before(void **state)
{
	(void)state;
	assert_int_equal(taken_over("{\"last\":\"me\",\"token\":5}", NULL),
			 EL_REASON_RETURN);
}

static void test_a_newer_incarnation_frees_too(void **state)
{
	(void)state;
	joined();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	shows(RECORD_HOLDER, "s", HOLDER("a", "1", "5"));
	shows(RECORD_SERVICE, "s",
	      "{\"vips\":[\"192.0.2.1\"],\"devs\":[\"eth*\"],\"prefer\":[\"me\"]}");
	assert_null(find_put(RECORD_HOLDER, "s"));
	shows(RECORD_NODE, "a", PEER("2", "ready", "1"));
	assert_non_null(find_put(RECORD_HOLDER, "s"));
}

/* A record of a holder we have not heard of, newer than our view, frees nothing. */
static void test_an_unknown_holder_is_alive(void **state)
{
	struct l2a_error err;
	struct record *rec;
	uint64_t req;

	(void)state;
	joined();
	shows(RECORD_SERVICE, "s", SERVICE);
	answer(put_req(RECORD_HOLDER, "s"), EL_CONFLICT);
	req = find(EL_GET)->req;
	rec = record_parse(RECORD_HOLDER, HOLDER("b", "1", "1"), &err);
	got(req, RECORD_HOLDER, "s", rev + 5, rec);
	record_put(rec);
	for (unsigned int i = 1; i <= 8; i++) {
		tick_at(1000 + i * DURATION);
		assert_null(find_put(RECORD_HOLDER, "s"));
	}
}

/* The store, or a list of all it has, shows a record whose text means nothing to us. */
static void shows_unreadable(enum record_kind kind, const char *name, bool full)
{
	const struct el_item item = {
		.kind = kind, .name = name, .version = ++rev, .unreadable = true,
	};
	struct el_event ev = { .type = EL_EV_VIEW };

	ev.view.rev = rev;
	ev.view.full = full;
	ev.view.items = &item;
	ev.view.n = 1;
	step(&ev);
}

/* Such a node lives, in an incarnation we do not know: it is not written over. */
static void test_the_unreadable_live(void **state)
{
	(void)state;
	joined();
	shows(RECORD_NODE, "a", PEER("4", "ready", "1"));
	shows_unreadable(RECORD_NODE, "a", false);
	shows(RECORD_HOLDER, "s", HOLDER("a", "5", "7"));
	shows(RECORD_SERVICE, "s", SERVICE);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	assert_null(find_put(RECORD_HOLDER, "s"));
	for (unsigned int i = 1; i <= 8; i++) {
		live_until(1000 + i * DURATION - 1);
		tick_at(1000 + i * DURATION);
		assert_null(find_put(RECORD_NODE, "a"));
		assert_null(find_put(RECORD_HOLDER, "s"));
		answer(put_req(RECORD_NODE, "me"), EL_OK);
	}
	/* It can be read again: all is as ever. */
	shows(RECORD_NODE, "a", PEER("5", "fenced", "9"));
	assert_non_null(find_put(RECORD_HOLDER, "s"));
}

/* One of whom there is nothing but that is no different. */
static void test_the_unreadable_from_the_start(void **state)
{
	(void)state;
	joined();
	shows_unreadable(RECORD_NODE, "a", false);
	shows(RECORD_HOLDER, "s", HOLDER("a", "5", "7"));
	shows(RECORD_SERVICE, "s", SERVICE);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	for (unsigned int i = 1; i <= 8; i++) {
		live_until(1000 + i * DURATION - 1);
		assert_null(find_put(RECORD_HOLDER, "s"));
	}
}

/* Nor is a record of our own name: whose it is, and in which incarnation, who knows. */
static void test_the_unreadable_is_not_ours(void **state)
{
	uint64_t known;

	(void)state;
	shows(RECORD_NODE, "me", PEER("4", "fenced", "1"));
	known = rev;
	kernel(0, NULL);
	links("eth0");
	shows_unreadable(RECORD_NODE, "me", true);
	assert_int_equal(find_put(RECORD_NODE, "me")->version, known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fences_after_the_others_duration),
		TEST(test_an_outage_is_held_against_nobody),
		TEST(test_fences_in_turn),
		TEST(test_fence_that_fails_frees_nothing),
		TEST(test_claims_what_a_fenced_node_held),
		TEST(test_waits_for_who_was_deleted),
		TEST(test_tells_that_it_is_new),
		TEST(test_tells_that_its_holder_failed),
		TEST(test_tells_that_it_was_handed_over),
		TEST(test_tells_that_it_had_it_before),
		TEST(test_a_newer_incarnation_frees_too),
		TEST(test_an_unknown_holder_is_alive),
		TEST(test_the_unreadable_live),
		TEST(test_the_unreadable_from_the_start),
		TEST(test_the_unreadable_is_not_ours),
	};

	return cmocka_run_group_tests_name("election_fencing", tests, NULL, NULL);
}
