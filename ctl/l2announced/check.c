// SPDX-License-Identifier: GPL-2.0
/*
 * The checks of a service as structures and as JSON: what may be asked for.
 *
 * The record comes from a store that others write to, and every node acts on
 * it. So a check names no program: a command is one that each node's own
 * configuration has under that name. And it names no host: addresses only, no
 * look-up stands between a service and its health.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "check.h"
#include "lib/address.h"
#include "lib/duration.h"
#include "names.h"

/* What the defaults and the limits are; l2ctl(8) gives them. */
#define INTERVAL_MS		1000
#define INTERVAL_LEAST_MS	100
#define INTERVAL_MOST_MS	3600000
#define TIMEOUT_MS		1000
#define TIMEOUT_LEAST_MS	10
#define TIMEOUT_MOST_MS		60000
#define RISE			2
#define FALL			3
#define COUNT_MOST		100
#define STATUS_LEAST		200
#define STATUS_MOST		299
#define CHECKS_MOST		16	/* of one service */
#define TARGET_MOST		1024	/* bytes */
#define LOCALHOST		"127.0.0.1"
#define SCHEME			"http://"

static const char *const types[] = {
	[CHECK_COMMAND] = "command",
	[CHECK_TCP] = "tcp",
	[CHECK_HTTP] = "http",
};

#define N_TYPES		(sizeof(types) / sizeof(types[0]))

const char *check_type_name(enum check_type type)
{
	return types[type];
}

/* A number of decimal digits alone, or 0. */
static unsigned long digits(const char *text, size_t len)
{
	if (!len || len > 5 || strspn(text, "0123456789") < len)
		return 0;
	return strtoul(text, NULL, 10);
}

static bool is_port(const char *text, size_t len)
{
	unsigned long port = digits(text, len);

	return port && port <= UINT16_MAX;
}

static bool is_address(const char *text, size_t len, uint16_t family)
{
	char copy[L2A_ADDR_STRLEN];
	struct l2a_addr addr;

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return !l2a_addr_parse(copy, &addr, NULL) && addr.family == family;
}

/* Of "ADDRESS" or "ADDRESS:PORT"; an IPv6 address stands in brackets. */
static bool is_endpoint(const char *text, size_t len, bool need_port)
{
	const char *end = text + len, *colon;

	if (len && *text == '[') {
		const char *bracket = memchr(text, ']', len);

		if (!bracket ||
		    !is_address(text + 1, (size_t)(bracket - text - 1), AF_INET6))
			return false;
		colon = bracket + 1;
	} else {
		colon = memchr(text, ':', len);
		if (!colon)
			colon = end;
		if (!is_address(text, (size_t)(colon - text), AF_INET))
			return false;
	}
	if (colon == end)
		return !need_port;
	return *colon == ':' && is_port(colon + 1, (size_t)(end - colon - 1));
}

static int check_command(const char *target, struct l2a_error *err)
{
	size_t len = strlen(target);

	if (len && strspn(target, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789-._") == len)
		return 0;
	return l2a_fail(err, -EINVAL,
			"command: \"%s\" is no name of a command in the nodes' configuration: letters, digits, \"-\", \".\" and \"_\"",
			target);
}

static int check_tcp(struct check *check, struct l2a_error *err)
{
	size_t len = strlen(check->target);
	char *port = check->target;

	if (is_port(port, len)) {
		if (asprintf(&check->target, "%s:%s", LOCALHOST, port) < 0)
			abort();
		free(port);
		return 0;
	}
	if (is_endpoint(check->target, len, true))
		return 0;
	return l2a_fail(err, -EINVAL,
			"tcp: \"%s\" is no [ADDRESS:]PORT; an IPv6 address stands in brackets",
			check->target);
}

static int check_http(const char *target, struct l2a_error *err)
{
	const char *host = target + strlen(SCHEME);

	if (strncmp(target, SCHEME, strlen(SCHEME)))
		return l2a_fail(err, -EINVAL,
				"http: \"%s\" must begin with %s (what is encrypted needs a command)",
				target, SCHEME);
	if (!is_endpoint(host, strcspn(host, "/"), false))
		return l2a_fail(err, -EINVAL,
				"http: \"%s\": an address is expected for a host",
				target);
	for (const char *p = target; *p; p++) {
		if (*p <= ' ' || *p > '~' || *p == '#')
			return l2a_fail(err, -EINVAL,
					"http: \"%s\": blanks, \"#\" and what is no ASCII must be percent-encoded",
					target);
	}
	return 0;
}

/* The first that no URL's path or query has as it is, by RFC 3986. */
static const char *to_encode(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~!$&'()*+,;=:@/?";
	static const char hex[] = "0123456789abcdefABCDEF";

	text += strspn(text, plain);
	while (*text == '%' && strspn(text + 1, hex) >= 2) {
		text += 3;
		text += strspn(text, plain);
	}
	return *text ? text : NULL;
}

static int check_url(const char *target, struct l2a_error *err)
{
	const char *host = target + strlen(SCHEME);
	const char *bad = to_encode(host + strcspn(host, "/"));

	if (!bad)
		return 0;
	return l2a_fail(err, -EINVAL,
			"http: \"%s\": \"%c\" must be percent-encoded, as %%%02X",
			target, *bad, (unsigned char)*bad);
}

int checks_usable(const struct check_list *list, struct l2a_error *err)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct check *check = &list->v[i];

		if (check->type == CHECK_HTTP && check_url(check->target, err))
			return l2a_prefix(err, "checks: number %zu", i + 1);
	}
	return 0;
}

