/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration file, l2announced.yaml(5).
 */
#ifndef L2A_CONFIG_H
#define L2A_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/error.h"
#include "names.h"

#define CONFIG_DEFAULT_FILE	"/etc/l2announce/l2announced.yaml"
#define CONFIG_DEFAULT_SOCKET	"/run/l2announce/l2announced.sock"

/**
 * struct config_command - a command that checks may name
 * @name: its name
 * @argv: its path and its arguments
 */
struct config_command {
	char *name;
	struct names argv;
};

enum config_hook {
	HOOK_ACQUIRE,	/* this node answers for a service */
	HOOK_RELEASE,	/* it does not any more */
	HOOK_CONFLICT,	/* a foreign station claims a VIP it answers for */
};

#define N_HOOKS		3

/**
 * struct config - what the controller runs with
 * @node: this node's name
 * @lease: id of its lease in the kernel
 * @user: to become when started as root; NULL to stay
 * @socket: path of the control socket
 * @lockdir: where the lock file is made
 * @store_type: "sqlite", "etcd", "kubernetes"
 * @store_text: type and all the store's settings, one line
 * @store_path: SQLite: the database file
 * @endpoints: etcd: "https://HOST:PORT" each
 * @store_prefix: etcd: what all keys begin with
 * @store_ca: etcd: file of the certificates to trust, or NULL
 * @store_cert: etcd: file of our certificate, or NULL
 * @store_key: etcd: file of its key
 * @store_server_name: etcd: the name in the servers' certificates, or NULL
 * @store_user: etcd: who we are, or NULL
 * @store_password_file: etcd: file of the user's password
 * @store_namespace: kubernetes: where the Leases are
 * @store_kubeconfig: kubernetes: how to get there; NULL: as a pod does
 * @store_context: kubernetes: of that file, or NULL
 * @metrics_listen: "ADDRESS:PORT" where metrics are served too, or NULL
 * @priority: of SCHED_FIFO; 0: scheduled as others are
 * @lock_memory: keep it from being paged out
 * @duration_ms: silence after which others fence this node
 * @renew_ms: time between renewals
 * @margin_ms: how much before the duration's end the kernel falls silent
 * @linger_ms: how long to deliver after a hand-over
 * @reconcile_ms: time between two comparisons with the kernel
 * @link_up_ms: how long a device has to be up before it counts
 * @link_down_ms: how long it has to be down before it does not
 * @rebalance: even out the counts by handing over
 * @weight: this node's share of the services, beside the others'
 * @move_rate: most hand-overs a second for balance or preference
 * @checks: the commands that services' checks may name
 * @n_checks: how many
 * @hooks: by enum config_hook: a path and arguments; empty: none
 * @hook_timeout_ms: a hook that takes longer is killed
 * @log: least important priority that is logged
 */
struct config {
	char *node;
	uint32_t lease;
	char *user;
	char *socket;
	char *lockdir;
	char *store_type;
	char *store_text;
	char *store_path;
	struct names endpoints;
	char *store_prefix;
	char *store_ca;
	char *store_cert;
	char *store_key;
	char *store_server_name;
	char *store_user;
	char *store_password_file;
	char *store_namespace;
	char *store_kubeconfig;
	char *store_context;
	char *metrics_listen;
	int priority;
	bool lock_memory;
	uint32_t duration_ms;
	uint32_t renew_ms;
	uint32_t margin_ms;
	uint32_t linger_ms;
	uint32_t reconcile_ms;
	uint32_t link_up_ms;
	uint32_t link_down_ms;
	bool rebalance;
	uint32_t weight;
	uint32_t move_rate;
	struct config_command *checks;
	size_t n_checks;
	struct names hooks[N_HOOKS];
	uint32_t hook_timeout_ms;
	int log;
};

/** config_key() - the keys a file may have at its top, by number; NULL after the last */
const char *config_key(size_t i);

/**
 * config_load() - read and check a configuration file
 * @file: path
 * @node: overrides the file's node; NULL leaves it
 * @config: filled in on success; config_free() frees what it holds
 * @err: one line that names the file, the line, the key and the rule
 *
 * Return: 0 or a negative errno.
 */
int config_load(const char *file, const char *node, struct config *config,
		struct l2a_error *err);

/** config_free() - free what a configuration holds */
void config_free(struct config *config);

/** config_checks_same() - the same checks, in the same order */
bool config_checks_same(const struct config *a, const struct config *b);

/** config_hooks_same() - the same hooks */
bool config_hooks_same(const struct config *a, const struct config *b);

/** config_hook_name() - "on_acquire" and so on */
const char *config_hook_name(enum config_hook hook);

/** config_commands_swap() - exchange two configurations' commands */
void config_commands_swap(struct config *a, struct config *b);

/** config_check_command() - a check's command by name, NULL where there is none */
const struct names *config_check_command(const struct config *config,
					 const char *name);

/**
 * config_name_ok() - whether a node's or a service's name may be one
 * @name: 1 to 253 letters, digits and "-._/", not beginning or ending with "/",
 *	and not "." or ".."
 */
bool config_name_ok(const char *name);

#endif /* L2A_CONFIG_H */
