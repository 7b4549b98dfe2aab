// SPDX-License-Identifier: GPL-2.0
/*
 * Real-time manners, taken and refused: each in a child, which has them for good.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "l2announced/realtime.h"

#define NOBODY	65534

/* What a child has become, and what it was told. */
struct seen {
	int ret;
	int policy;
	int priority;
	unsigned long locked_kb;
	char text[L2A_ERROR_TEXT];
};

static unsigned long locked_kb(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long kb = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "VmLck: %lu", &kb) == 1)
			break;
	}
	if (f)
		fclose(f);
	return kb;
}

static void begin(const struct config *config, bool nobody, struct seen *seen)
{
	const struct rlimit none = { 0, 0 };
	struct l2a_error err = { 0 };
	struct sched_param param;

	if (nobody) {
		setrlimit(RLIMIT_RTPRIO, &none);
		setrlimit(RLIMIT_MEMLOCK, &none);
		if (!geteuid() && setuid(NOBODY))
			_exit(1);
	}
	seen->ret = realtime_begin(config, &err);
	snprintf(seen->text, sizeof(seen->text), "%s", err.text);
	seen->policy = sched_getscheduler(0);
	sched_getparam(0, &param);
	seen->priority = param.sched_priority;
	seen->locked_kb = locked_kb();
}

static void in_child(const struct config *config, bool nobody,
		     struct seen *seen)
{
	struct seen *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid;

	assert_true(shared != MAP_FAILED);
	pid = fork();
	if (!pid) {
		begin(config, nobody, shared);
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	*seen = *shared;
	munmap(shared, sizeof(*shared));
}

static void test_nothing(void **state)
{
	const struct config config = { .priority = 0 };
	struct seen seen;

	(void)state;
	in_child(&config, true, &seen);
	assert_int_equal(seen.ret, 0);
	assert_int_equal(seen.policy, sched_getscheduler(0));
	assert_int_equal(seen.locked_kb, 0);
}

static void test_not_permitted(void **state)
{
	const struct config priority = { .priority = 10 };
	const struct config memory = { .lock_memory = true };
	struct seen seen;

	(void)state;
	in_child(&priority, true, &seen);
	assert_int_equal(seen.ret, -EPERM);
	assert_string_equal(seen.text, "realtime: priority: 10 is not permitted: the limit is 0 (LimitRTPRIO=10, RestrictRealtime=no)");
	assert_int_equal(seen.policy, sched_getscheduler(0));
	in_child(&memory, true, &seen);
	assert_int_equal(seen.ret, -EPERM);
	assert_string_equal(seen.text, "realtime: lock_memory: not permitted: the limit is 0 kB, and must be unlimited (LimitMEMLOCK=infinity)");
	assert_int_equal(seen.locked_kb, 0);
}

/* Root in a container may not either; then it is told so. */
static void test_permitted(void **state)
{
	const struct config config = { .priority = 10, .lock_memory = true };
	struct seen seen;

	(void)state;
	in_child(&config, false, &seen);
	if (seen.ret == -EPERM) {
		assert_non_null(strstr(seen.text, "not permitted"));
		skip();
	}
	assert_int_equal(seen.ret, 0);
	assert_int_equal(seen.policy, SCHED_FIFO);
	assert_int_equal(seen.priority, 10);
	assert_true(seen.locked_kb > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_not_permitted),
		cmocka_unit_test(test_permitted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
