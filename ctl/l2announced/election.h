/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The election: membership, fencing, claiming and hand-over as a pure state
 * machine. An event and an instant go in, actions come out; it does no I/O
 * and reads no clock, so that selftests/sim runs this very code.
 *
 * What the caller promises:
 * - Actions are carried out in the order given, those of one event before
 *   those of the next. A kernel action has taken effect before the next
 *   action begins, or its completion says that it failed.
 * - Every EL_PUT and EL_GET is answered, however late. The first answer counts.
 * - The instant given with an event was read before the event's actions are
 *   carried out (a renewal counts from it).
 */
#ifndef L2A_ELECTION_H
#define L2A_ELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"

/**
 * struct el_now - an instant
 * @boot: CLOCK_BOOTTIME, ns: the kernel's lease counts on it
 * @mono: CLOCK_MONOTONIC, ns: observing others counts on it
 * @wall: seconds since 1970, shown to people and deciding nothing
 */
struct el_now {
	uint64_t boot;
	uint64_t mono;
	int64_t wall;
};

/* Faults that the simulation must notice; 0 outside it. */
enum el_fault {
	EL_FAULT_FENCE_EARLY = 1 << 0,
	EL_FAULT_FENCE_BLIND = 1 << 1,
	EL_FAULT_RENEW_EARLY = 1 << 2,
	EL_FAULT_NO_TOKEN = 1 << 3,
	EL_FAULT_STALE_NODE = 1 << 4,
	EL_FAULT_RELEASE_LOUD = 1 << 5,
	EL_FAULT_SAME_INCARNATION = 1 << 6,
	EL_FAULT_BLIND_ACTIVATION = 1 << 7,
	EL_FAULT_NO_KEEPER = 1 << 8,
	EL_FAULT_UNCHECKED = 1 << 9,
	EL_FAULT_NO_FENCE = 1 << 10,
	EL_FAULT_FENCE_LATE = 1 << 11,
	EL_FAULT_STALE_HOLDER = 1 << 12,
	EL_FAULT_UNBARRED = 1 << 13,
};

/**
 * struct el_config - what an election goes by; only what EL_EV_CONFIG has changes
 * @node: this node's name
 * @boot: the kernel it drives: boot and network namespace
 * @run: this process, different with each start
 * @host: where it runs, for people
 * @duration_ms: how long others wait before they fence us
 * @renew_ms: time between two renewals
 * @margin_ms: how much earlier than that our kernel falls silent
 * @link_up_ms: a device that comes up counts after that
 * @link_down_ms: one that goes down does not any more after that
 * @rebalance: hand services over to even out the counts
 * @weight: this node's share of the services, beside the others'
 * @move_rate: most services handed over in a second for balance or preference
 * @faults: enum el_fault
 */
struct el_config {
	const char *node;
	const char *boot;
	const char *run;
	const char *host;
	uint32_t duration_ms;
	uint32_t renew_ms;
	uint32_t margin_ms;
	uint32_t link_up_ms;
	uint32_t link_down_ms;
	bool rebalance;
	uint32_t weight;
	uint32_t move_rate;
	unsigned int faults;
};

enum el_event_type {
	EL_EV_TICK,	/* the instant election_wake() named has come */
	EL_EV_KERNEL,	/* the responder is there (again), or gone */
	EL_EV_LINKS,	/* which devices are up now */
	EL_EV_VIEW,	/* records as the store has them */
	EL_EV_RESET,	/* the store is another than before */
	EL_EV_PUT_DONE,
	EL_EV_GOT,
	EL_EV_LEASE_DONE,
	EL_EV_SERVE_DONE,
	EL_EV_HEALTH,	/* what this node's checks of a service say */
	EL_EV_CONFLICT,	/* another station claims a VIP of a service */
	EL_EV_CONFIG,	/* other margins, balance, rates from now on */
	EL_EV_STOP,	/* hand everything over and end */
	EL_EV_LEAVE,	/* end, and leave all to the next process of this node */
};

enum el_result {
	EL_OK,		/* written */
	EL_CONFLICT,	/* not written: the record has another version */
	EL_FAILED,	/* not written, for another reason */
	EL_UNKNOWN,	/* perhaps written, perhaps later */
};

