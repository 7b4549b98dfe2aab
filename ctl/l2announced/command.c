// SPDX-License-Identifier: GPL-2.0
/*
 * Running a command under a time limit. Its process is a group of its own, so
 * that what it has started dies with it; a pidfd tells of its end.
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "lib/clock.h"

#define NO_EXEC		127	/* exit status of a child that cannot exec() */

/* In the order of a command's life. */
enum command_state {
	COMMAND_WAITING,
	COMMAND_RUNNING,
	COMMAND_DYING,		/* killed, nobody asks for it any more */
};

struct command {
	TAILQ_ENTRY(command) list;
	struct command_runner *runner;
	enum command_state state;
	struct names argv;
	struct names env;
	uint32_t timeout_ms;
	bool quiet;
	bool powerless;
	void (*done)(void *arg, const struct command_end *end);
	void *arg;
	pid_t pid;
	int pidfd;
	struct event *ended;
	struct event *timer;
};

TAILQ_HEAD(commands, command);

struct command_runner {
	struct event_base *base;
	struct event *pump;
	struct commands waiting, started;
	unsigned int n_started, most;
};

static void set_timer(struct command *c, uint32_t ms)
{
	const struct timeval tv = l2a_timeval(ms * L2A_NSEC_PER_MSEC);

	event_del(c->timer);
	if (ms)
		event_add(c->timer, &tv);
}

static void command_free(struct command *c)
{
	struct command_runner *runner = c->runner;

	if (c->state == COMMAND_WAITING) {
		TAILQ_REMOVE(&runner->waiting, c, list);
	} else {
		TAILQ_REMOVE(&runner->started, c, list);
		runner->n_started--;
		event_active(runner->pump, 0, 0);
	}
	if (c->ended)
		event_free(c->ended);
	event_free(c->timer);
	if (c->pidfd >= 0)
		close(c->pidfd);
	names_clear(&c->argv);
	names_clear(&c->env);
	free(c);
}

/* The process is not reaped yet, so the group is still its own. */
static void kill_group(const struct command *c)
{
	if (c->pid > 0)
		kill(-c->pid, SIGKILL);
}

