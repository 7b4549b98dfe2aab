// SPDX-License-Identifier: GPL-2.0
/*
 * The election with very many services: a node that holds them all dies, and what
 * its heir does for that is counted. A step may cost as much as there are
 * services, and a little more for finding each; not their square.
 *
 * Costs are counted in comparisons of strings: names, addresses, which is what all
 * searching is made of. The strcmp() here takes the place of the C library's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "l2announced/view.h"

#define MS		NSEC_PER_MSEC
#define DURATION	2000
#define NAME		32

static uint64_t comparisons;

int strcmp(const char *a, const char *b)
{
	comparisons++;
	for (; *a && *a == *b; a++, b++)
		;
	return (unsigned char)*a - (unsigned char)*b;
}

/* What the election is to be told. */
struct answer {
	struct el_event ev;
	char name[NAME];
	struct answer *next;
};

static struct {
	struct election *e;
	uint64_t now_ms;
	uint64_t rev;
	struct answer *first, **last;
	size_t in_flight, most_in_flight;
	size_t claims;
	size_t active;
	size_t silent, most_silent;	/* that were active, and are not released */
	uint64_t dearest;	/* comparisons in one step */
} w;

static void expect_answer(const struct el_event *ev, const char *name)
{
	struct answer *answer = calloc(1, sizeof(*answer));

	assert_non_null(answer);
	answer->ev = *ev;
	snprintf(answer->name, sizeof(answer->name), "%s", name ? name : "");
	*w.last = answer;
	w.last = &answer->next;
}

static void put(const struct el_action *action)
{
	struct el_event ev = { .type = EL_EV_PUT_DONE };

	ev.done.req = action->req;
	ev.done.item.kind = action->kind;
	ev.done.item.version = ++w.rev;
	expect_answer(&ev, action->name);
	if (action->kind != RECORD_HOLDER)
		return;
	w.claims++;
	if (++w.in_flight > w.most_in_flight)
		w.most_in_flight = w.in_flight;
}

static void serve(const struct el_action *action)
{
	struct el_event ev = { .type = EL_EV_SERVE_DONE };

	ev.serve.seq = action->seq;
	ev.serve.ok = true;
	expect_answer(&ev, action->name);
	if (action->serve == EL_SERVE_ACTIVE) {
		w.active++;
	} else if (w.active) {
		w.active--;
		if (++w.silent > w.most_silent)
			w.most_silent = w.silent;
	}
}

static void lease(void)
{
	struct el_event ev = { .type = EL_EV_LEASE_DONE };

	ev.lease.ok = true;
	expect_answer(&ev, NULL);
}

static void step(const struct el_event *ev)
{
	const struct el_now now = { .boot = w.now_ms * MS, .mono = w.now_ms * MS };
	struct el_actions out = { 0, NULL };
	uint64_t before = comparisons;

	election_step(w.e, ev, &now, &out);
	if (comparisons - before > w.dearest)
		w.dearest = comparisons - before;
	for (size_t i = 0; i < out.n; i++) {
		if (out.v[i].type == EL_PUT)
			put(&out.v[i]);
		else if (out.v[i].type == EL_SERVE)
			serve(&out.v[i]);
		else if (out.v[i].type == EL_LEASE)
			lease();
	}
	el_actions_clear(&out);
}

/* The store's word that nothing else has been written until now. */
static void show_no_more(void)
{
	struct el_event ev = { .type = EL_EV_VIEW };

	ev.view.rev = w.rev;
	step(&ev);
}

static bool is_answer(const struct answer *answer)
{
	return answer && (answer->ev.type == EL_EV_SERVE_DONE ||
			  answer->ev.type == EL_EV_PUT_DONE);
}

/* A claim, or the release of what is silent. */
static void holder_written(void)
{
	w.in_flight--;
	if (w.silent)
		w.silent--;
}