/**
 * struct el_item - a record as the store has it
 * @kind: what it is
 * @name: of the node or the service
 * @version: grows with every write, across all records
 * @rec: the record; NULL where there is none (deleted at @version)
 * @unreadable: in a view: there is one, but its text means nothing to us; @rec is
 *	NULL. As if it had not changed
 */
struct el_item {
	enum record_kind kind;
	const char *name;
	uint64_t version;
	struct record *rec;
	bool unreadable;
};

/**
 * struct el_event - something happened
 * @type: what
 * @kernel: EL_EV_KERNEL: whether it is there, its lease's token (0: none), and
 *	the VIPs that are active under that token (NULL: none)
 * @links: EL_EV_LINKS
 * @view: EL_EV_VIEW: all changes up to revision @rev; @full where @items is
 *	all there is
 * @more: another event follows at once: what this one leads to may be decided
 *	with that, so that a thousand answers do not make a thousand plans
 * @done: EL_EV_PUT_DONE, EL_EV_GOT: @req, kind and name as in the action, the
 *	result, the version written; or what was found, complete up to
 *	@done.item.version
 * @lease: EL_EV_LEASE_DONE: whether the kernel took it; @stale where it knows
 *	a newer token
 * @serve: EL_EV_SERVE_DONE: whether the kernel did as the action @seq said
 * @health: EL_EV_HEALTH
 * @service: EL_EV_CONFLICT: its name
 * @config: EL_EV_CONFIG: as in &struct el_config
 */
struct el_event {
	enum el_event_type type;
	bool more;
	union {
		struct {
			bool there;
			uint64_t token;
			const struct names *active;
		} kernel;
		const struct names *links;
		struct {
			uint64_t rev;
			bool full;
			const struct el_item *items;
			size_t n;
		} view;
		struct {
			uint64_t req;
			enum el_result result;
			struct el_item item;
		} done;
		struct {
			bool ok;
			bool stale;
		} lease;
		struct {
			const char *service;
			uint64_t seq;
			bool ok;
		} serve;
		struct {
			const char *service;
			bool ok;
		} health;
		const char *service;
		struct {
			uint32_t margin_ms;
			bool rebalance;
			uint32_t weight;
			uint32_t move_rate;
			uint32_t link_up_ms;
			uint32_t link_down_ms;
		} config;
	};
};

enum el_action_type {
	EL_PUT,		/* store: write where the version is still this */
	EL_GET,		/* store: read one record again */
	EL_LEASE,	/* kernel: new deadline and token */
	EL_LEASE_END,	/* kernel: end the lease now */
	EL_SERVE,	/* kernel: a service's VIPs active, standby or gone */
	EL_NOTE,	/* tell people */
	EL_EXIT,	/* the process has nothing left to do here */
};

enum el_serve {
	EL_SERVE_UNKNOWN,
	EL_SERVE_GONE,
	EL_SERVE_STANDBY,
	EL_SERVE_ACTIVE,
};

enum el_note {
	EL_NOTE_JOINED,
	EL_NOTE_TAKEN_UP,
	EL_NOTE_WAITING,
	EL_NOTE_FENCED,		/* we were */
	EL_NOTE_SUPERSEDED,
	EL_NOTE_FENCED_PEER,	/* we did */
	EL_NOTE_ACQUIRED,
	EL_NOTE_LOST,
	EL_NOTE_RELEASED,
	EL_NOTE_CONFLICT,
	EL_NOTE_UNHEALTHY,
	EL_NOTES,
};

/* Why a node has a service that it had not. */
enum el_reason {
	EL_REASON_RETURN,	/* an earlier life of this node held it */
	EL_REASON_NEW,		/* nobody has ever held it */
	EL_REASON_HANDOVER,	/* its last holder let it go */
	EL_REASON_FAILURE,	/* its holder was fenced */
	EL_REASONS,
};

