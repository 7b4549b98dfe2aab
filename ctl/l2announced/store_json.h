/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the stores that speak JSON share: their answers and their questions.
 */
#ifndef L2A_STORE_JSON_H
#define L2A_STORE_JSON_H

#include <json-c/json.h>

#include "store.h"

/** store_parse() - an answer as JSON, for json_object_put(); NULL: it is none */
json_object *store_parse(const char *text, size_t len);

/** store_text() - a member's text, or NULL */
const char *store_text(json_object *obj, const char *key);

/** store_number() - a 64-bit number as they travel, as text */
json_object *store_number(uint64_t value);

/** store_finish() - JSON as text, for free(); puts @obj */
char *store_finish(json_object *obj);

/** store_items_free() - free a list of records */
void store_items_free(struct store_item *items, size_t n);

#endif /* L2A_STORE_JSON_H */
