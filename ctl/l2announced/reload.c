// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration file read again while the controller runs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "config_store.h"
#include "log.h"
#include "reload.h"

static bool same_node(const struct config *a, const struct config *b)
{
	return !strcmp(a->node, b->node);
}

static bool same_lease(const struct config *a, const struct config *b)
{
	return a->lease == b->lease;
}

static bool same_store(const struct config *a, const struct config *b)
{
	return !strcmp(a->store_text, b->store_text);
}

static bool same_duration(const struct config *a, const struct config *b)
{
	return a->duration_ms == b->duration_ms;
}

static bool same_renew(const struct config *a, const struct config *b)
{
	return a->renew_ms == b->renew_ms;
}

static bool same_margin(const struct config *a, const struct config *b)
{
	return a->margin_ms == b->margin_ms;
}

static bool same_linger(const struct config *a, const struct config *b)
{
	return a->linger_ms == b->linger_ms;
}

static bool same_reconcile(const struct config *a, const struct config *b)
{
	return a->reconcile_ms == b->reconcile_ms;
}

static bool same_link_up(const struct config *a, const struct config *b)
{
	return a->link_up_ms == b->link_up_ms;
}

static bool same_link_down(const struct config *a, const struct config *b)
{
	return a->link_down_ms == b->link_down_ms;
}

static bool same_rebalance(const struct config *a, const struct config *b)
{
	return a->rebalance == b->rebalance;
}

static bool same_weight(const struct config *a, const struct config *b)
{
	return a->weight == b->weight;
}

static bool same_move_rate(const struct config *a, const struct config *b)
{
	return a->move_rate == b->move_rate;
}

static bool same_socket(const struct config *a, const struct config *b)
{
	return !strcmp(a->socket, b->socket);
}

static bool same_lockdir(const struct config *a, const struct config *b)
{
	return !strcmp(a->lockdir, b->lockdir);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool same_user(const struct config *a, const struct config *b)
{
	return same_text(a->user, b->user);
}

static bool same_metrics(const struct config *a, const struct config *b)
{
	return same_text(a->metrics_listen, b->metrics_listen);
}

static bool same_realtime(const struct config *a, const struct config *b)
{
	return a->priority == b->priority && a->lock_memory == b->lock_memory;
}

static bool same_log(const struct config *a, const struct config *b)
{
	return a->log == b->log;
}

/*
 * The duration is what the others wait by, and the kernel's lease was given by:
 * neither can be told of another at the same instant. The store's time-outs
 * follow from the time between renewals.
 */
static const struct {
	const char *name;
	bool (*same)(const struct config *a, const struct config *b);
	bool live;
} keys[] = {
	{ "node", same_node, false },
	{ "lease", same_lease, false },
	{ "store", same_store, false },
	{ "duration", same_duration, false },
	{ "renew", same_renew, false },
	{ "margin", same_margin, true },
	{ "linger", same_linger, true },
	{ "reconcile", same_reconcile, true },
	{ "link_up", same_link_up, true },
	{ "link_down", same_link_down, true },
	{ "rebalance", same_rebalance, true },
	{ "weight", same_weight, true },
	{ "move_rate", same_move_rate, true },
	{ "checks", config_checks_same, true },
	{ "hooks", config_hooks_same, true },
	{ "socket", same_socket, false },
	{ "lockdir", same_lockdir, false },
	{ "user", same_user, false },
	{ "metrics", same_metrics, false },
	{ "realtime", same_realtime, false },
	{ "log", same_log, true },
};

bool reload_knows(const char *key)
{
	size_t i = 0;

	while (i < sizeof(keys) / sizeof(keys[0]) && strcmp(keys[i].name, key))
		i++;
	return i < sizeof(keys) / sizeof(keys[0]);
}

void reload_differences(const struct config *was, const struct config *now,
			struct names *live, struct names *fixed)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!keys[i].same(was, now))
			names_add(keys[i].live ? live : fixed, keys[i].name);
	}
}

static int refuse(const struct reload *r, const struct names *fixed,
		  struct l2a_error *err)
{
	const struct config_checks checks = { .file = r->file, .err = err };
	const struct names others = { fixed->n - 1, fixed->v + 1 };
	char *also = names_join(&others, ", ");
	int ret;

	ret = config_bad(&checks, fixed->v[0],
			 "cannot change while l2announced runs%s%s: restart it; nothing has changed",
			 others.n ? ", nor can " : "", also);
	free(also);
	return ret;
}

static void take(struct reload *r, struct config *config)
{
	r->config->margin_ms = config->margin_ms;
	r->config->linger_ms = config->linger_ms;
	r->config->reconcile_ms = config->reconcile_ms;
	r->config->link_up_ms = config->link_up_ms;
	r->config->link_down_ms = config->link_down_ms;
	r->config->rebalance = config->rebalance;
	r->config->weight = config->weight;
	r->config->move_rate = config->move_rate;
	r->config->log = config->log;
	config_commands_swap(r->config, config);
	log_level(config->log);
	agent_configured(r->agent);
}

static int reload(struct reload *r, struct names *changed,
		  struct l2a_error *err)
{
	struct names fixed = { 0, NULL };
	struct config config;
	int ret;

	ret = config_load(r->file, r->node, &config, err);
	if (ret)
		return ret;
	reload_differences(r->config, &config, changed, &fixed);
	if (fixed.n)
		ret = refuse(r, &fixed, err);
	else
		take(r, &config);
	names_clear(&fixed);
	config_free(&config);
	return ret;
}

int reload_config(struct reload *r, struct names *changed,
		  struct l2a_error *err)
{
	int ret = reload(r, changed, err);
	char *text;

	if (ret) {
		names_clear(changed);
		log_err("not reloaded: %s", err->text);
		return ret;
	}
	text = names_join(changed, ", ");
	log_notice("reloaded %s: %s%s", r->file,
		   changed->n ? "changed " : "nothing has changed", text);
	free(text);
	return 0;
}