/* In one go with the next where they come together. */
static void answer_one(void)
{
	struct answer *answer = w.first;
	struct el_event *ev = &answer->ev;

	w.first = answer->next;
	if (!w.first)
		w.last = &w.first;
	ev->more = is_answer(w.first);
	if (ev->type == EL_EV_PUT_DONE)
		ev->done.item.name = answer->name;
	if (ev->type == EL_EV_PUT_DONE && ev->done.item.kind == RECORD_HOLDER)
		holder_written();
	if (ev->type == EL_EV_SERVE_DONE)
		ev->serve.service = answer->name;
	step(ev);
	free(answer);
	if (!w.first)
		show_no_more();
}

static void answer_all(void)
{
	while (w.first)
		answer_one();
}

static struct el_item item(enum record_kind kind, const char *name,
			   const char *json)
{
	struct l2a_error err = { 0 };
	struct el_item item = {
		.kind = kind,
		.name = strdup(name),
		.version = ++w.rev,
		.rec = record_parse(kind, json, &err),
	};

	if (!item.name || !item.rec)
		fail_msg("%s: %s", name, err.text);
	return item;
}

/* What the services have, and the node that holds them, beside the rest. */
static const char *checks = "";
static bool unwell;

/* That node says of each service that it cannot hold it, in no order. */
static struct el_item holder_node(size_t n)
{
	struct el_item node;
	size_t len;
	char *json;
	FILE *f = open_memstream(&json, &len);

	assert_non_null(f);
	fputs("{\"incarnation\":1,\"seq\":1,\"duration_ms\":2000,\"state\":\"ready\",\"devs\":[\"eth0\"],\"unhealthy\":[", f);
	for (size_t i = n; unwell && i > 0; i--)
		fprintf(f, "\"many/%zu\"%s", i - 1, i > 1 ? "," : "");
	fputs("]}", f);
	fclose(f);
	node = item(RECORD_NODE, "dead", json);
	free(json);
	return node;
}

/* All there is: a node, and services that it holds. */
static void show(size_t n)
{
	struct el_item *items = calloc(2 * n + 1, sizeof(*items));
	struct el_event ev = { .type = EL_EV_VIEW };
	char name[NAME], json[160];
	size_t at = 0;

	assert_non_null(items);
	items[at++] = holder_node(n);
	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "many/%zu", i);
		snprintf(json, sizeof(json), "{\"vips\":[\"10.0.%zu.%zu\"],\"devs\":[\"eth0\"]%s}",
			 i / 250, i % 250, checks);
		items[at++] = item(RECORD_SERVICE, name, json);
		snprintf(json, sizeof(json), "{\"node\":\"dead\",\"incarnation\":1,\"token\":1,\"vips\":[\"10.0.%zu.%zu\"]}",
			 i / 250, i % 250);
		items[at++] = item(RECORD_HOLDER, name, json);
	}
	ev.view.full = true;
	ev.view.rev = w.rev;
	ev.view.items = items;
	ev.view.n = at;
	step(&ev);
	for (size_t i = 0; i < at; i++) {
		free((void *)(uintptr_t)items[i].name);
		record_put(items[i].rec);
	}
	free(items);
}

static void join(size_t n)
{
	struct el_event ev = { .type = EL_EV_KERNEL };
	struct names dev = { 0, NULL };

	memset(&w, 0, sizeof(w));
	w.last = &w.first;
	w.now_ms = 1000;
	w.e = election_new(&(struct el_config){
		.node = "heir", .boot = "b", .run = "r", .host = "h",
		.duration_ms = DURATION, .renew_ms = DURATION / 4,
		.margin_ms = DURATION / 10, .rebalance = true, .weight = 100, .move_rate = 10,
	});
	ev.kernel.there = true;
	step(&ev);
	names_add(&dev, "eth0");
	ev = (struct el_event){ .type = EL_EV_LINKS, .links = &dev };
	step(&ev);
	names_clear(&dev);
	show(n);
	answer_all();
}

/* What it took to inherit so many services. */
struct cost {
	size_t services;
	uint64_t dearest;	/* comparisons in one step */
	uint64_t all;		/* and in all steps */
	size_t requests;	/* on their way at a time */
	uint64_t plans;		/* made */
	size_t silent;		/* at a time, while all were let go */
};

