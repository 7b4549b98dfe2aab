// SPDX-License-Identifier: GPL-2.0
/*
 * The election of one node, which hands services over: silent first, then given to
 * the next, or free; for want of a link, drained, stopped, or to whom it should go to
 * rather. And one that is given them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "conversation.h"
#include "l2announced/view.h"

/* It has no link any more, and its kernel is silent: what it writes then. */
static const struct holder_record *lets_go(void)
{
	links(NULL);
	assert_true(serves("s", EL_SERVE_STANDBY));
	assert_null(find_put(RECORD_HOLDER, "s"));
	served("s", true);
	assert_non_null(find_put(RECORD_HOLDER, "s"));
	return &find_put(RECORD_HOLDER, "s")->rec->holder;
}

static void is_given(const struct holder_record *holder, const char *node,
		     uint64_t incarnation)
{
	assert_non_null(holder->node);
	assert_string_equal(holder->node, node);
	assert_int_equal(holder->incarnation, incarnation);
	assert_null(holder->next);
	assert_string_equal(holder->last, "me");
	assert_int_equal(holder->token, 2);
	assert_int_equal(holder->transitions, 1);
	assert_int_equal(holder->vips.n, 1);
	assert_string_equal(holder->vips.v[0], "192.0.2.1");
}

static void is_freed(const struct holder_record *holder, const char *next)
{
	assert_null(holder->node);
	assert_non_null(holder->next);
	assert_string_equal(holder->next, next);
	assert_string_equal(holder->last, "me");
	assert_int_equal(holder->token, 1);
	assert_int_equal(holder->transitions, 0);
	assert_int_equal(holder->vips.n, 0);
}

static void test_silent_first_then_given(void **state)
{
	const struct holder_record *holder;
	struct el_action *told;

	(void)state;
	holding();
	shows(RECORD_NODE, "a", "{\"incarnation\":7,\"seq\":1,\"duration_ms\":3000,"
	      "\"state\":\"ready\",\"devs\":[\"eth0\"]}");
	links(NULL);
	assert_true(serves("s", EL_SERVE_STANDBY));
	/* Whoever has not heard of the next one goes on being served. */
	assert_true(find(EL_SERVE)->linger);
	/* No answer comes where the link is down. */
	assert_false(find(EL_SERVE)->unhurried);
	assert_null(find_put(RECORD_HOLDER, "s"));
	served("s", true);
	holder = &find_put(RECORD_HOLDER, "s")->rec->holder;
	is_given(holder, "a", 7);
	assert_int_equal(holder->duration_ms, 3000);
	assert_string_equal(holder->why, "none of the devices is up");
	answer(put_req(RECORD_HOLDER, "s"), EL_OK);
	told = find_note(EL_NOTE_RELEASED);
	assert_non_null(told);
	assert_string_equal(told->text, "a");
	assert_int_equal(told->token, 1);
}

/* Who was not heard of for half its duration may be dead. */
static void test_given_to_who_lives(void **state)
{
	(void)state;
	holding();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	live_until(now_ms + DURATION / 2 - 1);
	is_given(lets_go(), "a", 1);
}

/* What is free any other may claim after a while. */
static void test_freed_for_the_silent(void **state)
{
	(void)state;
	holding();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	live_until(now_ms + DURATION / 2);
	is_freed(lets_go(), "a");
	answer(put_req(RECORD_HOLDER, "s"), EL_OK);
	assert_string_equal(find_note(EL_NOTE_RELEASED)->text, "a");
}

/* A sign of life of "a", who has seen the store's revision up to @seen by then. */
static void renews(unsigned int seq, uint64_t seen)
{
	char rec[256];

	snprintf(rec, sizeof(rec),
		 "{\"incarnation\":1,\"seq\":%u,\"duration_ms\":2000,"
		 "\"state\":\"ready\",\"devs\":[\"eth0\"],\"run\":\"other\","
		 "\"boot\":\"elsewhere\",\"host\":\"elsewhere\",\"seen\":%llu}",
		 seq, (unsigned long long)seen);
	shows(RECORD_NODE, "a", rec);
}

