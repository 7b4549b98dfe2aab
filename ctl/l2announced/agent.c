// SPDX-License-Identifier: GPL-2.0
/*
 * The agent: between the election and the world. It takes no decisions.
 *
 * One event at a time: what an action brings about while the actions of an
 * event are carried out waits its turn. So the actions reach the kernel and the
 * store in the order they were decided in.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent.h"
#include "deliver.h"
#include "lib/clock.h"
#include "log.h"
#include "notes.h"
#include "notify.h"
#include "responder.h"

#define MISSING_MS	1000	/* between two looks for the module */

/* An event that waits, and what it points to. */
struct waiting {
	struct waiting *next;
	struct el_event ev;
	struct names names;
	char *service;
};

struct agent {
	const struct config *config;
	struct event_base *base;
	struct election *election;
	const struct store_ops *ops;
	struct store *store;
	struct links *links;
	struct responder *responder;
	struct deliver *deliver;
	struct served_list served;
	struct event *tick;
	struct event *check;
	struct waiting *queue, **queue_end;
	bool busy;
	bool kernel;
	bool store_seen;
	char *store_error;
	bool routes_stale;
	bool done;
	int status;
};

/* A call to the store, until it is answered. */
struct errand {
	struct agent *a;
	uint64_t req;
	enum el_event_type type;
	enum record_kind kind;
	char *name;
};

struct el_now agent_now(void)
{
	return (struct el_now){
		.boot = l2a_boottime_ns(),
		.mono = l2a_clock_ns(CLOCK_MONOTONIC),
		.wall = (int64_t)(l2a_clock_ns(CLOCK_REALTIME) /
				  L2A_NSEC_PER_SEC),
	};
}

static void set_timer(struct event *timer, uint64_t ns)
{
	uint64_t us = ns / L2A_NSEC_PER_USEC + 1;
	struct timeval tv = {
		.tv_sec = (time_t)(us / 1000000),
		.tv_usec = (suseconds_t)(us % 1000000),
	};

	event_add(timer, &tv);
}

/* Carrying out actions. */

static void enqueue(struct agent *a, const struct el_event *ev,
		    const struct names *names, const char *service)
{
	struct waiting *w = xmalloc(sizeof(*w));

	w->ev = *ev;
	w->service = xstrdup(service);
	if (names)
		names_copy(&w->names, names);
	if (ev->type == EL_EV_KERNEL)
		w->ev.kernel.active = &w->names;
	if (ev->type == EL_EV_LINKS)
		w->ev.links = &w->names;
	if (ev->type == EL_EV_CONFLICT)
		w->ev.service = w->service;
	if (ev->type == EL_EV_SERVE_DONE)
		w->ev.serve.service = w->service;
	*a->queue_end = w;
	a->queue_end = &w->next;
}

static void step(struct agent *a, const struct el_event *ev);

static struct record *parse(enum record_kind kind, const struct store_item *item)
{
	struct l2a_error err;
	struct record *rec = record_parse(kind, item->value, &err);

	if (!rec)
		log_warn("store: record %s cannot be read: %s", item->key,
			 err.text);
	return rec;
}

static void on_answer(void *arg, const struct store_reply *reply)
{
	struct errand *errand = arg;
	struct agent *a = errand->a;
	struct el_event ev = { .type = errand->type };
	const struct store_item *item = reply->n ? &reply->items[0] : NULL;

	ev.done.req = errand->req;
	ev.done.result = reply->result;
	ev.done.item.kind = errand->kind;
	ev.done.item.name = errand->name;
	ev.done.item.version = item ? item->version : 0;
	if (errand->type == EL_EV_GOT && item && item->value &&
	    reply->result == EL_OK) {
		ev.done.item.rec = parse(errand->kind, item);
		if (!ev.done.item.rec)
			ev.done.result = EL_FAILED;
	}
	if (!a->done)
		step(a, &ev);
	record_put(ev.done.item.rec);
	free(errand->name);
	free(errand);
}

