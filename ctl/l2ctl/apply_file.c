// SPDX-License-Identifier: GPL-2.0
/*
 * A file of services: libcyaml checks what may stand in it and reads it.
 */
#include <cyaml/cyaml.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "l2ctl/apply_file.h"
#include "l2ctl/apply_lines.h"

struct strings {
	char **v;
	unsigned int n;
};

struct raw_check {
	char *command;
	char *tcp;
	char *http;
	char *status;
	char *interval;
	char *timeout;
	uint32_t *rise;
	uint32_t *fall;
};

struct raw_checks {
	struct raw_check *v;
	unsigned int n;
};

/* One service, and the file. NULL is "not there". */
struct raw_service {
	char *name;
	struct strings vips;
	struct strings devs;
	struct strings nodes;
	struct strings prefer;
	char *deliver;
	struct raw_checks checks;
};

struct raw {
	struct raw_service *services;
	unsigned int n;
};

static const cyaml_schema_value_t string = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED),
};

#define LIST(key, flags, member, least) \
	CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER | (flags), \
				   struct raw_service, member.v, member.n, \
				   &string, least, CYAML_UNLIMITED)

#define TEXT(type, member) \
	CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, \
			       type, member, 0, CYAML_UNLIMITED)
#define COUNT(type, member) \
	CYAML_FIELD_UINT_PTR(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, \
			     type, member)

static const cyaml_schema_field_t check_fields[] = {
	TEXT(struct raw_check, command),
	TEXT(struct raw_check, tcp),
	TEXT(struct raw_check, http),
	TEXT(struct raw_check, status),
	TEXT(struct raw_check, interval),
	TEXT(struct raw_check, timeout),
	COUNT(struct raw_check, rise),
	COUNT(struct raw_check, fall),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t check = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_check, check_fields),
};

static const cyaml_schema_field_t service_fields[] = {
	CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct raw_service,
			       name, 1, CYAML_UNLIMITED),
	LIST("vips", 0, vips, 1),
	LIST("devs", 0, devs, 1),
	LIST("nodes", CYAML_FLAG_OPTIONAL, nodes, 0),
	LIST("prefer", CYAML_FLAG_OPTIONAL, prefer, 0),
	TEXT(struct raw_service, deliver),
	CYAML_FIELD_SEQUENCE_COUNT("checks", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
				   struct raw_service, checks.v, checks.n,
				   &check, 0, CYAML_UNLIMITED),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t service = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_service,
			    service_fields),
};

static const cyaml_schema_field_t fields[] = {
	CYAML_FIELD_SEQUENCE_COUNT("services", CYAML_FLAG_POINTER, struct raw,
				   services, n, &service, 0, CYAML_UNLIMITED),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw, fields),
};

/*
 * libcyaml tells what is wrong, then where, from the inside out: of the places
 * in lists and of the keys the innermost counts.
 */
static const char unexpected_key[] = "Unexpected key: ";

struct complaint {
	char what[256];
	char field[64];
	unsigned int line;
	unsigned int entry;
};

/* What follows a prefix, NULL where a text has another. */
static const char *after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) ? NULL : text + len;
}

static void complain_where(struct complaint *complaint, const char *text)
{
	const char *field = strstr(text, "in mapping field '");
	const char *at = strstr(text, "(line: ");
	unsigned int line = at ? (unsigned int)strtoul(at + 7, NULL, 10) : 0;

	if (!complaint->line)
		complaint->line = line;
	if (!complaint->entry && strstr(text, "in sequence entry"))
		complaint->entry = line;
	if (!field || complaint->field[0])
		return;
	field = strchr(field, '\'') + 1;
	snprintf(complaint->field, sizeof(complaint->field), "%.*s",
		 (int)strcspn(field, "'"), field);
}

static void complain(cyaml_log_t level, void *ctx, const char *fmt, va_list args)
	__attribute__((format(printf, 3, 0)));
static void complain(cyaml_log_t level, void *ctx, const char *fmt, va_list args)
{
	struct complaint *complaint = ctx;
	const char *said;
	char text[256];

	vsnprintf(text, sizeof(text), fmt, args);
	text[strcspn(text, "\n")] = '\0';
	said = after(text, "Load: ");
	said = said ? said : text;
	if (level < CYAML_LOG_ERROR && !after(said, unexpected_key))
		return;
	if (complaint->what[0])
		complain_where(complaint, text);
	else
		snprintf(complaint->what, sizeof(complaint->what), "%s", said);
}

static int explain(const char *name, const char *text, size_t len,
		   const struct complaint *c, struct l2a_error *err)
{
	unsigned int line = c->line ? c->line : 1;
	const char *key = after(c->what, unexpected_key);

	/* libcyaml knows where the mapping is; better, where the key is. */
	if (key)
		return l2a_fail(err, -EINVAL, "%s:%u: %s: unknown key", name,
				apply_lines_key(text, len, key, line), key);
	key = after(c->what, "Missing required mapping field: ");
	if (key)
		return l2a_fail(err, -EINVAL, "%s:%u: %s: missing", name,
				c->entry ? c->entry : line, key);
	if (after(c->what, "Insufficient entries"))
		return l2a_fail(err, -EINVAL, "%s:%u: %s: empty", name, line,
				c->field);
	if (after(c->what, "libyaml: "))
		return l2a_fail(err, -EINVAL, "%s:%u: not YAML: %s", name,
				apply_lines_broken(text, len),
				after(c->what, "libyaml: "));
	return l2a_fail(err, -EINVAL, "%s:%u: %s%s%s", name, line, c->field,
			c->field[0] ? ": " : "", c->what);
}

