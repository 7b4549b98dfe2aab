/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration file read again while the controller runs: all of it takes
 * effect, or nothing does.
 */
#ifndef L2A_RELOAD_H
#define L2A_RELOAD_H

#include "config.h"

struct agent;

/**
 * struct reload - what can be read again
 * @config: what the controller runs with
 * @file: where it was read from
 * @node: overrides the file's node; NULL leaves it
 * @agent: to be told
 */
struct reload {
	struct config *config;
	const char *file;
	const char *node;
	struct agent *agent;
};

/**
 * reload_differences() - which keys have another value
 * @was: a configuration
 * @now: another
 * @live: receives those a running controller can change, in the file's order
 * @fixed: receives those that need a restart
 */
void reload_differences(const struct config *was, const struct config *now,
			struct names *live, struct names *fixed);

/** reload_knows() - whether a reload looks at a key of the file */
bool reload_knows(const char *key);

/**
 * reload_config() - read the file again
 * @r: what to read and whom to tell
 * @changed: receives the keys that have changed
 * @err: one line: file, line, key and rule
 *
 * What happened is logged either way.
 *
 * Return: 0, or a negative errno where everything stays as it was: the file
 * will not do, or something in it needs a restart.
 */
int reload_config(struct reload *r, struct names *changed,
		  struct l2a_error *err);

#endif /* L2A_RELOAD_H */
