// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration of commands. A command is a list, its path and its
 * arguments, and no shell reads it: there is nothing to quote.
 */
#include <stdlib.h>
#include <string.h>

#include "config_commands.h"

static const cyaml_schema_value_t word_entry = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, CYAML_UNLIMITED),
};

static const cyaml_schema_field_t check_fields[] = {
	CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct raw_check,
			       name, 1, CYAML_UNLIMITED),
	CYAML_FIELD_SEQUENCE_COUNT("command", CYAML_FLAG_POINTER,
				   struct raw_check, command.v, command.n,
				   &word_entry, 1, CYAML_UNLIMITED),
	CYAML_FIELD_END
};

const cyaml_schema_value_t config_check_entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_check, check_fields),
};

static int take_command(const struct config_checks *c, const char *key,
			const struct raw_command *raw, struct names *argv)
{
	if (raw->v[0][0] != '/')
		return config_bad(c, key, "\"%s\" must be absolute", raw->v[0]);
	for (unsigned int i = 0; i < raw->n; i++)
		names_add(argv, raw->v[i]);
	return 0;
}

const struct names *config_check_command(const struct config *config,
					 const char *name)
{
	for (size_t i = 0; i < config->n_checks; i++) {
		if (!strcmp(config->checks[i].name, name))
			return &config->checks[i].argv;
	}
	return NULL;
}

int config_checks_take(const struct config_checks *c,
		       const struct raw_checks *raw, struct config *config)
{
	config->checks = xmalloc((raw->n + 1) * sizeof(*config->checks));
	for (unsigned int i = 0; i < raw->n; i++) {
		const struct raw_check *check = &raw->v[i];
		struct config_command *to = &config->checks[i];

		if (!config_name_ok(check->name) || strchr(check->name, '/'))
			return config_bad(c, "checks", "\"%s\" is no name: letters, digits, \"-\", \".\" and \"_\"",
					  check->name);
		if (config_check_command(config, check->name))
			return config_bad(c, "checks", "%s is there twice",
					  check->name);
		to->name = xstrdup(check->name);
		config->n_checks++;
		if (take_command(c, "checks", &check->command, &to->argv))
			return c->err->code;
	}
	return 0;
}

bool config_checks_same(const struct config *a, const struct config *b)
{
	if (a->n_checks != b->n_checks)
		return false;
	for (size_t i = 0; i < a->n_checks; i++) {
		if (strcmp(a->checks[i].name, b->checks[i].name) ||
		    !names_equal(&a->checks[i].argv, &b->checks[i].argv))
			return false;
	}
	return true;
}

void config_commands_swap(struct config *a, struct config *b)
{
	struct config_command *checks = a->checks;
	size_t n_checks = a->n_checks;

	a->checks = b->checks;
	a->n_checks = b->n_checks;
	b->checks = checks;
	b->n_checks = n_checks;
}

void config_commands_free(struct config *config)
{
	for (size_t i = 0; i < config->n_checks; i++) {
		free(config->checks[i].name);
		names_clear(&config->checks[i].argv);
	}
	free(config->checks);
}