static void test_given_to_who_hears(void **state)
{
	(void)state;
	holding();
	renews(1, 0);
	renews(2, rev);
	is_given(lets_go(), "a", 1);
}

/* And so the others know of us. */
static void test_tells_what_it_hears(void **state)
{
	uint64_t joined_at;

	(void)state;
	holding();
	joined_at = now_ms;
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	tick_at(joined_at + RENEW);
	assert_non_null(find_put(RECORD_NODE, "me"));
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.seen, rev);
}

/* It renews, and has not heard of its own last renewal: nor would it of this. */
static void test_freed_for_the_deaf(void **state)
{
	(void)state;
	holding();
	renews(1, 0);
	renews(2, rev - 1);
	is_freed(lets_go(), "a");
}

/* A list of all there is, which is what it knows. */
static void same_view(void)
{
	struct el_item items[16];
	struct el_event ev = { .type = EL_EV_VIEW };
	size_t n = 0;

	for (size_t i = 0; i < e->n_nodes; i++)
		items[n++] = (struct el_item){
			.kind = RECORD_NODE, .name = e->nodes[i]->name,
			.version = e->nodes[i]->version, .rec = e->nodes[i]->rec,
		};
	for (size_t i = 0; i < e->n_services; i++) {
		const struct el_service *s = e->services[i];

		items[n++] = (struct el_item){
			.kind = RECORD_SERVICE, .name = s->name,
			.version = s->spec_version, .rec = s->spec,
		};
		items[n++] = (struct el_item){
			.kind = RECORD_HOLDER, .name = s->name,
			.version = s->holder_version, .rec = s->holder,
		};
	}
	ev.view.full = true;
	ev.view.rev = rev;
	ev.view.items = items;
	ev.view.n = n;
	step(&ev);
}

/* All that is known of it is a record that may be as old as the outage was long. */
static void test_freed_after_a_whole_view(void **state)
{
	(void)state;
	holding();
	renews(1, 0);
	same_view();
	is_freed(lets_go(), "a");
}

/* Of services that share a VIP the older claim answers: each claims for itself. */
static void test_shared_is_not_given(void **state)
{
	(void)state;
	holding();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	shows(RECORD_SERVICE, "t", SERVICE);
	is_freed(lets_go(), "a");
}

/* Its VIPs are another's until that one has seen that they are not its any more. */
static void test_claimed_is_not_given(void **state)
{
	(void)state;
	holding();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	shows(RECORD_HOLDER, "t", HOLDER("a", "1", "1"));
	is_freed(lets_go(), "a");
}

/* What another held it gives to this life of the node, or to one so much earlier. */
static void given(uint64_t earlier)
{
	char holder[128];

	ready(5);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	shows(RECORD_NODE, "a", PEER("7", "ready", "1"));
	shows(RECORD_HOLDER, "s", HOLDER("a", "7", "4"));
	shows(RECORD_SERVICE, "s", SERVICE);
	assert_null(find_put(RECORD_HOLDER, "s"));
	snprintf(holder, sizeof(holder),
		 "{\"node\":\"me\",\"incarnation\":%llu,\"token\":5,"
		 "\"vips\":[\"192.0.2.1\"],\"last\":\"a\"}",
		 (unsigned long long)(election_self(e).incarnation - earlier));
	shows(RECORD_HOLDER, "s", holder);
}

/* It is answered for as what was claimed, without a write. */
static void test_what_is_given_is_taken(void **state)
{
	(void)state;
	given(0);
	assert_null(find_put(RECORD_HOLDER, "s"));
	assert_true(serves("s", EL_SERVE_ACTIVE));
	served("s", true);
	assert_non_null(find_note(EL_NOTE_ACQUIRED));
	assert_int_equal(find_note(EL_NOTE_ACQUIRED)->token, 5);
	assert_int_equal(find_note(EL_NOTE_ACQUIRED)->reason, EL_REASON_HANDOVER);
}

/* What an earlier life was given is claimed. */
static void test_what_was_given_is_claimed(void **state)
{
	(void)state;
	given(1);
	assert_false(serves("s", EL_SERVE_ACTIVE));
	assert_non_null(find_put(RECORD_HOLDER, "s"));
	assert_int_equal(find_put(RECORD_HOLDER, "s")->rec->holder.token, 6);
}

