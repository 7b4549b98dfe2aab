// SPDX-License-Identifier: GPL-2.0
/*
 * Changes asked for over the API. Before the store has been read nobody can tell
 * whether they fit in with what there is: refused, and nothing is written. After
 * that, what a move writes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "l2announced/agent_priv.h"
#include "l2announced/api.h"

static char dir[32], path[48];
static struct config config;
static struct agent agent;
static struct api *api;

/* A store that lists nothing, and counts what it is to change. */

static struct {
	size_t asked;
	char key[64], value[512];
	store_fn fn;
	void *arg;
} store;

static void on_change(store_fn fn, void *arg)
{
	store.asked++;
	store.fn = fn;
	store.arg = arg;
}

static void put_if(struct store *s, const char *key, uint64_t version,
		   const char *value, store_fn fn, void *arg)
{
	(void)s;
	(void)version;
	snprintf(store.key, sizeof(store.key), "%s", key);
	snprintf(store.value, sizeof(store.value), "%s", value);
	on_change(fn, arg);
}

static void delete_if(struct store *s, const char *key, uint64_t version,
		      store_fn fn, void *arg)
{
	(void)s;
	(void)key;
	(void)version;
	on_change(fn, arg);
}

static const struct store_ops ops = { .put_if = put_if, .delete_if = delete_if };

static int set_up(void **state)
{
	struct l2a_error err = { 0 };

	(void)state;
	strcpy(dir, "/tmp/test_api-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/socket", dir);
	memset(&store, 0, sizeof(store));
	memset(&agent, 0, sizeof(agent));
	config.socket = path;
	agent.config = &config;
	agent.ops = &ops;
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
	api = api_open(&agent, NULL, agent.base, &err);
	if (!api)
		fail_msg("%s", err.text);
	return 0;
}

static int tear_down(void **state)
{
	const struct store_reply reply = { .result = EL_UNKNOWN, .error = "closed" };

	(void)state;
	api_close(api);
	if (store.fn)
		store.fn(store.arg, &reply);
	agent_drop_queue(&agent);
	election_free(agent.election);
	responder_free(agent.responder);
	event_free(agent.tick);
	event_base_free(agent.base);
	return rmdir(dir);
}

/* Asks, and goes on until there is an answer or the store was asked: which has none. */
static void ask(const char *method, const char *what, const char *body,
		char *answer, size_t size)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t asked = store.asked;
	ssize_t len = -1;

	strcpy(addr.sun_path, path);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_true(dprintf(fd, "%s %s HTTP/1.1\r\nHost: l\r\nContent-Length: %zu\r\n\r\n%s",
			    method, what, strlen(body), body) > 0);
	while (len < 0 && store.asked == asked) {
		assert_int_equal(event_base_loop(agent.base, EVLOOP_ONCE), 0);
		len = recv(fd, answer, size - 1, MSG_DONTWAIT);
		assert_true(len >= 0 || errno == EAGAIN);
	}
	answer[len > 0 ? len : 0] = '\0';
	close(fd);
}

#define SERVICE	"{\"vips\":[\"12.0.0.1\"],\"devs\":[\"eth1\"]}"

static const struct {
	const char *method;
	const char *path;
	const char *body;
} changes[] = {
	{ "PUT", "/v1/service/b", SERVICE },
	{ "DELETE", "/v1/service/a", "" },
	{ "POST", "/v1/service/a/move", "{\"node\":\"n\"}" },
	{ "POST", "/v1/node/n/drain", "" },
	{ "POST", "/v1/apply", "{\"services\":[]}" },
};

static void test_refused(void **state)
{
	char answer[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		ask(changes[i].method, changes[i].path, changes[i].body, answer,
		    sizeof(answer));
		if (store.asked || strncmp(answer, "HTTP/1.1 503", 12) ||
		    !strstr(answer, "the store has not been read"))
			fail_msg("%s %s: %zu changes, %s", changes[i].method,
				 changes[i].path, store.asked, answer);
	}
}

/* The store lists this, at last. */
static void list(const struct store_item *items, size_t n)
{
	agent_watcher.view(&agent, items, n, 100, true);
	assert_int_equal(event_base_loop(agent.base, EVLOOP_ONCE), 0);
}

/* The store's list has come: there is nothing, so a new service fits in with it. */
static void test_then_let_through(void **state)
{
	char answer[1024];

	(void)state;
	list(NULL, 0);
	ask(changes[0].method, changes[0].path, changes[0].body, answer,
	    sizeof(answer));
	if (store.asked != 1)
		fail_msg("%zu changes, %s", store.asked, answer);
}

/* A unit of two, of which the first has preferences or none; and three nodes. */
#define PEER(unhealthy) \
	"{\"incarnation\":1,\"seq\":1,\"duration_ms\":2000,\"state\":\"ready\"," \
	"\"devs\":[\"eth1\"],\"unhealthy\":[" unhealthy "],\"run\":\"r\"}"
#define PREFERS(node) \
	"{\"vips\":[\"12.0.0.1\"],\"devs\":[\"eth1\"],\"prefer\":[" node "]}"

static void list_unit(const char *first)
{
	char a[256];
	const struct store_item items[] = {
		{ .key = "node/n1", .value = (char[]){ PEER("") }, .version = 1 },
		{ .key = "node/n2", .value = (char[]){ PEER("") }, .version = 2 },
		{ .key = "node/n3", .value = (char[]){ PEER("\"a\"") },
		  .version = 3 },
		{ .key = "service/a", .value = a, .version = 4 },
		{ .key = "service/b", .value = (char[]){ SERVICE }, .version = 5 },
	};

	snprintf(a, sizeof(a), "%s", first);
	list(items, sizeof(items) / sizeof(items[0]));
}

static void moves(const char *body, const char *key, const char *prefer)
{
	char answer[1024];

	ask("POST", "/v1/service/b/move", body, answer, sizeof(answer));
	if (store.asked != 1 || strcmp(store.key, key) ||
	    !strstr(store.value, prefer))
		fail_msg("%zu changes, %s: %s; %s", store.asked, store.key,
			 store.value, answer);
}

/* What the first of a unit prefers wins: so there it is written. */
static void test_move_past_another(void **state)
{
	(void)state;
	list_unit(PREFERS("\"n1\",\"n3\""));
	moves("{\"node\":\"n2\"}", "service/a",
	      "\"prefer\":[\"n2\",\"n1\",\"n3\"]");
}

/* That of one that prefers none stays as it is. */
static void test_move_past_nobody(void **state)
{
	(void)state;
	list_unit(SERVICE);
	moves("{\"node\":\"n2\"}", "service/b", "\"prefer\":[\"n2\"]");
}

/* All of a unit must be able to go. */
static void test_move_where_another_cannot(void **state)
{
	char answer[1024];

	(void)state;
	list_unit(SERVICE);
	ask("POST", "/v1/service/b/move", "{\"node\":\"n3\"}", answer,
	    sizeof(answer));
	if (store.asked || strncmp(answer, "HTTP/1.1 409", 12) ||
	    !strstr(answer, "service b: node n3 cannot hold it: service a, of the same unit: is unhealthy"))
		fail_msg("%zu changes, %s", store.asked, answer);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_refused),
		TEST(test_then_let_through),
		TEST(test_move_past_another),
		TEST(test_move_past_nobody),
		TEST(test_move_where_another_cannot),
	};

	return cmocka_run_group_tests_name("api_changes", tests, NULL, NULL);
}