static struct errand *errand_new(struct agent *a, const struct el_action *action,
				 enum el_event_type type)
{
	struct errand *errand = xmalloc(sizeof(*errand));

	errand->a = a;
	errand->req = action->req;
	errand->type = type;
	errand->kind = action->kind;
	errand->name = xstrdup(action->name);
	return errand;
}

static void do_put(struct agent *a, const struct el_action *action)
{
	char key[RECORD_KEY_MAX];
	char *value = record_format(action->rec);

	record_key(action->kind, action->name, key);
	a->ops->put_if(a->store, key, action->version, value, on_answer,
		       errand_new(a, action, EL_EV_PUT_DONE));
	free(value);
}

static void do_get(struct agent *a, const struct el_action *action)
{
	char key[RECORD_KEY_MAX];

	record_key(action->kind, action->name, key);
	a->ops->get(a->store, key, on_answer, errand_new(a, action, EL_EV_GOT));
}

static void do_lease(struct agent *a, const struct el_action *action)
{
	struct el_event ev = { .type = EL_EV_LEASE_DONE };

	ev.lease.ok = responder_lease(a->responder, action->deadline,
				      action->token, &ev.lease.stale);
	enqueue(a, &ev, NULL, NULL);
}

static void served(struct agent *a, const struct served *s, bool ok)
{
	struct el_event ev = { .type = EL_EV_SERVE_DONE };

	ev.serve.seq = s->seq;
	ev.serve.ok = ok;
	enqueue(a, &ev, NULL, s->name);
}

static void do_serve(struct agent *a, const struct el_action *action)
{
	uint64_t linger = action->linger ?
			  l2a_clock_ns(CLOCK_MONOTONIC) +
			  a->config->linger_ms * L2A_NSEC_PER_MSEC : 0;
	struct served *s = served_set(&a->served, action, linger);

	a->routes_stale = true;
	served(a, s, responder_serve(a->responder, s));
}

static void do_exit(struct agent *a, const struct el_action *action)
{
	if (action->text && action->status)
		log_err("%s", action->text);
	else if (action->text)
		log_warn("%s", action->text);
	a->status = action->status;
	a->done = true;
	event_base_loopbreak(a->base);
}

static void do_note(struct agent *a, const struct el_action *action)
{
	note_log(action);
	if (action->note == EL_NOTE_JOINED || action->note == EL_NOTE_TAKEN_UP)
		notify_manager("READY=1\nSTATUS=joined");
	else if (action->note == EL_NOTE_FENCED ||
		 action->note == EL_NOTE_SUPERSEDED)
		notify_manager("STATUS=fenced, joining again");
	(void)a;
}

static void act(struct agent *a, const struct el_action *action)
{
	switch (action->type) {
	case EL_PUT:
		do_put(a, action);
		break;
	case EL_GET:
		do_get(a, action);
		break;
	case EL_LEASE:
		do_lease(a, action);
		break;
	case EL_LEASE_END:
		responder_lease_end(a->responder);
		break;
	case EL_SERVE:
		do_serve(a, action);
		break;
	case EL_NOTE:
		do_note(a, action);
		break;
	case EL_EXIT:
		do_exit(a, action);
		break;
	}
}

static void take_one(struct agent *a, const struct el_event *ev)
{
	struct el_actions actions = { 0, NULL };
	struct el_now now = agent_now();

	election_step(a->election, ev, &now, &actions);
	for (size_t i = 0; i < actions.n; i++)
		act(a, &actions.v[i]);
	el_actions_clear(&actions);
}

static void wake_later(struct agent *a)
{
	uint64_t wake = election_wake(a->election);
	uint64_t now = l2a_clock_ns(CLOCK_MONOTONIC);

	event_del(a->tick);
	if (wake != UINT64_MAX)
		set_timer(a->tick, wake > now ? wake - now : 0);
}

/*
 * The stack would answer for any local route: there are none without the
 * module, which keeps it silent.
 */
