/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A deterministic world for the controller's election: a store that delays and
 * loses, kernels with deadlines and tokens, clocks that drift, processes that
 * pause and die. One seed is one history.
 *
 *   host.c     a node: its clocks, its backends and the process that runs the
 *              very election.c, one action at a time
 *   driver.c   the process's hand on its kernel: the very responder.c
 *   fate.c     what befalls it: starts and ends, suspend, links, module, margin,
 *              and who changes its VIPs behind the controller's back
 *   netlink.c  the way from there to the kernel
 *   kernel.c   its kernel: a deadline, a token, and what is active
 *   store.c    the lease store and the way to it
 *   trouble.c  what goes wrong, and when
 *   outage.c   what a node can lose, for a while or lastingly
 *   check.c    the promises, tested after every step; of them I4 in balance.c
 *   units.c    services that share a VIP, and who could hold them
 *   world.c    time, chance and the queue of what happens next
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "l2announced/election.h"
#include "l2announced/served.h"

#define MS		1000000ULL
#define SEC		1000000000ULL
#define MAX_HOSTS	5
#define MAX_SERVICES	6
#define MAX_VIPS	6
#define MAX_NAMES	6	/* of nodes, or of services */
#define RECORD_KINDS	4
#define NO_TIME		UINT64_MAX

struct world;
struct host;
struct trip;
struct responder;

/* What the queue holds. */
struct happening {
	uint64_t at;
	uint64_t order;		/* first come, first served */
	void (*run)(struct world *w, struct happening *h);
	struct host *host;
	uint64_t life;		/* of the host's process: stale if it died */
	uint64_t round;		/* of its watch: stale if it began anew */
	struct message *msg;
	struct trip *trip;
	int number;
};

/* An event on its way into a process; or what else it does at its turn, then. */
struct message {
	struct message *next;
	void (*turn)(struct world *w, struct host *h);	/* NULL: an event */
	struct el_event ev;
	struct el_item *items;
	struct names active;
};

/* What this kernel was told about a VIP. */
struct kernel_vip {
	bool known;
	bool active;
	bool unbound;		/* a fault: whatever the token */
	uint64_t token;
	uint64_t replies;
};

/* What outlives the process; one process drives it, unless that is the fault. */
struct kernel {
	char boot[32];
	bool unloaded;		/* the module is: nothing is known, all is refused */
	unsigned int loads;	/* of the module, so far */
	bool lease;		/* there is one */
	uint64_t lease_token;
	uint64_t lease_deadline;
	struct kernel_vip vips[MAX_VIPS];
	unsigned int bound;	/* VIPs that are answered while the lease lasts */
	bool link;
};

struct host {
	int number;
	char name[16];
	struct el_config config;
	bool evens_out;		/* is to hand over what others have too little of */

	/* Clocks: offset and drift against the world's. */
	uint64_t offset;
	int64_t drift_ppm;
	uint64_t slept;		/* suspend: CLOCK_MONOTONIC lags by this */
	uint64_t asleep_until;
	uint64_t sick_until;	/* its kernel refused: it does not try again */

	struct kernel *kernel;
	struct kernel own;

	/* The process's hand on it. */
	struct world *world;
	struct responder *responder;
	struct served_list served;
	bool module;		/* it is there, as far as the process knows */
	uint64_t reconcile;	/* between two comparisons with the kernel */
	uint64_t check_at;	/* when it next compares; NO_TIME: it is its turn */
	uint64_t part_at;	/* when it next looks for answers; NO_TIME: the same */

	/* The backends, and the checks the process has been told of. */
	bool failing[MAX_SERVICES];
	struct record *checked[MAX_SERVICES];

	/* The process. */
	struct election *election;	/* NULL while it does not run */
	uint64_t life;
	bool stopping;
	bool exited;
	uint64_t paused_until;
	struct message *inbox, **inbox_end;
	struct el_actions actions;
	uint64_t decided;	/* CLOCK_BOOTTIME of the event that led to them */
	size_t next_action;
	uint64_t run_at;	/* when it is scheduled to go on */
	uint64_t tick_at;	/* the timer it asked for */

