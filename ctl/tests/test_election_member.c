// SPDX-License-Identifier: GPL-2.0
/*
 * The election of one node, as a member: it joins, renews, is fenced and begins
 * anew, and does what it is told of its own lease.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conversation.h"
#include "l2announced/manager.h"

/* Joining and renewing. */

static void test_waits_for_everything(void **state)
{
	(void)state;
	links("eth0");
	assert_null(find(EL_PUT));
	empty_view();
	assert_null(find(EL_PUT));
	kernel(0, NULL);
	assert_non_null(find_put(RECORD_NODE, "me"));
}

static void test_incarnation_is_above_all_known(void **state)
{
	(void)state;
	kernel(7, NULL);
	links("eth0");
	rev++;
	empty_view();
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.incarnation, 8);
	assert_int_equal(find_put(RECORD_NODE, "me")->version, 0);
}

static void test_incarnation_above_a_fenced_record(void **state)
{
	struct el_event ev = { .type = EL_EV_VIEW };
	struct el_item item = { .kind = RECORD_NODE, .name = "me", .version = 50 };
	struct l2a_error err;

	(void)state;
	kernel(3, NULL);
	links("eth0");
	item.rec = record_parse(RECORD_NODE, PEER("9", "fenced", "1"), &err);
	ev.view.full = true;
	ev.view.rev = rev;
	ev.view.items = &item;
	ev.view.n = 1;
	step(&ev);
	record_put(item.rec);
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.incarnation, 10);
	assert_int_equal(find_put(RECORD_NODE, "me")->version, 50);
}

static void test_kernel_only_after_the_stores_yes(void **state)
{
	uint64_t req, sent = 1000;

	(void)state;
	ready(0);
	req = put_req(RECORD_NODE, "me");
	assert_null(find(EL_LEASE));
	/* The answer is late: the lease counts from when it was asked for. */
	now_ms = sent + 700;
	answer(req, EL_OK);
	assert_non_null(find(EL_LEASE));
	assert_true(find(EL_LEASE)->deadline ==
		    (sent + DURATION - MARGIN) * MS + BOOT_AHEAD);
	assert_int_equal(find(EL_LEASE)->token, 1);
}

static void test_renews_in_time_with_the_version(void **state)
{
	struct el_action *put;

	(void)state;
	joined();
	assert_true(election_wake(e) <= (1000 + RENEW) * MS);
	tick_at(1000 + RENEW);
	put = find_put(RECORD_NODE, "me");
	assert_non_null(put);
	assert_int_equal(put->version, rev);
	assert_int_equal(put->rec->node.seq, 2);
	/* One at a time. */
	tick_at(1000 + 3 * RENEW);
	assert_null(find_put(RECORD_NODE, "me"));
}

static void test_failed_renewal_is_tried_again(void **state)
{
	(void)state;
	joined();
	tick_at(1000 + RENEW);
	answer(put_req(RECORD_NODE, "me"), EL_FAILED);
	assert_null(find(EL_LEASE));
	assert_true(election_wake(e) < (1000 + 2 * RENEW) * MS);
	tick_at(election_wake(e) / MS + 1);
	assert_non_null(find_put(RECORD_NODE, "me"));
}

/* Unlike the others: an election with all the defaults of a store. */
static void begin_by_default(const char *store, struct config *config)
{
	char path[] = "/tmp/test_election.XXXXXX";
	struct l2a_error err = { 0 };
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	dprintf(fd, "node: me\nstore: {type: %s}\n", store);
	close(fd);
	if (config_load(path, NULL, config, &err))
		fail_msg("%s", err.text);
	unlink(path);
	election_free(e);
	e = election_new(&(struct el_config){
		.node = "me", .boot = "boot", .run = "run", .host = "host",
		.duration_ms = config->duration_ms,
		.renew_ms = config->renew_ms,
		.margin_ms = config->margin_ms,
	});
	now_ms = 1000;
	rev = 100;
}

/* What it asks is not answered. The first question may have been heard. */
static void refuse_all(bool first)
{
	struct el_event ev = { .type = EL_EV_GOT };
	const struct el_action *get;

	if (find_put(RECORD_NODE, "me"))
		answer(put_req(RECORD_NODE, "me"),
		       first ? EL_UNKNOWN : EL_FAILED);
	get = find(EL_GET);
	if (!get)
		return;
	ev.done.req = get->req;
	ev.done.item.kind = get->kind;
	ev.done.item.name = get->name;
	ev.done.result = EL_FAILED;
	step(&ev);
}

/*
 * The store is away from a renewal on, which fails after so many ms.
 * Return: when the renewal came that was answered, ms
 */
static uint64_t renewed_after(uint64_t away, uint64_t fails_after)
{
	uint64_t gone = election_wake(e) / MS, back = gone + away;
	bool first = true;

	tick_at(gone);
	now_ms += fails_after;
	while (now_ms < back) {
		refuse_all(first);
		first = false;
		tick_at(election_wake(e) / MS + 1);
	}
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	assert_non_null(find(EL_LEASE));
	return now_ms;
}

