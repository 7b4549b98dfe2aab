// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration: defaults, what is refused, and that the refusal names the
 * file, the line and the key.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "l2announced/config.h"

static char file[] = "/tmp/l2a-config-XXXXXX";

static int load(const char *text, const char *node, struct config *config,
		struct l2a_error *err)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	memset(err, 0, sizeof(*err));
	return config_load(file, node, config, err);
}

static void test_defaults(void **state)
{
	struct config config;
	struct l2a_error err;

	(void)state;
	assert_int_equal(load("node: a\nstore:\n  path: /s.db\n", NULL, &config,
			      &err), 0);
	assert_string_equal(config.node, "a");
	assert_string_equal(config.store_type, "sqlite");
	assert_string_equal(config.store_path, "/s.db");
	assert_string_equal(config.socket, CONFIG_DEFAULT_SOCKET);
	assert_int_equal(config.lease, 1);
	assert_null(config.user);
	assert_int_equal(config.duration_ms, 2000);
	assert_int_equal(config.renew_ms, 500);
	assert_int_equal(config.margin_ms, 200);
	assert_int_equal(config.priority, 0);
	assert_false(config.lock_memory);
	assert_int_equal(config.linger_ms, 120000);
	assert_int_equal(config.link_up_ms, 1000);
	assert_int_equal(config.link_down_ms, 0);
	assert_true(config.rebalance);
	assert_int_equal(config.log, LOG_INFO);
	config_free(&config);
}

static void test_metrics(void **state)
{
	static const struct {
		const char *listen;
		const char *taken;	/* NULL: refused */
	} cases[] = {
		{ "9474", "127.0.0.1:9474" },
		{ "'0.0.0.0:9474'", "0.0.0.0:9474" },
		{ "'[::1]:9474'", "[::1]:9474" },
		{ "'::1:9474'", NULL }, { "0", NULL }, { "65536", NULL },
		{ "''", NULL }, { "':9474'", NULL }, { "'127.0.0.1'", NULL },
		{ "'127.0.0.1:'", NULL }, { "'localhost:9474'", NULL },
		{ "'9474 '", NULL }, { "-1", NULL },
	};
	struct config config;
	struct l2a_error err;
	char text[128];

	(void)state;
	assert_int_equal(load("node: a\nstore: {path: /s}\n", NULL, &config,
			      &err), 0);
	assert_null(config.metrics_listen);
	config_free(&config);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text),
			 "node: a\nstore: {path: /s}\nmetrics:\n  listen: %s\n",
			 cases[i].listen);
		if (!cases[i].taken) {
			assert_int_not_equal(load(text, NULL, &config, &err), 0);
			assert_non_null(strstr(err.text, "listen"));
			continue;
		}
		assert_int_equal(load(text, NULL, &config, &err), 0);
		assert_string_equal(config.metrics_listen, cases[i].taken);
		config_free(&config);
	}
}

static void test_everything_set(void **state)
{
	struct config config;
	struct l2a_error err;

	(void)state;
	assert_int_equal(load("node: a\nlease: 7\nsocket: /x.sock\n"
			      "lockdir: /l\nstore: {type: sqlite, path: /s}\n"
			      "duration: 300ms\nrenew: 100ms\nmargin: 20ms\n"
			      "user: somebody\n"
			      "linger: 0s\nreconcile: 1s\nrebalance: false\n"
			      "link_up: 0s\nlink_down: 50ms\n"
			      "move_rate: 3\nweight: 40\nlog: debug\n", NULL, &config, &err),
			 0);
	assert_int_equal(config.lease, 7);
	assert_string_equal(config.socket, "/x.sock");
	assert_string_equal(config.lockdir, "/l");
	assert_string_equal(config.user, "somebody");
	assert_int_equal(config.duration_ms, 300);
	assert_int_equal(config.renew_ms, 100);
	assert_int_equal(config.margin_ms, 20);
	assert_int_equal(config.linger_ms, 0);
	assert_int_equal(config.reconcile_ms, 1000);
	assert_int_equal(config.link_up_ms, 0);
	assert_int_equal(config.link_down_ms, 50);
	assert_false(config.rebalance);
	assert_int_equal(config.move_rate, 3);
	assert_int_equal(config.weight, 40);
	assert_int_equal(config.log, LOG_DEBUG);
	config_free(&config);
}