	/* The way to the store. */
	bool cut;
	bool refused;		/* while it is cut: told so at once */
	uint64_t cursor;	/* watch: seen up to here; 0: all there is */
	bool watching;		/* an answer is on its way */
	uint64_t round;		/* of what it was told before, nothing arrives */
};

/* A record in the store, and the log of its changes. */
struct change {
	enum record_kind kind;
	const char *name;
	uint64_t version;
	struct record *rec;
};

struct store {
	struct change *log;	/* the change to revision N is log[N - 1] */
	size_t n_log;
	size_t last[RECORD_KINDS][MAX_NAMES];	/* revision of each record, or 0 */
	uint64_t rev;
	bool down;
	bool refuses;		/* while it is down: says so at once */
};

/* Services that share a VIP, and so are held by one node. */
struct unit {
	bool any;		/* it has services */
	bool has[MAX_SERVICES];
	int holder;		/* of all of them, or -1 */
};

/* What a node can lose. */
enum outage {
	OUTAGE_PROCESS,
	OUTAGE_MACHINE,
	OUTAGE_WAY,
	OUTAGE_LINK,
	OUTAGE_MODULE,
	OUTAGES,
};

/* Faults that are none of the election's. */
enum sim_fault {
	SIM_FAULT_NO_MARGIN = 1 << 0,		/* although clocks drift */
	SIM_FAULT_RELATIVE_TTL = 1 << 1,	/* the kernel is told how long, not until when */
	SIM_FAULT_TWO_CONTROLLERS = 1 << 2,	/* one kernel, one name, two processes */
	SIM_FAULT_NO_BALANCE = 1 << 3,		/* nobody evens out the counts */
};

struct world {
	uint64_t seed;
	uint64_t rng;
	uint64_t now;
	uint64_t end;
	bool trace;
	unsigned int faults;	/* enum el_fault */
	unsigned int own_faults;	/* enum sim_fault */

	struct happening *heap;
	size_t n_heap;
	uint64_t order;

	struct host hosts[MAX_HOSTS];
	int n_hosts;
	int n_processes;	/* more than hosts: the last drives the first's kernel */
	int n_services;
	struct store store;
	uint64_t quick;		/* usual delay on the way to the store, ns */
	uint64_t slow;		/* longest, now and then */
	bool trouble;		/* things may go wrong now */
	uint64_t quiet_since;
	uint32_t longest_ms;	/* of the hosts' durations */
	int doomed;		/* the service whose checks fail on all; -1: none */
	const struct host *well;	/* none but that one's fail on it */
	struct host *gone;	/* lastingly, or NULL */
	enum outage gone_how;

	uint64_t answered[MAX_VIPS];	/* when it last was */
	uint64_t tokens[MAX_SERVICES];
	char verdict[256];	/* what was broken; empty while all is well */

	unsigned long steps, fences, claims, refusals, resets;
};

/* world.c */
/* A list that grew by this alone has room for one more than its n. */
void *room(void *list, size_t n, size_t size);
uint64_t chance_below(struct world *w, uint64_t n);
bool chance(struct world *w, unsigned int percent);
uint64_t between(struct world *w, uint64_t lo, uint64_t hi);
struct happening *later(struct world *w, uint64_t delay,
			void (*run)(struct world *, struct happening *));
