/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of the HTTP client share: servers in the same event loop, and a
 * client whose answers are kept to be looked at.
 */
#ifndef L2A_TESTS_HTTP_SERVERS_H
#define L2A_TESTS_HTTP_SERVERS_H

#include "l2announced/http.h"

#define PATIENCE_MS	20000	/* a request that takes longer hangs */
#define SHORT_MS	150

struct event_base;
struct evhttp;
struct evhttp_request;
struct evconnlistener;

/* The loop everything runs in: made before a group of tests, freed after it. */
extern struct event_base *base;

int make_base(void **state);
int free_base(void **state);

/* A server: what it was asked last, and what it has not answered yet. */
struct server {
	struct evhttp *http;
	struct evconnlistener *listener;	/* one that breaks off */
	unsigned int asked;
	char url[64];
	char last[32];				/* path */
	char auth[64];
	struct evhttp_request *open;		/* not answered, or a stream */
	struct evhttp_request *held[4];		/* all that were */
	unsigned int n_held;
};

/* What it answers goes by the path: see answer(). */
void server_start(struct server *s);
/* One that answers its first request whole and breaks off at others. */
void cutter_start(struct server *s);
void server_stop(struct server *s);

/* An answer, kept. */
struct seen {
	bool over;
	int status;
	bool sent;
	char body[64];
	char error[L2A_ERROR_TEXT];
	uint32_t retry_after_ms;
	char lines[256];
	unsigned int order;
	struct http_call *cancel;	/* at the first line */
};

/* How many answers have come so far. */
extern unsigned int order;

/* The answer to a request whose argument is a struct seen. */
void on_done(void *arg, const struct http_reply *reply);
/* A client of one server, or of two. */
struct http_client *client_of(const struct server *a,
			      const struct server *b);
/* Runs the loop until that is so. Return: how often it came round, in 10 ms. */
unsigned int run_until(const bool *so);
/* Ask, and wait for the answer; what @r leaves open is a GET with patience. */
struct seen ask(struct http_client *client, struct http_request r);

#endif /* L2A_TESTS_HTTP_SERVERS_H */
