/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The service manager: how we are in one line, and that we are alive, for as
 * long as renewals get anywhere.
 */
#ifndef L2A_MANAGER_H
#define L2A_MANAGER_H

#include "agent.h"

struct manager;

/**
 * manager_open() - begin to tell the manager of an agent
 * @agent: must outlive the manager
 * @base: event loop, which alone can say that it turns
 * @err: filled in on failure
 *
 * Without a manager ($NOTIFY_SOCKET) there is nothing to do, nor a timer.
 *
 * Return: the manager, or NULL.
 */
struct manager *manager_open(const struct agent *agent, struct event_base *base,
			     struct l2a_error *err);

/** manager_close() - tell no more */
void manager_close(struct manager *m);

/**
 * manager_alive() - whether renewals get anywhere
 * @info: how things stand
 * @now: the instant
 *
 * They do while the store answers, be it with a refusal, or is known to be out of
 * reach: a new process could reach it no better. They do not where an answer has
 * been due for a whole duration and nobody has noticed.
 */
bool manager_alive(const struct agent_info *info, const struct el_now *now);

#endif /* L2A_MANAGER_H */
