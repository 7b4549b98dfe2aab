// SPDX-License-Identifier: GPL-2.0
/*
 * A wire that can be bad: passes bytes between a store and its server, or loses
 * those of one direction. It knows nothing of what is said, TLS or not.
 */
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "conform.h"

/* A connection: our end of the client's, and of the server's. */
struct pair {
	LIST_ENTRY(pair) list;
	struct bufferevent *client, *server;
	bool silent;
};

static LIST_HEAD(, pair) pairs = LIST_HEAD_INITIALIZER(pairs);
static struct evconnlistener *listener;
static struct sockaddr_in here, target;
static enum wire_mode mode;
static size_t dropped;

static void end(struct pair *p)
{
	LIST_REMOVE(p, list);
	bufferevent_free(p->client);
	bufferevent_free(p->server);
	free(p);
}

static void on_bytes(struct bufferevent *from, void *arg)
{
	struct pair *p = arg;
	bool answer = from == p->server;
	struct evbuffer *in = bufferevent_get_input(from);

	if (p->silent ||
	    mode == (answer ? WIRE_DROP_ANSWERS : WIRE_DROP_QUESTIONS)) {
		dropped += evbuffer_get_length(in);
		evbuffer_drain(in, evbuffer_get_length(in));
		return;
	}
	evbuffer_add_buffer(bufferevent_get_output(answer ? p->client : p->server),
			    in);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		end(arg);
}

static void on_accept(struct evconnlistener *l, evutil_socket_t fd,
		      struct sockaddr *from, int len, void *arg)
{
	struct pair *p = calloc(1, sizeof(*p));

	(void)l;
	(void)from;
	(void)len;
	(void)arg;
	if (!p)
		abort();
	p->client = bufferevent_socket_new(conform_base, fd,
					   BEV_OPT_CLOSE_ON_FREE);
	p->server = bufferevent_socket_new(conform_base, -1,
					   BEV_OPT_CLOSE_ON_FREE);
	LIST_INSERT_HEAD(&pairs, p, list);
	bufferevent_setcb(p->client, on_bytes, NULL, on_event, p);
	bufferevent_setcb(p->server, on_bytes, NULL, on_event, p);
	bufferevent_enable(p->client, EV_READ | EV_WRITE);
	bufferevent_enable(p->server, EV_READ | EV_WRITE);
	bufferevent_socket_connect(p->server, (struct sockaddr *)&target,
				   sizeof(target));
}

static void set_port(struct sockaddr_in *at, unsigned int port)
{
	memset(at, 0, sizeof(*at));
	at->sin_family = AF_INET;
	at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	at->sin_port = htons((uint16_t)port);
}

static void listen_here(void)
{
	listener = evconnlistener_new_bind(conform_base, on_accept, NULL,
			LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC |
			LEV_OPT_REUSEABLE, -1,
			(struct sockaddr *)&here, sizeof(here));
}

static void proxy_set(enum wire_mode new_mode, bool cut)
{
	struct pair *p;

	mode = new_mode;
	dropped = 0;
	while (cut && (p = LIST_FIRST(&pairs)))
		end(p);
	if (mode == WIRE_REFUSE && listener) {
		evconnlistener_free(listener);
		listener = NULL;
	}
	if (mode != WIRE_REFUSE && !listener)
		listen_here();
}

static void proxy_silence(void)
{
	struct pair *p;

	dropped = 0;
	LIST_FOREACH(p, &pairs, list)
		p->silent = true;
}

static size_t proxy_dropped(void)
{
	return dropped;
}

const struct wire *proxy_open(const char *ports)
{
	static const struct wire proxy = {
		.set = proxy_set,
		.silence = proxy_silence,
		.dropped = proxy_dropped,
	};
	unsigned int from, to;

	if (sscanf(ports, "%u:%u", &from, &to) != 2)
		return NULL;
	set_port(&here, from);
	set_port(&target, to);
	listen_here();
	return listener ? &proxy : NULL;
}

void proxy_close(void)
{
	proxy_set(WIRE_REFUSE, true);
}
