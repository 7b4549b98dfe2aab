// SPDX-License-Identifier: GPL-2.0
/*
 * Records as Leases: what they are called, what others read in them, and that
 * the record comes back as it went in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "l2announced/kube_lease.h"

#define WALL_MS		1795000000123ULL	/* 2026-11-18T11:06:40.123Z */

static void check_name(const char *key, const char *expected)
{
	char *name = kube_name(key);

	assert_string_equal(name, expected);
	free(name);
}

static void test_names(void **state)
{
	(void)state;
	check_name("holder/default/deathstar", "l2announce-default-deathstar");
	check_name("holder/web", "l2announce-web");
	check_name("holder/a.b/c-d", "l2announce-a.b-c-d");
	check_name("node/worker1.example.net",
		   "l2announce.node.worker1.example.net");
	check_name("service/default/web", "l2announce.service.default-web");
	check_name("drain/worker1", "l2announce.drain.worker1");
}

/* Begins with what its kind begins with, and may be an object's name. */
static char *odd_name(const char *key, const char *begin)
{
	char *name = kube_name(key);
	size_t len = strlen(name);

	assert_memory_equal(name, begin, strlen(begin));
	assert_true(len <= 253);
	assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-."),
			 len);
	assert_true(name[len - 1] != '-' && name[len - 1] != '.');
	assert_null(strstr(name, ".-"));
	assert_null(strstr(name, "-."));
	assert_null(strstr(name, ".."));
	return name;
}

static void test_odd_names(void **state)
{
	static const char *const keys[] = {
		"holder/Web", "holder/web_", "holder/web-", "holder/web.",
		"holder/a..b", "holder/a.-b", "holder/.web", "holder/---",
	};
	char *names[sizeof(keys) / sizeof(keys[0])];
	char long_key[8 + 253 + 1] = "holder/";
	char *name;

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		names[i] = odd_name(keys[i], "l2announce-");
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(names[i], names[j]);
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		free(names[i]);
	memset(long_key + 7, 'x', 253);
	name = odd_name(long_key, "l2announce-");
	free(name);
	name = odd_name("node/-x", "l2announce.node.");
	free(name);
}

/* ------------------------------------------------------------ writing */

static json_object *lease_of(const char *key, uint64_t version,
			     const char *value)
{
	const struct kube_record record = {
		.key = key,
		.value = value,
		.version = version,
		.wall_ms = WALL_MS,
	};
	char *text = kube_lease(&record);
	json_object *obj = store_parse(text, strlen(text));

	assert_non_null(obj);
	free(text);
	return obj;
}

static void check_spec(json_object *lease, const char *expected)
{
	json_object *spec = json_object_object_get(lease, "spec");

	assert_string_equal(json_object_to_json_string_ext(
				spec, JSON_C_TO_STRING_PLAIN), expected);
}

static void test_holder(void **state)
{
	json_object *lease = lease_of("holder/default/web", 0,
		"{\"node\":\"worker2\",\"incarnation\":4,\"duration_ms\":5001,"
		"\"token\":9,\"since\":\"2026-11-25T03:04:17Z\",\"transitions\":3}");
	json_object *metadata = json_object_object_get(lease, "metadata");

	(void)state;
	check_spec(lease, "{\"holderIdentity\":\"worker2\","
		   "\"leaseDurationSeconds\":6,"
		   "\"acquireTime\":\"2026-11-25T03:04:17.000000Z\","
		   "\"renewTime\":null,\"leaseTransitions\":3}");
	assert_string_equal(store_text(lease, "kind"), "Lease");
	assert_string_equal(store_text(lease, "apiVersion"),
			    "coordination.k8s.io/v1");
	assert_string_equal(store_text(metadata, "name"),
			    "l2announce-default-web");
	assert_null(json_object_object_get(metadata, "resourceVersion"));
	assert_string_equal(store_text(json_object_object_get(metadata, "labels"),
				       KUBE_LABEL), KUBE_LABEL_VALUE);
	json_object_put(lease);
}

static void test_nobody_holds(void **state)
{
	json_object *lease = lease_of("holder/web", 17,
				      "{\"node\":null,\"transitions\":99999999999}");
	json_object *metadata = json_object_object_get(lease, "metadata");

	(void)state;
	check_spec(lease, "{\"holderIdentity\":null,"
		   "\"leaseDurationSeconds\":null,\"acquireTime\":null,"
		   "\"renewTime\":null,\"leaseTransitions\":2147483647}");
	assert_string_equal(store_text(metadata, "resourceVersion"), "17");
	json_object_put(lease);
}

static void test_node(void **state)
{
	json_object *lease = lease_of("node/worker1", 0,
		"{\"incarnation\":1,\"duration_ms\":300,\"state\":\"ready\"}");

	(void)state;
	check_spec(lease, "{\"holderIdentity\":\"worker1\","
		   "\"leaseDurationSeconds\":1,\"acquireTime\":null,"
		   "\"renewTime\":\"2026-11-18T11:06:40.123000Z\","
		   "\"leaseTransitions\":null}");
	json_object_put(lease);
	lease = lease_of("node/worker1", 5,
		"{\"incarnation\":1,\"duration_ms\":300,\"state\":\"fenced\"}");
	check_spec(lease, "{\"holderIdentity\":null,"
		   "\"leaseDurationSeconds\":null,\"acquireTime\":null,"
		   "\"renewTime\":null,\"leaseTransitions\":null}");
	json_object_put(lease);
}

