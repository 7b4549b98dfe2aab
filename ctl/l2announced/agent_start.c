// SPDX-License-Identifier: GPL-2.0
/*
 * The agent's beginning and end.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent_priv.h"
#include "first_line.h"
#include "notify.h"

static int make_election(struct agent *a, struct l2a_error *err)
{
	char id[64], boot[128], run[64], host[128], name[65] = "";
	struct el_config config = {
		.node = a->config->node,
		.boot = boot,
		.run = run,
		.host = host,
		.duration_ms = a->config->duration_ms,
		.renew_ms = a->config->renew_ms,
		.margin_ms = a->config->margin_ms,
		.link_up_ms = a->config->link_up_ms,
		.link_down_ms = a->config->link_down_ms,
		.rebalance = a->config->rebalance,
		.weight = a->config->weight,
		.move_rate = a->config->move_rate,
	};
	struct stat st;

	first_line("/proc/sys/kernel/random/boot_id", id, sizeof(id));
	if (!id[0] || stat("/proc/self/ns/net", &st))
		return l2a_fail(err, -ENOENT, "cannot tell boots and namespaces apart: is /proc mounted?");
	snprintf(boot, sizeof(boot), "%s/%llu", id,
		 (unsigned long long)st.st_ino);
	first_line("/proc/sys/kernel/random/uuid", run, sizeof(run));
	if (!run[0])
		return l2a_fail(err, -ENOENT, "cannot read /proc/sys/kernel/random/uuid");
	gethostname(name, sizeof(name) - 1);
	snprintf(host, sizeof(host), "%s, process %d", name, (int)getpid());
	a->election = election_new(&config);
	return 0;
}

static int open_all(struct agent *a, struct l2a_error *err)
{
	struct store_watcher watcher = agent_watcher;
	struct responder_hooks hooks = agent_hooks;

	watcher.arg = a;
	hooks.arg = a;
	a->tick = evtimer_new(a->base, agent_on_tick, a);
	a->check = evtimer_new(a->base, agent_on_check, a);
	a->routes = evtimer_new(a->base, agent_on_routes, a);
	a->part = evtimer_new(a->base, agent_on_part, a);
	if (!a->tick || !a->check || !a->routes || !a->part)
		return l2a_fail(err, -ENOMEM, "out of memory");
	if (make_election(a, err))
		return err->code;
	a->deliver = deliver_open(err);
	if (!a->deliver)
		return err->code;
	a->hooks = hooks_new(a->base, a->config);
	a->health = health_new(a->base, a->config, agent_on_health, a);
	a->links = links_open(a->base, agent_on_links, a, err);
	if (!a->links)
		return err->code;
	a->responder = responder_new(a->base, a->config->lease, a->links,
				     &a->served, &hooks);
	a->ops = store_find(a->config->store_type);
	if (!a->ops)
		return l2a_fail(err, -EINVAL, "no store of type %s",
				a->config->store_type);
	a->store = a->ops->open(a->config, a->base, err);
	if (!a->store)
		return err->code;
	a->ops->watch(a->store, &watcher);
	return 0;
}

struct agent *agent_new(const struct config *config, struct event_base *base,
			struct l2a_error *err)
{
	struct agent *a = xmalloc(sizeof(*a));

	a->config = config;
	a->base = base;
	a->queue_end = &a->queue;
	if (open_all(a, err)) {
		agent_free(a);
		return NULL;
	}
	agent_on_links(a);
	agent_on_check(-1, 0, a);
	return a;
}

void agent_free(struct agent *a)
{
	if (!a)
		return;
	a->done = true;
	a->closing = true;
	if (a->store)
		a->ops->close(a->store);
	if (a->deliver && !a->leaving)
		agent_set_routes(a);
	responder_free(a->responder);
	deliver_close(a->deliver);
	links_close(a->links);
	health_free(a->health);
	hooks_free(a->hooks);
	election_free(a->election);
	served_clear(&a->served);
	agent_drop_queue(a);
	if (a->tick)
		event_free(a->tick);
	if (a->check)
		event_free(a->check);
	if (a->routes)
		event_free(a->routes);
	if (a->part)
		event_free(a->part);
	free(a->store_error);
	free(a);
}

void agent_stop(struct agent *a, bool hasty)
{
	struct el_event ev = { .type = EL_EV_STOP };

	notify_manager("STOPPING=1");
	a->hasty |= hasty;
	a->stops++;
	/* Told twice, it neither waits for its last hooks nor lingers: see do_exit(). */
	if (a->done)
		event_base_loopbreak(a->base);
	agent_step(a, &ev);
}

void agent_leave(struct agent *a)
{
	struct el_event ev = { .type = EL_EV_LEAVE };

	a->leaving = true;
	notify_manager("STOPPING=1");
	agent_step(a, &ev);
}

void agent_configured(struct agent *a)
{
	struct el_event ev = { .type = EL_EV_CONFIG };

	ev.config.margin_ms = a->config->margin_ms;
	ev.config.rebalance = a->config->rebalance;
	ev.config.weight = a->config->weight;
	ev.config.move_rate = a->config->move_rate;
	ev.config.link_up_ms = a->config->link_up_ms;
	ev.config.link_down_ms = a->config->link_down_ms;
	agent_step(a, &ev);
	/* Now, for the time until then may have been a long one. */
	agent_on_check(-1, 0, a);
}

int agent_status(const struct agent *a)
{
	return a->status;
}

struct agent_info agent_info(const struct agent *a)
{
	return (struct agent_info){
		.config = a->config,
		.election = a->election,
		.store = a->ops,
		.handle = a->store,
		.store_error = a->store_error,
		.store_seen = a->store_seen,
		.health = a->health,
		.hooks = a->hooks,
		.links = a->links,
		.kernel = a->kernel,
		.lease_left_ns = responder_lease_left(a->responder),
		.metrics = &a->metrics,
		.mends = responder_mends(a->responder),
	};
}

void agent_watch(struct agent *a, void (*fn)(void *arg), void *arg)
{
	a->watch = fn;
	a->watch_arg = arg;
}

size_t agent_vips(const struct agent *a, struct l2a_vip **vips)
{
	return responder_vips(a->responder, vips);
}
