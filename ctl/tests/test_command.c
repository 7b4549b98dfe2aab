// SPDX-License-Identifier: GPL-2.0
/*
 * Commands, real ones: how they end, what they find, and that no time limit is
 * passed by anything they have started.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cap-ng.h>
#include <cmocka.h>
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "l2announced/command.h"

#define PATIENCE_S	30
#define FOREVER_MS	60000

static struct event_base *base;
static struct command_runner *runner;
static char dir[] = "/tmp/l2a-command-XXXXXX";

/* How commands have ended, in that order: "ok" or the text. */
static struct names ends;

static void on_done(void *arg, const struct command_end *end)
{
	(void)arg;
	names_add(&ends, end->ok ? "ok" : end->text);
}

/* Whether the next are to do without their controller's capabilities. */
static bool powerless;

static struct command *sh(const char *script, uint32_t timeout_ms,
			  uint32_t wait_ms)
{
	struct names argv = { 0, NULL }, env = { 0, NULL };
	const struct command_request request = {
		.argv = &argv,
		.env = &env,
		.timeout_ms = timeout_ms,
		.wait_ms = wait_ms,
		.quiet = true,
		.powerless = powerless,
		.done = on_done,
	};
	struct command *c;

	names_add(&argv, "/bin/sh");
	names_add(&argv, "-c");
	names_add(&argv, script);
	names_add(&env, "L2A_WORD=two words");
	c = command_start(runner, &request);
	names_clear(&argv);
	names_clear(&env);
	return c;
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(bool *)arg = true;
}

static void loop_until(bool (*true_now)(void))
{
	const struct timeval tv = { .tv_sec = PATIENCE_S };
	bool late = false;
	struct event *timer = evtimer_new(base, on_late, &late);

	event_add(timer, &tv);
	while (!true_now() && !late)
		event_base_loop(base, EVLOOP_ONCE);
	event_free(timer);
	assert_false(late);
}

static size_t wanted;

static bool enough(void)
{
	return ends.n >= wanted;
}

static void wait_for(size_t n)
{
	wanted = n;
	loop_until(enough);
	assert_int_equal(ends.n, n);
}

static int set_up(void **state)
{
	(void)state;
	base = event_base_new();
	runner = command_runner_new(base, 2);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	names_clear(&ends);
	command_runner_free(runner);
	event_base_free(base);
	return 0;
}

static void test_how_it_ends(void **state)
{
	static const struct {
		const char *script;
		const char *says;
	} cases[] = {
		{ "exit 0", "ok" },
		{ "exit 3", "exit status 3" },
		{ "kill -TERM $$", "killed by signal 15" },
		{ "test \"$L2A_WORD\" = 'two words'", "ok" },
		{ "test -z \"$NOTIFY_SOCKET\"", "ok" },
		/* A group of its own; SIGPIPE and SIGTERM as anybody has them. */
		{ "read -r s </proc/$$/stat; set -- $s; test $5 -eq $$", "ok" },
		{ "kill -PIPE $$", "killed by signal 13" },
		/* Nothing of the controller's is open in it. */
		{ "for f in /proc/$$/fd/*; do case ${f##*/} in [012]|10) ;; *) test ! -e $f || exit 9 ;; esac; done",
		  "ok" },
	};

	(void)state;
	setenv("NOTIFY_SOCKET", "/nowhere", 1);
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sh(cases[i].script, FOREVER_MS, 0);
		wait_for(i + 1);
		if (strcmp(ends.v[i], cases[i].says))
			fail_msg("%s: %s, not %s", cases[i].script, ends.v[i],
				 cases[i].says);
	}
}

static void test_no_program(void **state)
{
	struct names argv = { 0, NULL }, env = { 0, NULL };
	const struct command_request request = {
		.argv = &argv,
		.env = &env,
		.timeout_ms = FOREVER_MS,
		.done = on_done,
	};

	(void)state;
	names_add(&argv, "/no/such/program");
	command_start(runner, &request);
	names_clear(&argv);
	assert_int_equal(ends.n, 0);
	wait_for(1);
	assert_string_equal(ends.v[0],
			    "exit status 127: not found, or not executable");
}

static pid_t read_pid(void)
{
	char path[64];
	FILE *f;
	int pid = 0;

	snprintf(path, sizeof(path), "%s/pid", dir);
	f = fopen(path, "r");
	if (f && fscanf(f, "%d", &pid) != 1)
		pid = 0;
	if (f)
		fclose(f);
	return pid;
}

static bool child_is_there(void)
{
	return read_pid() > 0;
}