static struct cost few = { .services = 1000 }, many = { .services = 10000 };

/* The heir is told to stop. */
static void let_go(void)
{
	size_t claims = w.claims;

	step(&(struct el_event){ .type = EL_EV_STOP });
	answer_all();
	assert_int_equal(w.claims - claims, claims);
	assert_int_equal(w.active + w.silent, 0);
}

/* The node that has the services dies. */
static void inherit(struct cost *cost)
{
	struct el_event tick = { .type = EL_EV_TICK };
	uint64_t before = comparisons, plans;

	join(cost->services);
	assert_int_equal(w.active, 0);
	plans = w.e->plans;
	for (int i = 0; i < 5; i++) {
		w.now_ms += DURATION / 4;
		step(&tick);
		answer_all();
	}
	assert_int_equal(w.claims, cost->services);
	assert_int_equal(w.active, cost->services);
	cost->plans = w.e->plans - plans;
	cost->dearest = w.dearest;
	cost->all = comparisons - before;
	cost->requests = w.most_in_flight;
	let_go();
	cost->silent = w.most_silent;
	election_free(w.e);
	print_message("%zu services: %llu comparisons in a step, %llu in all; %zu requests at a time; %llu plans\n",
		      cost->services, (unsigned long long)cost->dearest,
		      (unsigned long long)cost->all, cost->requests,
		      (unsigned long long)cost->plans);
}

static int inherit_both(void **state)
{
	(void)state;
	inherit(&few);
	inherit(&many);
	return 0;
}

/* Ten times as many, each found in a longer table: not a hundred times. */
static void test_a_step(void **state)
{
	(void)state;
	assert_true(many.dearest < 20 * few.dearest);
	assert_true(many.dearest < 200 * many.services);
}

/* Each step deals with many of them: fewer steps than services. */
static void test_all_steps(void **state)
{
	(void)state;
	assert_true(many.all < many.services / 4 * many.dearest);
}

/* A renewal waits behind a few of them, not behind all. */
static void test_few_requests_at_a_time(void **state)
{
	(void)state;
	assert_in_range(few.requests, 2, 64);
	assert_int_equal(many.requests, few.requests);
}

/* A node that stops answers for all but the few it is handing over. */
static void test_few_silent_at_a_time(void **state)
{
	(void)state;
	assert_in_range(few.silent, 1, few.requests);
	assert_int_equal(many.silent, few.silent);
}

/* What is claimed as was planned makes no plan: it takes time, not services. */
static void test_plans(void **state)
{
	(void)state;
	assert_in_range(few.plans, 1, 10);
	assert_int_equal(many.plans, few.plans);
}

static void show_one(enum record_kind kind, const char *name, const char *json)
{
	struct el_event ev = { .type = EL_EV_VIEW };
	struct el_item one = item(kind, name, json);

	ev.view.rev = w.rev;
	ev.view.items = &one;
	ev.view.n = 1;
	step(&ev);
	free((void *)(uintptr_t)one.name);
	record_put(one.rec);
}

/* One after the other is claimed by whom the plan gives it, or by who else there is. */
static void show_claims(bool as_planned)
{
	for (size_t i = 0; i < w.e->n_services; i++) {
		const struct el_service *s = w.e->services[i];
		bool heirs = !strcmp(s->assigned->name, "heir") == as_planned;
		char json[160];

		snprintf(json, sizeof(json), "{\"node\":\"%s\",\"incarnation\":1,\"token\":2,\"vips\":[\"%s\"]}",
			 heirs ? "heir" : "dead", s->spec->service.vips.v[0]);
		show_one(RECORD_HOLDER, s->name, json);
	}
}

