/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Asking the local controller: HTTP with JSON on its unix socket.
 */
#ifndef L2CTL_HTTP_H
#define L2CTL_HTTP_H

#include <json-c/json.h>

#include "lib/error.h"

/**
 * http_call() - one request to the controller
 * @socket: path of its unix socket
 * @method: "GET", "PUT", "POST" or "DELETE"
 * @path: "/v1/service"
 * @name: a last part of the path, percent-encoded here; NULL for none
 * @body: what to send, not consumed; NULL for nothing
 * @answer: receives what came back, to be given to json_object_put(); NULL
 *	where nothing came. May be NULL where nothing is expected
 * @err: filled in on failure: with the controller's own line where it refused
 *
 * Return: 0; -EREMOTEIO where the controller refused; another negative errno
 * where it could not be asked.
 */
int http_call(const char *socket, const char *method, const char *path,
	      const char *name, struct json_object *body,
	      struct json_object **answer, struct l2a_error *err);

/**
 * http_refusal() - read what a refusal says
 * @status: HTTP status, any but 2xx
 * @answer: the body as JSON, NULL where it was none
 * @err: filled in
 *
 * Return: -EREMOTEIO.
 */
int http_refusal(long status, struct json_object *answer,
		 struct l2a_error *err);

#endif /* L2CTL_HTTP_H */
