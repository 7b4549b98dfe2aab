/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control socket: HTTP/1.1 and JSON on a unix socket, for l2ctl.
 */
#ifndef L2A_API_H
#define L2A_API_H

#include "agent.h"

struct api;
struct reload;

/**
 * api_open() - begin to listen
 * @agent: whom it is about
 * @reload: what is read again when somebody asks for it
 * @base: event loop
 * @err: filled in on failure
 *
 * Return: a handle, or NULL.
 */
struct api *api_open(struct agent *agent, struct reload *reload,
		     struct event_base *base, struct l2a_error *err);

/** api_close() - stop listening, remove the socket; NULL is fine */
void api_close(struct api *api);

#endif /* L2A_API_H */