static void describe(int status, char *text, size_t size)
{
	if (WIFSIGNALED(status))
		snprintf(text, size, "killed by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) == NO_EXEC)
		snprintf(text, size, "exit status %d: not found, or not executable",
			 NO_EXEC);
	else
		snprintf(text, size, "exit status %d", WEXITSTATUS(status));
}

/* Whoever asked is told last: they may free the runner. */
static void tell(struct command *c, bool ok, const char *text)
{
	void (*done)(void *arg, const struct command_end *end) = c->done;
	const struct command_end end = { ok, text };
	void *arg = c->arg;

	if (c->state == COMMAND_RUNNING && c->pid > 0) {
		/* It has to be reaped, whenever it dies. */
		c->state = COMMAND_DYING;
		event_del(c->timer);
	} else {
		command_free(c);
	}
	done(arg, &end);
}

static void on_ended(evutil_socket_t fd, short what, void *arg)
{
	struct command *c = arg;
	char text[64];
	int status;

	(void)fd;
	(void)what;
	if (waitpid(c->pid, &status, WNOHANG) != c->pid)
		return;
	c->pid = 0;
	if (c->state == COMMAND_DYING) {
		command_free(c);
		return;
	}
	describe(status, text, sizeof(text));
	tell(c, !status, text);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct command *c = arg;
	char text[64];

	(void)fd;
	(void)what;
	if (c->state == COMMAND_WAITING) {
		tell(c, false, "too many commands are running");
		return;
	}
	snprintf(text, sizeof(text), "not done within %u ms: killed",
		 c->timeout_ms);
	kill_group(c);
	tell(c, false, text);
}

/* ------------------------------------------------------------ the process */

/* The controller's environment, but what its manager has told it alone. */
static char **make_env(const struct names *more)
{
	static const char *const own[] = {
		"NOTIFY_SOCKET=", "WATCHDOG_PID=", "WATCHDOG_USEC=",
		"LISTEN_PID=", "LISTEN_FDS=",
	};
	size_t n = 0, kept = 0;
	char **env;

	while (environ[n])
		n++;
	env = xmalloc((n + more->n + 1) * sizeof(char *));
	for (size_t i = 0; i < n; i++) {
		bool drop = false;

		for (size_t k = 0; k < sizeof(own) / sizeof(own[0]); k++)
			drop |= !strncmp(environ[i], own[k], strlen(own[k]));
		if (!drop)
			env[kept++] = environ[i];
	}
	for (size_t i = 0; i < more->n; i++)
		env[kept++] = more->v[i];
	return env;
}

void command_env(struct names *env, const char *name, const char *value)
{
	char *text;

	if (!value)
		return;
	if (asprintf(&text, "L2ANNOUNCE_%s=%s", name, value) < 0)
		abort();
	names_add(env, text);
	free(text);
}

static char **make_argv(const struct names *argv)
{
	char **v = xmalloc((argv->n + 1) * sizeof(char *));

	memcpy(v, argv->v, argv->n * sizeof(char *));
	return v;
}

/*
 * The kernel is told to spare the controller when it runs out of memory; that is
 * not meant for a check or a hook, which may be what uses it up. One that cannot be
 * told is run all the same.
 */
static void be_spared_no_more(void)
{
	int fd = open("/proc/self/oom_score_adj", O_RDWR);
	char sign;

	if (fd < 0)
		return;
	if (read(fd, &sign, 1) == 1 && sign == '-')
		(void)!write(fd, "0", 1);
	close(fd);
}

/*
 * In the child: nothing but calls that are safe after fork() in a program with
 * threads. It must not inherit anything that is for the controller alone.
 */
static void become(const struct command *c, char *const *argv, char *const *env)
{
	const struct sched_param plain = { .sched_priority = 0 };
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	setpgid(0, 0);
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	sched_setscheduler(0, SCHED_OTHER, &plain);
	be_spared_no_more();
	dup2(null, STDIN_FILENO);
	dup2(c->quiet ? null : STDERR_FILENO, STDOUT_FILENO);
	if (c->quiet)
		dup2(null, STDERR_FILENO);
	/* Nothing else outlives execve() in a process that is not root's. */
	if (c->powerless)
		prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
#ifdef SYS_close_range
	syscall(SYS_close_range, 3, ~0U, 0);
#endif
	execve(argv[0], argv, env);
	_exit(NO_EXEC);
}

static int spawn(struct command *c)
{
	char **argv = make_argv(&c->argv), **env = make_env(&c->env);
	sigset_t all, was;
	pid_t pid;
	int ret;

	/* What a handler of ours does is not for the child to do. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	pid = fork();
	ret = pid < 0 ? -errno : 0;
	if (!pid)
		become(c, argv, env);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	free(argv);
	free(env);
	if (ret)
		return ret;
	c->pid = pid;
	/* Here as well: it may be killed before it has got that far. */
	setpgid(pid, pid);
	c->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (c->pidfd < 0)
		return -errno;
	c->ended = event_new(c->runner->base, c->pidfd, EV_READ | EV_PERSIST,
			     on_ended, c);
	return c->ended && !event_add(c->ended, NULL) ? 0 : -ENOMEM;
}

static void start(struct command *c)
{
	struct command_runner *runner = c->runner;
	char text[128];
	int ret;

	TAILQ_REMOVE(&runner->waiting, c, list);
	TAILQ_INSERT_TAIL(&runner->started, c, list);
	runner->n_started++;
	c->state = COMMAND_RUNNING;
	set_timer(c, c->timeout_ms);
	ret = spawn(c);
	if (!ret)
		return;
	if (c->pid) {
		/* Nothing tells of its end; it is short. */
		kill_group(c);
		waitpid(c->pid, NULL, 0);
		c->pid = 0;
	}
	snprintf(text, sizeof(text), "cannot be started: %s", strerror(-ret));
	tell(c, false, text);
}

static void on_pump(evutil_socket_t fd, short what, void *arg)
{
	struct command_runner *runner = arg;

	(void)fd;
	(void)what;
	if (TAILQ_EMPTY(&runner->waiting) || runner->n_started >= runner->most)
		return;
	/* One a turn: many at once must not keep the loop from a renewal. */
	event_active(runner->pump, 0, 0);
	start(TAILQ_FIRST(&runner->waiting));
}

struct command *command_start(struct command_runner *runner,
			      const struct command_request *request)
{
	struct command *c = xmalloc(sizeof(*c));

	c->runner = runner;
	c->pidfd = -1;
	c->timeout_ms = request->timeout_ms;
	c->quiet = request->quiet;
	c->powerless = request->powerless;
	c->done = request->done;
	c->arg = request->arg;
	names_copy(&c->argv, request->argv);
	names_copy(&c->env, request->env);
	c->timer = evtimer_new(runner->base, on_timer, c);
	if (!c->timer)
		abort();
	set_timer(c, request->wait_ms);
	TAILQ_INSERT_TAIL(&runner->waiting, c, list);
	event_active(runner->pump, 0, 0);
	return c;
}

void command_cancel(struct command *c)
{
	if (!c)
		return;
	if (c->state == COMMAND_WAITING) {
		command_free(c);
		return;
	}
	kill_group(c);
	c->state = COMMAND_DYING;
	event_del(c->timer);
}

struct command_runner *command_runner_new(struct event_base *base,
					  unsigned int parallel)
{
	struct command_runner *runner = xmalloc(sizeof(*runner));

	runner->base = base;
	runner->most = parallel;
	TAILQ_INIT(&runner->waiting);
	TAILQ_INIT(&runner->started);
	runner->pump = event_new(base, -1, 0, on_pump, runner);
	if (!runner->pump)
		abort();
	return runner;
}

void command_runner_free(struct command_runner *runner)
{
	struct command *c;

	if (!runner)
		return;
	while ((c = TAILQ_FIRST(&runner->waiting)))
		command_free(c);
	while ((c = TAILQ_FIRST(&runner->started))) {
		kill_group(c);
		command_free(c);
	}
	event_free(runner->pump);
	free(runner);
}
