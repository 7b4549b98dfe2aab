// SPDX-License-Identifier: GPL-2.0
/*
 * The grammar of a service's checks on the command line: words into JSON. What
 * a target may be is the controller's to say, which has to do it.
 */
#include <errno.h>
#include <string.h>

#include "l2ctl/check_args.h"
#include "lib/duration.h"

static const char *const types[] = { "command", "tcp", "http" };

enum option_kind {
	OPTION_DURATION,
	OPTION_COUNT,
	OPTION_TEXT,
};

static const struct option {
	const char *keyword;
	enum option_kind kind;
} options[] = {
	{ "interval", OPTION_DURATION },
	{ "timeout", OPTION_DURATION },
	{ "rise", OPTION_COUNT },
	{ "fall", OPTION_COUNT },
	{ "status", OPTION_TEXT },
};

#define N_TYPES		(sizeof(types) / sizeof(types[0]))
#define N_OPTIONS	(sizeof(options) / sizeof(options[0]))

static int add(struct json_object *obj, const char *key,
	       struct json_object *value, struct l2a_error *err)
{
	if (value && !json_object_object_add(obj, key, value))
		return 0;
	json_object_put(value);
	return l2a_fail(err, -ENOMEM, "out of memory");
}

static const struct option *find_option(const char *word)
{
	for (size_t i = 0; word && i < N_OPTIONS; i++) {
		if (!strcmp(options[i].keyword, word))
			return &options[i];
	}
	return NULL;
}

static int take_option(struct args *args, const struct option *option,
		       struct json_object *check, struct l2a_error *err)
{
	const char *key = option->keyword, *text;
	uint32_t number;

	args_next(args);
	if (json_object_object_get(check, key))
		return l2a_fail(err, -EINVAL,
				"\"%s\" may be given only once for a check", key);
	if (option->kind == OPTION_COUNT) {
		if (args_u32(args, key, &number, err))
			return err->code;
		return add(check, key, json_object_new_int64(number), err);
	}
	if (args_value(args, key, &text, err))
		return err->code;
	if (option->kind == OPTION_DURATION &&
	    l2a_duration_parse_ms(text, &number, err))
		return l2a_prefix(err, "%s", key);
	return add(check, key, json_object_new_string(text), err);
}

static int take_check(struct args *args, const char *type,
		      struct json_object *check, struct l2a_error *err)
{
	const struct option *option;
	const char *target;

	if (args_value(args, type, &target, err) ||
	    add(check, type, json_object_new_string(target), err))
		return err->code;
	while ((option = find_option(args_peek(args)))) {
		if (take_option(args, option, check, err))
			return err->code;
	}
	return 0;
}

int check_args(struct args *args, struct json_object *checks, bool *none,
	       struct l2a_error *err)
{
	struct json_object *check;
	const char *type;
	size_t i = 0;

	if (args_value(args, "check", &type, err))
		return err->code;
	if (!strcmp(type, "none")) {
		*none = true;
		return 0;
	}
	while (i < N_TYPES && strcmp(types[i], type))
		i++;
	if (i == N_TYPES)
		return l2a_fail(err, -EINVAL,
				"\"%s\": check is command, tcp, http or none",
				type);
	check = json_object_new_object();
	if (check && !take_check(args, type, check, err) &&
	    !json_object_array_add(checks, check))
		return 0;
	json_object_put(check);
	return err->code ? err->code :
	       l2a_fail(err, -ENOMEM, "out of memory");
}
