// SPDX-License-Identifier: GPL-2.0
/*
 * The locks: a second controller is kept away, by the name of the node and by the
 * lease; a user who is no controller keeps nobody away.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "l2announced/lock.h"

#define NOBODY	65534

static char folder[] = "/tmp/lock.XXXXXX";

/* A lease id of this process alone, whoever else tests on this machine. */
static uint32_t own_lease(void)
{
	return 3000000000U + (uint32_t)getpid();
}

static struct config config_of(const char *node, uint32_t lease)
{
	return (struct config){
		.node = (char *)(uintptr_t)node,
		.lease = lease,
		.lockdir = folder,
	};
}

/* What a process of its own has to say: 0, or the errno it was refused with. */
static int second(const char *node, uint32_t lease)
{
	struct config config = config_of(node, lease);
	struct l2a_error err = { 0 };
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid)
		_exit(-lock_node(&config, &err));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static struct sockaddr_un name_of(uint32_t lease, socklen_t *len)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int n = snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1,
			 "l2announce/lease/%u", lease);

	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
	return addr;
}

/* Hold the name as another user until killed; @listens: and wait for calls. */
static void hold(uint32_t lease, bool listens, int ready)
{
	socklen_t len;
	struct sockaddr_un addr = name_of(lease, &len);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	/* After setuid(), which forgets it. */
	if (setgid(NOBODY) || setuid(NOBODY) ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) ||
	    bind(fd, (struct sockaddr *)&addr, len) || (listens && listen(fd, 1)))
		_exit(1);
	if (write(ready, "", 1) != 1)
		_exit(1);
	pause();
	_exit(0);
}

static pid_t held_by_nobody(uint32_t lease, bool listens)
{
	int pipes[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		hold(lease, listens, pipes[1]);
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &c, 1), 1);
	close(pipes[0]);
	return pid;
}

static void test_second(void **state)
{
	struct config config = config_of("a", own_lease());
	struct l2a_error err = { 0 };

	(void)state;
	assert_int_equal(lock_node(&config, &err), 0);
	assert_int_equal(second("a", own_lease() + 1), EBUSY);
	assert_int_equal(second("b", own_lease()), EBUSY);
	assert_int_equal(second("b", own_lease() + 1), 0);
}

static void call_once(uint32_t lease)
{
	socklen_t len;
	struct sockaddr_un addr = name_of(lease, &len);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, len), 0);
	close(fd);
}

/* After test_second, whose lock this process has. More than the queue takes. */
static void test_many(void **state)
{
	struct event_base *base = event_base_new();
	struct evconnlistener *calls = lock_attend(base);

	(void)state;
	assert_non_null(calls);
	for (int i = 0; i < 2 * SOMAXCONN; i++) {
		call_once(own_lease());
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	assert_int_equal(second("b", own_lease()), EBUSY);
	evconnlistener_free(calls);
	event_base_free(base);
}

static void foreign(bool listens)
{
	uint32_t lease = own_lease() + 2;
	pid_t pid;

	if (geteuid()) {
		skip();
		return;
	}
	pid = held_by_nobody(lease, listens);
	assert_int_equal(second("c", lease), 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Root's second controller, where the first has given up root. */
static void test_owner(void **state)
{
	uint32_t lease = own_lease() + 2;
	pid_t pid;

	(void)state;
	if (geteuid()) {
		skip();
		return;
	}
	assert_int_equal(chown(folder, NOBODY, NOBODY), 0);
	pid = held_by_nobody(lease, true);
	assert_int_equal(second("c", lease), EBUSY);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(chown(folder, 0, 0), 0);
}

static void test_foreign(void **state)
{
	(void)state;
	foreign(true);
}

static void test_foreign_deaf(void **state)
{
	(void)state;
	foreign(false);
}

static int begin(void **state)
{
	(void)state;
	return !mkdtemp(folder);
}

static int end(void **state)
{
	char path[64];

	(void)state;
	for (const char *c = "abc"; *c; c++) {
		snprintf(path, sizeof(path), "%s/%c.lock", folder, *c);
		unlink(path);
	}
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_second),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_foreign_deaf),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
