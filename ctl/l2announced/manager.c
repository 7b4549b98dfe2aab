// SPDX-License-Identifier: GPL-2.0
/*
 * What the service manager hears: a line for people whenever it is another, and
 * the watchdog's sign of life. Both come from a timer of the event loop, so a loop
 * that stands still is silent by itself.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "log.h"
#include "manager.h"
#include "notify.h"

#define STATUS_MOST	256
#define PERIOD_US	1000000ULL
#define SIGNS		4	/* of life in a watchdog's time, so that one may be late */

struct manager {
	const struct agent *agent;
	struct event *timer;
	bool watched;
	bool told_stuck;
	char status[STATUS_MOST];
};

struct counts {
	size_t held;
	size_t all;
};

static void count(const struct el_service_info *service, void *arg)
{
	struct counts *counts = arg;

	counts->all++;
	counts->held += service->serve == EL_SERVE_ACTIVE;
}

static void describe(const struct agent_info *info, const struct el_now *now,
		     char *buf)
{
	struct el_self_info self = election_self(info->election);
	struct counts counts = { 0, 0 };

	election_services(info->election, now, count, &counts);
	snprintf(buf, STATUS_MOST, "STATUS=%s: %s, holds %zu of %zu services%s%s%s",
		 info->config->node, self.state, counts.held, counts.all,
		 info->kernel ? "" : "; the kernel module is not there",
		 info->store_error ? "; the store is unreachable" : "",
		 self.member && !info->lease_left_ns ? "; the lease ran out" : "");
}

bool manager_alive(const struct agent_info *info, const struct el_now *now)
{
	struct el_self_info self = election_self(info->election);
	uint64_t patience = (info->config->renew_ms +
			     (uint64_t)info->config->duration_ms) *
			    L2A_NSEC_PER_MSEC;

	return !self.answered || info->store_error ||
	       now->mono < self.answered + patience;
}

static void give_sign(struct manager *m, const struct agent_info *info,
		      const struct el_now *now)
{
	bool alive = manager_alive(info, now);

	if (alive)
		notify_manager("WATCHDOG=1");
	else if (!m->told_stuck)
		log_err("renewals get nowhere node=%s: no answer from the store, and no error",
			info->config->node);
	m->told_stuck = !alive;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct manager *m = arg;
	struct agent_info info = agent_info(m->agent);
	struct el_now now = agent_now();
	char status[STATUS_MOST];

	(void)fd;
	(void)what;
	describe(&info, &now, status);
	if (strcmp(status, m->status))
		notify_manager(status);
	strcpy(m->status, status);
	if (m->watched)
		give_sign(m, &info, &now);
}

static int start(struct manager *m, struct event_base *base)
{
	uint64_t us = notify_watchdog_us() / SIGNS;
	struct timeval tv;

	m->watched = us;
	if (!us || us > PERIOD_US)
		us = PERIOD_US;
	tv = l2a_timeval(us * L2A_NSEC_PER_USEC);
	m->timer = event_new(base, -1, EV_PERSIST, on_timer, m);
	return !m->timer || event_add(m->timer, &tv);
}

struct manager *manager_open(const struct agent *agent, struct event_base *base,
			     struct l2a_error *err)
{
	struct manager *m = xmalloc(sizeof(*m));

	m->agent = agent;
	if (!notify_wanted() || !start(m, base))
		return m;
	l2a_fail(err, -ENOMEM, "out of memory");
	manager_close(m);
	return NULL;
}

void manager_close(struct manager *m)
{
	if (!m)
		return;
	if (m->timer)
		event_free(m->timer);
	free(m);
}