/*
 * An API server that starts anew takes 4 s at the worst, and is gone from the very
 * instant of a renewal; the request that finds it back takes its time, too.
 */
static void test_api_server_starts_anew(void **state)
{
	const uint64_t longest = 4000, request = 50;
	struct config config;
	uint64_t until;

	(void)state;
	for (uint64_t fails_after = 0; fails_after < 400; fails_after += 20) {
		begin_by_default("kubernetes", &config);
		joined();
		until = now_ms + config.duration_ms - config.margin_ms;
		assert_true(renewed_after(longest, fails_after) + request <
			    until);
		config_free(&config);
	}
}

/* Whether renewals get anywhere, as the service manager would be told. */
static bool alive(const char *store_error)
{
	const struct config config = { .duration_ms = DURATION, .renew_ms = RENEW };
	const struct agent_info info = {
		.config = &config, .election = e, .store_error = store_error,
	};
	const struct el_now now = { .mono = now_ms * MS };

	return manager_alive(&info, &now);
}

static void test_renewals_that_get_nowhere(void **state)
{
	(void)state;
	/* Nothing to renew is nothing to wait for. */
	now_ms += 10 * DURATION;
	assert_true(alive(NULL));
	joined();
	assert_true(alive(NULL));
	tick_at(now_ms + RENEW);
	now_ms += DURATION - 1;
	assert_true(alive(NULL));
	now_ms += 1;
	assert_false(alive(NULL));
	/* A new process would reach it no better. */
	assert_true(alive("away"));
	/* A refusal is an answer. */
	answer(put_req(RECORD_NODE, "me"), EL_FAILED);
	assert_true(alive(NULL));
}

/* The answer was lost: what was written is found out, not assumed. */
static void test_lost_answer_written(void **state)
{
	struct record *rec;
	uint64_t req;

	(void)state;
	joined();
	tick_at(1000 + RENEW);
	rec = record_get(find_put(RECORD_NODE, "me")->rec);
	req = put_req(RECORD_NODE, "me");
	now_ms += 300;
	answer(req, EL_UNKNOWN);
	assert_null(find(EL_LEASE));
	assert_non_null(find(EL_GET));
	got(find(EL_GET)->req, RECORD_NODE, "me", ++rev, rec);
	assert_true(find(EL_LEASE)->deadline ==
		    (1000 + RENEW + DURATION - MARGIN) * MS + BOOT_AHEAD);
	record_put(rec);
}

static void test_lost_answer_not_written(void **state)
{
	struct record *rec;
	uint64_t version;

	(void)state;
	ready(0);
	rec = record_get(find_put(RECORD_NODE, "me")->rec);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	version = rev;
	tick_at(1000 + RENEW);
	answer(put_req(RECORD_NODE, "me"), EL_UNKNOWN);
	got(find(EL_GET)->req, RECORD_NODE, "me", version, rec);
	assert_null(find(EL_LEASE));
	assert_int_equal(find_put(RECORD_NODE, "me")->version, version);
	record_put(rec);
}

/* Being fenced. */

static void test_fenced_drops_all_and_begins_anew(void **state)
{
	struct el_action *put;

	(void)state;
	holding();
	shows(RECORD_NODE, "me",
	      "{\"incarnation\":1,\"seq\":1,\"duration_ms\":2000,"
	      "\"state\":\"fenced\",\"run\":\"run\",\"boot\":\"boot\"}");
	assert_non_null(find_note(EL_NOTE_FENCED));
	assert_non_null(find(EL_LEASE_END));
	assert_true(serves("s", EL_SERVE_STANDBY));
	put = find_put(RECORD_NODE, "me");
	assert_int_equal(put->rec->node.incarnation, 2);
	assert_int_equal(put->version, rev);
	answer(put->req, EL_OK);
	assert_int_equal(find(EL_LEASE)->token, 2);
	assert_false(serves("s", EL_SERVE_ACTIVE));
}

static void test_late_answer_of_a_fenced_life_renews_nothing(void **state)
{
	uint64_t req;

	(void)state;
	joined();
	tick_at(1000 + RENEW);
	req = put_req(RECORD_NODE, "me");
	shows(RECORD_NODE, "me",
	      "{\"incarnation\":1,\"seq\":2,\"duration_ms\":2000,"
	      "\"state\":\"fenced\",\"run\":\"run\",\"boot\":\"boot\"}");
	answer(req, EL_OK);
	assert_null(find(EL_LEASE));
}

/* Conflict. */