static int check_target(struct check *check, struct l2a_error *err)
{
	if (strlen(check->target) > TARGET_MOST)
		return l2a_fail(err, -EINVAL, "%s: longer than %d bytes",
				types[check->type], TARGET_MOST);
	switch (check->type) {
	case CHECK_COMMAND:
		return check_command(check->target, err);
	case CHECK_TCP:
		return check_tcp(check, err);
	case CHECK_HTTP:
		return check_http(check->target, err);
	}
	return -EINVAL;
}

static int read_duration(const char *key, json_object *value, uint32_t least,
			 uint32_t most, uint32_t *ms, struct l2a_error *err)
{
	char lo[L2A_DURATION_STRLEN], hi[L2A_DURATION_STRLEN];

	if (!json_object_is_type(value, json_type_string))
		return l2a_fail(err, -EINVAL, "%s: a duration, such as \"2s\"",
				key);
	if (l2a_duration_parse_ms(json_object_get_string(value), ms, err))
		return l2a_prefix(err, "%s", key);
	if (*ms >= least && *ms <= most)
		return 0;
	return l2a_fail(err, -EINVAL, "%s: %s is out of range, %s to %s", key,
			json_object_get_string(value),
			l2a_duration_format(least, lo),
			l2a_duration_format(most, hi));
}

static int read_count(const char *key, json_object *value, uint32_t *count,
		      struct l2a_error *err)
{
	int64_t number = json_object_is_type(value, json_type_int) ?
			 json_object_get_int64(value) : 0;

	if (number < 1 || number > COUNT_MOST)
		return l2a_fail(err, -EINVAL, "%s: a number, 1 to %d", key,
				COUNT_MOST);
	*count = (uint32_t)number;
	return 0;
}

/* "200" or "200-399", as a string. */
static int read_status(json_object *value, struct check *check,
		       struct l2a_error *err)
{
	const char *text = json_object_is_type(value, json_type_string) ?
			   json_object_get_string(value) : "";
	const char *dash = strchr(text, '-');
	size_t len = dash ? (size_t)(dash - text) : strlen(text);
	const char *last = dash ? dash + 1 : text;

	check->status_least = (uint32_t)digits(text, len);
	check->status_most = (uint32_t)digits(last, strlen(last));
	if (check->status_least >= 100 &&
	    check->status_least <= check->status_most &&
	    check->status_most <= 599)
		return 0;
	return l2a_fail(err, -EINVAL,
			"status: \"%s\" is no status or range of them, such as 200 or 200-399",
			text);
}

static int read_type(const char *key, json_object *value, struct check *check,
		     struct l2a_error *err)
{
	size_t type = 0;

	while (type < N_TYPES && strcmp(types[type], key))
		type++;
	if (type == N_TYPES)
		return l2a_fail(err, -EINVAL, "\"%s\": unknown key", key);
	if (check->target)
		return l2a_fail(err, -EINVAL, "%s: there is %s already", key,
				types[check->type]);
	if (!json_object_is_type(value, json_type_string))
		return l2a_fail(err, -EINVAL, "%s: a string", key);
	check->type = (enum check_type)type;
	check->target = xstrdup(json_object_get_string(value));
	return check_target(check, err);
}

