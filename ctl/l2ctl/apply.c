// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl apply: have the cluster's services be those of a file.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "l2ctl/apply_change.h"
#include "l2ctl/apply_file.h"
#include "l2ctl/http.h"
#include "l2ctl/l2ctl.h"

#define FILE_MOST	(16 * 1024 * 1024)	/* as the controller takes */

struct options {
	const char *file;
	bool dry_run;
	bool prune;
};

static int take_options(struct args *args, struct options *o,
			struct l2a_error *err)
{
	while (args_peek(args)) {
		if (args_accept(args, "--dry-run"))
			o->dry_run = true;
		else if (args_accept(args, "--prune"))
			o->prune = true;
		else if (!args_accept(args, "-f") && !args_accept(args, "--file"))
			return args_unknown(args, "-f FILE, --dry-run or --prune",
					    err);
		else if (o->file)
			return l2a_fail(err, -EINVAL,
					"\"-f\" may be given only once");
		else if (args_value(args, "-f", &o->file, err))
			return err->code;
	}
	if (o->file)
		return 0;
	return l2a_fail(err, -EINVAL, "-f and a file expected, - for standard input");
}

/* The file. */

static int read_stream(FILE *in, const char *name, char **text, size_t *len,
		       struct l2a_error *err)
{
	size_t got;

	*text = NULL;
	*len = 0;
	do {
		char *more = realloc(*text, *len + BUFSIZ);

		if (!more)
			return l2a_fail(err, -ENOMEM, "out of memory");
		*text = more;
		got = fread(more + *len, 1, BUFSIZ, in);
		*len += got;
	} while (got && *len <= FILE_MOST);
	if (ferror(in))
		return l2a_fail(err, -errno, "%s: %s", name, strerror(errno));
	if (*len > FILE_MOST)
		return l2a_fail(err, -EFBIG, "%s: more than %d MiB", name,
				FILE_MOST >> 20);
	return 0;
}

static int read_file(const char *name, char **text, size_t *len,
		     struct l2a_error *err)
{
	FILE *in;
	int ret;

	*text = NULL;
	if (!strcmp(name, "-"))
		return read_stream(stdin, name, text, len, err);
	in = fopen(name, "re");
	if (!in)
		return l2a_fail(err, -errno, "%s: %s", name, strerror(errno));
	ret = read_stream(in, name, text, len, err);
	fclose(in);
	return ret;
}

/* What came of it. */

static int show(const struct ctl *ctl, struct json_object *list, bool dry_run)
{
	static const char *const keys[] = {
		"name", "op", "changed", "applied", "error",
	};
	size_t n = json_object_array_length(list);
	struct l2a_writer *w;

	if (!(ctl->flags & L2A_WRITER_JSON)) {
		for (size_t i = 0; i < n; i++)
			apply_change_print(stdout,
					   json_object_array_get_idx(list, i),
					   dry_run);
		return CTL_OK;
	}
	w = ctl_writer(ctl, L2A_WRITER_TABLE);
	for (size_t i = 0; i < n; i++) {
		struct json_object *row = json_object_array_get_idx(list, i);

		l2a_row_begin(w);
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			l2a_write_json(w, keys[k],
				       json_object_object_get(row, keys[k]));
		l2a_row_end(w);
	}
	return ctl_written(ctl, w);
}

/* The first one that failed stands for all after it. */
static int check_applied(struct json_object *list, struct l2a_error *err)
{
	size_t n = json_object_array_length(list), done = 0;

	while (done < n &&
	       !strcmp(apply_word(json_object_array_get_idx(list, done),
				  "applied"), "yes"))
		done++;
	if (done == n)
		return 0;
	list = json_object_array_get_idx(list, done);
	return l2a_fail(err, -EREMOTEIO,
			"service %s: %s: %zu of %zu changes were made, apply again for the rest",
			apply_word(list, "name"), apply_word(list, "error"),
			done, n);
}

static int add_flag(struct json_object *body, const char *key, bool value)
{
	struct json_object *flag = json_object_new_boolean(value);

	if (flag && !json_object_object_add(body, key, flag))
		return 0;
	json_object_put(flag);
	return -ENOMEM;
}

static int post(const struct ctl *ctl, const struct options *o,
		struct json_object *services, struct json_object **list,
		struct l2a_error *err)
{
	struct json_object *body = json_object_new_object();
	int ret;

	if (!body || json_object_object_add(body, "services",
					    json_object_get(services)) ||
	    add_flag(body, "dry_run", o->dry_run) ||
	    add_flag(body, "prune", o->prune)) {
		json_object_put(body);
		return l2a_fail(err, -ENOMEM, "out of memory");
	}
	ret = http_call(ctl->socket, "POST", "/v1/apply", NULL, body, list, err);
	json_object_put(body);
	if (!ret && !json_object_is_type(*list, json_type_array)) {
		json_object_put(*list);
		ret = l2a_fail(err, -EBADMSG,
			       "the controller's answer is no list");
	}
	return ret;
}

/* The controller was asked, and what it has done is not known to the end. */
static int broken_off(struct l2a_error *err)
{
	const struct l2a_error was = *err;

	return l2a_fail(err, was.code, "%.400s: some of it may be made, apply again for the rest",
			was.text);
}

static int carry_out(const struct ctl *ctl, const struct options *o,
		     const char *text, size_t len, struct l2a_error *err)
{
	struct json_object *services = NULL, *list = NULL;
	int ret;

	ret = apply_file_parse(o->file, text, len, &services, err);
	if (ret)
		return ret;
	ret = post(ctl, o, services, &list, err);
	json_object_put(services);
	if (ret == -EREMOTEIO)
		return apply_file_blame(o->file, text, len, err);
	if (!o->dry_run && (ret == -EIO || ret == -ETIMEDOUT || ret == -EBADMSG))
		return broken_off(err);
	if (ret)
		return ret;
	if (show(ctl, list, o->dry_run))
		ret = l2a_fail(err, -EIO, "cannot write what was done");
	if (!ret && !o->dry_run)
		ret = check_applied(list, err);
	json_object_put(list);
	return ret;
}

static int apply(struct ctl *ctl, struct args *args)
{
	struct options o = { 0 };
	struct l2a_error err = { 0 };
	char *text;
	size_t len;
	int ret;

	if (take_options(args, &o, &err))
		return ctl_misused(ctl, &err);
	ret = read_file(o.file, &text, &len, &err);
	if (!ret)
		ret = carry_out(ctl, &o, text, len, &err);
	free(text);
	return ret ? ctl_refused(ctl, &err) : CTL_OK;
}

static const struct verb verbs[] = {
	{ NULL, "-f FILE [--dry-run] [--prune]",
	  "have the services be as the file says; --prune: and no others", apply },
	{ 0 },
};

const struct noun noun_apply = {
	"apply", "the services of a file, YAML", verbs,
};
