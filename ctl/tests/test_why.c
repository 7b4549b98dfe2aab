// SPDX-License-Identifier: GPL-2.0
/*
 * Why a service is where it is: what is said in each case, to a node that has
 * joined and sees two others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "l2announced/why.h"

#define MS	1000000ULL

static struct election *e;
static struct el_actions out;
static struct el_now now = { .boot = 5000 * MS, .mono = 1000 * MS };
static uint64_t rev;

static void step(const struct el_event *ev)
{
	el_actions_clear(&out);
	election_step(e, ev, &now, &out);
}

static void shows(enum record_kind kind, const char *name, const char *json)
{
	struct el_item item = { .kind = kind, .name = name, .version = ++rev };
	struct el_event ev = { .type = EL_EV_VIEW };
	struct l2a_error err = { 0 };

	if (json) {
		item.rec = record_parse(kind, json, &err);
		if (!item.rec)
			fail_msg("%s", err.text);
	}
	ev.view.rev = rev;
	ev.view.items = &item;
	ev.view.n = 1;
	step(&ev);
	record_put(item.rec);
}

#define PEER(state) \
	"{\"incarnation\":1,\"seq\":1,\"duration_ms\":2000,\"state\":\"" state \
	"\",\"devs\":[\"eth0\"],\"run\":\"r\",\"boot\":\"b\",\"host\":\"h\"}"
#define SICK_PEER \
	"{\"incarnation\":1,\"seq\":2,\"duration_ms\":2000,\"state\":\"ready\"," \
	"\"devs\":[\"eth0\"],\"unhealthy\":[\"s\"],\"run\":\"r\"}"
#define SERVICE(more) \
	"{\"vips\":[\"192.0.2.1\"],\"devs\":[\"eth*\"]" more "}"
#define HELD_BY(node) \
	"{\"node\":\"" node "\",\"incarnation\":1,\"token\":1," \
	"\"vips\":[\"192.0.2.1\"]}"

/* Answers its first put, which is its own record. */
static void join(void)
{
	struct el_event ev = { .type = EL_EV_PUT_DONE };

	assert_int_equal(out.v[0].type, EL_PUT);
	ev.done.req = out.v[0].req;
	ev.done.result = EL_OK;
	ev.done.item.version = ++rev;
	step(&ev);
}

static int begin(void **state)
{
	const struct el_config config = {
		.node = "me", .boot = "boot", .run = "run", .host = "host",
		.duration_ms = 2000, .renew_ms = 500, .margin_ms = 200,
		.rebalance = true, .weight = 100, .move_rate = 10,
	};
	struct el_event kernel = { .type = EL_EV_KERNEL };
	struct el_event links = { .type = EL_EV_LINKS };
	struct el_event view = { .type = EL_EV_VIEW };
	struct names names = { 0, NULL };

	(void)state;
	rev = 10;
	e = election_new(&config);
	kernel.kernel.there = true;
	step(&kernel);
	names_add(&names, "eth0");
	links.links = &names;
	step(&links);
	names_clear(&names);
	view.view.full = true;
	view.view.rev = rev;
	step(&view);
	join();
	shows(RECORD_NODE, "other", PEER("ready"));
	return 0;
}

static int end(void **state)
{
	(void)state;
	election_free(e);
	el_actions_clear(&out);
	return 0;
}

/* What is said of service "s": of the choice, and of what it means here. */
static void says(const char *assigned, const char *choice, const char *here)
{
	struct why why;

	assert_true(why_find(e, &now, "s", &why));
	if (!why.assigned || !assigned)
		assert_ptr_equal(why.assigned, assigned);
	else
		assert_string_equal(why.assigned, assigned);
	if (!strstr(why.choice, choice))
		fail_msg("choice: '%s', not '%s'", why.choice, choice);
	if (!strstr(why.here, here))
		fail_msg("here: '%s', not '%s'", why.here, here);
	why_clear(&why);
}

static void hinders(const char *node, const char *what)
{
	struct why why;

	assert_true(why_find(e, &now, "s", &why));
	for (size_t i = 0; i < why.n_nodes; i++) {
		if (strcmp(why.nodes[i].name, node))
			continue;
		if (!what)
			assert_null(why.nodes[i].hindrance);
		else
			assert_string_equal(why.nodes[i].hindrance, what);
		why_clear(&why);
		return;
	}
	fail_msg("%s is not among the nodes", node);
}

static void test_no_such_service(void **state)
{
	struct why why;

	(void)state;
	assert_false(why_find(e, &now, "s", &why));
	/* Deleted is as good as never there. */
	shows(RECORD_SERVICE, "s", SERVICE(""));
	shows(RECORD_SERVICE, "s", NULL);
	assert_false(why_find(e, &now, "s", &why));
}

static void test_preferred(void **state)
{
	(void)state;
	shows(RECORD_SERVICE, "s", SERVICE(",\"prefer\":[\"gone\",\"other\"]"));
	shows(RECORD_HOLDER, "s", HELD_BY("other"));
	says("other", "of those it prefers, the first that can",
	     "this node could hold it; other is the better one");
	shows(RECORD_SERVICE, "s", SERVICE(",\"prefer\":[\"me\"]"));
	says("me", "of those it prefers", "other has to hand it over");
}

