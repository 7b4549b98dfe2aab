// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks. A service's wait in line for each other, so that "acquire" is over
 * before "release" begins; those of different services do not. The controller
 * waits for none of them, except when it ends.
 */
#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "command.h"
#include "hooks.h"
#include "lib/clock.h"
#include "log.h"
#include "log_ids.h"

#define PARALLEL	16	/* commands at a time */
#define WAITING_MOST	32	/* of one service */

/* A hook that waits, or runs. */
struct job {
	TAILQ_ENTRY(job) list;
	enum config_hook hook;
	struct names env;
	char *vip;
};

TAILQ_HEAD(jobs, job);

/* The hooks of one service. */
struct line {
	struct line *next;
	struct hooks *hooks;
	char *service;
	struct record *spec;	/* as last told */
	uint64_t token;		/* likewise */
	bool held;		/* acquired, and not released since */
	struct jobs jobs;	/* the first one runs */
	size_t n;
	struct command *command;
	uint64_t began;		/* CLOCK_MONOTONIC ns */
};

struct hooks {
	struct event_base *base;
	const struct config *config;
	struct command_runner *runner;
	struct line *lines;
	struct event *finish;
	struct attempts attempts[N_HOOKS];
	uint64_t left_out[N_HOOKS];
	void (*fn)(void *arg);
	void *arg;
};

static void job_free(struct line *line, struct job *job)
{
	TAILQ_REMOVE(&line->jobs, job, list);
	line->n--;
	names_clear(&job->env);
	free(job->vip);
	free(job);
}

static void line_free(struct line *line)
{
	struct line **at = &line->hooks->lines;

	while (*at != line)
		at = &(*at)->next;
	*at = line->next;
	command_cancel(line->command);
	while (!TAILQ_EMPTY(&line->jobs))
		job_free(line, TAILQ_FIRST(&line->jobs));
	record_put(line->spec);
	free(line->service);
	free(line);
}

static struct line *find(struct hooks *h, const char *service)
{
	struct line *line = h->lines;

	while (line && strcmp(line->service, service))
		line = line->next;
	if (line)
		return line;
	line = xmalloc(sizeof(*line));
	line->hooks = h;
	line->service = xstrdup(service);
	TAILQ_INIT(&line->jobs);
	line->next = h->lines;
	h->lines = line;
	return line;
}

static void next(struct line *line);

static void complain(const struct line *line, enum config_hook hook,
		     const char *what)
{
	const struct log_facts facts = {
		.id = LOG_ID_HOOK,
		.service = line->service,
		.node = line->hooks->config->node,
		.hook = config_hook_name(hook),
	};

	log_event(LOG_WARNING, &facts, "hook %s service=%s node=%s: %s",
		  facts.hook, facts.service, facts.node, what);
}

static void on_done(void *arg, const struct command_end *end)
{
	struct line *line = arg;
	struct hooks *h = line->hooks;
	struct job *job = TAILQ_FIRST(&line->jobs);

	attempts_add(&h->attempts[job->hook], end->ok,
		     l2a_clock_ns(CLOCK_MONOTONIC) - line->began);
	if (!end->ok)
		complain(line, job->hook, end->text);
	line->command = NULL;
	job_free(line, job);
	next(line);
	if (h->fn && hooks_idle(h))
		event_active(h->finish, 0, 0);
}

static void next(struct line *line)
{
	const struct config *config = line->hooks->config;
	struct job *job;

	/* Meanwhile the configuration may be another. */
	while ((job = TAILQ_FIRST(&line->jobs)) &&
	       !config->hooks[job->hook].n)
		job_free(line, job);
	if (job) {
		const struct command_request request = {
			.argv = &config->hooks[job->hook],
			.env = &job->env,
			.timeout_ms = config->hook_timeout_ms,
			.done = on_done,
			.arg = line,
		};

		line->began = l2a_clock_ns(CLOCK_MONOTONIC);
		line->command = command_start(line->hooks->runner, &request);
	} else if (!line->held) {
		line_free(line);
	}
}

static void add_list(struct names *env, const char *name,
		     const struct names *list)
{
	char *text = names_join(list, " ");

	command_env(env, name, text);
	free(text);
}