static void set_routes(struct agent *a)
{
	uint64_t now = l2a_clock_ns(CLOCK_MONOTONIC), next = UINT64_MAX;
	struct deliver_route *routes = NULL;
	size_t n = 0;

	a->routes_stale = false;
	if (a->kernel && !a->done)
		routes = served_routes(&a->served, a->links, now, &n, &next);
	deliver_set(a->deliver, routes, n);
	free(routes);
}

static void step(struct agent *a, const struct el_event *ev)
{
	if (a->busy || a->done)
		return;
	a->busy = true;
	take_one(a, ev);
	while (a->queue) {
		struct waiting *w = a->queue;

		a->queue = w->next;
		if (!a->queue)
			a->queue_end = &a->queue;
		take_one(a, &w->ev);
		names_clear(&w->names);
		free(w->service);
		free(w);
	}
	a->busy = false;
	wake_later(a);
	if (a->routes_stale)
		set_routes(a);
}

/* An event that may come up while another is dealt with. */
static void raise_event(struct agent *a, const struct el_event *ev,
			const struct names *names, const char *service)
{
	struct el_event tick = { .type = EL_EV_TICK };

	enqueue(a, ev, names, service);
	if (!a->busy)
		step(a, &tick);
}

/* What the store tells. */

static void on_view(void *arg, const struct store_item *items, size_t n,
		    uint64_t rev, bool full)
{
	struct el_event ev = { .type = EL_EV_VIEW };
	struct agent *a = arg;
	struct el_item *view = xmalloc((n + 1) * sizeof(*view));
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct el_item *item = &view[kept];

		item->name = record_key_parse(items[i].key, &item->kind);
		if (!item->name)
			continue;
		item->version = items[i].version;
		item->rec = items[i].value ? parse(item->kind, &items[i]) : NULL;
		/* Unreadable: as if it had not changed. */
		if (items[i].value && !item->rec)
			continue;
		kept++;
	}
	ev.view.rev = rev;
	ev.view.full = full;
	ev.view.items = view;
	ev.view.n = kept;
	step(a, &ev);
	for (size_t i = 0; i < kept; i++)
		record_put(view[i].rec);
	free(view);
}

static void on_store_state(void *arg, const char *error)
{
	struct agent *a = arg;

	if (error)
		log_err("store unreachable node=%s: %s", a->config->node, error);
	else if (a->store_error)
		log_notice("store back node=%s", a->config->node);
	free(a->store_error);
	a->store_error = xstrdup(error);
	a->store_seen = true;
}

static void on_store_reset(void *arg)
{
	struct el_event ev = { .type = EL_EV_RESET };
	struct agent *a = arg;

	log_warn("store is another than before node=%s: beginning anew",
		 a->config->node);
	step(a, &ev);
}

/* What the kernel tells. */

static void on_module(void *arg, bool there, uint64_t token,
		      const struct names *active)
{
	struct el_event ev = { .type = EL_EV_KERNEL };
	struct agent *a = arg;

	a->kernel = there;
	a->routes_stale = true;
	ev.kernel.there = there;
	ev.kernel.token = token;
	raise_event(a, &ev, active, NULL);
}

static void on_served(void *arg, const struct served *s)
{
	struct el_event ev = { .type = EL_EV_SERVE_DONE };

	ev.serve.seq = s->seq;
	ev.serve.ok = true;
	raise_event(arg, &ev, NULL, s->name);
}

static void on_conflict(void *arg, const char *vip, const uint8_t *mac)
{
	struct el_event ev = { .type = EL_EV_CONFLICT };
	struct agent *a = arg;
	char text[L2A_MAC_STRLEN];

	log_warn("conflict vip=%s node=%s: %s claims it", vip, a->config->node,
		 l2a_mac_format(mac, text));
	for (size_t i = 0; i < a->served.n; i++) {
		const struct served *s = &a->served.v[i];

		if (s->spec && names_has(&s->spec->service.vips, vip))
			raise_event(a, &ev, NULL, s->name);
	}
}

static void on_expired(void *arg)
{
	struct agent *a = arg;

	log_warn("lease ran out node=%s lease=%u: silent until the store confirms again",
		 a->config->node, a->config->lease);
}

