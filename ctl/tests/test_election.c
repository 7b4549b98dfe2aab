// SPDX-License-Identifier: GPL-2.0
/*
 * The election, step by step: each test is a conversation with one node, in
 * which it says what to do next. The interplay of several nodes is simulated in
 * selftests/sim.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "l2announced/election.h"
#include "l2announced/manager.h"

#define MS		1000000ULL
#define DURATION	2000
#define RENEW		500
#define MARGIN		200
#define BOOT_AHEAD	(77 * 1000 * MS)	/* the two clocks differ */

static struct election *e;
static struct el_actions out;
static uint64_t now_ms;
static uint64_t rev;

/* What it asked of the store, by the request: the actions do not last. */
#define REQUESTS	128

static struct {
	enum record_kind kind;
	char name[64];
} asked[REQUESTS];

static void keep_request(const struct el_action *action)
{
	if (action->type != EL_PUT && action->type != EL_GET)
		return;
	asked[action->req % REQUESTS].kind = action->kind;
	snprintf(asked[action->req % REQUESTS].name, sizeof(asked[0].name),
		 "%s", action->name);
}

/* Talking to it. */

static void step(const struct el_event *ev)
{
	const struct el_now now = {
		.boot = now_ms * MS + BOOT_AHEAD,
		.mono = now_ms * MS,
	};

	el_actions_clear(&out);
	election_step(e, ev, &now, &out);
	for (size_t i = 0; i < out.n; i++)
		keep_request(&out.v[i]);
}

static void tick_at(uint64_t ms)
{
	const struct el_event ev = { .type = EL_EV_TICK };

	now_ms = ms;
	step(&ev);
}

static void kernel(uint64_t token, const char *active)
{
	struct el_event ev = { .type = EL_EV_KERNEL };
	struct names names = { 0, NULL };

	if (active)
		names_add(&names, active);
	ev.kernel.there = true;
	ev.kernel.token = token;
	ev.kernel.active = &names;
	step(&ev);
	names_clear(&names);
}

static void links(const char *dev)
{
	struct el_event ev = { .type = EL_EV_LINKS };
	struct names names = { 0, NULL };

	if (dev)
		names_add(&names, dev);
	ev.links = &names;
	step(&ev);
	names_clear(&names);
}

/* The store shows one record, at the next revision; JSON NULL: deleted. */
static void shows_at(uint64_t version, enum record_kind kind, const char *name,
		     const char *json)
{
	struct el_item item = {
		.kind = kind, .name = name, .version = version,
	};
	struct el_event ev = { .type = EL_EV_VIEW };
	struct l2a_error err = { 0 };

	if (json) {
		item.rec = record_parse(kind, json, &err);
		if (!item.rec)
			fail_msg("%s", err.text);
	}
	ev.view.rev = version;
	ev.view.items = &item;
	ev.view.n = 1;
	step(&ev);
	record_put(item.rec);
}

static void shows(enum record_kind kind, const char *name, const char *json)
{
	shows_at(++rev, kind, name, json);
}

static void empty_view(void)
{
	struct el_event ev = { .type = EL_EV_VIEW };

	ev.view.full = true;
	ev.view.rev = rev;
	step(&ev);
}

/* What it said. */

static struct el_action *find(enum el_action_type type)
{
	for (size_t i = 0; i < out.n; i++) {
		if (out.v[i].type == type)
			return &out.v[i];
	}
	return NULL;
}

static struct el_action *find_put(enum record_kind kind, const char *name)
{
	for (size_t i = 0; i < out.n; i++) {
		if (out.v[i].type == EL_PUT && out.v[i].kind == kind &&
		    !strcmp(out.v[i].name, name))
			return &out.v[i];
	}
	return NULL;
}

static struct el_action *find_note(enum el_note note)
{
	for (size_t i = 0; i < out.n; i++) {
		if (out.v[i].type == EL_NOTE && out.v[i].note == note)
			return &out.v[i];
	}
	return NULL;
}

/* Whether it serves a service so; remembers the number for served(). */
static uint64_t serve_seq;

static bool serves(const char *service, enum el_serve how)
{
	for (size_t i = 0; i < out.n; i++) {
		if (out.v[i].type != EL_SERVE || strcmp(out.v[i].name, service) ||
		    out.v[i].serve != how)
			continue;
		serve_seq = out.v[i].seq;
		return true;
	}
	return false;
}

static void served(const char *service, bool ok)
{
	struct el_event ev = { .type = EL_EV_SERVE_DONE };

	ev.serve.service = service;
	ev.serve.seq = serve_seq;
	ev.serve.ok = ok;
	step(&ev);
}

