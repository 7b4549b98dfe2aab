/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The three records the lease store keeps, as structures and as JSON:
 *
 *   node/NAME     who is alive, renewed by NAME alone
 *   service/NAME  what people want
 *   holder/NAME   which incarnation of which node holds service NAME
 *
 * A record is immutable once made and counted by reference: election,
 * store and simulation share it.
 */
#ifndef L2A_RECORD_H
#define L2A_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "check.h"
#include "lib/error.h"
#include "names.h"

#define RECORD_NAME_MAX	253	/* of a service or a node, in bytes */
#define RECORD_KEY_MAX	(RECORD_NAME_MAX + 16)

enum record_kind {
	RECORD_NODE,
	RECORD_SERVICE,
	RECORD_HOLDER,
	RECORD_DRAIN,
};

enum node_state {
	NODE_READY,
	NODE_DRAINING,
	NODE_FENCED,
};

/**
 * struct node_record - a node's sign of life
 * @incarnation: grows with each life; also the token of its kernel lease
 * @seq: grows with each renewal
 * @duration_ms: unchanged for this long, the node may be fenced
 * @state: see enum node_state
 * @weight: its share of the services, beside the others'
 * @left: fenced by itself, on its way out
 * @seen: the store's revision up to which its view was whole when it wrote this
 * @devs: its devices that are up and that some service wants
 * @unhealthy: services it cannot hold now, sorted
 * @boot: the kernel (boot and network namespace) its lease lives in
 * @run: the process that wrote this, new with each start
 * @host: where that process runs, for people
 */
struct node_record {
	uint64_t incarnation;
	uint64_t seq;
	uint32_t duration_ms;
	enum node_state state;
	uint32_t weight;
	bool left;
	uint64_t seen;
	struct names devs;
	struct names unhealthy;
	char *boot;
	char *run;
	char *host;
};

/**
 * struct service_record - what people want of a service
 * @vips: addresses
 * @devs: glob patterns of devices
 * @nodes: glob patterns of nodes; none means every node
 * @prefer: nodes, the best first
 * @deliver: local routes for the VIPs while holding
 * @checks: a node that fails any of them does not hold it, if another can
 */
struct service_record {
	struct names vips;
	struct names devs;
	struct names nodes;
	struct names prefer;
	bool deliver;
	struct check_list checks;
};

/**
 * struct holder_record - who holds a service
 * @node: the holder, NULL while the service is free
 * @incarnation: of the holder
 * @duration_ms: of the holder: how long it may be silent, for people
 * @token: grows with each claim
 * @since: RFC 3339, when it was claimed, for people; NULL while free
 * @next: who should claim it now; NULL where nobody in particular
 * @last: who held it last
 * @why: of @last, for people: why it holds it no more
 * @transitions: how often it went from one node to another
 * @vips: the addresses this claim is about
 */
struct holder_record {
	char *node;
	uint64_t incarnation;
	uint32_t duration_ms;
	uint64_t token;
	char *since;
	char *next;
	char *last;
	char *why;
	uint64_t transitions;
	struct names vips;
};

/**
 * struct drain_record - a node is to hold nothing, until this record is removed
 * @since: RFC 3339, for people
 *
 * A record of its own: the node's is the node's to write, and a foreign hand in
 * it would look like a sign of life.
 */
struct drain_record {
	char *since;
};

struct record {
	unsigned int refs;
	enum record_kind kind;
	union {
		struct node_record node;
		struct service_record service;
		struct holder_record holder;
		struct drain_record drain;
	};
};

/** record_new() - an empty record with one reference */
struct record *record_new(enum record_kind kind);

/** record_get() - one more reference; NULL stays NULL */
struct record *record_get(struct record *rec);

/**
 * record_copy() - another record that says the same, for a change
 * @rec: the record
 * @err: says what is wrong with it
 *
 * By way of its text: whatever a record can say is in the copy.
 *
 * Return: the copy, or NULL.
 */
struct record *record_copy(const struct record *rec, struct l2a_error *err);

/** record_put() - one reference less; the last one frees. NULL is fine */
void record_put(struct record *rec);

/**
 * record_key() - the store's key of a record
 * @kind: what it is
 * @name: of the node or the service
 * @buf: receives the key
 *
 * Return: @buf.
 */
const char *record_key(enum record_kind kind, const char *name,
		       char buf[RECORD_KEY_MAX]);

/**
 * record_key_parse() - take a store's key apart
 * @key: the key
 * @kind: filled in on success
 *
 * Return: the name within @key, or NULL where it is no record's key.
 */
const char *record_key_parse(const char *key, enum record_kind *kind);

/**
 * record_parse() - read a record's JSON
 * @kind: what it should be
 * @text: the JSON
 * @err: says what is wrong with it
 *
 * Unknown members are left for those who know them.
 *
 * Return: the record, or NULL.
 */
struct record *record_parse(enum record_kind kind, const char *text,
			    struct l2a_error *err);

/**
 * record_format() - write a record as JSON
 * @rec: the record
 *
 * Return: the text, for free().
 */
char *record_format(const struct record *rec);

/** node_state_name() - "ready", "draining" or "fenced" */
const char *node_state_name(enum node_state state);

#endif /* L2A_RECORD_H */
