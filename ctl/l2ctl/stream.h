/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The controller's events: a request whose answer does not end. Where there is no
 * controller, or none any more, it is looked for again and again.
 */
#ifndef L2CTL_STREAM_H
#define L2CTL_STREAM_H

#include <json-c/json.h>
#include <poll.h>
#include <stddef.h>

#include "lib/error.h"

struct stream;

/**
 * struct stream_hooks - what the stream tells
 * @event: an event; an object with a string "time" and a string "event"
 * @ended: the controller, which has been there, is not any more
 * @trouble: there is one, and why its events cannot be had; once
 * @arg: passed to all of them
 */
struct stream_hooks {
	void (*event)(struct json_object *event, void *arg);
	void (*ended)(void *arg);
	void (*trouble)(const struct l2a_error *err, void *arg);
	void *arg;
};

/**
 * stream_open() - begin to look for the controller
 * @socket: path of its unix socket
 * @hooks: whom to tell, from stream_wait()
 *
 * Return: a handle for stream_close(); NULL where there is no memory.
 */
struct stream *stream_open(const char *socket, const struct stream_hooks *hooks);

/** stream_close() - end the request; NULL is fine */
void stream_close(struct stream *s);

/**
 * stream_wait() - wait for events, or for one of some descriptors
 * @s: handle
 * @fds: what else to wait for; as poll(2) leaves them
 * @n: how many, at most STREAM_FDS_MOST
 *
 * Returns now and then without anything having happened.
 *
 * Return: 0, or a negative errno, -EINTR among them.
 */
int stream_wait(struct stream *s, struct pollfd *fds, size_t n);

#define STREAM_FDS_MOST	4

/**
 * struct lines - bytes that come in pieces, as lines
 * @text: what has come of a line that is not whole
 * @len: of it
 */
struct lines {
	char *text;
	size_t len;
};

/**
 * lines_feed() - take in a piece
 * @lines: what came before; zeroed at first, to be given to lines_clear()
 * @piece: the bytes
 * @n: how many
 * @fn: called with each whole line, without its end
 * @arg: passed to @fn
 *
 * Return: 0; -ENOMEM; -EMSGSIZE where a line is longer than any event is.
 */
int lines_feed(struct lines *lines, const char *piece, size_t n,
	       void (*fn)(const char *line, void *arg), void *arg);

/** lines_clear() - forget what has come */
void lines_clear(struct lines *lines);

#endif /* L2CTL_STREAM_H */
