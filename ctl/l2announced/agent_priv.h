/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The agent's insides, shared by its files:
 *
 *   agent.c        events in, actions out, one at a time
 *   agent_hooks.c  what the store, the kernel and the clock tell
 *   agent_tell.c   what people, their tools and their hooks are told
 *   agent_start.c  putting it together and taking it apart
 */
#ifndef L2A_AGENT_PRIV_H
#define L2A_AGENT_PRIV_H

#include "agent.h"
#include "deliver.h"
#include "health.h"
#include "hooks.h"
#include "links.h"
#include "responder.h"
#include "served.h"

struct event;

/* An event that waits, and what it points to. */
struct waiting {
	struct waiting *next;
	struct el_event ev;
	struct names names;
	char *service;
	struct el_item *items;	/* with their names */
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
	struct health *health;
	struct hooks *hooks;
	struct served_list served;
	struct metrics metrics;
	void (*watch)(void *arg);
	void *watch_arg;
	struct event *tick;
	struct event *check;
	struct event *routes;
	struct event *part;
	struct waiting *queue, **queue_end;
	bool busy;
	bool kernel;
	bool store_seen;
	char *store_error;
	bool routes_stale;
	bool settled;		/* what should be here has been decided once */
	bool leaving;		/* the next process of this node goes on with it */
	unsigned int stops;	/* how often told to hand everything over */
	bool done;
	bool hasty;		/* told not to linger */
	bool lingering;		/* done, but for what is delivered a while longer */
	bool closing;
	int status;
};

/* agent.c */

/** agent_step() - deal with what waits, then with an event; NULL: with no more */
void agent_step(struct agent *a, const struct el_event *ev);

/** agent_raise() - an event that may come up while another is dealt with */
void agent_raise(struct agent *a, const struct el_event *ev,
		 const struct names *names, const char *service);

/** agent_raise_soon() - the same, together with what else comes by then */
void agent_raise_soon(struct agent *a, const struct el_event *ev,
		      const char *service);

/** agent_part() - make silent what waited for one more answer, and look again later */
void agent_part(struct agent *a);
void agent_set_routes(struct agent *a);
void agent_set_timer(struct event *timer, uint64_t ns);
struct record *agent_parse(enum record_kind kind, const struct store_item *item);
void agent_drop_queue(struct agent *a);

/* agent_hooks.c */
extern const struct store_watcher agent_watcher;
extern const struct responder_hooks agent_hooks;
void agent_on_links(void *arg);
void agent_on_health(void *arg, const char *service, bool ok);
void agent_on_tick(int fd, short what, void *arg);
void agent_on_check(int fd, short what, void *arg);
void agent_on_routes(int fd, short what, void *arg);
void agent_on_part(int fd, short what, void *arg);

/* agent_tell.c */

/** agent_note() - an EL_NOTE */
void agent_note(struct agent *a, const struct el_action *action);

/** agent_tell_conflict() - a foreign station claims a VIP of a service */
void agent_tell_conflict(struct agent *a, const struct served *s,
			 const char *vip, const char *mac);

#endif /* L2A_AGENT_PRIV_H */