static void test_etcd(void **state)
{
	struct config config;
	struct l2a_error err;

	(void)state;
	assert_int_equal(load("node: a\nstore:\n  type: etcd\n"
			      "  endpoints:\n  - https://a.example:2379\n"
			      "  - https://[::1]:2379\n"
			      "  ca: /ca\n  cert: /cert\n  key: /key\n"
			      "  server_name: etcd\n  user: me\n"
			      "  password_file: /pw\n", NULL, &config, &err), 0);
	assert_string_equal(config.store_type, "etcd");
	assert_int_equal(config.endpoints.n, 2);
	assert_string_equal(config.endpoints.v[1], "https://[::1]:2379");
	assert_string_equal(config.store_prefix, "/l2announce/");
	assert_string_equal(config.store_ca, "/ca");
	assert_string_equal(config.store_cert, "/cert");
	assert_string_equal(config.store_key, "/key");
	assert_string_equal(config.store_server_name, "etcd");
	assert_string_equal(config.store_user, "me");
	assert_string_equal(config.store_password_file, "/pw");
	assert_string_equal(config.store_text, "etcd endpoint=https://a.example:2379 endpoint=https://[::1]:2379 prefix=/l2announce/ ca=/ca cert=/cert key=/key server_name=etcd user=me password_file=/pw");
	assert_int_equal(config.duration_ms, 3000);
	assert_int_equal(config.renew_ms, 750);
	config_free(&config);
}

static void test_kubernetes(void **state)
{
	struct config config;
	struct l2a_error err;

	(void)state;
	assert_int_equal(load("node: a\nstore: {type: kubernetes}\n", NULL,
			      &config, &err), 0);
	assert_string_equal(config.store_namespace, "kube-system");
	assert_null(config.store_kubeconfig);
	assert_string_equal(config.store_text, "kubernetes namespace=kube-system");
	assert_int_equal(config.duration_ms, 6000);
	assert_int_equal(config.renew_ms, 1500);
	config_free(&config);
	assert_int_equal(load("node: a\nstore:\n  type: kubernetes\n"
			      "  namespace: l2\n  kubeconfig: /k\n"
			      "  context: c\n", NULL, &config, &err), 0);
	assert_string_equal(config.store_text, "kubernetes namespace=l2 kubeconfig=/k context=c");
	config_free(&config);
}

static void test_checks(void **state)
{
	const struct names *argv;
	struct config config;
	struct l2a_error err;

	(void)state;
	assert_int_equal(load("node: a\nstore: {path: /s}\nchecks:\n"
			      "- name: web\n  command: [/bin/web, -q, two words]\n"
			      "- {name: db.1, command: [/bin/db]}\n", NULL,
			      &config, &err), 0);
	argv = config_check_command(&config, "web");
	assert_non_null(argv);
	assert_int_equal(argv->n, 3);
	assert_string_equal(argv->v[0], "/bin/web");
	assert_string_equal(argv->v[2], "two words");
	assert_non_null(config_check_command(&config, "db.1"));
	assert_null(config_check_command(&config, "db"));
	assert_int_equal(config.hooks[HOOK_ACQUIRE].n, 0);
	config_free(&config);
}

