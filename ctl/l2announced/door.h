/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The door of an HTTP server: how many may be inside, and how much each may bring.
 */
#ifndef L2A_DOOR_H
#define L2A_DOOR_H

#include <stddef.h>

#define DOOR_CONNECTIONS_MOST	128	/* listeners to events are half of them */

struct door;
struct event_base;
struct evconnlistener;
struct evhttp;

/**
 * door_open() - let an HTTP server take connections, within bounds
 * @http: the server; it has the listener from now on
 * @listener: not used by another yet; the caller's still where this fails
 * @base: event loop
 * @body_most: bytes of a request that the peer of a connection may send beside its
 *	headers; NULL where nobody may send any
 *
 * Of more connections than there may be, whoever has owed a request for the longest
 * is closed. Where the process has no descriptors left, those who come wait.
 *
 * Return: the door, or NULL.
 */
struct door *door_open(struct evhttp *http, struct evconnlistener *listener,
		       struct event_base *base, size_t (*body_most)(int fd));

/** door_close() - after the server is freed; NULL is fine */
void door_close(struct door *door);

/** door_count() - connections that are open */
size_t door_count(struct door *door);

#endif /* L2A_DOOR_H */
