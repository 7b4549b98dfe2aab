// SPDX-License-Identifier: GPL-2.0
/*
 * The agent with an election that knows of services and has not joined, so that
 * nothing is asked of a kernel or a store: what it hears of many services in one go
 * makes one plan.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "l2announced/agent_priv.h"
#include "l2announced/view.h"

#define SERVICES	100
#define NAME		32

static struct agent agent;

static void show_services(void)
{
	struct el_item items[SERVICES];
	struct el_event ev = { .type = EL_EV_VIEW };
	char names[SERVICES][NAME], json[160];

	for (size_t i = 0; i < SERVICES; i++) {
		struct l2a_error err = { 0 };

		snprintf(names[i], NAME, "s%zu", i);
		snprintf(json, sizeof(json), "{\"vips\":[\"10.0.0.%zu\"],\"devs\":[\"eth0\"],\"checks\":[{\"tcp\":\"80\"}]}",
			 i + 1);
		items[i] = (struct el_item){
			.kind = RECORD_SERVICE,
			.name = names[i],
			.version = i + 1,
			.rec = record_parse(RECORD_SERVICE, json, &err),
		};
		if (!items[i].rec)
			fail_msg("%s", err.text);
	}
	ev.view.full = true;
	ev.view.rev = SERVICES;
	ev.view.items = items;
	ev.view.n = SERVICES;
	agent_step(&agent, &ev);
	for (size_t i = 0; i < SERVICES; i++)
		record_put(items[i].rec);
}

static int set_up(void **state)
{
	(void)state;
	memset(&agent, 0, sizeof(agent));
	agent.base = event_base_new();
	agent.queue_end = &agent.queue;
	agent.tick = evtimer_new(agent.base, agent_on_tick, &agent);
	agent.responder = responder_new(agent.base, 1, NULL, &agent.served,
					&agent_hooks);
	agent.election = election_new(&(struct el_config){
		.node = "n", .boot = "b", .run = "r", .host = "h",
		.duration_ms = 2000, .renew_ms = 500, .margin_ms = 200,
		.weight = 100, .move_rate = 10,
	});
	show_services();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	agent_drop_queue(&agent);
	election_free(agent.election);
	responder_free(agent.responder);
	event_free(agent.tick);
	event_base_free(agent.base);
	return 0;
}

static void test_verdicts(void **state)
{
	struct election *e = agent.election;
	uint64_t plans = e->plans;
	char name[NAME];

	(void)state;
	for (size_t i = 0; i < SERVICES; i++) {
		snprintf(name, sizeof(name), "s%zu", i);
		agent_on_health(&agent, name, i % 2);
	}
	assert_int_equal(event_base_loop(agent.base, EVLOOP_ONCE), 0);
	assert_int_equal(e->plans, plans + 1);
	assert_null(agent.queue);
	assert_int_equal(e->n_services, SERVICES);
	for (size_t i = 0; i < SERVICES; i++) {
		snprintf(name, sizeof(name), "s%zu", i);
		assert_int_equal(view_find_service(e, name)->health,
				 i % 2 ? EL_HEALTH_GOOD : EL_HEALTH_BAD);
	}
}

/* The store lists all there is. */
static void list(const struct store_item *items, size_t n, uint64_t rev)
{
	agent_watcher.view(&agent, items, n, rev, true);
	assert_int_equal(event_base_loop(agent.base, EVLOOP_ONCE), 0);
}

static const struct record *spec_of(const char *name)
{
	const struct el_service *s = view_find_service(agent.election, name);

	return s ? s->spec : NULL;
}

/* A list with a record that cannot be read, as of a newer version, removes it not. */
static void test_unreadable_stays(void **state)
{
	const struct store_item items[] = {
		{ .key = "service/s3", .value = "{\"vips\":7}", .version = 200 },
		{ .key = "service/s9999", .value = "{", .version = 200 },
	};

	(void)state;
	assert_non_null(spec_of("s4"));
	list(items, 2, 200);
	assert_non_null(spec_of("s3"));
	assert_null(spec_of("s4"));
	assert_null(view_find_service(agent.election, "s9999"));
	list(items, 0, 300);
	assert_null(spec_of("s3"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_verdicts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unreadable_stays, set_up,
						tear_down),
	};

	return cmocka_run_group_tests_name("agent", tests, NULL, NULL);
}