/* Dead, though nobody may have reaped it yet. */
static bool child_is_dead(void)
{
	char path[64], state = 'Z';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)read_pid());
	f = fopen(path, "r");
	if (!f)
		return true;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	fclose(f);
	return state == 'Z' || state == 'X';
}

static void wait_for_child(bool (*true_now)(void))
{
	for (int i = 0; i < PATIENCE_S * 1000 && !true_now(); i++) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		usleep(1000);
	}
	assert_true(true_now());
}

/* The shell is at once deaf to anything but SIGKILL, and so is its child. */
static struct command *family(uint32_t timeout_ms)
{
	char script[160];

	snprintf(script, sizeof(script),
		 "trap '' TERM INT HUP; sleep 1000 & echo $! > %s/tmp; mv %s/tmp %s/pid; wait; wait",
		 dir, dir, dir);
	return sh(script, timeout_ms, 0);
}

static void forget_child(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/pid", dir);
	unlink(path);
}

static void test_time_limit(void **state)
{
	(void)state;
	family(2000);
	wait_for(1);
	assert_string_equal(ends.v[0], "not done within 2000 ms: killed");
	assert_true(child_is_there());
	wait_for_child(child_is_dead);
	forget_child();
}

static void test_cancelled(void **state)
{
	struct command *c;

	(void)state;
	c = family(FOREVER_MS);
	wait_for_child(child_is_there);
	command_cancel(c);
	command_cancel(sh("exit 1", FOREVER_MS, 0));
	wait_for_child(child_is_dead);
	assert_int_equal(ends.n, 0);
	forget_child();
	/* Its place is free again. */
	sh("exit 4", FOREVER_MS, 0);
	sh("exit 5", FOREVER_MS, 0);
	wait_for(2);
}

/* Two at a time: the third waits, the fourth not for long. */
static void test_turns(void **state)
{
	struct command *a, *b;

	(void)state;
	a = sh("exec sleep 1000", FOREVER_MS, 0);
	b = sh("exec sleep 1000", FOREVER_MS, 0);
	sh("exit 7", FOREVER_MS, 0);
	sh("exit 8", FOREVER_MS, 100);
	wait_for(1);
	assert_string_equal(ends.v[0], "too many commands are running");
	command_cancel(a);
	wait_for(2);
	assert_string_equal(ends.v[1], "exit status 7");
	command_cancel(b);
}

static void test_given_up(void **state)
{
	(void)state;
	family(FOREVER_MS);
	sh("exec sleep 1000", FOREVER_MS, 0);
	sh("exit 1", FOREVER_MS, 0);
	wait_for_child(child_is_there);
	command_runner_free(runner);
	runner = NULL;
	wait_for_child(child_is_dead);
	assert_int_equal(ends.n, 0);
	forget_child();
}

/* As AmbientCapabilities= of a unit gives it. */
static int ambient_net_admin(void)
{
	capng_get_caps_process();
	if (capng_update(CAPNG_ADD, CAPNG_INHERITABLE, CAP_NET_ADMIN) ||
	    capng_apply(CAPNG_SELECT_CAPS))
		return -1;
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN, 0, 0);
}

static void test_capabilities(void **state)
{
	static const char none[] =
		"grep -Eq '^CapAmb:.0+$' /proc/self/status";

	(void)state;
	if (ambient_net_admin())
		skip();
	sh(none, FOREVER_MS, 0);
	wait_for(1);
	assert_string_equal(ends.v[0], "exit status 1");
	powerless = true;
	sh(none, FOREVER_MS, 0);
	wait_for(2);
	powerless = false;
	assert_string_equal(ends.v[1], "ok");
}

static bool say_oom_score_adj(const char *adj)
{
	FILE *f = fopen("/proc/self/oom_score_adj", "w");
	bool said = f && fputs(adj, f) >= 0;

	if (f && fclose(f))
		said = false;
	return said;
}

/* As OOMScoreAdjust= of a unit has it. */
static void test_not_spared(void **state)
{
	(void)state;
	if (!say_oom_score_adj("-500"))
		skip();
	sh("exit $(cat /proc/self/oom_score_adj)", FOREVER_MS, 0);
	wait_for(1);
	assert_true(say_oom_score_adj("7"));
	sh("exit $(cat /proc/self/oom_score_adj)", FOREVER_MS, 0);
	wait_for(2);
	assert_true(say_oom_score_adj("0"));
	assert_string_equal(ends.v[0], "ok");
	assert_string_equal(ends.v[1], "exit status 7");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_how_it_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_program, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_time_limit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cancelled, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_turns, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_given_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_capabilities, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_spared, set_up, tear_down),
	};
	int failed;

	if (!mkdtemp(dir))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(dir);
	return failed;
}