static void test_hooks(void **state)
{
	struct config config, other;
	struct l2a_error err;

	(void)state;
	assert_int_equal(load("node: a\nstore: {path: /s}\nhooks:\n"
			      "  on_release: [/bin/x, -r]\n"
			      "  on_conflict: [/bin/y]\n  timeout: 3s\n", NULL,
			      &config, &err), 0);
	assert_int_equal(config.hooks[HOOK_ACQUIRE].n, 0);
	assert_int_equal(config.hooks[HOOK_RELEASE].n, 2);
	assert_string_equal(config.hooks[HOOK_RELEASE].v[1], "-r");
	assert_string_equal(config.hooks[HOOK_CONFLICT].v[0], "/bin/y");
	assert_int_equal(config.hook_timeout_ms, 3000);
	assert_int_equal(load("node: a\nstore: {path: /s}\n", NULL, &other,
			      &err), 0);
	assert_int_equal(other.hook_timeout_ms, 10000);
	config_commands_swap(&config, &other);
	assert_int_equal(config.hooks[HOOK_RELEASE].n, 0);
	assert_int_equal(config.hook_timeout_ms, 10000);
	assert_int_equal(other.hooks[HOOK_RELEASE].n, 2);
	config_free(&config);
	config_free(&other);
}

static void test_node_from_the_command_line(void **state)
{
	struct config config;
	struct l2a_error err;

	(void)state;
	assert_int_equal(load("node: a\nstore: {path: /s}\n", "b", &config, &err),
			 0);
	assert_string_equal(config.node, "b");
	config_free(&config);
}

