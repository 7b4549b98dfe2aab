// SPDX-License-Identifier: GPL-2.0
/*
 * The grammar of services on the command line: words into JSON.
 */
#include <errno.h>
#include <string.h>

#include "l2ctl/check_args.h"
#include "l2ctl/service_args.h"

static const struct part {
	const char *keyword;
	const char *key;
	const char *what;	/* of a value, for messages */
	const char *empty;	/* the word for no value at all, NULL for none */
} lists[] = {
	{ "vip", "vips", "an address", NULL },
	{ "dev", "devs", "a device pattern", NULL },
	{ "node", "nodes", "a node pattern", "any" },
	{ "prefer", "prefer", "a node", "none" },
};

#define N_LISTS		(sizeof(lists) / sizeof(lists[0]))
#define EXPECTED	"vip, dev, node, prefer, deliver or check"

static const struct part *find_list(const char *word)
{
	for (size_t i = 0; i < N_LISTS; i++) {
		if (!strcmp(word, lists[i].keyword))
			return &lists[i];
	}
	return NULL;
}

static bool is_keyword(const char *word)
{
	return find_list(word) || !strcmp(word, "deliver") ||
	       !strcmp(word, "check");
}

static int no_memory(struct l2a_error *err)
{
	return l2a_fail(err, -ENOMEM, "out of memory");
}

/* The list under a key, made when it is first named. */
static struct json_object *get_list(struct json_object *body, const char *key)
{
	struct json_object *list = json_object_object_get(body, key);

	if (list)
		return list;
	list = json_object_new_array();
	if (list && json_object_object_add(body, key, list)) {
		json_object_put(list);
		return NULL;
	}
	return list;
}

static int append(struct json_object *list, const char *value,
		  struct l2a_error *err)
{
	struct json_object *string = json_object_new_string(value);

	if (string && !json_object_array_add(list, string))
		return 0;
	json_object_put(string);
	return no_memory(err);
}

/* An address is sent as everybody writes it, not as it was typed. */
static int append_value(struct json_object *list, const struct part *part,
			const char *word, struct l2a_error *err)
{
	char text[L2A_ADDR_STRLEN];
	struct l2a_addr addr;

	if (!*word)
		return l2a_fail(err, -EINVAL, "\"\": %s expected", part->what);
	if (strcmp(part->key, "vips"))
		return append(list, word, err);
	if (l2a_addr_parse(word, &addr, err))
		return err->code;
	return append(list, l2a_addr_format(&addr, text), err);
}

static int take_list(struct args *args, const struct part *part,
		     struct json_object *body, struct l2a_error *err)
{
	struct json_object *list = get_list(body, part->key);

	if (!list)
		return no_memory(err);
	if (!args_peek(args))
		return l2a_fail(err, -EINVAL, "\"%s\" needs %s after it",
				part->keyword, part->what);
	do {
		if (append_value(list, part, args_next(args), err))
			return err->code;
	} while (args_peek(args) && !is_keyword(args_peek(args)));
	if (part->empty && json_object_array_length(list) == 1 &&
	    !strcmp(json_object_get_string(json_object_array_get_idx(list, 0)),
		    part->empty))
		json_object_array_del_idx(list, 0, 1);
	return 0;
}

static int take_deliver(struct args *args, struct json_object *body,
			struct l2a_error *err)
{
	struct json_object *string;
	const char *text;

	if (json_object_object_get(body, "deliver"))
		return l2a_fail(err, -EINVAL,
				"\"deliver\" may be given only once");
	if (args_value(args, "deliver", &text, err))
		return err->code;
	if (strcmp(text, "route") && strcmp(text, "none"))
		return l2a_fail(err, -EINVAL,
				"\"%s\": deliver is route or none", text);
	string = json_object_new_string(text);
	if (string && !json_object_object_add(body, "deliver", string))
		return 0;
	json_object_put(string);
	return no_memory(err);
}

static int take_check(struct args *args, struct json_object *body,
		      struct l2a_error *err)
{
	struct json_object *list = get_list(body, "checks");
	bool none = false;

	if (!list)
		return no_memory(err);
	if (check_args(args, list, &none, err))
		return err->code;
	if (none && json_object_array_length(list))
		return l2a_fail(err, -EINVAL, "\"check none\" stands alone");
	return 0;
}

static int take_all(struct args *args, struct json_object *body,
		    struct l2a_error *err)
{
	while (args_peek(args)) {
		const struct part *part = find_list(args_peek(args));
		bool deliver = !strcmp(args_peek(args), "deliver");
		int ret;

		if (!is_keyword(args_peek(args)))
			return args_unknown(args, EXPECTED, err);
		args_next(args);
		if (part)
			ret = take_list(args, part, body, err);
		else if (deliver)
			ret = take_deliver(args, body, err);
		else
			ret = take_check(args, body, err);
		if (ret)
			return ret;
	}
	return 0;
}

static int complete(struct json_object *body, struct l2a_error *err)
{
	if (!json_object_object_get(body, "vips"))
		return l2a_fail(err, -EINVAL, "\"vip\" and an address expected");
	if (!json_object_object_get(body, "devs"))
		return l2a_fail(err, -EINVAL,
				"\"dev\" and a device pattern expected");
	return 0;
}

static int something(struct json_object *body, struct l2a_error *err)
{
	if (json_object_object_length(body))
		return 0;
	return l2a_fail(err, -EINVAL, EXPECTED " expected");
}

static int parse(struct args *args, struct json_object **out,
		 int (*enough)(struct json_object *body, struct l2a_error *err),
		 struct l2a_error *err)
{
	struct json_object *body = json_object_new_object();
	int ret;

	if (!body)
		return no_memory(err);
	ret = take_all(args, body, err);
	if (!ret)
		ret = enough(body, err);
	if (ret) {
		json_object_put(body);
		return ret;
	}
	*out = body;
	return 0;
}

int service_args_body(struct args *args, struct json_object **body,
		      struct l2a_error *err)
{
	return parse(args, body, complete, err);
}

int service_args_change(struct args *args, struct json_object **body,
			struct l2a_error *err)
{
	return parse(args, body, something, err);
}
