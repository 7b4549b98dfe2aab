/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the election knows: nodes, services and their holders as the store has
 * shown them, and what can be concluded from that. Private to the election;
 * the API reads it to show it.
 */
#ifndef L2A_VIEW_H
#define L2A_VIEW_H

#include "debounce.h"
#include "election.h"
#include "vip_users.h"

#define NSEC_PER_MSEC	1000000ULL
#define NSEC_PER_SEC	1000000000ULL
#define NEVER		UINT64_MAX

/**
 * struct el_node - a node somebody has spoken of
 * @name: its name
 * @rec: its record, NULL while absent
 * @unreadable: there is a newer record, of which nothing is known
 * @version: of the newest record, or the revision it was absent at
 * @before: of the one before that
 * @seen: CLOCK_MONOTONIC ns at which it was last seen to change
 * @heard: the same, where it was told of as it changed; 0 after a whole view, whose
 *	news may be old
 * @ready_since: CLOCK_MONOTONIC ns since when it has been ready; NEVER if not
 * @patience_ms: the longest duration it ever told
 * @fence_req: request in flight, 0 if none
 * @fence_rec: what that would write
 * @retry: not before this
 * @drained: it is to hold nothing
 * @drain_version: of the record that says so, or says so no more
 * @drain_pass: the last whole view that showed that record
 * @index: among the ready ones, while planning
 * @pass: the last whole view that showed it
 */
struct el_node {
	char *name;
	struct record *rec;
	bool unreadable;
	uint64_t version;
	uint64_t before;
	uint64_t seen;
	uint64_t heard;
	uint64_t ready_since;
	uint32_t patience_ms;
	uint64_t fence_req;
	struct record *fence_rec;
	uint64_t retry;
	bool drained;
	uint64_t drain_version;
	uint64_t drain_pass;
	size_t index;
	uint64_t pass;
};

enum el_op {
	EL_OP_NONE,
	EL_OP_CLAIM,
	EL_OP_RELEASE,
	EL_OP_READ,
};

enum el_health {
	EL_HEALTH_UNKNOWN,	/* no check has come to an end yet */
	EL_HEALTH_GOOD,
	EL_HEALTH_BAD,
};

/**
 * struct el_service - a service, wanted or once held
 * @name: its name
 * @spec: what people want, NULL where it was deleted
 * @spec_version: of that record
 * @holder: its holder record, NULL while there is none
 * @holder_version: of that record
 * @free_since: CLOCK_MONOTONIC ns at which it was first seen free; NEVER
 * @barred: no view of this version or older may activate it
 * @op: what is in flight to the store
 * @req: its request
 * @op_rec: what it would write
 * @retry: not before this
 * @want: what the kernel was last told
 * @want_spec: the record it was told with
 * @want_seq: its number
 * @answers: the claim it was activated by; 0 while it is not
 * @acked: the kernel did as it was last told
 * @failed: the kernel would not
 * @sick_until: CLOCK_MONOTONIC ns until which this node does not try again
 * @doubt: a foreign claim was seen since the last renewal
 * @mine: held by this incarnation of this node
 * @announced: the claim of ours that people were told of; 0: of none
 * @announced_token: its token
 * @reason: why we have it, or had it last
 * @index: among the services, while planning
 * @unit: the first of the services it shares a VIP with; planned with @assigned
 * @assigned: who should hold it; NULL where nobody can
 * @rank: how many nodes would be asked before us
 * @eligible: how many nodes can hold it and pass its checks
 * @kept: no node passes its checks: who holds it, or did last, is to keep it
 * @fit: as far as checks go, this node may hold it
 * @split: it shares a VIP with a service that this node does not hold
 * @health: what this node's checks say
 * @spec_pass: the last whole view that showed its record
 * @holder_pass: the last whole view that showed its holder's
 */