/* It had stopped, in good order, before it heard: that is no failure. */
static void test_given_to_one_that_stopped(void **state)
{
	uint64_t claim;

	(void)state;
	joined();
	shows(RECORD_NODE, "a", "{\"incarnation\":7,\"seq\":2,\"duration_ms\":2000,"
	      "\"state\":\"fenced\",\"left\":true}");
	shows(RECORD_HOLDER, "s", HOLDER("a", "7", "4"));
	shows(RECORD_SERVICE, "s", SERVICE);
	claim = put_req(RECORD_HOLDER, "s");
	assert_string_equal(find_put(RECORD_HOLDER, "s")->rec->holder.last, "a");
	assert_string_equal(find_put(RECORD_HOLDER, "s")->rec->holder.why, "is stopped");
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	answer(claim, EL_OK);
	shows(RECORD_NODE, "bystander", PEER("1", "fenced", "1"));
	assert_true(serves("s", EL_SERVE_ACTIVE));
	served("s", true);
	assert_int_equal(find_note(EL_NOTE_ACQUIRED)->reason, EL_REASON_HANDOVER);
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

/* Whoever cannot answer must not hold: it lets go, says so, and stays away for a while. */
static void test_a_kernel_that_will_not_answer(void **state)
{
	uint64_t claim, news, release, sick;

	(void)state;
	joined();
	shows(RECORD_SERVICE, "s", SERVICE);
	claim = put_req(RECORD_HOLDER, "s");
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	answer(claim, EL_OK);
	shows(RECORD_NODE, "bystander", PEER("1", "fenced", "1"));
	assert_true(serves("s", EL_SERVE_ACTIVE));
	sick = now_ms;
	served("s", false);
	assert_non_null(find_note(EL_NOTE_UNHEALTHY));
	assert_true(serves("s", EL_SERVE_STANDBY));
	news = put_req(RECORD_NODE, "me");
	assert_true(names_has(&find_put(RECORD_NODE, "me")->rec->node.unhealthy, "s"));
	served("s", true);
	release = put_req(RECORD_HOLDER, "s");
	assert_null(find_put(RECORD_HOLDER, "s")->rec->holder.node);
	answer(news, EL_OK);
	answer(release, EL_OK);
	assert_null(find_put(RECORD_HOLDER, "s"));
	/* One made earlier would still be on its way, and so none be made then. */
	live_until(sick + 5 * DURATION - 1);
	live_until(sick + 5 * DURATION);
	assert_non_null(find_put(RECORD_HOLDER, "s"));
}

/* No answer comes from a kernel that did not begin to. */
static void test_no_answer_to_wait_for(void **state)
{
	(void)state;
	holding();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	served("s", false);
	assert_true(serves("s", EL_SERVE_STANDBY));
	assert_true(find(EL_SERVE)->linger);
	assert_false(find(EL_SERVE)->unhurried);
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
	is_given(&find_put(RECORD_HOLDER, "s")->rec->holder, "a", 1);
	assert_string_equal(find_put(RECORD_HOLDER, "s")->rec->holder.why, "is drained");
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
	uint64_t news, req;

	(void)state;
	holding();
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	step(&stop);
	assert_true(serves("s", EL_SERVE_STANDBY));
	assert_true(find(EL_SERVE)->linger);
	assert_true(find(EL_SERVE)->unhurried);
	/* Who hears of the release is to know already: it might give it more. */
	news = put_req(RECORD_NODE, "me");
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.state,
			 NODE_DRAINING);
	served("s", true);
	req = put_req(RECORD_HOLDER, "s");
	is_given(&find_put(RECORD_HOLDER, "s")->rec->holder, "a", 1);
	answer(news, EL_OK);
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
	/* There is nobody who would have it instead. */
	assert_false(find(EL_SERVE)->linger);
	served("s", true);
	assert_null(find(EL_EXIT));
	tick_at(now_ms + 2 * DURATION);
	assert_non_null(find(EL_EXIT));
	assert_non_null(find(EL_LEASE_END));
}