static void test_shortest_durations(void **state)
{
	struct config config;
	struct l2a_error err;

	(void)state;
	assert_int_equal(load("node: a\nstore: {path: /s}\nduration: 300ms\n",
			      NULL, &config, &err), 0);
	assert_int_equal(config.renew_ms, 100);
	assert_int_equal(config.margin_ms, 30);
	config_free(&config);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text;
		const char *expected;	/* after the file's name */
	} bad[] = {
		{ "", ": empty" },
		{ "node: a\n", "store" },
		{ "node: a\nstore: {type: sqlite}\n", ":2: store: path" },
		{ "node: a\nstore:\n  path: s.db\n", ":3: path: \"s.db\"" },
		{ "node: a\nstore:\n  path: /s\n  type: etcd9\n",
		  ":4: type: \"etcd9\"" },
		{ "node: a\nstore:\n  path: /s\n  colour: red\n",
		  ":4: colour: unknown key" },
		{ "node: a\nstore: {path: /s}\nduratoin: 2s\n",
		  ":3: duratoin: unknown key" },
		{ "node: a b\nstore: {path: /s}\n", ":1: node: \"a b\"" },
		{ "node: a\nlease: 0\nstore: {path: /s}\n", ":2: lease: 0" },
		{ "node: a\nlease: -1\nstore: {path: /s}\n", "'lease' (line: 2" },
		{ "node: a\nlease: x\nstore: {path: /s}\n", "'x'" },
		{ "node: a\nstore: {path: /s}\nduration: 2\n",
		  ":3: duration: \"2\"" },
		{ "node: a\nstore: {path: /s}\nduration: 299ms\n",
		  ":3: duration: 299ms is out of range, 300ms to 1m" },
		{ "node: a\nstore: {path: /s}\nduration: 2m\n",
		  ":3: duration: 2m is out of range" },
		{ "node: a\nstore: {path: /s}\nduration: 1s\nrenew: 99ms\n",
		  ":4: renew: 99ms is out of range" },
		{ "node: a\nstore: {path: /s}\nduration: 1s\nrenew: 451ms\n",
		  ":4: renew: two renewals" },
		{ "node: a\nstore: {path: /s}\nmargin: 1ms\n",
		  ":3: margin: 1ms is out of range" },
		{ "node: a\nstore: {path: /s}\nlog: loud\n", ":3: log: \"loud\"" },
		{ "node: a\nstore: {path: /s}\nrebalance: maybe\n", "maybe" },
		{ "node: a\nstore: {path: /s}\nsocket: x\n",
		  ":3: socket: \"x\"" },
		{ "node: a\nstore: {path: /s}\nweight: 1001\n",
		  ":3: weight: 1001 is out of range, 0 to 1000" },
		{ "node: a\nstore: {path: /s}\nmove_rate: 0\n",
		  ":3: move_rate: 0" },
		{ "node: a\nstore: {path: /s}\nrealtime:\n  priority: 0\n",
		  ":4: priority: 0 is out of range, 1 to 99" },
		{ "node: a\nstore: {path: /s}\nrealtime:\n  priority: 100\n",
		  ":4: priority: 100 is out of range, 1 to 99" },
		{ "node: a\nstore: {path: /s}\nrealtime: {lock_memory: 3}\n",
		  "Invalid ENUM value: 3" },
		{ "node: a\nstore: {path: /s}\nlink_up: 2m\n",
		  ":3: link_up: 2m is out of range, 0s to 1m" },
#define HOOKS "node: a\nstore: {path: /s}\nhooks:\n"
		{ HOOKS "  on_acquire: [x]\n",
		  ":4: on_acquire: \"x\" must be absolute" },
		{ HOOKS "  on_acquire: []\n", "on_acquire" },
		{ HOOKS "  on_fire: [/x]\n", ":4: on_fire: unknown key" },
		{ HOOKS "  timeout: 99ms\n",
		  ":4: timeout: 99ms is out of range, 100ms to 10m" },
#define CHECKS "node: a\nstore: {path: /s}\nchecks:\n"
		{ CHECKS "- {name: web, command: [web]}\n",
		  ":3: checks: \"web\" must be absolute" },
		{ CHECKS "- {name: web, command: /bin/web}\n", "command" },
		{ CHECKS "- {name: web, command: []}\n", "command" },
		{ CHECKS "- {name: web}\n", "command" },
		{ CHECKS "- {command: [/bin/web]}\n", "name" },
		{ CHECKS "- {name: a/b, command: [/bin/web]}\n",
		  ":3: checks: \"a/b\" is no name" },
		{ CHECKS "- {name: ., command: [/bin/web]}\n",
		  ":3: checks: \".\" is no name" },
		{ "node: ..\nstore: {path: /s}\n", ":1: node: \"..\" is no name" },
		{ CHECKS "- {name: a, command: [/a]}\n- {name: a, command: [/b]}\n",
		  ":3: checks: a is there twice" },
#define ETCD "node: a\nstore:\n  type: etcd\n"
		{ "node: a\nstore:\n  type: sqlite\n  path: /s\n  prefix: /x/\n",
		  ":5: prefix: not for a store of type sqlite" },
		{ "node: a\nstore:\n  path: /s\n  endpoints: [http://a:1]\n",
		  ":4: endpoints: not for a store of type sqlite" },
		{ ETCD, ":2: store: endpoints is missing" },
		{ ETCD "  endpoints: []\n", ":2: store: endpoints is missing" },
		{ ETCD "  endpoints: [a:1]\n", ":4: endpoints: \"a:1\"" },
		{ ETCD "  endpoints: [ftp://a:1]\n", ":4: endpoints: \"ftp:" },
		{ ETCD "  endpoints: [http://a]\n", ":4: endpoints: \"http:" },
		{ ETCD "  endpoints: [http://a:0]\n", ":4: endpoints: \"http:" },
		{ ETCD "  endpoints: [http://a:1/x]\n", ":4: endpoints: \"http:" },
		{ ETCD "  endpoints: [\"http://::1:1\"]\n",
		  ":4: endpoints: \"http:" },
		{ ETCD "  endpoints: [http://a:1, http://a:1]\n",
		  ":4: endpoints: \"http://a:1\" is there twice" },
		{ ETCD "  endpoints: [http://a:1]\n  path: /s\n",
		  ":5: path: not for a store of type etcd" },
		{ ETCD "  endpoints: [http://a:1]\n  prefix: x\n",
		  ":5: prefix: \"x\" must end with \"/\"" },
		{ ETCD "  endpoints: [http://a:1]\n  ca: /ca\n",
		  ":4: endpoints: \"http://a:1\" must be https" },
		{ ETCD "  endpoints: [https://a:1]\n  ca: ca\n",
		  ":5: ca: \"ca\" must be absolute" },
		{ ETCD "  endpoints: [https://a:1]\n  cert: /c\n",
		  ":5: cert: needs key" },
		{ ETCD "  endpoints: [https://a:1]\n  key: /k\n",
		  ":5: key: needs cert" },
		{ ETCD "  endpoints: [http://a:1]\n  user: me\n",
		  ":5: user: needs password_file" },
		{ ETCD "  endpoints: [http://a:1]\n  password_file: /p\n",
		  ":5: password_file: needs user" },
#define KUBE "node: a\nstore:\n  type: kubernetes\n"
		{ KUBE "  namespace: Kube\n",
		  ":4: namespace: \"Kube\" is no namespace" },
		{ KUBE "  namespace: a-\n", ":4: namespace: \"a-\"" },
		{ KUBE "  kubeconfig: k\n", ":4: kubeconfig: \"k\" must be" },
		{ KUBE "  context: c\n", ":4: context: needs kubeconfig" },
		{ KUBE "  ca: /ca\n",
		  ":4: ca: not for a store of type kubernetes" },
		{ "node: a\nstore:\n  path: /s\n  namespace: n\n",
		  ":4: namespace: not for a store of type sqlite" },
		{ "node: [a]\nstore: {path: /s}\n", "line: 1" },
		{ "node: a\n\tstore: x\n", "" },
		{ "- a\n- b\n", "" },
	};
	struct config config;
	struct l2a_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (!load(bad[i].text, NULL, &config, &err))
			fail_msg("taken: %s", bad[i].text);
		assert_int_equal(strncmp(err.text, file, strlen(file)), 0);
		if (!strstr(err.text + strlen(file), bad[i].expected))
			print_error("expected '%s' in '%s'\n", bad[i].expected,
				    err.text);
		assert_non_null(strstr(err.text + strlen(file), bad[i].expected));
		assert_null(strchr(err.text, '\n'));
	}
}

