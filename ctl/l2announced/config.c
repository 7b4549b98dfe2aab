// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration file: what may stand in it, what must, and what not.
 */
#include <cyaml/cyaml.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "assign.h"
#include "config.h"
#include "config_commands.h"
#include "config_metrics.h"
#include "config_realtime.h"
#include "config_store.h"
#include "lib/duration.h"
#include "names.h"
#include "record.h"
#include "yaml_file.h"

/* What the defaults and the limits are; l2announced.yaml(5) gives the reasons. */
#define DURATION_LEAST_MS	300
#define DURATION_MOST_MS	60000
#define RENEW_LEAST_MS		100
#define RENEW_SHARE		4	/* of the duration, by default */
#define MARGIN_SHARE		10	/* of the duration, by default */
#define MARGIN_LEAST_MS		10
#define MARGIN_MOST_MS		300
#define LINGER_MS		120000
#define LINGER_MOST_MS		3600000
#define RECONCILE_MS		3000
#define RECONCILE_LEAST_MS	100
#define RECONCILE_MOST_MS	60000
#define LINK_UP_MS		1000
#define LINK_DOWN_MS		0
#define LINK_MOST_MS		60000
#define MOVE_RATE		10
#define LEASE_ID		1
#define LOCKDIR			"/run/l2announce"

/* The file as it stands, before it is checked. NULL is "not there". */
struct raw {
	char *node;
	uint32_t *lease;
	char *user;
	char *socket;
	char *lockdir;
	struct raw_store store;
	struct raw_metrics *metrics;
	struct raw_realtime *realtime;
	char *duration;
	char *renew;
	char *margin;
	char *linger;
	char *reconcile;
	char *link_up;
	char *link_down;
	int *rebalance;
	uint32_t *weight;
	uint32_t *move_rate;
	struct raw_checks checks;
	struct raw_hooks *hooks;
	char *log;
};

#define OPTIONAL	(CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define TEXT(key, type, member) \
	CYAML_FIELD_STRING_PTR(key, OPTIONAL, type, member, 1, CYAML_UNLIMITED)

/* libcyaml's own boolean takes every other word for true. */
const cyaml_strval_t config_booleans[CONFIG_N_BOOLEANS] = {
	{ "true", 1 }, { "false", 0 },
	{ "yes", 1 }, { "no", 0 },
	{ "on", 1 }, { "off", 0 },
};

static const cyaml_schema_field_t fields[] = {
	TEXT("node", struct raw, node),
	CYAML_FIELD_UINT_PTR("lease", OPTIONAL, struct raw, lease),
	TEXT("user", struct raw, user),
	TEXT("socket", struct raw, socket),
	TEXT("lockdir", struct raw, lockdir),
	CYAML_FIELD_MAPPING("store", CYAML_FLAG_DEFAULT, struct raw, store,
			    config_store_fields),
	CYAML_FIELD_MAPPING_PTR("metrics", OPTIONAL, struct raw, metrics,
				config_metrics_fields),
	CYAML_FIELD_MAPPING_PTR("realtime", OPTIONAL, struct raw, realtime,
				config_realtime_fields),
	TEXT("duration", struct raw, duration),
	TEXT("renew", struct raw, renew),
	TEXT("margin", struct raw, margin),
	TEXT("linger", struct raw, linger),
	TEXT("reconcile", struct raw, reconcile),
	TEXT("link_up", struct raw, link_up),
	TEXT("link_down", struct raw, link_down),
	CYAML_FIELD_ENUM_PTR("rebalance", OPTIONAL | CYAML_FLAG_STRICT,
			     struct raw, rebalance, config_booleans,
			     CONFIG_N_BOOLEANS),
	CYAML_FIELD_UINT_PTR("weight", OPTIONAL, struct raw, weight),
	CYAML_FIELD_UINT_PTR("move_rate", OPTIONAL, struct raw, move_rate),
	CYAML_FIELD_SEQUENCE_COUNT("checks", OPTIONAL, struct raw, checks.v,
				   checks.n, &config_check_entry, 0,
				   CYAML_UNLIMITED),
	CYAML_FIELD_MAPPING_PTR("hooks", OPTIONAL, struct raw, hooks,
				config_hooks_fields),
	TEXT("log", struct raw, log),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw, fields),
};