static void on_links(void *arg)
{
	struct el_event ev = { .type = EL_EV_LINKS };
	struct names up = { 0, NULL };
	struct agent *a = arg;

	/* New devices get their standby VIPs before anything else happens. */
	responder_links(a->responder);
	links_up(a->links, &up);
	a->routes_stale = true;
	raise_event(a, &ev, &up, NULL);
	names_clear(&up);
}

/* Time. */

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct el_event ev = { .type = EL_EV_TICK };

	(void)fd;
	(void)what;
	step(arg, &ev);
}

static void on_check(evutil_socket_t fd, short what, void *arg)
{
	struct agent *a = arg;
	uint64_t ms = a->config->reconcile_ms;

	(void)fd;
	(void)what;
	if (a->done)
		return;
	responder_check(a->responder, election_settled(a->election));
	set_routes(a);
	if (!a->kernel && ms > MISSING_MS)
		ms = MISSING_MS;
	set_timer(a->check, ms * L2A_NSEC_PER_MSEC);
}

/* Putting it together. */

static void read_text(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "re");

	buf[0] = '\0';
	if (f && fgets(buf, (int)size, f))
		buf[strcspn(buf, "\n")] = '\0';
	if (f)
		fclose(f);
}

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
		.rebalance = a->config->rebalance,
		.move_rate = a->config->move_rate,
	};
	struct stat st;

	read_text("/proc/sys/kernel/random/boot_id", id, sizeof(id));
	if (!id[0] || stat("/proc/self/ns/net", &st))
		return l2a_fail(err, -ENOENT, "cannot tell boots and namespaces apart: is /proc mounted?");
	snprintf(boot, sizeof(boot), "%s/%llu", id,
		 (unsigned long long)st.st_ino);
	read_text("/proc/sys/kernel/random/uuid", run, sizeof(run));
	if (!run[0])
		return l2a_fail(err, -ENOENT, "cannot read /proc/sys/kernel/random/uuid");
	gethostname(name, sizeof(name) - 1);
	snprintf(host, sizeof(host), "%s, process %d", name, (int)getpid());
	a->election = election_new(&config);
	return 0;
}

static int open_all(struct agent *a, struct l2a_error *err)
{
	const struct store_watcher watcher = {
		.view = on_view,
		.state = on_store_state,
		.reset = on_store_reset,
		.arg = a,
	};
	const struct responder_hooks hooks = {
		.there = on_module,
		.served = on_served,
		.conflict = on_conflict,
		.expired = on_expired,
		.arg = a,
	};

	a->tick = evtimer_new(a->base, on_tick, a);
	a->check = evtimer_new(a->base, on_check, a);
	if (!a->tick || !a->check)
		return l2a_fail(err, -ENOMEM, "out of memory");
	if (make_election(a, err))
		return err->code;
	a->deliver = deliver_open(err);
	if (!a->deliver)
		return err->code;
	a->links = links_open(a->base, on_links, a, err);
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
	on_links(a);
	on_check(-1, 0, a);
	return a;
}

void agent_free(struct agent *a)
{
	if (!a)
		return;
	a->done = true;
	if (a->store)
		a->ops->close(a->store);
	if (a->deliver)
		set_routes(a);
	responder_free(a->responder);
	deliver_close(a->deliver);
	links_close(a->links);
	election_free(a->election);
	served_clear(&a->served);
	while (a->queue) {
		struct waiting *w = a->queue;

		a->queue = w->next;
		names_clear(&w->names);
		free(w->service);
		free(w);
	}
	if (a->tick)
		event_free(a->tick);
	if (a->check)
		event_free(a->check);
	free(a->store_error);
	free(a);
}

void agent_stop(struct agent *a)
{
	struct el_event ev = { .type = EL_EV_STOP };

	notify_manager("STOPPING=1\nSTATUS=handing over");
	step(a, &ev);
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
		.kernel = a->kernel,
		.lease_left_ns = responder_lease_left(a->responder),
		.mends = responder_mends(a->responder),
	};
}