/* A put it made. */
static void answer(uint64_t req, enum el_result result)
{
	struct el_event ev = { .type = EL_EV_PUT_DONE };

	ev.done.req = req;
	ev.done.item.kind = asked[req % REQUESTS].kind;
	ev.done.item.name = asked[req % REQUESTS].name;
	ev.done.result = result;
	if (result == EL_OK)
		ev.done.item.version = ++rev;
	step(&ev);
}

static void got(uint64_t req, enum record_kind kind, const char *name,
		uint64_t version, struct record *rec)
{
	struct el_event ev = { .type = EL_EV_GOT };

	ev.done.req = req;
	ev.done.result = EL_OK;
	ev.done.item.kind = kind;
	ev.done.item.name = name;
	ev.done.item.version = version;
	ev.done.item.rec = rec;
	step(&ev);
}

static uint64_t put_req(enum record_kind kind, const char *name)
{
	struct el_action *put = find_put(kind, name);

	assert_non_null(put);
	return put->req;
}

/* Beginnings. */

static int begin(void **state)
{
	const struct el_config config = {
		.node = "me", .boot = "boot", .run = "run", .host = "host",
		.duration_ms = DURATION, .renew_ms = RENEW,
		.margin_ms = MARGIN, .rebalance = true, .weight = 100, .move_rate = 10,
	};

	(void)state;
	e = election_new(&config);
	now_ms = 1000;
	rev = 100;
	return 0;
}

static int end(void **state)
{
	(void)state;
	election_free(e);
	el_actions_clear(&out);
	return 0;
}

static void ready(uint64_t token)
{
	kernel(token, NULL);
	links("eth0");
	empty_view();
}

static void joined(void)
{
	ready(0);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	assert_non_null(find_note(EL_NOTE_JOINED));
}

#define SERVICE	"{\"vips\":[\"192.0.2.1\"],\"devs\":[\"eth*\"]}"
#define PEER(incarnation, state, seq) \
	"{\"incarnation\":" incarnation ",\"seq\":" seq ",\"duration_ms\":2000," \
	"\"state\":\"" state "\",\"devs\":[\"eth0\"],\"run\":\"other\"," \
	"\"boot\":\"elsewhere\",\"host\":\"elsewhere\"}"
#define HOLDER(node, incarnation, token) \
	"{\"node\":\"" node "\",\"incarnation\":" incarnation ",\"token\":" token \
	",\"vips\":[\"192.0.2.1\"]}"

/* Hold service "s" for sure. */
static void holding(void)
{
	uint64_t claim, news;

	joined();
	shows(RECORD_SERVICE, "s", SERVICE);
	assert_true(serves("s", EL_SERVE_STANDBY));
	claim = put_req(RECORD_HOLDER, "s");
	/* It has a device that somebody wants now, and says so. */
	news = put_req(RECORD_NODE, "me");
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.devs.n, 1);
	answer(news, EL_OK);
	answer(claim, EL_OK);
	shows(RECORD_NODE, "bystander", PEER("1", "fenced", "1"));
	assert_true(serves("s", EL_SERVE_ACTIVE));
	served("s", true);
	assert_non_null(find_note(EL_NOTE_ACQUIRED));
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

/* Fencing. */

/* Time passes, the store confirms every renewal, and nobody else is heard of. */
static void live_until(uint64_t ms)
{
	while (now_ms < ms) {
		uint64_t wake = election_wake(e) / MS;

		tick_at(wake < ms ? (wake > now_ms ? wake : now_ms + 1) : ms);
		if (find_put(RECORD_NODE, "me") && now_ms < ms)
			answer(put_req(RECORD_NODE, "me"), EL_OK);
	}
}

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

/* The holder record @was leads to a claim; once it answers, why is told. */
static enum el_reason taken_over(const char *was)
{
	uint64_t news;

	joined();
	shows(RECORD_NODE, "a", PEER("1", "fenced", "1"));
	if (was)
		shows(RECORD_HOLDER, "s", was);
	shows(RECORD_SERVICE, "s", SERVICE);
	news = put_req(RECORD_NODE, "me");
	answer(put_req(RECORD_HOLDER, "s"), EL_OK);
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
	assert_int_equal(taken_over(NULL), EL_REASON_NEW);
}

static void test_tells_that_its_holder_failed(void **state)
{
	(void)state;
	assert_int_equal(taken_over(HOLDER("a", "1", "5")), EL_REASON_FAILURE);
}

static void test_tells_that_it_was_handed_over(void **state)
{
	(void)state;
	assert_int_equal(taken_over("{\"last\":\"a\",\"next\":\"me\",\"token\":5}"),
			 EL_REASON_HANDOVER);
}