static void test_delete(void **state)
{
	char *text = kube_delete(UINT64_MAX);

	(void)state;
	assert_string_equal(text, "{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\","
		"\"preconditions\":{\"resourceVersion\":\"18446744073709551615\"}}");
	free(text);
}

/* ------------------------------------------------------------ reading */

/* The server's list of these, each with a version of its own. */
static json_object *list_of(json_object *a, json_object *b, json_object *c)
{
	json_object *list = json_tokener_parse(
		"{\"kind\":\"LeaseList\",\"metadata\":{\"resourceVersion\":\"77\"}}");
	json_object *items = json_object_new_array();

	json_object_array_add(items, a);
	json_object_array_add(items, b);
	json_object_array_add(items, c);
	json_object_object_add(list, "items", items);
	return list;
}

static void test_list(void **state)
{
	/* What we do not know of stays in it. */
	static const char value[] = "{\"vips\":[\"192.0.2.1\"],\"later\":\"\\u00e4\\\"\"}";
	json_object *foreign = json_tokener_parse(
		"{\"metadata\":{\"name\":\"x\",\"resourceVersion\":\"3\"}}");
	json_object *list = list_of(lease_of("service/a/b", 41, value), foreign,
				    lease_of("drain/w", 42, "{}"));
	struct store_item *items;
	size_t n;

	(void)state;
	assert_int_equal(kube_version(list), 77);
	assert_true(kube_list(list, "", &items, &n));
	assert_int_equal(n, 2);
	assert_string_equal(items[0].key, "service/a/b");
	assert_string_equal(items[0].value, value);
	assert_int_equal(items[0].version, 41);
	assert_string_equal(items[1].key, "drain/w");
	store_items_free(items, n);
	assert_true(kube_list(list, "drain/", &items, &n));
	assert_int_equal(n, 1);
	assert_int_equal(items[0].version, 42);
	store_items_free(items, n);
	json_object_put(list);
}

static void test_no_list(void **state)
{
	static const char *const texts[] = {
		"{\"metadata\":{\"resourceVersion\":\"7\"}}",
		"{\"items\":[],\"metadata\":{}}",
		"{\"items\":[],\"metadata\":{\"resourceVersion\":\"0x7\"}}",
		"{\"items\":{},\"metadata\":{\"resourceVersion\":\"7\"}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		json_object *obj = json_tokener_parse(texts[i]);
		struct store_item *items;
		size_t n;

		assert_false(kube_list(obj, "", &items, &n));
		assert_int_equal(n, 0);
		json_object_put(obj);
	}
}

static void check_event(const char *text, enum kube_event_type type,
			uint64_t rev)
{
	json_object *line = store_parse(text, strlen(text));
	struct kube_event event;

	kube_event_parse(line, &event);
	if (event.type != type || event.rev != rev)
		fail_msg("%s: type %d revision %llu", text, event.type,
			 (unsigned long long)event.rev);
	json_object_put(line);
}

#define LEASE(version) \
	"{\"metadata\":{\"resourceVersion\":\"" version "\",\"annotations\":{" \
	"\"l2announce/key\":\"node/a\",\"l2announce/record\":\"{}\"}}}"

static void test_events(void **state)
{
	(void)state;
	check_event("{\"type\":\"ADDED\",\"object\":" LEASE("5") "}",
		    KUBE_CHANGED, 5);
	check_event("{\"type\":\"MODIFIED\",\"object\":" LEASE("6") "}",
		    KUBE_CHANGED, 6);
	check_event("{\"type\":\"DELETED\",\"object\":" LEASE("7") "}",
		    KUBE_GONE, 7);
	check_event("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":"
		    "{\"resourceVersion\":\"8\"}}}", KUBE_BOOKMARK, 8);
	check_event("{\"type\":\"ERROR\",\"object\":{\"code\":410,"
		    "\"message\":\"too old resource version\"}}", KUBE_EXPIRED, 0);
	check_event("{\"type\":\"ERROR\",\"object\":{\"code\":500}}",
		    KUBE_ERROR, 0);
	check_event("{\"type\":\"MODIFIED\",\"object\":{\"metadata\":"
		    "{\"resourceVersion\":\"9\"}}}", KUBE_BAD, 9);
	check_event("{\"type\":\"ADDED\"}", KUBE_BAD, 0);
	check_event("{\"kind\":\"Status\"}", KUBE_BAD, 0);
	check_event("no JSON", KUBE_BAD, 0);
}

static void test_event_of_what_is_gone(void **state)
{
	static const char text[] = "{\"type\":\"DELETED\",\"object\":" LEASE("7") "}";
	json_object *line = store_parse(text, strlen(text));
	struct kube_event event;

	(void)state;
	kube_event_parse(line, &event);
	assert_string_equal(event.item.key, "node/a");
	assert_null(event.item.value);
	assert_int_equal(event.item.version, 7);
	json_object_put(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_odd_names),
		cmocka_unit_test(test_holder),
		cmocka_unit_test(test_nobody_holds),
		cmocka_unit_test(test_node),
		cmocka_unit_test(test_delete),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_no_list),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_event_of_what_is_gone),
	};

	return cmocka_run_group_tests_name("kube_lease", tests, NULL, NULL);
}