static void count_active(const struct el_service_info *info, void *arg)
{
	size_t *n = arg;

	*n += info->serve == EL_SERVE_ACTIVE;
}

/* How many services its kernel is to answer for. */
static size_t active(void)
{
	const struct el_now now = {
		.boot = now_ms * MS + BOOT_AHEAD,
		.mono = now_ms * MS,
	};
	size_t n = 0;

	election_services(e, &now, count_active, &n);
	return n;
}

/* It holds one more, of a VIP that no other has. */
static void holding_also(const char *name, const char *vip)
{
	char spec[64];

	snprintf(spec, sizeof(spec), "{\"vips\":[\"%s\"],\"devs\":[\"eth*\"]}", vip);
	shows(RECORD_SERVICE, name, spec);
	answer(put_req(RECORD_HOLDER, name), EL_OK);
	shows(RECORD_NODE, "bystander", PEER("1", "fenced", "2"));
	assert_true(serves(name, EL_SERVE_ACTIVE));
	served(name, true);
}

/*
 * To even out, one after the other: when the new node has been there for its
 * duration, and no more in a second than move_rate says.
 */
static void test_moves_one_after_the_other(void **state)
{
	uint64_t there, due;

	(void)state;
	holding();
	holding_also("t", "192.0.2.2");
	holding_also("u", "192.0.2.3");
	holding_also("v", "192.0.2.4");
	there = now_ms;
	due = there + DURATION;
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	live_until(there + DURATION / 2);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	shows(RECORD_NODE, "a", PEER("1", "ready", "2"));
	live_until(due - 1);
	assert_int_equal(active(), 4);
	live_until(due);
	assert_int_equal(active(), 3);
	live_until(due + 1000 / MOVE_RATE - 1);
	assert_int_equal(active(), 3);
	live_until(due + 1000 / MOVE_RATE);
	assert_int_equal(active(), 2);
	live_until(due + 4 * 1000 / MOVE_RATE);
	assert_int_equal(active(), 2);
}

/* With the store away, falling silent would free nothing: it has to be there. */
static void test_moves_nothing_without_the_store(void **state)
{
	uint64_t there, req;

	(void)state;
	holding();
	shows(RECORD_SERVICE, "s", "{\"vips\":[\"192.0.2.1\"],\"devs\":[\"eth*\"],\"prefer\":[\"a\"]}");
	there = now_ms;
	shows(RECORD_NODE, "a", PEER("1", "ready", "1"));
	live_until(there + 2 * RENEW);
	req = put_req(RECORD_NODE, "me");
	shows(RECORD_NODE, "a", PEER("1", "ready", "2"));
	tick_at(there + DURATION);
	assert_int_equal(active(), 1);
	answer(req, EL_OK);
	assert_int_equal(active(), 1);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	assert_true(serves("s", EL_SERVE_STANDBY));
	served("s", true);
	assert_string_equal(find_put(RECORD_HOLDER, "s")->rec->holder.why,
			    "another is preferred");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_silent_first_then_given),
		TEST(test_given_to_who_lives),
		TEST(test_freed_for_the_silent),
		TEST(test_given_to_who_hears),
		TEST(test_tells_what_it_hears),
		TEST(test_freed_for_the_deaf),
		TEST(test_freed_after_a_whole_view),
		TEST(test_shared_is_not_given),
		TEST(test_claimed_is_not_given),
		TEST(test_what_is_given_is_taken),
		TEST(test_what_was_given_is_claimed),
		TEST(test_given_to_one_that_stopped),
		TEST(test_a_kernel_that_will_not_be_silent),
		TEST(test_a_kernel_that_will_not_answer),
		TEST(test_no_answer_to_wait_for),
		TEST(test_no_way_back_without_a_new_claim),
		TEST(test_drain_hands_over_and_stays),
		TEST(test_drained_is_not_asked),
		TEST(test_stop_hands_over_and_leaves),
		TEST(test_stop_ends_even_without_the_store),
		TEST(test_moves_one_after_the_other),
		TEST(test_moves_nothing_without_the_store),
	};

	return cmocka_run_group_tests_name("election_handover", tests, NULL, NULL);
}