struct el_service {
	char *name;
	struct record *spec;
	uint64_t spec_version;
	struct record *holder;
	uint64_t holder_version;
	uint64_t free_since;
	uint64_t barred;
	enum el_op op;
	uint64_t req;
	struct record *op_rec;
	uint64_t retry;
	enum el_serve want;
	struct record *want_spec;
	uint64_t want_seq;
	uint64_t answers;
	bool acked;
	bool failed;
	uint64_t sick_until;
	bool doubt;
	bool mine;
	uint64_t announced;
	uint64_t announced_token;
	enum el_reason reason;
	size_t index;
	struct el_service *unit;
	struct el_node *assigned;
	size_t rank;
	size_t eligible;
	bool kept;
	bool fit;
	bool split;
	enum el_health health;
	uint64_t spec_pass;
	uint64_t holder_pass;
};

enum el_member_state {
	EL_MEMBER_OUT,		/* something is missing: kernel, view, links */
	EL_MEMBER_WATCHING,	/* our record is another's: is it alive? */
	EL_MEMBER_JOINING,
	EL_MEMBER_IN,
	EL_MEMBER_LEAVING,	/* the last record is on its way */
	EL_MEMBER_GONE,
};

/**
 * struct el_member - this node's own record and lease
 * @state: see enum el_member_state
 * @incarnation: of this life, also the lease's token
 * @seq: of the last put
 * @version: the record's, as last known
 * @put_req: request in flight, 0 if none
 * @get_req: request in flight, 0 if none
 * @put_rec: what was last put
 * @sent_boot: CLOCK_BOOTTIME ns of the last put
 * @sent_mono: CLOCK_MONOTONIC ns of the last put
 * @answered: CLOCK_MONOTONIC ns: when a put or a get of it last had an answer
 * @renewed: CLOCK_MONOTONIC ns: sending time of the last put known to be done
 * @deadline: CLOCK_BOOTTIME ns: the kernel's lease
 * @next: CLOCK_MONOTONIC ns of the next put
 * @hold_until: CLOCK_MONOTONIC ns: do not join before
 * @take_up: joining goes on with an incarnation of an earlier process
 * @restless: the record must be put again at once
 * @in_doubt: a renewal failed after a foreign claim was seen
 * @watch_version: version that is being watched
 */
struct el_member {
	enum el_member_state state;
	uint64_t incarnation;
	uint64_t seq;
	uint64_t version;
	uint64_t put_req;
	uint64_t get_req;
	struct record *put_rec;
	uint64_t sent_boot;
	uint64_t sent_mono;
	uint64_t answered;
	uint64_t renewed;
	uint64_t deadline;
	uint64_t next;
	uint64_t hold_until;
	bool take_up;
	bool restless;
	bool in_doubt;
	uint64_t watch_version;
};

struct election {
	struct el_config config;
	struct el_node **nodes;		/* by name */
	size_t n_nodes;
	struct el_service **services;	/* by name */
	size_t n_services;
	struct el_service **turns;	/* the services in the order of the last plan */
	size_t n_turns;
	struct vip_users *wanting;	/* by the services' records */
	struct vip_users *claiming;	/* by the holders' records */
	size_t in_flight;		/* requests about holders not answered yet */
	size_t letting_go;		/* services silent for good, not released yet */
	uint64_t rev;			/* the view is whole up to here */
	bool have_view;
	bool behind;			/* the plan waits for the view to go on */
	bool unseen;			/* a claim of ours for the view to reach it */
	bool have_links;
	bool kernel;
	uint64_t kernel_token;
	struct names kernel_active;	/* sorted */
	struct debounce debounce;	/* the devices, as they are */
	struct names links;		/* those that count as up */
	uint64_t relink;		/* they will be others then */
	struct el_member self;
	bool stopping;			/* handing everything over */
	bool leaving;			/* to the next process of this node */
	uint64_t leave_since;
	uint64_t stop_by;
	uint64_t pass;			/* counts whole views */
	bool dirty;			/* plan again now */
	bool changed;			/* perhaps the others should know */
	uint64_t replan;		/* and at this instant */
	uint64_t plans;			/* made so far */
	uint64_t reclaim;		/* look at all claims at this instant */
	uint64_t next_move;
	uint64_t next_req;
	uint64_t next_seq;
	uint64_t wake;
	const struct el_now *now;	/* of this step */
	struct el_actions *out;		/* of this step */
};

