/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration's part about commands: those that checks may name, and the
 * hooks. For config.c.
 */
#ifndef L2A_CONFIG_COMMANDS_H
#define L2A_CONFIG_COMMANDS_H

#include <cyaml/cyaml.h>

#include "config_store.h"

/* A command as it stands in the file: a path and arguments. */
struct raw_command {
	char **v;
	unsigned int n;
};

struct raw_check {
	char *name;
	struct raw_command command;
};

struct raw_checks {
	struct raw_check *v;
	unsigned int n;
};

/* The hooks as they stand in the file, by enum config_hook. */
struct raw_hooks {
	struct raw_command commands[N_HOOKS];
	char *timeout;
};

extern const cyaml_schema_value_t config_check_entry;
extern const cyaml_schema_field_t config_hooks_fields[];

/**
 * config_checks_take() - check and take over the commands that checks may name
 * @c: where to complain
 * @raw: as they stand in the file
 * @config: receives them
 *
 * Return: 0 or -EINVAL.
 */
int config_checks_take(const struct config_checks *c,
		       const struct raw_checks *raw, struct config *config);

/**
 * config_hooks_take() - check and take over the hooks
 * @c: where to complain
 * @raw: as they stand in the file; NULL: there are none
 * @config: receives them
 *
 * Return: 0 or -EINVAL.
 */
int config_hooks_take(const struct config_checks *c,
		      const struct raw_hooks *raw, struct config *config);

/** config_commands_free() - free what was taken over */
void config_commands_free(struct config *config);

#endif /* L2A_CONFIG_COMMANDS_H */
