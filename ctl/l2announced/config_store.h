/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration's part about the store, for config.c.
 */
#ifndef L2A_CONFIG_STORE_H
#define L2A_CONFIG_STORE_H

#include <cyaml/cyaml.h>

#include "config.h"

/* The mapping as it stands in the file. NULL is "not there". */
struct raw_store {
	char *type;
	char *path;
	char **endpoints;
	unsigned int n_endpoints;
	char *prefix;
	char *ca;
	char *cert;
	char *key;
	char *server_name;
	char *user;
	char *password_file;
	char *namespace;
	char *kubeconfig;
	char *context;
};

extern const cyaml_schema_field_t config_store_fields[];

/* The words for yes and no, for all parts. */
#define CONFIG_N_BOOLEANS	6
extern const cyaml_strval_t config_booleans[CONFIG_N_BOOLEANS];

/* One run of the checks: the file and where to complain. */
struct config_checks {
	const char *file;
	struct l2a_error *err;
};

/**
 * config_bad() - refuse a key
 * @c: which file
 * @key: whose line to name
 * @fmt: the rule
 *
 * Return: -EINVAL.
 */
int config_bad(const struct config_checks *c, const char *key,
	       const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/**
 * config_duration() - read a duration
 * @c: where to complain
 * @key: of this key
 * @text: its value, NULL where it has none
 * @fallback: then it is this
 * @least: may not be shorter
 * @most: nor longer
 * @ms: out
 *
 * All in milliseconds. Return: 0 or -EINVAL.
 */
int config_duration(const struct config_checks *c, const char *key,
		    const char *text, uint32_t fallback, uint32_t least,
		    uint32_t most, uint32_t *ms);

/**
 * config_store_check() - check and take over what is said of the store
 * @c: where to complain
 * @raw: as it stands in the file
 * @config: receives it
 * @duration_ms: receives the lease's duration for such a store, by default
 *
 * Return: 0 or -EINVAL.
 */
int config_store_check(const struct config_checks *c,
		       const struct raw_store *raw, struct config *config,
		       uint32_t *duration_ms);

/** config_store_free() - free what config_store_check() took over */
void config_store_free(struct config *config);

#endif /* L2A_CONFIG_STORE_H */