/* Claims as planned wait for one plan together; any other makes one at once. */
static void test_claims_one_by_one(void **state)
{
	struct el_event tick = { .type = EL_EV_TICK };
	uint64_t plans;

	(void)state;
	join(100);
	plans = w.e->plans;
	show_claims(true);
	assert_int_equal(w.e->plans, plans);
	assert_true(election_wake(w.e) <= (w.now_ms + DURATION / 16) * MS);
	w.now_ms += DURATION / 16;
	step(&tick);
	assert_int_equal(w.e->plans, plans + 1);
	show_claims(false);
	assert_true(w.e->plans > plans + 50);
	answer_all();
	election_free(w.e);
}

/* What the checks of all services say comes in one go, where they share a server. */
static void test_verdicts(void **state)
{
	uint64_t plans, before;

	(void)state;
	checks = ",\"checks\":[{\"tcp\":\"80\"}]";
	join(1000);
	checks = "";
	plans = w.e->plans;
	before = comparisons;
	for (size_t i = 0; i < w.e->n_services; i++) {
		struct el_event ev = { .type = EL_EV_HEALTH };

		ev.health.service = w.e->services[i]->name;
		ev.more = i + 1 < w.e->n_services;
		step(&ev);
	}
	assert_int_equal(w.e->plans, plans + 1);
	assert_true(comparisons - before < 200 * w.e->n_services);
	/* And the others hear of it at once. */
	assert_int_equal(w.e->self.put_rec->node.unhealthy.n, w.e->n_services);
	answer_all();
	election_free(w.e);
}

/* Another node's list of what it cannot hold is not read through for each. */
static void test_unwell(void **state)
{
	const size_t n = 10000;

	(void)state;
	checks = ",\"checks\":[{\"tcp\":\"80\"}]";
	unwell = true;
	join(n);
	checks = "";
	unwell = false;
	assert_int_equal(w.e->n_services, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(w.e->services[i]->eligible, 0);
	print_message("%llu comparisons in a step\n", (unsigned long long)w.dearest);
	assert_true(w.dearest < 200 * n);
	election_free(w.e);
}

#define SHARED	200

/* Time goes on, and another node renews. */
static void other_lives_on(uint64_t ms)
{
	static unsigned int seq;
	char json[160];

	w.now_ms += ms;
	snprintf(json, sizeof(json), "{\"incarnation\":1,\"seq\":%u,\"duration_ms\":%d,\"state\":\"ready\",\"weight\":100,\"devs\":[\"eth0\"]}",
		 ++seq, DURATION);
	show_one(RECORD_NODE, "other", json);
	step(&(struct el_event){ .type = EL_EV_TICK });
}

/*
 * A node beside another has claimed its first few of what a third has left, and the
 * other none yet: what is left goes to whom the first plan gave it.
 */
static void test_ahead_of_another(void **state)
{
	const struct el_node *first[SHARED];
	uint64_t plans;
	size_t left = 0;

	(void)state;
	join(SHARED);
	while (!w.claims) {
		other_lives_on(DURATION / 4);
		while (w.first && !w.claims)
			answer_one();
	}
	for (size_t i = 0; i < SHARED; i++)
		first[i] = w.e->services[i]->assigned;
	for (size_t n = w.claims; n > 0; answer_one())
		n -= w.first->ev.type == EL_EV_PUT_DONE &&
		     w.first->ev.done.item.kind == RECORD_HOLDER;
	plans = w.e->plans;
	other_lives_on(DURATION / 16);
	assert_true(w.e->plans > plans);
	for (size_t i = 0; i < SHARED; i++) {
		const struct el_service *s = w.e->services[i];

		if (strcmp(s->holder->holder.node, "dead"))
			continue;
		left++;
		assert_ptr_equal(s->assigned, first[i]);
	}
	assert_in_range(left, SHARED / 2, SHARED - 1);
	answer_all();
	election_free(w.e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_step),
		cmocka_unit_test(test_all_steps),
		cmocka_unit_test(test_few_requests_at_a_time),
		cmocka_unit_test(test_few_silent_at_a_time),
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_claims_one_by_one),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_unwell),
		cmocka_unit_test(test_ahead_of_another),
	};

	return cmocka_run_group_tests(tests, inherit_both, NULL);
}