void tell(struct world *w, const struct host *h, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void broken(struct world *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
bool world_run(struct world *w);

/* host.c */
void host_kill(struct world *w, struct host *h);
void host_pause(struct world *w, struct host *h, uint64_t ns);
void host_fail(struct world *w, struct host *h, int service, bool failing);
void host_deliver(struct world *w, struct host *h, struct message *msg,
		  uint64_t delay);
uint64_t host_boottime(const struct world *w, const struct host *h);
uint64_t host_monotime(const struct world *w, const struct host *h);
bool host_serves(const struct host *h);
void host_drop(struct host *h);
struct message *message_new(enum el_event_type type);
struct message *message_turn(void (*turn)(struct world *w, struct host *h));
void message_free(struct message *msg);
const char *service_name(int number);
const char *vip_name(int number);
const char *known_name(const struct world *w, enum record_kind kind,
		       const char *name);
int number_of(const char *name);

/* fate.c */
void host_init(struct world *w, struct host *h, int number);
void host_twin(struct world *w, struct host *h, struct host *of);
void host_start(struct world *w, struct host *h);
void host_stop(struct world *w, struct host *h);
void host_leave(struct world *w, struct host *h);
void host_reboot(struct world *w, struct host *h);
void host_suspend(struct world *w, struct host *h, uint64_t ns);
void host_link(struct world *w, struct host *h, bool up);
void host_module(struct world *w, struct host *h, bool loaded);
void host_conflict(struct world *w, struct host *h, int service);
void host_meddle(struct world *w, struct host *h, int vip);
void host_margin(struct world *w, struct host *h, uint32_t ms);

/* kernel.c */
unsigned int host_answers(const struct world *w, const struct host *h);
int kernel_renew(struct kernel *k, uint64_t deadline, uint64_t token);
int kernel_set(struct kernel *k, int v, const struct kernel_vip *vip);
int kernel_remove(struct kernel *k, int v);
void kernel_forget(struct kernel *k);
void kernel_boot(struct host *h);

/* netlink.c: whose kernel it leads to from now on */
void netlink_turn(struct world *w, struct host *h);

/* driver.c */
void driver_start(struct world *w, struct host *h);
void driver_end(struct host *h);
void driver_serve(struct world *w, struct host *h, const struct el_action *a,
		  size_t n);
void driver_lease(struct world *w, struct host *h, const struct el_action *a);
void driver_lease_end(struct world *w, struct host *h);
void driver_links(struct world *w, struct host *h);
/* Compare with the kernel after that long; after an event. */
void driver_check(struct world *w, struct host *h, uint64_t wait);
void driver_after(struct world *w, struct host *h);

/* store.c */
void store_request(struct world *w, struct host *h, const struct el_action *a);
void trip_free(struct trip *t);
void store_list(struct world *w, struct host *h);
void store_notify(struct world *w);
void store_found_again(struct world *w, struct host *h);
void store_back(struct world *w);
bool store_write(struct world *w, enum record_kind kind, const char *name,
		 uint64_t version, struct record *rec);
const struct change *store_find(const struct store *s, enum record_kind kind,
				const char *name);
void store_drop(struct store *s);

/* trouble.c */
void trouble_start(struct world *w);

/* outage.c */
void outage_begin(struct world *w, struct host *h, enum outage what);
void outage_end(struct world *w, struct host *h, enum outage what, uint64_t delay);
void lasting_begin(struct world *w);
void lasting_end(struct world *w);

/* units.c */
/* What people want of a service; NULL where they do not want it. */
const struct service_record *wanted_service(const struct world *w, int s);
void units_find(const struct world *w, struct unit units[MAX_SERVICES]);
/* By the store; -1: nobody, or not one for all of a unit. */
int service_holder(const struct world *w, int s);
int unit_holder(const struct world *w, const struct unit *unit);
/* It is there, and passes the checks. */
bool unit_could(const struct world *w, const struct unit *unit,
		const struct host *h);
/* Somebody is to answer for it. */
bool vip_is_due(const struct world *w, int vip);

/* balance.c */
void check_balance(struct world *w);

/* check.c */
void check(struct world *w);
void check_write(struct world *w, enum record_kind kind, const char *name,
		 const struct record *was, const struct record *rec);

#endif /* SIM_H */