static void test_tells_that_it_had_it_before(void **state)
{
	(void)state;
	assert_int_equal(taken_over("{\"last\":\"me\",\"token\":5}"),
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

/* Claiming and answering. */

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

/* Handing over. */

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

/* Restarting, and names taken twice. */

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

/* Conflict. */

/* Devices. */

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
	served("s", true);
	assert_string_equal(devs_put(), "none");
	release = put_req(RECORD_HOLDER, "s");
	news = put_req(RECORD_NODE, "me");
	answer(release, EL_OK);
	answer(news, EL_OK);
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

/* Health. */

#define CHECKED	"{\"vips\":[\"192.0.2.1\"],\"devs\":[\"eth*\"]," \
	"\"checks\":[{\"tcp\":\"80\"}]}"
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
	served("s", true);
	assert_null(find_put(RECORD_HOLDER, "s")->rec->holder.node);
	assert_string_equal(find_put(RECORD_HOLDER, "s")->rec->holder.next,
			    "peer");
}

static bool can_hold(const char *node)
{
	const struct el_now now = {
		.boot = now_ms * MS + BOOT_AHEAD,
		.mono = now_ms * MS,
	};

	return election_can_hold(e, &now, "s", node);
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

/* Given to one that turned sick before it took it: back to who had it. */
static void test_all_sick_last_takes_back(void **state)
{
	uint64_t release;

	(void)state;
	holding_checked(PEER("3", "ready", "1"));
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
	shows(RECORD_SERVICE, "s",
	      "{\"vips\":[\"192.0.2.1\"],\"devs\":[\"eth*\"],"
	      "\"checks\":[{\"tcp\":\"81\"}]}");
	assert_true(serves("s", EL_SERVE_ACTIVE));
	served("s", true);
	health(false);
	assert_true(serves("s", EL_SERVE_STANDBY));
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
}

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

#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)
#define DEBOUNCED(name) \
	cmocka_unit_test_setup_teardown(name, begin_debounced, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_renewal_shows_how_far_the_view_is),
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
		TEST(test_fences_after_the_others_duration),
		TEST(test_an_outage_is_held_against_nobody),
		TEST(test_fence_that_fails_frees_nothing),
		TEST(test_claims_what_a_fenced_node_held),
		TEST(test_tells_that_it_is_new),
		TEST(test_tells_that_its_holder_failed),
		TEST(test_tells_that_it_was_handed_over),
		TEST(test_tells_that_it_had_it_before),
		TEST(test_a_newer_incarnation_frees_too),
		TEST(test_an_unknown_holder_is_alive),
		TEST(test_answers_only_once_claimed),
		TEST(test_lost_claim_is_looked_up),
		TEST(test_an_older_claim_to_the_vip_goes_first),
		TEST(test_the_younger_claim_to_the_vip_goes),
		TEST(test_stands_by_for_a_peer),
		TEST(test_claims_after_a_while_what_nobody_claims),
		TEST(test_silent_first_then_free),
		TEST(test_a_kernel_that_will_not_be_silent),
		TEST(test_no_way_back_without_a_new_claim),
		TEST(test_old_view_activates_nothing),
		TEST(test_old_list_brings_nothing_back),
		TEST(test_drain_hands_over_and_stays),
		TEST(test_drained_is_not_asked),
		TEST(test_stop_hands_over_and_leaves),
		TEST(test_stop_ends_even_without_the_store),
		TEST(test_leaves_after_one_more_renewal),
		TEST(test_a_renewal_from_before_is_not_the_last),
		TEST(test_leaves_without_the_store),
		TEST(test_leaving_gives_nothing_away),
		TEST(test_takes_up_on_the_same_boot),
		TEST(test_takes_up_but_not_what_is_silent),
		TEST(test_another_duration_ends_the_old_lease),
		TEST(test_waits_where_the_record_is_anothers),
		TEST(test_refuses_where_the_name_is_alive),
		DEBOUNCED(test_short_loss_of_link),
		DEBOUNCED(test_link_must_stay_up),
		DEBOUNCED(test_up_from_the_beginning),
		TEST(test_nothing_known_claims_nothing),
		TEST(test_sick_claims_nothing),
		TEST(test_sick_hands_over),
		TEST(test_sick_cannot_hold),
		TEST(test_all_sick_holder_keeps),
		TEST(test_all_sick_last_takes_back),
		TEST(test_all_sick_others_stay_away),
		TEST(test_new_checks_are_not_known),
		TEST(test_unit_moves_as_one),
		TEST(test_conflict_renews_at_once),
		TEST(test_another_margin),
		TEST(test_another_store),
	};

	return cmocka_run_group_tests_name("election", tests, NULL, NULL);
}
