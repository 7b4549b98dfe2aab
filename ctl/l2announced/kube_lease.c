// SPDX-License-Identifier: GPL-2.0
/*
 * Records as Leases of coordination.k8s.io/v1, and back.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kube_lease.h"
#include "names.h"
#include "record.h"

#define KEY		"l2announce/key"
#define RECORD		"l2announce/record"
#define NAME_MOST	253	/* of an object in Kubernetes */
#define RFC3339_STRLEN	20	/* without fractions, in UTC */

/* ------------------------------------------------------------ names */

/* RFC 1123's parts between dots: letters and digits, "-" within. */
static bool name_ok(const char *name)
{
	size_t len = strlen(name);

	if (len > NAME_MOST)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)name[i];
		bool edge = !i || i + 1 == len || name[i - 1] == '.' ||
			    name[i + 1] == '.';

		if (!islower(c) && !isdigit(c) && (c != '-' || edge) &&
		    (c != '.' || edge))
			return false;
	}
	return len;
}

/* FNV-1a, 64 bits */
static uint64_t hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3ULL;
	return h;
}

static char *hashed_name(const char *begin, const char *key, const char *name)
{
	char *full, *p;

	if (asprintf(&full, "%s%016" PRIx64 "-%.200s", begin, hash(key), name) < 0)
		abort();
	for (p = full + strlen(begin); *p; p++)
		*p = isalnum((unsigned char)*p) ?
		     (char)tolower((unsigned char)*p) : '-';
	while (p[-1] == '-')
		*--p = '\0';
	return full;
}

char *kube_name(const char *key)
{
	static const char *const begins[] = {
		[RECORD_NODE] = "l2announce.node.",
		[RECORD_SERVICE] = "l2announce.service.",
		[RECORD_HOLDER] = "l2announce-",
		[RECORD_DRAIN] = "l2announce.drain.",
	};
	enum record_kind kind = RECORD_NODE;
	const char *name = record_key_parse(key, &kind);
	const char *begin = name ? begins[kind] : "l2announce.other.";
	char *full;

	if (!name)
		name = key;
	if (asprintf(&full, "%s%s", begin, name) < 0)
		abort();
	for (char *p = full; *p; p++) {
		if (*p == '/')
			*p = '-';
	}
	if (name_ok(full))
		return full;
	free(full);
	return hashed_name(begin, key, name);
}

/* ------------------------------------------------------------ writing */

static void put(json_object *obj, const char *key, json_object *value)
{
	json_object_object_add(obj, key, value);
}

static void put_text(json_object *obj, const char *key, const char *value)
{
	put(obj, key, value ? json_object_new_string(value) : NULL);
}

/* Whole seconds, and not one too few. */
static json_object *seconds(uint32_t ms)
{
	return json_object_new_int64((ms + 999LL) / 1000);
}

/* Kubernetes wants six digits behind the seconds. */
static json_object *micro_time(uint64_t wall_ms)
{
	time_t s = (time_t)(wall_ms / 1000);
	char day[32], text[64];
	struct tm tm;

	gmtime_r(&s, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%03u000Z", day,
		 (unsigned int)(wall_ms % 1000));
	return json_object_new_string(text);
}

static json_object *since(const char *rfc3339)
{
	char text[RFC3339_STRLEN + 8];

	if (!rfc3339 || strlen(rfc3339) != RFC3339_STRLEN)
		return NULL;
	snprintf(text, sizeof(text), "%.*s.000000Z", RFC3339_STRLEN - 1, rfc3339);
	return json_object_new_string(text);
}

static json_object *transitions(uint64_t n)
{
	return json_object_new_int64(n < INT32_MAX ? (int64_t)n : INT32_MAX);
}

static void put_node(json_object *spec, const struct kube_record *r,
		     const char *name, const struct node_record *node)
{
	if (node->state == NODE_FENCED)
		return;
	put_text(spec, "holderIdentity", name);
	put(spec, "leaseDurationSeconds", seconds(node->duration_ms));
	put(spec, "renewTime", micro_time(r->wall_ms));
}

/* It is the holder's node that is renewed: of a service there is no such time. */
static void put_holder(json_object *spec, const struct holder_record *holder)
{
	put(spec, "leaseTransitions", transitions(holder->transitions));
	if (!holder->node)
		return;
	put_text(spec, "holderIdentity", holder->node);
	put(spec, "leaseDurationSeconds", seconds(holder->duration_ms));
	put(spec, "acquireTime", since(holder->since));
}

/* In a merge patch null is what takes away what a former record said. */
static json_object *spec_of(const struct kube_record *r)
{
	static const char *const members[] = {
		"holderIdentity", "leaseDurationSeconds", "acquireTime",
		"renewTime", "leaseTransitions",
	};
	json_object *spec = json_object_new_object();
	enum record_kind kind;
	const char *name = record_key_parse(r->key, &kind);
	struct record *rec = name ? record_parse(kind, r->value, NULL) : NULL;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		put(spec, members[i], NULL);
	if (rec && kind == RECORD_NODE)
		put_node(spec, r, name, &rec->node);
	else if (rec && kind == RECORD_HOLDER)
		put_holder(spec, &rec->holder);
	record_put(rec);
	return spec;
}

