// SPDX-License-Identifier: GPL-2.0
/*
 * One change of a set of services, for people.
 */
#include <json-c/json.h>
#include <string.h>

#include "l2ctl/apply_change.h"
#include "lib/error.h"

const char *apply_word(struct json_object *obj, const char *key)
{
	struct json_object *value = json_object_object_get(obj, key);

	return value ? json_object_get_string(value) : "";
}

static bool is_empty(struct json_object *value)
{
	return !value || (json_object_is_type(value, json_type_array) &&
			  !json_object_array_length(value));
}

static void print_value(FILE *out, struct json_object *value)
{
	if (is_empty(value)) {
		fputs("-", out);
		return;
	}
	if (!json_object_is_type(value, json_type_array)) {
		l2a_put_text(out, json_object_get_string(value));
		return;
	}
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		fputs(i ? "," : "", out);
		l2a_put_text(out, json_object_get_string(json_object_array_get_idx(value, i)));
	}
}

/* @both: what it was too; else all that is there now. */
static void print_changed(FILE *out, struct json_object *changed, bool both)
{
	size_t n = json_object_is_type(changed, json_type_array) ?
		   json_object_array_length(changed) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(changed, i);

		if (!both && is_empty(json_object_object_get(one, "to")))
			continue;
		fputs("    ", out);
		l2a_put_text(out, apply_word(one, "key"));
		putc(' ', out);
		if (both) {
			print_value(out, json_object_object_get(one, "from"));
			fputs(" -> ", out);
		}
		print_value(out, json_object_object_get(one, "to"));
		putc('\n', out);
	}
}

void apply_change_print(FILE *out, struct json_object *change, bool dry_run)
{
	const char *op = apply_word(change, "op");
	const char *applied = apply_word(change, "applied");
	bool done = dry_run || !strcmp(applied, "yes");

	fprintf(out, "%c ", *op == 'a' ? '+' : *op == 'd' ? '-' : '~');
	l2a_put_text(out, apply_word(change, "name"));
	fprintf(out, "%s\n", done ? "" :
		!strcmp(applied, "no") ? ": not applied" : ": perhaps applied");
	if (done && *op != 'd')
		print_changed(out, json_object_object_get(change, "changed"),
			      *op == 'c');
}