static void test_conflict_renews_at_once(void **state)
{
	struct el_event ev = { .type = EL_EV_CONFLICT, .service = "s" };
	uint64_t req;

	(void)state;
	holding();
	now_ms += 10;
	step(&ev);
	req = put_req(RECORD_NODE, "me");
	assert_false(serves("s", EL_SERVE_STANDBY));
	answer(req, EL_FAILED);
	assert_true(serves("s", EL_SERVE_STANDBY));
	tick_at(election_wake(e) / MS + 1);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	assert_true(serves("s", EL_SERVE_ACTIVE));
}

/* Another kernel. */

static void module_gone(void)
{
	const struct el_event ev = { .type = EL_EV_KERNEL };

	step(&ev);
}

/* What it had is over: the module knows nothing of it when it comes back. */
static void test_module_reloaded(void **state)
{
	(void)state;
	holding();
	now_ms += 10;
	module_gone();
	assert_int_equal(out.n, 0);
	tick_at(now_ms + RENEW);
	assert_null(find(EL_PUT));
	kernel(0, NULL);
	assert_true(serves("s", EL_SERVE_STANDBY));
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.incarnation, 2);
	assert_null(find_put(RECORD_HOLDER, "s"));
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	assert_int_equal(find(EL_LEASE)->token, 2);
	assert_non_null(find_put(RECORD_HOLDER, "s"));
}

/* Somebody has moved the lease on: what this life claims is refused there. */
static void test_a_newer_token_in_the_kernel(void **state)
{
	(void)state;
	holding();
	kernel(9, NULL);
	assert_non_null(find(EL_LEASE_END));
	assert_true(serves("s", EL_SERVE_STANDBY));
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.incarnation, 10);
}

/* Without a lease nothing is answered, so nothing is claimed until it has one. */
static void test_a_lease_that_is_refused(void **state)
{
	const struct el_event refused = { .type = EL_EV_LEASE_DONE };

	(void)state;
	joined();
	step(&refused);
	shows(RECORD_SERVICE, "s", SERVICE);
	assert_null(find_put(RECORD_HOLDER, "s"));
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	assert_non_null(find(EL_LEASE));
	assert_non_null(find_put(RECORD_HOLDER, "s"));
}

/* Another configuration. */

static void test_another_margin(void **state)
{
	struct el_event ev = { .type = EL_EV_CONFIG };

	(void)state;
	joined();
	ev.config.margin_ms = MARGIN / 2;
	ev.config.rebalance = true;
	ev.config.weight = 100;
	ev.config.move_rate = 10;
	step(&ev);
	/* What was given stays; what is given next goes by it. */
	assert_null(find(EL_LEASE));
	tick_at(now_ms + RENEW);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	assert_true(find(EL_LEASE)->deadline ==
		    (now_ms + DURATION - MARGIN / 2) * MS + BOOT_AHEAD);
}

/* Another store. */

/* Of the others the one with the longest lease may notice last. */
static void test_another_store_with_longer_leases(void **state)
{
	const struct el_event reset = { .type = EL_EV_RESET };

	(void)state;
	holding();
	shows(RECORD_NODE, "a", "{\"v\":1,\"incarnation\":1,\"state\":\"ready\","
	      "\"duration_ms\":6000,\"devs\":[\"eth0\"]}");
	step(&reset);
	rev = 1;
	empty_view();
	tick_at(now_ms + 5999);
	assert_null(find(EL_PUT));
	tick_at(now_ms + 1);
	assert_non_null(find_put(RECORD_NODE, "me"));
}

static void test_another_store(void **state)
{
	const struct el_event reset = { .type = EL_EV_RESET };

	(void)state;
	holding();
	step(&reset);
	assert_non_null(find(EL_LEASE_END));
	assert_true(serves("s", EL_SERVE_STANDBY));
	assert_string_equal(find_note(EL_NOTE_LOST)->name, "s");
	rev = 1;
	empty_view();
	/* The others may not have noticed yet. */
	assert_null(find(EL_PUT));
	tick_at(now_ms + DURATION);
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.incarnation, 2);
	assert_int_equal(find_put(RECORD_NODE, "me")->version, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_waits_for_everything),
		TEST(test_incarnation_is_above_all_known),
		TEST(test_incarnation_above_a_fenced_record),
		TEST(test_kernel_only_after_the_stores_yes),
		TEST(test_renews_in_time_with_the_version),
		TEST(test_failed_renewal_is_tried_again),
		TEST(test_api_server_starts_anew),
		TEST(test_renewals_that_get_nowhere),
		TEST(test_lost_answer_written),
		TEST(test_lost_answer_not_written),
		TEST(test_fenced_drops_all_and_begins_anew),
		TEST(test_late_answer_of_a_fenced_life_renews_nothing),
		TEST(test_conflict_renews_at_once),
		TEST(test_module_reloaded),
		TEST(test_a_newer_token_in_the_kernel),
		TEST(test_a_lease_that_is_refused),
		TEST(test_another_margin),
		TEST(test_another_store),
		TEST(test_another_store_with_longer_leases),
	};

	return cmocka_run_group_tests_name("election_member", tests, NULL, NULL);
}