/* Into JSON. */

static int no_memory(struct l2a_error *err)
{
	return l2a_fail(err, -ENOMEM, "out of memory");
}

static int put(struct json_object *obj, const char *key,
	       struct json_object *value, struct l2a_error *err)
{
	if (value && !json_object_object_add(obj, key, value))
		return 0;
	json_object_put(value);
	return no_memory(err);
}

static int put_list(struct json_object *obj, const char *key,
		    const struct strings *list, struct l2a_error *err)
{
	struct json_object *array = json_object_new_array();

	for (unsigned int i = 0; array && i < list->n; i++) {
		struct json_object *item = json_object_new_string(list->v[i]);

		if (!item || json_object_array_add(array, item)) {
			json_object_put(item);
			json_object_put(array);
			return no_memory(err);
		}
	}
	return put(obj, key, array, err);
}

static int put_text(struct json_object *obj, const char *key, const char *text,
		    struct l2a_error *err)
{
	return text ? put(obj, key, json_object_new_string(text), err) : 0;
}

static int put_count(struct json_object *obj, const char *key,
		     const uint32_t *count, struct l2a_error *err)
{
	return count ? put(obj, key, json_object_new_int64(*count), err) : 0;
}

static int fill_check(struct json_object *obj, const struct raw_check *c,
		      struct l2a_error *err)
{
	return put_text(obj, "command", c->command, err) ?:
	       put_text(obj, "tcp", c->tcp, err) ?:
	       put_text(obj, "http", c->http, err) ?:
	       put_text(obj, "status", c->status, err) ?:
	       put_text(obj, "interval", c->interval, err) ?:
	       put_text(obj, "timeout", c->timeout, err) ?:
	       put_count(obj, "rise", c->rise, err) ?:
	       put_count(obj, "fall", c->fall, err);
}

static int put_checks(struct json_object *obj, const struct raw_checks *checks,
		      struct l2a_error *err)
{
	struct json_object *array = json_object_new_array();
	int ret = put(obj, "checks", array, err);

	for (unsigned int i = 0; !ret && i < checks->n; i++) {
		struct json_object *one = json_object_new_object();

		if (!one || json_object_array_add(array, one)) {
			json_object_put(one);
			return no_memory(err);
		}
		ret = fill_check(one, &checks->v[i], err);
	}
	return ret;
}

static int fill(struct json_object *obj, const struct raw_service *s,
		struct l2a_error *err)
{
	return put(obj, "name", json_object_new_string(s->name), err) ?:
	       put_list(obj, "vips", &s->vips, err) ?:
	       put_list(obj, "devs", &s->devs, err) ?:
	       put_list(obj, "nodes", &s->nodes, err) ?:
	       put_list(obj, "prefer", &s->prefer, err) ?:
	       put_text(obj, "deliver", s->deliver, err) ?:
	       put_checks(obj, &s->checks, err);
}

static int convert(const struct raw *raw, struct json_object *array,
		   struct l2a_error *err)
{
	int ret = 0;

	for (unsigned int i = 0; !ret && i < raw->n; i++) {
		struct json_object *obj = json_object_new_object();

		if (!obj || json_object_array_add(array, obj)) {
			json_object_put(obj);
			return no_memory(err);
		}
		ret = fill(obj, &raw->services[i], err);
	}
	return ret;
}

int apply_file_parse(const char *name, const char *text, size_t len,
		     struct json_object **services, struct l2a_error *err)
{
	struct complaint complaint = { .line = 0 };
	cyaml_config_t config = {
		.log_fn = complain,
		.log_ctx = &complaint,
		.mem_fn = cyaml_mem,
		.log_level = CYAML_LOG_ERROR,
	};
	struct json_object *array;
	struct raw *raw = NULL;
	cyaml_err_t code;
	int ret;

	code = cyaml_load_data((const uint8_t *)text, len, &config, &schema,
			       (cyaml_data_t **)&raw, NULL);
	/* libcyaml 1.1 names the key only to who debugs. */
	if (code == CYAML_ERR_INVALID_KEY && !after(complaint.what, unexpected_key)) {
		complaint = (struct complaint){ .line = 0 };
		config.log_level = CYAML_LOG_DEBUG;
		code = cyaml_load_data((const uint8_t *)text, len, &config, &schema,
				       (cyaml_data_t **)&raw, NULL);
	}
	if (complaint.what[0])
		return explain(name, text, len, &complaint, err);
	if (code != CYAML_OK || !raw)
		return l2a_fail(err, -EINVAL, "%s: %s", name,
				code == CYAML_OK ? "empty: \"services:\" and a list expected" :
				cyaml_strerror(code));
	array = json_object_new_array();
	ret = array ? convert(raw, array, err) : no_memory(err);
	cyaml_free(&config, &schema, raw, 0);
	if (!ret)
		*services = array;
	else
		json_object_put(array);
	return ret;
}

int apply_file_blame(const char *name, const char *text, size_t len,
		     struct l2a_error *err)
{
	unsigned int line = apply_lines_of(text, len, err->text);

	if (line)
		return l2a_prefix(err, "%s:%u", name, line);
	return err->code;
}
