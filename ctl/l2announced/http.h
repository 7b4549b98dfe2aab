/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An HTTP client in the event loop, for stores that are servers: several
 * endpoints of one service, of which one is used until it fails.
 *
 * Nothing here blocks, name look-ups included. Everything is for one thread:
 * the one that runs the event loop.
 */
#ifndef L2A_HTTP_H
#define L2A_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"

struct event_base;
struct http_client;
struct http_call;

/**
 * struct http_config - how to reach a service
 * @endpoints: "https://HOST:PORT" each, without a path
 * @n: how many, at least one
 * @ca_file: whom to trust, PEM; NULL: whom the system trusts
 * @ca_pem: the same as text, instead of a file
 * @cert_file: our certificate, PEM; NULL: none
 * @cert_pem: the same as text
 * @key_file: its key, PEM
 * @key_pem: the same as text
 * @server_name: the name their certificates carry; NULL: the endpoint's host
 * @token: bearer token; NULL: none
 * @token_file: a file that has it, read anew for each request
 * @user: for basic authentication; NULL: none
 * @password_file: the user's password, read anew for each request
 * @parallel: most requests under way at a time, streams apart; others wait
 *	their turn. 0: 16
 *
 * Certificates and their key are read anew for each connection, and no
 * connection is used for new requests for longer than a minute.
 */
struct http_config {
	const char *const *endpoints;
	size_t n;
	const char *ca_file, *ca_pem;
	const char *cert_file, *cert_pem;
	const char *key_file, *key_pem;
	const char *server_name;
	const char *token, *token_file;
	const char *user, *password_file;
	unsigned int parallel;
};

/**
 * struct http_reply - how a request ended
 * @status: HTTP's status code; 0: there was no whole answer
 * @sent: it may have reached a server, which may have done it, or may yet
 * @body: what came, ends with a NUL; of a stream only where @status is no 2xx
 * @len: its length
 * @retry_after_ms: the server wants to be left alone for that long, by this
 *	machine's clock where it gives a date; 0: it does not say
 * @endpoint: which one answered, or failed last
 * @error: one line that names the endpoint and says why there is no 2xx, or
 *	why a stream ended; NULL where all is well
 */
struct http_reply {
	int status;
	bool sent;
	const char *body;
	size_t len;
	uint32_t retry_after_ms;
	const char *endpoint;
	const char *error;
};

typedef void (*http_done_fn)(void *arg, const struct http_reply *reply);
typedef void (*http_line_fn)(void *arg, const char *line, size_t len);

/**
 * struct http_request - what to ask
 * @method: "GET", "POST" ...
 * @path: with the query, from "/" on
 * @headers: "Name: value" each
 * @n_headers: how many
 * @body: to send; NULL: none
 * @timeout_ms: after that it has failed, its wait for a turn included; of a
 *	stream: until it begins
 * @attempt_ms: after that one endpoint has failed, and the next may be tried;
 *	0: @timeout_ms
 * @idle_ms: of a stream: it has failed when nothing comes for that long; 0: it
 *	may be silent forever
 * @repeat: asking twice does no harm: goes to the next endpoint also after it
 *	may have reached one. Others do only where it has surely reached none
 * @urgent: goes before those that wait for their turn
 * @line: makes it a stream: called for each line of a 2xx answer, without the
 *	newline, a NUL behind it; empty lines are left out
 * @done: called once, when it is over, however it ended
 * @arg: passed to both
 *
 * Everything is copied.
 */
struct http_request {
	const char *method;
	const char *path;
	const char *const *headers;
	size_t n_headers;
	const char *body;
	uint32_t timeout_ms;
	uint32_t attempt_ms;
	uint32_t idle_ms;
	bool repeat;
	bool urgent;
	http_line_fn line;
	http_done_fn done;
	void *arg;
};

/**
 * http_open() - make a client; nothing is sent yet
 * @base: the event loop
 * @config: copied
 * @err: filled in on failure
 *
 * Return: the client, or NULL.
 */
struct http_client *http_open(struct event_base *base,
			      const struct http_config *config,
			      struct l2a_error *err);

/**
 * http_close() - end the client
 * @client: NULL is fine. Requests under way are done first, with @status 0.
 *
 * Context: not from a callback of this client.
 */
void http_close(struct http_client *client);

/**
 * http_send() - begin a request
 * @client: the client
 * @request: what to ask
 *
 * Its callbacks are called from the event loop, never from in here.
 *
 * Return: a handle for http_cancel(), good until @done is called.
 */
struct http_call *http_send(struct http_client *client,
			    const struct http_request *request);

/**
 * http_cancel() - forget a request: none of its callbacks is called any more
 * @call: NULL is fine
 *
 * It may have reached the server. Context: any callback, its own included
 * (not after @done).
 */
void http_cancel(struct http_call *call);

/** http_endpoint() - the endpoint the next request goes to */
const char *http_endpoint(const struct http_client *client);

/**
 * http_next_endpoint() - leave an endpoint that answers, but wrongly
 * @client: the client
 * @endpoint: of the reply; where the next request would go elsewhere, nothing
 *	changes
 */
void http_next_endpoint(struct http_client *client, const char *endpoint);

#endif /* L2A_HTTP_H */