static void test_missing_file(void **state)
{
	struct config config;
	struct l2a_error err = { 0 };

	(void)state;
	assert_true(config_load("/nonexistent/l2a.yaml", NULL, &config, &err) < 0);
	assert_non_null(strstr(err.text, "/nonexistent/l2a.yaml: No such file"));
	assert_true(config_load("/tmp", NULL, &config, &err) < 0);
	assert_non_null(strstr(err.text, "/tmp: not a regular file"));
}

static void test_example(void **state)
{
	static const char name[] = "/l2announced.yaml.example";
	char example[sizeof(__FILE__) + sizeof(name)] = __FILE__;
	struct config config;
	struct l2a_error err = { 0 };

	/* It stands one folder above this file. */
	(void)state;
	*strrchr(example, '/') = '\0';
	strcpy(strrchr(example, '/'), name);
	if (config_load(example, NULL, &config, &err))
		fail_msg("%s", err.text);
	config_free(&config);
}

static void test_names(void **state)
{
	(void)state;
	assert_true(config_name_ok("default/deathstar"));
	assert_true(config_name_ok("a"));
	assert_false(config_name_ok(""));
	assert_false(config_name_ok("/a"));
	assert_false(config_name_ok("a/"));
	assert_false(config_name_ok("."));
	assert_false(config_name_ok(".."));
	assert_true(config_name_ok("..."));
	assert_true(config_name_ok(".a"));
	assert_false(config_name_ok("a b"));
	assert_false(config_name_ok("a\n"));
	assert_false(config_name_ok("caf\xc3\xa9"));
}

static int make_file(void **state)
{
	int fd = mkstemp(file);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_everything_set),
		cmocka_unit_test(test_metrics),
		cmocka_unit_test(test_etcd),
		cmocka_unit_test(test_kubernetes),
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_hooks),
		cmocka_unit_test(test_node_from_the_command_line),
		cmocka_unit_test(test_shortest_durations),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_missing_file),
		cmocka_unit_test(test_example),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("config", tests, make_file,
					   remove_file);
}
