/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The HTTP client's insides, shared by http.c, which decides what is asked
 * where, and http_curl.c, which carries it out with libcurl.
 */
#ifndef L2A_HTTP_PRIV_H
#define L2A_HTTP_PRIV_H

#include <curl/curl.h>
#include <sys/queue.h>

#include "http.h"

enum call_state {
	CALL_WAITING,		/* for its turn */
	CALL_RUNNING,		/* libcurl has it */
	CALL_OVER,		/* done, but for saying so */
};

/* Bytes as they come. */
struct http_buffer {
	char *data;
	size_t len, size;
};

struct http_call {
	TAILQ_ENTRY(http_call) list;	/* of its state's queue */
	TAILQ_ENTRY(http_call) ready;
	struct http_client *client;
	enum call_state state;
	bool is_ready;
	bool cancelled;

	/* What was asked. */
	char *method, *path, *body;
	struct curl_slist *headers;
	uint64_t deadline;		/* ns, CLOCK_MONOTONIC; 0: none */
	uint32_t attempt_ms, idle_ms;
	bool repeat;
	http_line_fn line;
	http_done_fn done;
	void *arg;
	struct event *timer;

	/* The attempt. */
	CURL *easy;
	struct curl_slist *sent_headers;
	struct curl_slist *connect_to;
	size_t endpoint;
	bool attempt_sent;
	char why[CURL_ERROR_SIZE];
	struct http_buffer in;

	/* All attempts. */
	size_t attempts;
	bool sent;
	bool streaming;
	int status;
	uint32_t retry_after_ms;
	struct l2a_error err;
};

TAILQ_HEAD(http_calls, http_call);

struct http_client {
	struct event_base *base;
	CURLM *multi;
	struct event *timer;		/* libcurl's */
	struct event *pump;		/* there is something to do */
	struct http_config config;
	char **endpoints;
	size_t n, current;
	unsigned int running, most;	/* streams apart */
	struct http_calls waiting, under_way;
	struct http_calls ready;	/* something to tell */
};

/* http_curl.c */

/** http_curl_open() - libcurl in the event loop. Return: 0 or a negative errno */
int http_curl_open(struct http_client *client, struct l2a_error *err);

/** http_curl_close() - let go of libcurl; no call may be running */
void http_curl_close(struct http_client *client);

/**
 * http_curl_start() - give a call to libcurl, for the client's current endpoint
 *
 * Return: 0, or a negative errno with call->err filled in.
 */
int http_curl_start(struct http_call *call);

/** http_curl_look() - whether a call's attempt may have reached a server */
void http_curl_look(struct http_call *call);

/** http_curl_stop() - take a call from libcurl, whatever its state there */
void http_curl_stop(struct http_call *call);

/* http.c, for http_curl.c */

/** http_begun() - the headers of an answer are there */
void http_begun(struct http_call *call);

/** http_data() - more bytes of the answer are in call->in */
void http_data(struct http_call *call);

/** http_attempt_over() - libcurl has ended a call's attempt */
void http_attempt_over(struct http_call *call, CURLcode code);

/** http_deliver() - tell what there is to tell; not from within libcurl */
void http_deliver(struct http_client *client);

#endif /* L2A_HTTP_PRIV_H */
