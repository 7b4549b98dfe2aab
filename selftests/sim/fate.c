// SPDX-License-Identifier: GPL-2.0
/*
 * What befalls a node: its process starts and is told to end, its machine restarts or
 * suspends, its link, its module, its margin and its VIPs change.
 */
#include <stdio.h>
#include <string.h>

#include "sim.h"

void host_reboot(struct world *w, struct host *h)
{
	for (int i = 0; i < w->n_processes; i++) {
		if (w->hosts[i].kernel == h->kernel)
			host_kill(w, &w->hosts[i]);
	}
	tell(w, h, "machine restarts");
	kernel_boot(h);
}

void host_suspend(struct world *w, struct host *h, uint64_t ns)
{
	uint64_t until = w->now + ns;
	uint64_t from = h->asleep_until > w->now ? h->asleep_until : w->now;
	uint64_t more = until > from ? until - from : 0;

	tell(w, h, "machine suspends");
	host_pause(w, h, ns);
	h->slept += more;
	h->asleep_until = from + more;
	/* It counts on the clock that stands still. */
	if (h->sick_until > w->now)
		h->sick_until += more;
}

static struct message *links(struct host *h)
{
	static char dev[] = "eth0";
	static char *devs[] = { dev };
	static const struct names up = { 1, devs }, down = { 0, NULL };
	struct message *msg = message_new(EL_EV_LINKS);

	msg->ev.links = h->kernel->link ? &up : &down;
	return msg;
}

/* A machine's processes hear of it, each in its own moment. */
void host_link(struct world *w, struct host *h, bool up)
{
	h->kernel->link = up;
	tell(w, h, "link %s", up ? "up" : "down");
	for (int i = 0; i < w->n_processes; i++) {
		struct host *one = &w->hosts[i];

		if (one->kernel == h->kernel)
			host_deliver(w, one, links(one), between(w, 0, MS));
	}
}

void host_stop(struct world *w, struct host *h)
{
	h->stopping = true;
	tell(w, h, "told to stop");
	host_deliver(w, h, message_new(EL_EV_STOP), 0);
}

/* The next process is to take up where this one ends. */
void host_leave(struct world *w, struct host *h)
{
	h->stopping = true;
	tell(w, h, "told to leave all to the next process");
	host_deliver(w, h, message_new(EL_EV_LEAVE), 0);
}

/* Another station claims a VIP of that service. */
void host_conflict(struct world *w, struct host *h, int service)
{
	struct message *msg = message_new(EL_EV_CONFLICT);

	tell(w, h, "a foreign claim to %s", service_name(service));
	msg->ev.service = service_name(service);
	host_deliver(w, h, msg, 0);
}

/*
 * Somebody removes a VIP by hand, or makes it standby, or adds one that nobody wants:
 * the next comparison has to mend that. Who activates one by hand is on his own.
 */
void host_meddle(struct world *w, struct host *h, int vip)
{
	const struct kernel_vip standby = { .known = true };

	if (h->kernel->unloaded)
		return;
	if (h->kernel->vips[vip].known && chance(w, 50)) {
		tell(w, h, "somebody removes %s", vip_name(vip));
		kernel_remove(h->kernel, vip);
	} else {
		tell(w, h, "somebody makes %s standby", vip_name(vip));
		kernel_set(h->kernel, vip, &standby);
	}
}

/* Its configuration has another margin from now on. */
void host_margin(struct world *w, struct host *h, uint32_t ms)
{
	struct message *msg = message_new(EL_EV_CONFIG);

	tell(w, h, "margin %u ms", ms);
	h->config.margin_ms = ms;
	msg->ev.config.margin_ms = ms;
	msg->ev.config.rebalance = h->config.rebalance;
	msg->ev.config.weight = h->config.weight;
	msg->ev.config.move_rate = h->config.move_rate;
	msg->ev.config.link_up_ms = h->config.link_up_ms;
	msg->ev.config.link_down_ms = h->config.link_down_ms;
	host_deliver(w, h, msg, 0);
}

/* Unloaded, or loaded again: not on another boot, and all the same with nothing in it. */
void host_module(struct world *w, struct host *h, bool loaded)
{
	kernel_forget(h->kernel);
	h->kernel->unloaded = !loaded;
	tell(w, h, "module %s", loaded ? "loaded" : "unloaded");
}

void host_start(struct world *w, struct host *h)
{
	char run[40];

	host_kill(w, h);
	snprintf(run, sizeof(run), "%d-%llu", h->number,
		 (unsigned long long)h->life);
	h->config.node = h->name;
	h->config.boot = h->kernel->boot;
	h->config.run = run;
	h->config.host = h->kernel->boot;
	h->config.faults = w->faults;
	h->election = election_new(&h->config);
	h->stopping = false;
	h->exited = false;
	h->paused_until = 0;
	h->run_at = 0;
	h->cursor = 0;
	h->watching = false;
	tell(w, h, "process starts");
	driver_start(w, h);
	host_deliver(w, h, links(h), 0);
	store_notify(w);
}

void host_init(struct world *w, struct host *h, int number)
{
	static const uint32_t durations[] = { 300, 500, 1000, 2000 };
	static const uint32_t weights[] = { 50, 200, 0 };
	/* What was wrong meanwhile is to show, and yet be mended when it is quiet. */
	static const uint64_t reconciles[] = { 200 * MS, SEC, 3 * SEC };
	uint32_t duration = durations[chance_below(w, 4)];

	h->number = number;
	snprintf(h->name, sizeof(h->name), "n%d", number);
	h->kernel = &h->own;
	h->own.link = true;
	h->config.duration_ms = duration;
	h->config.renew_ms = duration == 300 ? 100 : duration / 4;
	h->config.margin_ms = w->own_faults & SIM_FAULT_NO_MARGIN ?
			      0 : duration / 10;
	if (duration > w->longest_ms)
		w->longest_ms = duration;
	h->config.link_up_ms = chance(w, 50) ? 0 : 1000;
	h->config.link_down_ms = chance(w, 80) ? 0 : 50;
	h->config.weight = chance(w, 70) ? 100 : weights[chance_below(w, 3)];
	h->config.rebalance = chance(w, 70);
	h->evens_out = h->config.rebalance;
	if (w->own_faults & SIM_FAULT_NO_BALANCE)
		h->config.rebalance = false;
	h->config.move_rate = 10;
	h->reconcile = reconciles[chance_below(w, 3)];
	h->offset = between(w, SEC, 1000 * SEC);
	/* The worst there is as often as anything between. */
	h->drift_ppm = chance(w, 50) ? (int64_t)between(w, 0, 2000) - 1000 :
		       chance(w, 50) ? 1000 : -1000;
	h->inbox_end = &h->inbox;
	h->tick_at = NO_TIME;
	h->life = 1;
	kernel_boot(h);
}

/* What a lock file is there to prevent: one more process, told the same. */
void host_twin(struct world *w, struct host *h, struct host *of)
{
	host_init(w, h, w->n_hosts);
	snprintf(h->name, sizeof(h->name), "%s", of->name);
	h->config = of->config;
	h->kernel = of->kernel;
	h->offset = of->offset;
	h->drift_ppm = of->drift_ppm;
}
