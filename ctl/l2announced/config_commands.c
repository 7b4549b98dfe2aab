// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration of commands. A command is a list, its path and its
 * arguments, and no shell reads it: there is nothing to quote.
 */
#include <stdlib.h>
#include <string.h>

#include "config_commands.h"

/* What the default and the limits are; l2announced.yaml(5) gives them. */
#define HOOK_TIMEOUT_MS		10000
#define HOOK_TIMEOUT_LEAST_MS	100
#define HOOK_TIMEOUT_MOST_MS	600000

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

#define HOOK(key, number) \
	CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, \
				   struct raw_hooks, commands[number].v, \
				   commands[number].n, &word_entry, 1, \
				   CYAML_UNLIMITED)

const cyaml_schema_field_t config_hooks_fields[] = {
	HOOK("on_acquire", HOOK_ACQUIRE),
	HOOK("on_release", HOOK_RELEASE),
	HOOK("on_conflict", HOOK_CONFLICT),
	CYAML_FIELD_STRING_PTR("timeout", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct raw_hooks, timeout, 1, CYAML_UNLIMITED),
	CYAML_FIELD_END
};

const char *config_hook_name(enum config_hook hook)
{
	static const char *const names[N_HOOKS] = {
		[HOOK_ACQUIRE] = "on_acquire",
		[HOOK_RELEASE] = "on_release",
		[HOOK_CONFLICT] = "on_conflict",
	};

	return names[hook];
}

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
			return config_bad(c, "checks", "\"%s\" is no name: letters, digits, \"-\", \".\" and \"_\", not \".\" or \"..\"",
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

int config_hooks_take(const struct config_checks *c,
		      const struct raw_hooks *raw, struct config *config)
{
	for (size_t i = 0; raw && i < N_HOOKS; i++) {
		const char *key = config_hook_name((enum config_hook)i);
		const struct raw_command *command = &raw->commands[i];

		if (command->v &&
		    take_command(c, key, command, &config->hooks[i]))
			return c->err->code;
	}
	return config_duration(c, "timeout", raw ? raw->timeout : NULL,
			       HOOK_TIMEOUT_MS, HOOK_TIMEOUT_LEAST_MS,
			       HOOK_TIMEOUT_MOST_MS, &config->hook_timeout_ms);
}

bool config_hooks_same(const struct config *a, const struct config *b)
{
	for (size_t i = 0; i < N_HOOKS; i++) {
		if (!names_equal(&a->hooks[i], &b->hooks[i]))
			return false;
	}
	return a->hook_timeout_ms == b->hook_timeout_ms;
}

void config_commands_swap(struct config *a, struct config *b)
{
	const struct config was = *a;

	a->checks = b->checks;
	a->n_checks = b->n_checks;
	a->hook_timeout_ms = b->hook_timeout_ms;
	memcpy(a->hooks, b->hooks, sizeof(a->hooks));
	b->checks = was.checks;
	b->n_checks = was.n_checks;
	b->hook_timeout_ms = was.hook_timeout_ms;
	memcpy(b->hooks, was.hooks, sizeof(b->hooks));
}

void config_commands_free(struct config *config)
{
	for (size_t i = 0; i < config->n_checks; i++) {
		free(config->checks[i].name);
		names_clear(&config->checks[i].argv);
	}
	free(config->checks);
	for (size_t i = 0; i < N_HOOKS; i++)
		names_clear(&config->hooks[i]);
}
