/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One attempt of a check: a command, a TCP connection, or an HTTP request.
 */
#ifndef L2A_PROBE_H
#define L2A_PROBE_H

#include <stdbool.h>

#include "check.h"
#include "config.h"

struct command_runner;
struct event_base;
struct probe;

/**
 * struct probe_config - how a check is carried out
 * @base: the event loop
 * @runner: runs commands
 * @config: has the commands by name; it may change between two attempts
 * @check: what to do
 * @env: for commands, "NAME=VALUE" each
 * @done: an attempt has come to its end: @text says why it has failed
 * @arg: passed to @done
 *
 * @check and @env are borrowed, and must outlive the probe.
 */
struct probe_config {
	struct event_base *base;
	struct command_runner *runner;
	const struct config *config;
	const struct check *check;
	const struct names *env;
	void (*done)(void *arg, bool ok, const char *text);
	void *arg;
};

/** probe_new() - get ready; nothing is attempted yet */
struct probe *probe_new(const struct probe_config *config);

/**
 * probe_free() - forget it, an attempt under way included; NULL is fine
 *
 * Context: not from @done.
 */
void probe_free(struct probe *p);

/** probe_start() - one attempt; the one before must be over */
void probe_start(struct probe *p);

#endif /* L2A_PROBE_H */
