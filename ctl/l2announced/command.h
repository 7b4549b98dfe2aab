/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Running a command under a time limit, without the event loop ever waiting.
 */
#ifndef L2A_COMMAND_H
#define L2A_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "names.h"

struct command;
struct command_runner;
struct event_base;

/**
 * struct command_end - how a command ended
 * @ok: it ran, and its exit status was 0
 * @text: what happened otherwise, such as "exit status 2"
 */
struct command_end {
	bool ok;
	const char *text;
};

/**
 * struct command_request - what to run
 * @argv: the program's path and its arguments, at least the former
 * @env: "NAME=VALUE" each, beside the controller's own environment
 * @timeout_ms: after that it is killed, its process group with it
 * @wait_ms: after that without a turn it has failed; 0: it waits
 * @quiet: what it prints is of no interest; else it goes to standard error
 * @powerless: without the capabilities its controller was given by its unit
 * @done: called once, when it has ended or its time is up; never from within
 *	command_start()
 * @arg: passed to @done
 *
 * Everything is copied.
 */
struct command_request {
	const struct names *argv;
	const struct names *env;
	uint32_t timeout_ms;
	uint32_t wait_ms;
	bool quiet;
	bool powerless;
	void (*done)(void *arg, const struct command_end *end);
	void *arg;
};

/**
 * command_env() - add a fact to the environment of a command
 * @env: for &command_request.env
 * @name: "VIPS"; L2ANNOUNCE_ is put before it
 * @value: NULL where there is none: it is left out
 */
void command_env(struct names *env, const char *name, const char *value);

/**
 * command_runner_new() - somebody who runs commands
 * @base: the event loop
 * @parallel: most processes at a time; others wait for their turn. One that
 *	does not die counts until it has
 */
struct command_runner *command_runner_new(struct event_base *base,
					  unsigned int parallel);

/** command_runner_free() - kill what runs, and forget it; NULL is fine */
void command_runner_free(struct command_runner *runner);

/**
 * command_start() - run a command as soon as it has its turn
 *
 * Return: a handle for command_cancel(), good until @done is called.
 */
struct command *command_start(struct command_runner *runner,
			      const struct command_request *request);

/** command_cancel() - kill it; @done is not called any more. NULL is fine */
void command_cancel(struct command *command);

#endif /* L2A_COMMAND_H */