static void add_facts(struct names *env, const struct line *line,
		      const struct hook_facts *facts)
{
	static const struct names none;
	char token[32];

	snprintf(token, sizeof(token), "%" PRIu64, line->token);
	command_env(env, "SERVICE", facts->service);
	command_env(env, "NODE", line->hooks->config->node);
	command_env(env, "TOKEN", token);
	add_list(env, "VIPS", line->spec ? &line->spec->service.vips : &none);
	add_list(env, "DEVS", facts->devs);
	command_env(env, "REASON", facts->reason);
	command_env(env, "NEXT", facts->next);
	command_env(env, "VIP", facts->vip);
	command_env(env, "MAC", facts->mac);
}

/* Of those that do not run yet. */
static bool waits(const struct line *line, enum config_hook hook,
		  const char *vip)
{
	const struct job *job = TAILQ_FIRST(&line->jobs);

	while (job && (job = TAILQ_NEXT(job, list))) {
		if (job->hook == hook && job->vip && !strcmp(job->vip, vip))
			return true;
	}
	return false;
}

static void enqueue(struct line *line, enum config_hook hook,
		    const struct hook_facts *facts)
{
	struct job *job;

	if (!line->hooks->config->hooks[hook].n ||
	    (facts->vip && waits(line, hook, facts->vip)))
		return;
	if (line->n > WAITING_MOST) {
		job = TAILQ_NEXT(TAILQ_FIRST(&line->jobs), list);
		line->hooks->left_out[job->hook]++;
		complain(line, job->hook, "left out, too many wait");
		job_free(line, job);
	}
	job = xmalloc(sizeof(*job));
	job->hook = hook;
	job->vip = xstrdup(facts->vip);
	command_env(&job->env, "EVENT", config_hook_name(hook) + strlen("on_"));
	add_facts(&job->env, line, facts);
	TAILQ_INSERT_TAIL(&line->jobs, job, list);
	line->n++;
}

void hooks_run(struct hooks *h, enum config_hook hook,
	       const struct hook_facts *facts)
{
	struct line *line = find(h, facts->service);

	if (facts->spec) {
		record_get(facts->spec);
		record_put(line->spec);
		line->spec = facts->spec;
	}
	if (facts->token)
		line->token = facts->token;
	if (hook != HOOK_CONFLICT)
		line->held = hook == HOOK_ACQUIRE;
	enqueue(line, hook, facts);
	if (!line->command)
		next(line);
}

const struct attempts *hooks_attempts(const struct hooks *h,
				      enum config_hook hook, uint64_t *left_out)
{
	*left_out = h->left_out[hook];
	return &h->attempts[hook];
}

bool hooks_idle(const struct hooks *h)
{
	const struct line *line = h->lines;

	while (line && !line->n)
		line = line->next;
	return !line;
}

static void on_finish(evutil_socket_t fd, short what, void *arg)
{
	struct hooks *h = arg;
	void (*fn)(void *arg) = h->fn;

	(void)fd;
	(void)what;
	if (!fn)
		return;
	if (!hooks_idle(h))
		log_warn("hooks node=%s: not all could be run in time",
			 h->config->node);
	h->fn = NULL;
	fn(h->arg);
}

void hooks_finish(struct hooks *h, void (*fn)(void *arg), void *arg)
{
	uint32_t ms = hooks_idle(h) ? 0 : 2 * h->config->hook_timeout_ms;
	const struct timeval tv = l2a_timeval(ms * L2A_NSEC_PER_MSEC);

	h->fn = fn;
	h->arg = arg;
	event_add(h->finish, &tv);
}

struct hooks *hooks_new(struct event_base *base, const struct config *config)
{
	struct hooks *h = xmalloc(sizeof(*h));

	h->base = base;
	h->config = config;
	h->runner = command_runner_new(base, PARALLEL);
	h->finish = evtimer_new(base, on_finish, h);
	if (!h->finish)
		abort();
	return h;
}

void hooks_free(struct hooks *h)
{
	if (!h)
		return;
	while (h->lines)
		line_free(h->lines);
	command_runner_free(h->runner);
	event_free(h->finish);
	free(h);
}
