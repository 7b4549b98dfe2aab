/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is said to etcd, and what it says: the JSON of its gateway (etcd 3.4 and
 * later, below /v3). Keys and values travel in base64, 64-bit numbers as text.
 */
#ifndef L2A_ETCD_JSON_H
#define L2A_ETCD_JSON_H

#include <json-c/json.h>

#include "store.h"
#include "store_json.h"

/** etcd_range() - ask for one record, or with @all for all that begin with it */
char *etcd_range(const char *key, bool all);

/** etcd_put_if() - write or, where @value is NULL, delete, by version */
char *etcd_put_if(const char *key, uint64_t version, const char *value);

/** etcd_watch() - be told of all that begins with @prefix, from a revision on */
char *etcd_watch(const char *prefix, uint64_t from);

/** etcd_login() - ask for a token */
char *etcd_login(const char *user, const char *password);

/**
 * struct etcd_header - who answered, and when
 * @cluster: an id, as text; NULL where it is missing
 * @rev: the store's revision
 */
struct etcd_header {
	const char *cluster;
	uint64_t rev;
};

/** etcd_header() - of an answer. Return: whether it has one */
bool etcd_header(json_object *obj, struct etcd_header *header);

/** etcd_succeeded() - whether the version was as etcd_put_if() said */
bool etcd_succeeded(json_object *obj);

/**
 * etcd_items() - the records of a range's answer
 * @obj: the answer
 * @prefix: what is left out of their keys
 * @items: receives them, for store_items_free()
 * @n: how many
 *
 * Return: false where one cannot be read.
 */
bool etcd_items(json_object *obj, const char *prefix, struct store_item **items,
		size_t *n);

/**
 * etcd_events() - the changes in a line of a watch
 * @result: the line's "result"
 * @prefix: what is left out of their keys
 * @items: receives them, deletions with no value
 * @n: how many
 *
 * Return: false where one cannot be read.
 */
bool etcd_events(json_object *result, const char *prefix,
		 struct store_item **items, size_t *n);

#endif /* L2A_ETCD_JSON_H */
