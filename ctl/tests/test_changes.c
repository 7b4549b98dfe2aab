// SPDX-License-Identifier: GPL-2.0
/*
 * What has changed between two looks at the cluster.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "l2announced/changes.h"

static char told[1024];

/* One word a change: "holder:a>b", "node:n1=ready". */
static void on_change(const struct change *c, void *arg)
{
	char *text = told + strlen(told);
	size_t room = sizeof(told) - strlen(told);

	(void)arg;
	switch (c->type) {
	case CHANGE_SELF:
		snprintf(text, room, "self=%s ", c->text);
		break;
	case CHANGE_NODE:
		snprintf(text, room, "node:%s=%s/%d ", c->node->name,
			 c->node->state, (int)c->node->incarnation);
		break;
	case CHANGE_NODE_DEL:
		snprintf(text, room, "node-del:%s ", c->node->name);
		break;
	case CHANGE_SERVICE:
		snprintf(text, room, "service:%s ", c->service->name);
		break;
	case CHANGE_SERVICE_DEL:
		snprintf(text, room, "service-del:%s ", c->service->name);
		break;
	case CHANGE_HOLDER:
		snprintf(text, room, "holder:%s:%s>%s/%d=%s ", c->service->name,
			 c->before ? c->before : "-",
			 c->service->holder ? c->service->holder : "-",
			 (int)c->service->token, c->service->state);
		break;
	case CHANGE_WARNING:
		snprintf(text, room, "warning:%s ", c->text);
		break;
	case CHANGE_WARNING_END:
		snprintf(text, room, "warning-end:%s ", c->text);
		break;
	case CHANGES:
		fail();
	}
}

static void expect(const struct seen *before, const struct seen *now,
		   const char *all)
{
	told[0] = '\0';
	changes_each(before, now, on_change, NULL);
	assert_string_equal(told, all);
}

#define SEEN(s, n_s, n, n_n) \
	{ .services = s, .n_services = n_s, .nodes = n, .n_nodes = n_n, \
	  .self = "in" }
#define SERVICE(n, v, h, t, s) \
	{ .name = (char *)(n), .version = v, .holder = (char *)(h), \
	  .token = t, .state = s }
#define NODE(n, s, i)	{ .name = (char *)(n), .state = s, .incarnation = i }

static void test_services(void **state)
{
	struct seen_service old[] = {
		SERVICE("a", 1, "n1", 1, "held"),
		SERVICE("c", 2, "n1", 1, "held"),
		SERVICE("d", 3, NULL, 4, "free"),
		SERVICE("e", 4, "n2", 1, "held"),
		SERVICE("f", 5, "n2", 1, "held"),
	};
	struct seen_service new[] = {
		SERVICE("a", 1, "n1", 1, "held"),
		SERVICE("b", 9, NULL, 0, "free"),
		SERVICE("c", 8, "n2", 2, "held"),
		SERVICE("d", 3, NULL, 4, "unservable"),
		SERVICE("e", 4, "n2", 2, "held"),
		SERVICE("g", 7, "n1", 1, "held"),
	};
	const struct seen before = SEEN(old, 5, NULL, 0);
	const struct seen now = SEEN(new, 6, NULL, 0);

	(void)state;
	expect(&before, &before, "");
	expect(&before, &now,
	       "service:b service:c holder:c:n1>n2/2=held "
	       "holder:d:->-/4=unservable holder:e:n2>n2/2=held "
	       "service-del:f service:g holder:g:->n1/1=held ");
}

static void test_nodes(void **state)
{
	struct seen_node old[] = {
		NODE("n1", "ready", 1), NODE("n2", "ready", 1),
		NODE("n4", "ready", 1),
	};
	struct seen_node new[] = {
		NODE("n1", "draining", 1), NODE("n2", "ready", 2),
		NODE("n3", "ready", 1),
	};
	const struct seen before = SEEN(NULL, 0, old, 3);
	struct seen now = SEEN(NULL, 0, new, 3);

	(void)state;
	now.self = "leaving";
	expect(&before, &now,
	       "self=leaving node:n1=draining/1 node:n2=ready/2 node:n3=ready/1 "
	       "node-del:n4 ");
}

static void test_warnings(void **state)
{
	char *old[] = { (char *)"a", (char *)"c" };
	char *new[] = { (char *)"b", (char *)"c", (char *)"d" };
	struct seen before = SEEN(NULL, 0, NULL, 0), now = before;

	(void)state;
	before.warnings = (struct names){ 2, old };
	now.warnings = (struct names){ 3, new };
	expect(&before, &now, "warning-end:a warning:b warning:d ");
	expect(&now, &before, "warning:a warning-end:b warning-end:d ");
}

/* What an election knows, in order of names, whatever order it came in. */
static void test_take(void **state)
{
	const struct el_config config = {
		.node = "n", .boot = "b", .run = "r", .host = "h",
		.duration_ms = 1000, .renew_ms = 250, .margin_ms = 10,
	};
	struct el_event ev = { .type = EL_EV_VIEW };
	struct el_actions actions = { 0, NULL };
	struct el_item items[3] = { 0 };
	const struct el_now now = { 1, 1, 1 };
	struct election *e = election_new(&config);
	struct seen empty = { .self = "out" }, seen;

	(void)state;
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = { "b", "c", "a" };

		items[i].kind = RECORD_SERVICE;
		items[i].name = names[i];
		items[i].version = (uint64_t)i + 1;
		items[i].rec = record_new(RECORD_SERVICE);
		names_add(&items[i].rec->service.vips, "192.0.2.1");
		names_add(&items[i].rec->service.devs, "eth0");
	}
	ev.view.items = items;
	ev.view.n = 3;
	ev.view.rev = 3;
	ev.view.full = true;
	election_step(e, &ev, &now, &actions);
	seen_take(&seen, e, &now);
	assert_int_equal(seen.n_services, 3);
	assert_string_equal(seen.services[0].name, "a");
	assert_string_equal(seen.services[2].name, "c");
	assert_int_equal(seen.services[2].version, 2);
	told[0] = '\0';
	changes_each(&empty, &seen, on_change, NULL);
	assert_non_null(strstr(told, "service:a "));
	seen_clear(&seen);
	el_actions_clear(&actions);
	for (int i = 0; i < 3; i++)
		record_put(items[i].rec);
	election_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_services),
		cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_take),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