/* view.c: the tables */
struct el_node *view_node(struct election *e, const char *name);
struct el_node *view_find_node(const struct election *e, const char *name);
struct el_service *view_service(struct election *e, const char *name);
struct el_service *view_find_service(const struct election *e, const char *name);
void view_take(struct election *e, const struct el_event *ev);
void view_take_item(struct election *e, const struct el_item *item);
void view_forget(struct election *e);

/** view_alone() - no other service is to have a VIP of a service's */
bool view_alone(const struct election *e, const struct el_service *s,
		const char *vip);

/** view_sole() - nobody wants a VIP of a service's, or claims it, but through this one */
bool view_sole(const struct election *e, const struct el_service *s);

/** view_dead() - an incarnation of a node can never answer again */
bool view_dead(struct election *e, const char *name, uint64_t incarnation,
	       uint64_t version);

/** view_free() - nobody holds a service, or nobody who can answer */
bool view_free(struct election *e, const struct el_service *s);

/**
 * view_taken() - a VIP of a service is claimed by another node through some
 *	other service
 * @e: the election
 * @s: the service
 * @before: only claims older than this version count
 */
bool view_taken(struct election *e, const struct el_service *s, uint64_t before);

/** view_weight() - a node's weight, as it says */
uint32_t view_weight(const struct election *e, const struct el_node *node);

/** view_self() - a name is this node's */
bool view_self(const struct election *e, const char *name);

/* hindrance.c */

/** view_hindrance() - why a node cannot hold a service; NULL where it can */
const char *view_hindrance(const struct election *e, const struct el_node *node,
			   const struct el_service *s);

/** view_sound() - this node answers for a service, and it works, as far as is known */
bool view_sound(const struct election *e, const struct el_service *s);

/** view_can_hold() - a node is ready and has what a service needs */
bool view_can_hold(const struct election *e, const struct el_node *node,
		   const struct el_service *s);

/** view_well() - a node passes a service's checks, as far as is known */
bool view_well(const struct election *e, const struct el_node *node,
	       const struct el_service *s);

/** view_why_let_go() - why this node hands over a service that it holds, for people */
const char *view_why_let_go(struct election *e, const struct el_service *s);

/** view_sick() - this node has to tell the others that it should not hold it */
bool view_sick(const struct election *e, const struct el_service *s);

/* plan.c */
void plan_make(struct election *e);

/* member.c: this node's own record */
void member_settle(struct election *e);
void member_news(struct election *e);
void member_kernel(struct election *e, const struct el_event *ev);
void member_lease_done(struct election *e, const struct el_event *ev);
void member_put_done(struct election *e, const struct el_event *ev);
void member_got(struct election *e, const struct el_event *ev);
void member_seen(struct election *e);
void member_reset(struct election *e);
void member_stop(struct election *e);
void member_leave(struct election *e);

/** member_lives() - joined, and the kernel's lease has not run out */
bool member_lives(const struct election *e);

/* fence.c: the others' records */
void fence_settle(struct election *e);
void fence_done(struct election *e, struct el_node *node,
		const struct el_event *ev);

/* claim.c: the services */
void claim_settle(struct election *e);
void claim_done(struct election *e, struct el_service *s,
		const struct el_event *ev);
void claim_served(struct election *e, const struct el_event *ev);
bool claim_pending(const struct election *e);

/** claim_take_up() - decide which of an earlier process's claims to go on with */
void claim_take_up(struct election *e);

/* election.c: making actions */
struct el_action *el_do(struct election *e, enum el_action_type type,
			const char *name);
uint64_t el_put(struct election *e, enum record_kind kind, const char *name,
		uint64_t version, struct record *rec);
uint64_t el_get(struct election *e, enum record_kind kind, const char *name);
struct el_action *el_note(struct election *e, enum el_note note,
			  const char *service, const char *node, uint64_t token,
			  char *text);
void el_replan_at(struct election *e, uint64_t mono);
void el_wake_at(struct election *e, uint64_t mono);
bool el_fault(const struct election *e, enum el_fault fault);
uint64_t el_duration(const struct election *e);
uint64_t el_retry(const struct election *e);

/** el_fresh() - how long after a renewal the store counts as there */
uint64_t el_fresh(const struct election *e);

#endif /* L2A_VIEW_H */