static int read_key(const char *key, json_object *value, struct check *check,
		    struct l2a_error *err)
{
	if (!strcmp(key, "interval"))
		return read_duration(key, value, INTERVAL_LEAST_MS,
				     INTERVAL_MOST_MS, &check->interval_ms, err);
	if (!strcmp(key, "timeout"))
		return read_duration(key, value, TIMEOUT_LEAST_MS,
				     TIMEOUT_MOST_MS, &check->timeout_ms, err);
	if (!strcmp(key, "rise"))
		return read_count(key, value, &check->rise, err);
	if (!strcmp(key, "fall"))
		return read_count(key, value, &check->fall, err);
	if (!strcmp(key, "status"))
		return read_status(value, check, err);
	return read_type(key, value, check, err);
}

static int read_check(json_object *obj, struct check *check,
		      struct l2a_error *err)
{
	*check = (struct check){
		.interval_ms = INTERVAL_MS,
		.timeout_ms = TIMEOUT_MS,
		.rise = RISE,
		.fall = FALL,
		.status_least = STATUS_LEAST,
		.status_most = STATUS_MOST,
	};
	if (!json_object_is_type(obj, json_type_object))
		return l2a_fail(err, -EINVAL, "an object is expected");
	json_object_object_foreach(obj, key, value) {
		if (read_key(key, value, check, err))
			return err->code;
	}
	if (!check->target)
		return l2a_fail(err, -EINVAL, "one of command, tcp and http is expected");
	if (check->type != CHECK_HTTP &&
	    json_object_object_get_ex(obj, "status", NULL))
		return l2a_fail(err, -EINVAL, "status: only of http");
	return 0;
}

int checks_parse(json_object *array, struct check_list *list,
		 struct l2a_error *err)
{
	size_t n = 0;

	if (!array)
		return 0;
	if (!json_object_is_type(array, json_type_array))
		return l2a_fail(err, -EINVAL, "checks: a list is expected");
	n = json_object_array_length(array);
	if (n > CHECKS_MOST)
		return l2a_fail(err, -EINVAL, "checks: more than %d",
				CHECKS_MOST);
	list->v = xmalloc((n + 1) * sizeof(*list->v));
	for (size_t i = 0; i < n; i++) {
		json_object *obj = json_object_array_get_idx(array, i);

		list->n++;
		if (!read_check(obj, &list->v[i], err))
			continue;
		checks_clear(list);
		return l2a_prefix(err, "checks: number %zu", i + 1);
	}
	return 0;
}

static void put(json_object *obj, const char *key, json_object *value)
{
	json_object_object_add(obj, key, value);
}

static json_object *duration(uint32_t ms)
{
	char text[L2A_DURATION_STRLEN];

	return json_object_new_string(l2a_duration_format(ms, text));
}

static json_object *format_check(const struct check *check)
{
	json_object *obj = json_object_new_object();
	char status[32];

	put(obj, types[check->type], json_object_new_string(check->target));
	if (check->type == CHECK_HTTP) {
		snprintf(status, sizeof(status),
			 check->status_least == check->status_most ? "%u" :
			 "%u-%u", check->status_least, check->status_most);
		put(obj, "status", json_object_new_string(status));
	}
	put(obj, "interval", duration(check->interval_ms));
	put(obj, "timeout", duration(check->timeout_ms));
	put(obj, "rise", json_object_new_int64(check->rise));
	put(obj, "fall", json_object_new_int64(check->fall));
	return obj;
}

json_object *checks_format(const struct check_list *list)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < list->n; i++)
		json_object_array_add(array, format_check(&list->v[i]));
	return array;
}

static bool equal(const struct check *a, const struct check *b)
{
	return a->type == b->type && !strcmp(a->target, b->target) &&
	       a->interval_ms == b->interval_ms &&
	       a->timeout_ms == b->timeout_ms && a->rise == b->rise &&
	       a->fall == b->fall && a->status_least == b->status_least &&
	       a->status_most == b->status_most;
}

bool checks_equal(const struct check_list *a, const struct check_list *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (!equal(&a->v[i], &b->v[i]))
			return false;
	}
	return true;
}

void check_copy(struct check *to, const struct check *from)
{
	*to = *from;
	to->target = xstrdup(from->target);
}

void check_clear(struct check *check)
{
	free(check->target);
	check->target = NULL;
}

void checks_clear(struct check_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		check_clear(&list->v[i]);
	free(list->v);
	list->v = NULL;
	list->n = 0;
}
