/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records as Leases of coordination.k8s.io/v1, and back.
 *
 * A Lease has its record as an annotation, word for word, with the key beside
 * it; that is what we read. Its spec says as much of it as a Lease can, and
 * means by that what it means to everybody: who holds, since when, for how long
 * he may be silent. What people see there we do not read.
 */
#ifndef L2A_KUBE_LEASE_H
#define L2A_KUBE_LEASE_H

#include "store_json.h"

/* All Leases of ours have it, in a namespace that has others as well. */
#define KUBE_LABEL		"app.kubernetes.io/managed-by"
#define KUBE_LABEL_VALUE	"l2announce"
#define KUBE_SELECTOR		"app.kubernetes.io%2Fmanaged-by%3Dl2announce"

/**
 * kube_name() - the name of a record's Lease
 * @key: "holder/SERVICE" is l2announce-SERVICE with "/" as "-", "node/NAME"
 *	l2announce.node.NAME, and so on
 *
 * What cannot stand in an object's name (capitals, "_", great length) becomes
 * "-", and a number made of the key goes before it. Two keys may have one name:
 * the Lease says whose it is.
 *
 * Return: the name, for free().
 */
char *kube_name(const char *key);

/**
 * struct kube_record - what is to be written
 * @key: of the record
 * @value: its JSON
 * @version: that it must have; 0: it is new
 * @wall_ms: now, ms since 1970: what a renewed Lease says
 */
struct kube_record {
	const char *key;
	const char *value;
	uint64_t version;
	uint64_t wall_ms;
};

/**
 * kube_lease() - a record's Lease, to be created or, as a merge patch, to
 *	replace what the Lease of this version says
 *
 * Return: JSON, for free().
 */
char *kube_lease(const struct kube_record *record);

/** kube_delete() - options that delete a Lease of this version, for free() */
char *kube_delete(uint64_t version);

/** kube_version() - an object's version, of a list its revision; 0: none */
uint64_t kube_version(json_object *obj);

/** kube_key() - whose record a Lease has, or NULL */
const char *kube_key(json_object *lease);

/**
 * kube_list() - the records in a list of Leases
 * @list: the list
 * @prefix: what their keys begin with; others are left out, as is what has our
 *	label and is not ours
 * @items: receives them, for store_items_free()
 * @n: how many
 *
 * Return: false where it is no such list.
 */
bool kube_list(json_object *list, const char *prefix, struct store_item **items,
	       size_t *n);

enum kube_event_type {
	KUBE_BAD,		/* nothing we know */
	KUBE_CHANGED,
	KUBE_GONE,
	KUBE_BOOKMARK,		/* nothing until here */
	KUBE_EXPIRED,		/* what we would have to hear of is forgotten */
	KUBE_ERROR,
};

/**
 * struct kube_event - one line of a watch
 * @type: what it is
 * @item: changed, gone (with no value): the record. Its texts are the line's
 * @rev: changed, gone, bookmark: the revision
 * @message: error, expired: what the server says; or NULL
 */
struct kube_event {
	enum kube_event_type type;
	struct store_item item;
	uint64_t rev;
	const char *message;
};

/** kube_event_parse() - read a line; @event is good for as long as @line */
void kube_event_parse(json_object *line, struct kube_event *event);

#endif /* L2A_KUBE_LEASE_H */