static void test_holder_keeps(void **state)
{
	(void)state;
	shows(RECORD_SERVICE, "s", SERVICE(""));
	shows(RECORD_HOLDER, "s", HELD_BY("me"));
	says("me", "holds it, and none that could has so much less for its weight",
	     "this node holds it");
	shows(RECORD_HOLDER, "s", HELD_BY("other"));
	says("other", "holds it, and none", "other is the better one");
}

static void test_nobody_has_it(void **state)
{
	(void)state;
	shows(RECORD_NODE, "other", PEER("fenced"));
	shows(RECORD_SERVICE, "s", SERVICE(""));
	says("me", "the one with the fewest for its weight", "this node is to hold it: it claims it now");
}

static void test_hindrances(void **state)
{
	struct el_event links = { .type = EL_EV_LINKS };
	struct names none = { 0, NULL };

	(void)state;
	shows(RECORD_SERVICE, "s", SERVICE(",\"nodes\":[\"o*\"]"));
	hinders("me", "is none of its nodes");
	hinders("other", NULL);
	says("other", "the fewest", "this node cannot hold it: is none of its nodes");
	shows(RECORD_SERVICE, "s", SERVICE(""));
	shows(RECORD_NODE, "other", PEER("fenced"));
	hinders("other", "is fenced");
	shows(RECORD_NODE, "other", PEER("draining"));
	hinders("other", "is stopping");
	shows(RECORD_NODE, "other", NULL);
	hinders("other", "is not there");
	shows(RECORD_DRAIN, "me", "{}");
	hinders("me", "is drained");
	says(NULL, "no node can hold it", "this node cannot hold it: is drained");
	shows(RECORD_DRAIN, "me", NULL);
	links.links = &none;
	step(&links);
	hinders("me", "none of the devices is up");
}

static void test_checks(void **state)
{
	struct el_event health = { .type = EL_EV_HEALTH };

	(void)state;
	shows(RECORD_SERVICE, "s", SERVICE(",\"checks\":[{\"tcp\":\"127.0.0.1:80\"}]"));
	hinders("me", "its checks have not come to an end yet");
	health.health.service = "s";
	step(&health);
	hinders("me", "its checks fail");
	says("other", "the fewest", "this node cannot hold it: its checks fail");
	shows(RECORD_HOLDER, "s", HELD_BY("other"));
	shows(RECORD_NODE, "other", SICK_PEER);
	hinders("other", "is unhealthy");
	says("other", "no node passes the checks: who had it last keeps it",
	     "this node cannot hold it: its checks fail");
}

/* What one of a unit lacks keeps all of it away. */
static void test_unit(void **state)
{
	struct why why;

	(void)state;
	shows(RECORD_SERVICE, "s", SERVICE(""));
	shows(RECORD_SERVICE, "t", "{\"vips\":[\"192.0.2.1\"],\"devs\":[\"net0\"]}");
	assert_true(why_find(e, &now, "s", &why));
	assert_int_equal(why.n_unit, 2);
	assert_string_equal(why.unit[1], "t");
	why_clear(&why);
	says(NULL, "no node", "this node cannot hold it: service t, of the same unit: none of the devices is up");
}

static void leads(const char *service, const char *which)
{
	struct why why;

	assert_true(why_find(e, &now, service, &why));
	if (strcmp(why.leads, which))
		fail_msg("%s: %s leads, not %s", service, why.leads, which);
	why_clear(&why);
}

/* Whose preference counts, if there is to be one more: so a move is written there. */
static void test_who_leads(void **state)
{
	(void)state;
	shows(RECORD_SERVICE, "s", SERVICE(""));
	leads("s", "s");
	/* One that has other VIPs has no say. */
	shows(RECORD_SERVICE, "o", "{\"vips\":[\"192.0.2.9\"],\"devs\":[\"eth0\"],\"prefer\":[\"me\"]}");
	shows(RECORD_SERVICE, "r", SERVICE(""));
	shows(RECORD_SERVICE, "t", SERVICE(",\"prefer\":[\"me\"]"));
	leads("s", "s");
	says("me", "of those it prefers", "");
	/* Also while it cannot be met: some day it can. */
	shows(RECORD_SERVICE, "r", SERVICE(",\"prefer\":[\"gone\"]"));
	leads("s", "r");
	leads("r", "r");
	leads("t", "r");
	shows(RECORD_SERVICE, "r", SERVICE(",\"prefer\":[\"other\",\"gone\"]"));
	says("other", "of those it prefers", "");
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_such_service),
		TEST(test_preferred),
		TEST(test_holder_keeps),
		TEST(test_nobody_has_it),
		TEST(test_hindrances),
		TEST(test_checks),
		TEST(test_unit),
		TEST(test_who_leads),
	};

	return cmocka_run_group_tests_name("why", tests, NULL, NULL);
}
