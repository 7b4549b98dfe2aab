// SPDX-License-Identifier: GPL-2.0
/*
 * What is said to etcd, and what it says, in JSON.
 */
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#include "etcd_json.h"
#include "names.h"

/* ------------------------------------------------------------ writing */

static json_object *base64(const char *bytes, size_t len)
{
	size_t size = (len + 2) / 3 * 4 + 1;
	char *text = xmalloc(size);
	json_object *obj;

	b64_ntop((const unsigned char *)bytes, len, text, size);
	obj = json_object_new_string(text);
	free(text);
	return obj;
}

static json_object *base64_text(const char *text)
{
	return base64(text, strlen(text));
}

/* The first key behind all that begin with @prefix. */
static json_object *range_end(const char *prefix)
{
	char *end = xstrdup(prefix);
	size_t len = strlen(end);
	json_object *obj;

	/* No key is 0xff bytes only: they are all printable. */
	end[len - 1] = (char)(end[len - 1] + 1);
	obj = base64(end, len);
	free(end);
	return obj;
}

static json_object *wrap(const char *key, json_object *value)
{
	json_object *obj = json_object_new_object();

	json_object_object_add(obj, key, value);
	return obj;
}

static json_object *list_of(json_object *value)
{
	json_object *list = json_object_new_array();

	json_object_array_add(list, value);
	return list;
}

char *etcd_range(const char *key, bool all)
{
	json_object *obj = wrap("key", base64_text(key));

	if (all)
		json_object_object_add(obj, "range_end", range_end(key));
	return store_finish(obj);
}

static json_object *compare(const char *key, uint64_t version)
{
	json_object *obj = wrap("key", base64_text(key));

	/* 0 is the revision of what is not there. */
	json_object_object_add(obj, "target", json_object_new_string("MOD"));
	json_object_object_add(obj, "result", json_object_new_string("EQUAL"));
	json_object_object_add(obj, "mod_revision", store_number(version));
	return obj;
}

char *etcd_put_if(const char *key, uint64_t version, const char *value)
{
	json_object *obj = wrap("compare", list_of(compare(key, version)));
	json_object *what = wrap("key", base64_text(key));

	if (value)
		json_object_object_add(what, "value", base64_text(value));
	what = wrap(value ? "requestPut" : "requestDeleteRange", what);
	json_object_object_add(obj, "success", list_of(what));
	return store_finish(obj);
}

char *etcd_watch(const char *prefix, uint64_t from)
{
	json_object *obj = wrap("key", base64_text(prefix));

	json_object_object_add(obj, "range_end", range_end(prefix));
	json_object_object_add(obj, "start_revision", store_number(from));
	return store_finish(wrap("create_request", obj));
}

char *etcd_login(const char *user, const char *password)
{
	json_object *obj = wrap("name", json_object_new_string(user));

	json_object_object_add(obj, "password",
			       json_object_new_string(password));
	return store_finish(obj);
}

/* ------------------------------------------------------------ reading */

/* A number, which proto3 leaves out where it is 0. */
static uint64_t get_number(json_object *obj, const char *key)
{
	json_object *value;

	if (!json_object_object_get_ex(obj, key, &value))
		return 0;
	return json_object_get_uint64(value);
}

bool etcd_header(json_object *obj, struct etcd_header *header)
{
	json_object *value;

	if (!json_object_object_get_ex(obj, "header", &value) ||
	    !json_object_is_type(value, json_type_object))
		return false;
	header->cluster = store_text(value, "cluster_id");
	header->rev = get_number(value, "revision");
	return header->rev;
}

bool etcd_succeeded(json_object *obj)
{
	json_object *value;

	return json_object_object_get_ex(obj, "succeeded", &value) &&
	       json_object_get_boolean(value);
}

/* Text out of base64, or NULL; a NUL within would cut it short. */
static char *decode(const char *text)
{
	size_t size = text ? strlen(text) / 4 * 3 + 1 : 1;
	char *bytes = xmalloc(size + 1);
	int len = text ? b64_pton(text, (unsigned char *)bytes, size) : 0;

	if (len >= 0 && !memchr(bytes, '\0', (size_t)len))
		return bytes;
	free(bytes);
	return NULL;
}

static bool read_record(json_object *kv, bool gone, const char *prefix,
			struct store_item *item)
{
	char *key = decode(store_text(kv, "key"));
	size_t len = strlen(prefix);
	bool ours = key && !strncmp(key, prefix, len);

	if (ours)
		item->key = xstrdup(key + len);
	free(key);
	item->version = get_number(kv, "mod_revision");
	if (!gone)
		item->value = decode(store_text(kv, "value"));
	return ours && item->version && (gone || item->value);
}

static struct store_item *make_room(json_object *list, size_t *n)
{
	*n = json_object_is_type(list, json_type_array) ?
	     json_object_array_length(list) : 0;
	return *n ? xmalloc(*n * sizeof(struct store_item)) : NULL;
}

static bool fail(struct store_item **items, size_t *n)
{
	store_items_free(*items, *n);
	*items = NULL;
	*n = 0;
	return false;
}

bool etcd_items(json_object *obj, const char *prefix, struct store_item **items,
		size_t *n)
{
	json_object *list = json_object_object_get(obj, "kvs");

	*items = make_room(list, n);
	for (size_t i = 0; i < *n; i++) {
		if (!read_record(json_object_array_get_idx(list, i), false,
				 prefix, &(*items)[i]))
			return fail(items, n);
	}
	return true;
}

bool etcd_events(json_object *result, const char *prefix,
		 struct store_item **items, size_t *n)
{
	json_object *list = json_object_object_get(result, "events");

	*items = make_room(list, n);
	for (size_t i = 0; i < *n; i++) {
		json_object *event = json_object_array_get_idx(list, i);
		const char *type = store_text(event, "type");
		bool gone = type && !strcmp(type, "DELETE");

		if (!read_record(json_object_object_get(event, "kv"), gone,
				 prefix, &(*items)[i]))
			return fail(items, n);
	}
	return true;
}