/**
 * struct el_action - something to do
 * @type: what
 * @req: EL_PUT, EL_GET: comes back with the answer
 * @kind: EL_PUT, EL_GET: of the record
 * @name: EL_PUT, EL_GET: of the record; EL_SERVE, EL_NOTE: of the service,
 *	NULL where it is about none. Owned
 * @version: EL_PUT: what it must have now; 0 where there must be none
 * @rec: EL_PUT: what to write; EL_SERVE: the service's record, NULL where it
 *	is gone. One reference, owned
 * @deadline: EL_LEASE: CLOCK_BOOTTIME, ns
 * @token: EL_LEASE, EL_SERVE: incarnation; EL_NOTE: of the holder
 * @serve: EL_SERVE: what the kernel should do for the service's VIPs
 * @seq: EL_SERVE: comes back with the completion
 * @linger: EL_SERVE: go on delivering for a while
 * @unhurried: EL_SERVE: standby may wait for one more answer: see served_set()
 * @note: EL_NOTE: what happened
 * @node: EL_NOTE: the node it is about, or NULL. Owned
 * @reason: EL_NOTE_ACQUIRED: why
 * @status: EL_EXIT: of the process
 * @text: EL_EXIT, EL_NOTE: more for people, or NULL. Owned
 */
struct el_action {
	enum el_action_type type;
	uint64_t req;
	enum record_kind kind;
	char *name;
	uint64_t version;
	struct record *rec;
	uint64_t deadline;
	uint64_t token;
	enum el_serve serve;
	uint64_t seq;
	bool linger;
	bool unhurried;
	enum el_note note;
	char *node;
	enum el_reason reason;
	int status;
	char *text;
};

struct el_actions {
	size_t n;
	struct el_action *v;
};

struct election;

/** election_new() - an election that knows nothing yet; copies the config */
struct election *election_new(const struct el_config *config);

/** election_free() - forget an election */
void election_free(struct election *e);

/**
 * election_step() - take one event in
 * @e: the election
 * @ev: the event; records in it are taken by reference
 * @now: the instant
 * @out: the actions are appended here; el_action_clear() each when done
 */
void election_step(struct election *e, const struct el_event *ev,
		   const struct el_now *now, struct el_actions *out);

/** election_wake() - CLOCK_MONOTONIC ns at which to tick next */
uint64_t election_wake(const struct election *e);

/**
 * struct el_service_info - a service as this node sees it
 * @name: its name
 * @spec: what people want
 * @rec: the record that says so
 * @holder: its holder record; NULL where it never had any
 * @held: @holder names a node that may be answering
 * @state: "held", "free" or "unservable"; the latter may still be held
 * @serve: what this node's kernel was told
 * @version: of the record that says what people want
 */
struct el_service_info {
	const char *name;
	const struct service_record *spec;
	struct record *rec;
	const struct holder_record *holder;
	bool held;
	const char *state;
	enum el_serve serve;
	uint64_t version;
};

/**
 * struct el_node_info - a node as this node sees it
 * @name: its name
 * @rec: its record; NULL where it has none (any more)
 * @state: "ready", "draining", "fenced", "stopped" or "unknown"
 * @seen_ns: since it was last seen to change
 * @drained: it is to hold nothing
 * @drain_version: of the record that says so
 */
struct el_node_info {
	const char *name;
	const struct node_record *rec;
	const char *state;
	uint64_t seen_ns;
	bool drained;
	uint64_t drain_version;
};

/**
 * struct el_self_info - this node
 * @member: it has joined
 * @viewed: it knows what the store has
 * @state: "out", "watching", "joining", "in", "leaving" or "gone"
 * @incarnation: of this life
 * @answered: CLOCK_MONOTONIC ns: when the store last answered about this node's
 *	record, be it with a refusal; 0 while there is nothing to renew
 */
struct el_self_info {
	bool member;
	bool viewed;
	const char *state;
	uint64_t incarnation;
	uint64_t answered;
};

/*
 * Reading what an election knows: each calls @fn for one after the other, in byte
 * order of their names.
 */
void election_services(struct election *e, const struct el_now *now,
		       void (*fn)(const struct el_service_info *info, void *arg),
		       void *arg);
void election_nodes(struct election *e, const struct el_now *now,
		    void (*fn)(const struct el_node_info *info, void *arg),
		    void *arg);

/** election_self() - this node, as the election sees it */
struct el_self_info election_self(const struct election *e);

/** election_settled() - joined, and the kernel was told about every service */
bool election_settled(const struct election *e);

/** el_action_clear() - free what an action owns */
void el_action_clear(struct el_action *action);

/** el_actions_clear() - free a list of actions */
void el_actions_clear(struct el_actions *actions);

#endif /* L2A_ELECTION_H */