static json_object *object(const char *api_version, const char *kind)
{
	json_object *obj = json_object_new_object();

	put_text(obj, "apiVersion", api_version);
	put_text(obj, "kind", kind);
	return obj;
}

char *kube_lease(const struct kube_record *r)
{
	json_object *obj = object("coordination.k8s.io/v1", "Lease");
	json_object *metadata = json_object_new_object();
	json_object *labels = json_object_new_object();
	json_object *annotations = json_object_new_object();
	char *name = kube_name(r->key);

	put_text(metadata, "name", name);
	if (r->version)
		put(metadata, "resourceVersion", store_number(r->version));
	put_text(labels, KUBE_LABEL, KUBE_LABEL_VALUE);
	put(metadata, "labels", labels);
	put_text(annotations, KEY, r->key);
	put_text(annotations, RECORD, r->value);
	put(metadata, "annotations", annotations);
	put(obj, "metadata", metadata);
	put(obj, "spec", spec_of(r));
	free(name);
	return store_finish(obj);
}

char *kube_delete(uint64_t version)
{
	json_object *obj = object("v1", "DeleteOptions");
	json_object *conditions = json_object_new_object();

	put(conditions, "resourceVersion", store_number(version));
	put(obj, "preconditions", conditions);
	return store_finish(obj);
}

/* ------------------------------------------------------------ reading */

static json_object *member(json_object *obj, const char *key)
{
	json_object *value;

	if (!json_object_object_get_ex(obj, key, &value) ||
	    !json_object_is_type(value, json_type_object))
		return NULL;
	return value;
}

/* Text for those who do not look into it; etcd's revision to those who do. */
uint64_t kube_version(json_object *obj)
{
	const char *text = store_text(member(obj, "metadata"),
				      "resourceVersion");

	if (!text || !text[0] || strspn(text, "0123456789") != strlen(text))
		return 0;
	return strtoull(text, NULL, 10);
}

static const char *annotation(json_object *lease, const char *name)
{
	return store_text(member(member(lease, "metadata"), "annotations"), name);
}

const char *kube_key(json_object *lease)
{
	return annotation(lease, KEY);
}

/* The texts stay the object's. */
static bool read_item(json_object *lease, const char **key, const char **value,
		      uint64_t *version)
{
	*key = kube_key(lease);
	*value = annotation(lease, RECORD);
	*version = kube_version(lease);
	return *key && *value && *version;
}

bool kube_list(json_object *list, const char *prefix, struct store_item **items,
	       size_t *n)
{
	json_object *array = json_object_object_get(list, "items");
	bool ok = json_object_is_type(array, json_type_array) &&
		  kube_version(list);
	size_t len = ok ? json_object_array_length(array) : 0;

	*n = 0;
	*items = len ? xmalloc(len * sizeof(**items)) : NULL;
	for (size_t i = 0; i < len; i++) {
		json_object *lease = json_object_array_get_idx(array, i);
		const char *key, *value;
		uint64_t version;

		if (!read_item(lease, &key, &value, &version) ||
		    strncmp(key, prefix, strlen(prefix)))
			continue;
		(*items)[(*n)++] = (struct store_item){
			.key = xstrdup(key),
			.value = xstrdup(value),
			.version = version,
		};
	}
	return ok;
}

static enum kube_event_type event_type(const char *type)
{
	static const struct {
		const char *name;
		enum kube_event_type type;
	} types[] = {
		{ "ADDED", KUBE_CHANGED },
		{ "MODIFIED", KUBE_CHANGED },
		{ "DELETED", KUBE_GONE },
		{ "BOOKMARK", KUBE_BOOKMARK },
		{ "ERROR", KUBE_ERROR },
	};

	for (size_t i = 0; type && i < sizeof(types) / sizeof(types[0]); i++) {
		if (!strcmp(types[i].name, type))
			return types[i].type;
	}
	return KUBE_BAD;
}

static int status_code(json_object *status)
{
	json_object *value;

	return json_object_object_get_ex(status, "code", &value) ?
	       json_object_get_int(value) : 0;
}

void kube_event_parse(json_object *line, struct kube_event *event)
{
	json_object *obj = member(line, "object");
	const char *key, *value;

	memset(event, 0, sizeof(*event));
	event->type = event_type(store_text(line, "type"));
	if (event->type == KUBE_ERROR) {
		event->message = store_text(obj, "message");
		if (status_code(obj) == 410)
			event->type = KUBE_EXPIRED;
		return;
	}
	event->rev = kube_version(obj);
	if (!event->rev)
		event->type = KUBE_BAD;
	if (event->type != KUBE_CHANGED && event->type != KUBE_GONE)
		return;
	if (!read_item(obj, &key, &value, &event->item.version)) {
		event->type = KUBE_BAD;
		return;
	}
	event->item.key = (char *)(uintptr_t)key;
	if (event->type == KUBE_CHANGED)
		event->item.value = (char *)(uintptr_t)value;
}