const char *config_key(size_t i)
{
	return fields[i].key;
}

int config_bad(const struct config_checks *c, const char *key,
	       const char *fmt, ...)
{
	unsigned int line = yaml_file_line(c->file, key);
	char text[L2A_ERROR_TEXT / 2];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (line)
		return l2a_fail(c->err, -EINVAL, "%s:%u: %s: %s", c->file, line,
				key, text);
	return l2a_fail(c->err, -EINVAL, "%s: %s: %s", c->file, key, text);
}

int config_duration(const struct config_checks *c, const char *key,
		    const char *text, uint32_t fallback, uint32_t least,
		    uint32_t most, uint32_t *ms)
{
	char lo[L2A_DURATION_STRLEN], hi[L2A_DURATION_STRLEN];
	struct l2a_error err;

	*ms = fallback;
	if (text && l2a_duration_parse_ms(text, ms, &err))
		return config_bad(c, key, "%s", err.text);
	if (text && (*ms < least || *ms > most))
		return config_bad(c, key, "%s is out of range, %s to %s", text,
			   l2a_duration_format(least, lo),
			   l2a_duration_format(most, hi));
	return 0;
}

static uint32_t default_margin(uint32_t duration)
{
	uint32_t margin = duration / MARGIN_SHARE;

	if (margin < MARGIN_LEAST_MS)
		return MARGIN_LEAST_MS;
	return margin > MARGIN_MOST_MS ? MARGIN_MOST_MS : margin;
}

static int get_times(const struct config_checks *c, const struct raw *raw,
		     uint32_t duration_ms, struct config *config)
{
	uint32_t most = DURATION_MOST_MS;
	int ret;

	ret = config_duration(c, "duration", raw->duration, duration_ms,
			      DURATION_LEAST_MS, most, &config->duration_ms);
	if (!ret)
		ret = config_duration(c, "renew", raw->renew,
				      config->duration_ms / RENEW_SHARE,
				      RENEW_LEAST_MS, most, &config->renew_ms);
	if (!ret)
		ret = config_duration(c, "margin", raw->margin,
				      default_margin(config->duration_ms),
				      MARGIN_LEAST_MS, config->duration_ms / 2,
				      &config->margin_ms);
	if (!ret)
		ret = config_duration(c, "linger", raw->linger, LINGER_MS, 0,
				      LINGER_MOST_MS, &config->linger_ms);
	if (!ret)
		ret = config_duration(c, "reconcile", raw->reconcile, RECONCILE_MS,
				      RECONCILE_LEAST_MS, RECONCILE_MOST_MS,
				      &config->reconcile_ms);
	if (!ret)
		ret = config_duration(c, "link_up", raw->link_up, LINK_UP_MS, 0,
				      LINK_MOST_MS, &config->link_up_ms);
	if (!ret)
		ret = config_duration(c, "link_down", raw->link_down,
				      LINK_DOWN_MS, 0, LINK_MOST_MS,
				      &config->link_down_ms);
	if (ret)
		return ret;
	if (config->renew_ms < RENEW_LEAST_MS)
		config->renew_ms = RENEW_LEAST_MS;
	/* One renewal may be lost, and the next still comes in time. */
	if (2 * config->renew_ms > config->duration_ms - config->margin_ms)
		return config_bad(c, raw->renew ? "renew" : "duration",
			   "two renewals (%u ms each) must fit into the duration (%u ms) less the margin (%u ms)",
			   config->renew_ms, config->duration_ms,
			   config->margin_ms);
	return 0;
}

