// SPDX-License-Identifier: GPL-2.0
/*
 * What a status costs, which is looked for each second while anybody listens: ten
 * times the services about ten times as much.
 *
 * Costs are counted in comparisons of strings, and in files opened. The functions here
 * take the place of the C library's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "l2announced/agent_priv.h"
#include "l2announced/api_json.h"
#include "l2announced/view.h"
#include "l2announced/warnings.h"
#include "l2announced/warnings_priv.h"

#define FEW	300
#define MANY	3000
#define NAME	32

static uint64_t comparisons;
static size_t opened;

int strcmp(const char *a, const char *b)
{
	comparisons++;
	for (; *a && *a == *b; a++, b++)
		;
	return (unsigned char)*a - (unsigned char)*b;
}

/* Whatever it is, it is on. */
FILE *fopen(const char *path, const char *mode)
{
	static char on[] = "1\n";

	(void)path;
	(void)mode;
	opened++;
	return fmemopen(on, sizeof(on) - 1, "r");
}

/* Service I has the VIP 10.0.A.B. */
static const char *address(size_t i, char text[NAME])
{
	snprintf(text, NAME, "10.0.%zu.%zu", i / 250, i % 250 + 1);
	return text;
}

/* Services held here: of all the first half, of the kernel's the second is active. */
static uint64_t disagree(size_t n)
{
	struct warnings_held *held = calloc(n, sizeof(*held));
	struct names *vips = calloc(n, sizeof(*vips));
	struct l2a_vip *kernel = calloc(n, sizeof(*kernel));
	struct names found = { 0, NULL };
	uint64_t before, cost;
	char text[NAME];

	for (size_t i = 0; i < n; i++) {
		names_add(&vips[i], address(i, text));
		held[i] = (struct warnings_held){
			"s", &vips[i], i < n / 2 ? "me" : "other", i < n / 2,
		};
		assert_int_equal(l2a_addr_parse(text, &kernel[i].addr, NULL), 0);
		kernel[i].state = i < n / 2 ? L2ANNOUNCE_VIP_STATE_STANDBY :
					      L2ANNOUNCE_VIP_STATE_ACTIVE;
	}
	before = comparisons;
	warnings_disagree(held, n, kernel, n, &found);
	names_unique(&found);
	cost = comparisons - before;
	assert_int_equal(found.n, n);
	for (size_t i = 0; i < n; i++)
		names_clear(&vips[i]);
	names_clear(&found);
	free(held);
	free(vips);
	free(kernel);
	return cost;
}

static void test_disagree(void **state)
{
	uint64_t few = disagree(FEW), many = disagree(MANY);

	(void)state;
	print_message("%llu and %llu comparisons\n", (unsigned long long)few,
		      (unsigned long long)many);
	assert_true(few > 0);
	assert_true(many < 20 * few);
}

/* Standby for so many services, each on every device. */
static size_t devices(size_t n)
{
	char eth0[] = "eth0", eth1[] = "eth1", all[] = "eth*";
	const struct link links[] = { { .name = eth0 }, { .name = eth1 } };
	bool standby[2] = { false, false };
	struct names found = { 0, NULL };
	struct service_record spec = { .vips = { 0, NULL } };
	const struct el_service_info info = {
		.name = "s", .spec = &spec, .serve = EL_SERVE_STANDBY,
	};
	struct warnings_devices devs = {
		.links = links, .n_links = 2, .standby = standby, .found = &found,
	};

	names_add(&spec.vips, "10.0.0.1");
	names_add(&spec.devs, all);
	opened = 0;
	for (size_t i = 0; i < n; i++)
		warnings_service(&info, &devs);
	warnings_proxies(&devs);
	assert_int_equal(found.n, 2);
	assert_non_null(strstr(found.v[1], "eth1: proxy_arp is on (net.ipv4.conf.all"));
	names_clear(&found);
	names_clear(&spec.vips);
	names_clear(&spec.devs);
	return opened;
}

static void test_devices(void **state)
{
	(void)state;
	assert_int_equal(devices(1), 1);
	assert_int_equal(devices(MANY), 1);
}

/* An agent that has seen nodes, and services which they hold. */
static void show(struct agent *agent, size_t nodes, size_t services)
{
	const struct el_now now = { .mono = 1, .boot = 1 };
	struct el_item *items = calloc(nodes + 2 * services, sizeof(*items));
	struct el_event ev = { .type = EL_EV_VIEW };
	struct el_actions out = { 0, NULL };
	size_t n = 0;

	for (size_t i = 0; i < nodes + 2 * services; i++) {
		size_t k = (i - nodes) / 2;
		char json[160], vip[NAME];

		items[n].kind = i < nodes ? RECORD_NODE :
				(i - nodes) % 2 ? RECORD_HOLDER : RECORD_SERVICE;
		if (i < nodes)
			strcpy(json, "{\"incarnation\":1,\"duration_ms\":2000,\"state\":\"ready\"}");
		else if (items[n].kind == RECORD_SERVICE)
			snprintf(json, sizeof(json), "{\"vips\":[\"%s\"],\"devs\":[\"eth0\"]}",
				 address(k, vip));
		else
			snprintf(json, sizeof(json), "{\"node\":\"x%zu\",\"incarnation\":1,\"token\":1}",
				 k % nodes);
		assert_true(asprintf((char **)(uintptr_t)&items[n].name, "x%zu",
				     i < nodes ? i : k) > 0);
		items[n].version = i + 1;
		items[n].rec = record_parse(items[n].kind, json, NULL);
		assert_non_null(items[n++].rec);
	}
	ev.view.full = true;
	ev.view.rev = n;
	ev.view.items = items;
	ev.view.n = n;
	election_step(agent->election, &ev, &now, &out);
	el_actions_clear(&out);
	for (size_t i = 0; i < n; i++) {
		free((void *)(uintptr_t)items[i].name);
		record_put(items[i].rec);
	}
	free(items);
}

static uint64_t nodes(size_t n, size_t services)
{
	const struct responder_hooks hooks = { 0 };
	struct agent agent = { .queue_end = &agent.queue };
	struct names held = { 0, NULL };
	uint64_t before, cost;
	json_object *list;

	agent.election = election_new(&(struct el_config){
		.node = "x0", .boot = "b", .run = "r", .host = "h",
		.duration_ms = 2000, .renew_ms = 500, .weight = 100, .move_rate = 10,
	});
	agent.responder = responder_new(NULL, 0, NULL, &agent.served, &hooks);
	show(&agent, n, services);
	before = comparisons;
	list = api_nodes(&agent);
	cost = comparisons - before;
	assert_int_equal(json_object_array_length(list), n);
	for (size_t i = 0; i < n; i++) {
		json_object *node = json_object_array_get_idx(list, i);
		json_object *of = json_object_object_get(node, "services");

		for (size_t k = 0; k < json_object_array_length(of); k++)
			names_add(&held, json_object_get_string(json_object_array_get_idx(of, k)));
	}
	names_sort(&held);
	assert_int_equal(held.n, services);
	names_clear(&held);
	json_object_put(list);
	responder_free(agent.responder);
	election_free(agent.election);
	return cost;
}

/* Each service is looked at once, however many nodes there are. */
static void test_nodes(void **state)
{
	uint64_t few = nodes(4, MANY), many = nodes(64, MANY);

	(void)state;
	print_message("%llu and %llu comparisons\n", (unsigned long long)few,
		      (unsigned long long)many);
	assert_true(few > 0);
	assert_true(many < 4 * few);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_disagree),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_nodes),
	};

	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