bool config_name_ok(const char *name)
{
	size_t len = strlen(name);

	/* As a part of a URL's path "." and ".." are no names. */
	if (!len || len > RECORD_NAME_MAX || name[0] == '/' ||
	    name[len - 1] == '/' || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	return strspn(name, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789-._/") == len;
}

static int get_node(const struct config_checks *c, const struct raw *raw,
		    const char *node, struct config *config)
{
	char host[RECORD_NAME_MAX + 1] = "";

	if (!node)
		node = raw->node;
	if (!node) {
		if (gethostname(host, sizeof(host) - 1) || !host[0])
			return config_bad(c, "node", "missing, and the machine has no host name");
		node = host;
	}
	config->node = xstrdup(node);
	if (!config_name_ok(node) || strchr(node, '/'))
		return config_bad(c, "node", "\"%s\" is no name: letters, digits, \"-\", \".\" and \"_\", at most %d, not \".\" or \"..\"",
			   node, RECORD_NAME_MAX);
	return 0;
}

static int get_log(const struct config_checks *c, const struct raw *raw,
		   struct config *config)
{
	static const struct {
		const char *name;
		int level;
	} levels[] = {
		{ "error", LOG_ERR },
		{ "warning", LOG_WARNING },
		{ "notice", LOG_NOTICE },
		{ "info", LOG_INFO },
		{ "debug", LOG_DEBUG },
	};

	config->log = LOG_INFO;
	if (!raw->log)
		return 0;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		config->log = levels[i].level;
		if (!strcmp(raw->log, levels[i].name))
			return 0;
	}
	return config_bad(c, "log", "\"%s\" is none of error, warning, notice, info, debug",
		   raw->log);
}

static int get_rest(const struct config_checks *c, const struct raw *raw,
		    struct config *config)
{
	config->lease = raw->lease ? *raw->lease : LEASE_ID;
	config->user = xstrdup(raw->user);
	config->socket = xstrdup(raw->socket ? raw->socket :
				 CONFIG_DEFAULT_SOCKET);
	config->lockdir = xstrdup(raw->lockdir ? raw->lockdir : LOCKDIR);
	config->rebalance = raw->rebalance ? *raw->rebalance : true;
	config->weight = raw->weight ? *raw->weight : ASSIGN_WEIGHT;
	config->move_rate = raw->move_rate ? *raw->move_rate : MOVE_RATE;
	if (!config->lease)
		return config_bad(c, "lease", "0 is no lease, 1 or more is");
	if (config->weight > ASSIGN_WEIGHT_MOST)
		return config_bad(c, "weight", "%u is out of range, 0 to %d",
			   config->weight, ASSIGN_WEIGHT_MOST);
	if (!config->move_rate || config->move_rate > 1000000)
		return config_bad(c, "move_rate", "%u is out of range, 1 to 1000000",
			   config->move_rate);
	if (config->socket[0] != '/')
		return config_bad(c, "socket", "\"%s\" must be absolute", config->socket);
	if (config->lockdir[0] != '/')
		return config_bad(c, "lockdir", "\"%s\" must be absolute",
			   config->lockdir);
	return 0;
}

static int check(const struct config_checks *c, const struct raw *raw,
		 const char *node, struct config *config)
{
	uint32_t duration_ms = 0;
	int ret = get_node(c, raw, node, config);

	if (!ret)
		ret = config_store_check(c, &raw->store, config, &duration_ms);
	if (!ret)
		ret = get_times(c, raw, duration_ms, config);
	if (!ret)
		ret = config_metrics_check(c, raw->metrics, config);
	if (!ret)
		ret = config_realtime_check(c, raw->realtime, config);
	if (!ret)
		ret = get_log(c, raw, config);
	if (!ret)
		ret = get_rest(c, raw, config);
	if (!ret)
		ret = config_checks_take(c, &raw->checks, config);
	if (!ret)
		ret = config_hooks_take(c, raw->hooks, config);
	return ret;
}

int config_load(const char *file, const char *node, struct config *config,
		struct l2a_error *err)
{
	const struct config_checks checks = { .file = file, .err = err };
	struct raw *raw = NULL;
	int ret;

	memset(config, 0, sizeof(*config));
	ret = yaml_file_load(file, &schema, 0, (void **)&raw, err);
	if (ret)
		return ret;
	ret = check(&checks, raw, node, config);
	yaml_file_free(&schema, raw);
	if (ret)
		config_free(config);
	return ret;
}

void config_free(struct config *config)
{
	free(config->node);
	free(config->user);
	free(config->socket);
	free(config->lockdir);
	free(config->metrics_listen);
	config_store_free(config);
	config_commands_free(config);
	memset(config, 0, sizeof(*config));
}
