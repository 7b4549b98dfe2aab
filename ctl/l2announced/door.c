// SPDX-License-Identifier: GPL-2.0
/*
 * The door of an HTTP server. libevent's has no bound of its own on connections: as
 * many as come would take all descriptors of the process, which renews its lease
 * through others of them.
 *
 * libevent asks for the bufferevent of each connection, and tells nobody when it
 * is done with it. So the door keeps a reference to each: one without an error
 * callback has been freed by its connection.
 */
#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "door.h"
#include "log.h"
#include "names.h"

#define HEADERS_MOST		16384	/* with the first line */
#define PAUSE_MS		100	/* without descriptors, or with too many comers */

struct guest {
	TAILQ_ENTRY(guest) list;
	struct bufferevent *bev;
	bool known;		/* what it may bring has been settled */
};

/* Oldest first. */
TAILQ_HEAD(guests, guest);

struct door {
	struct door *next;
	struct evconnlistener *listener;
	struct guests guests;
	size_t n;
	bool starved;
	struct event *look;	/* at those who have just come */
	struct event *resume;
	size_t (*body_most)(int fd);
};

/* A listener's error callback is handed what libevent's server put there. */
static struct door *doors;

static void guest_free(struct door *door, struct guest *g)
{
	TAILQ_REMOVE(&door->guests, g, list);
	door->n--;
	bufferevent_decref(g->bev);
	free(g);
}

static bool is_gone(const struct guest *g)
{
	bufferevent_event_cb on_error;

	bufferevent_getcb(g->bev, NULL, NULL, &on_error, NULL);
	return !on_error;
}

static void sweep(struct door *door)
{
	struct guest *g, *next;

	for (g = TAILQ_FIRST(&door->guests); g; g = next) {
		next = TAILQ_NEXT(g, list);
		if (is_gone(g))
			guest_free(door, g);
	}
}

/* While a request is answered, libevent reads nothing for it. */
static bool owes_request(const struct guest *g)
{
	bufferevent_data_cb on_read;

	bufferevent_getcb(g->bev, &on_read, NULL, NULL, NULL);
	return on_read && (bufferevent_get_enabled(g->bev) & EV_READ);
}

/* The connection finds that its peer has gone, and frees itself. */
static void turn_out(struct door *door, size_t n)
{
	for (struct guest *g = TAILQ_FIRST(&door->guests); g && n;
	     g = TAILQ_NEXT(g, list)) {
		if (!owes_request(g))
			continue;
		shutdown(bufferevent_getfd(g->bev), SHUT_RDWR);
		n--;
	}
}

/* The callbacks' argument is the connection, which nothing else tells yet. */
static void settle(struct door *door, struct guest *g)
{
	void *conn;

	g->known = true;
	bufferevent_getcb(g->bev, NULL, NULL, NULL, &conn);
	evhttp_connection_set_max_body_size(conn,
		(ev_ssize_t)door->body_most(bufferevent_getfd(g->bev)));
}

/* Before anything is read from those who have just come. */
static void on_look(evutil_socket_t fd, short what, void *arg)
{
	struct door *door = arg;

	(void)fd;
	(void)what;
	sweep(door);
	for (struct guest *g = TAILQ_FIRST(&door->guests); g;
	     g = TAILQ_NEXT(g, list)) {
		if (door->body_most && !g->known)
			settle(door, g);
	}
	if (door->n > DOOR_CONNECTIONS_MOST)
		turn_out(door, door->n - DOOR_CONNECTIONS_MOST);
}

static void pause_for_now(struct door *door)
{
	const struct timeval tv = { .tv_usec = PAUSE_MS * 1000 };

	evconnlistener_disable(door->listener);
	event_add(door->resume, &tv);
}

static void on_resume(evutil_socket_t fd, short what, void *arg)
{
	struct door *door = arg;

	(void)fd;
	(void)what;
	evconnlistener_enable(door->listener);
}

static void starve(struct door *door, const char *why)
{
	if (!door->starved)
		log_warn("a connection has to wait: %s", why);
	door->starved = true;
	pause_for_now(door);
}

/* Whoever waits is there the next moment, too: without a pause the loop would spin. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
	const char *why = strerror(errno);

	(void)arg;
	for (struct door *door = doors; door; door = door->next) {
		if (door->listener == listener)
			starve(door, why);
	}
}

static struct bufferevent *on_guest(struct event_base *base, void *arg)
{
	struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);
	struct door *door = arg;
	struct guest *g;

	if (!bev)
		return NULL;
	g = xmalloc(sizeof(*g));
	g->bev = bev;
	bufferevent_incref(bev);
	TAILQ_INSERT_TAIL(&door->guests, g, list);
	door->n++;
	door->starved = false;
	event_active(door->look, 0, 0);
	/* All who wait are let in in one go: those too many have to go first. */
	if (door->n >= 2 * DOOR_CONNECTIONS_MOST)
		pause_for_now(door);
	return bev;
}

struct door *door_open(struct evhttp *http, struct evconnlistener *listener,
		       struct event_base *base, size_t (*body_most)(int fd))
{
	struct door *door = xmalloc(sizeof(*door));

	TAILQ_INIT(&door->guests);
	door->listener = listener;
	door->body_most = body_most;
	door->look = event_new(base, -1, 0, on_look, door);
	door->resume = evtimer_new(base, on_resume, door);
	door->next = doors;
	doors = door;
	if (!door->look || !door->resume ||
	    !evhttp_bind_listener(http, listener)) {
		door_close(door);
		return NULL;
	}
	evconnlistener_set_error_cb(listener, on_accept_error);
	evhttp_set_bevcb(http, on_guest, door);
	evhttp_set_max_headers_size(http, HEADERS_MOST);
	evhttp_set_max_body_size(http, 0);
	return door;
}

void door_close(struct door *door)
{
	struct door **at = &doors;

	if (!door)
		return;
	while (*at != door)
		at = &(*at)->next;
	*at = door->next;
	while (!TAILQ_EMPTY(&door->guests))
		guest_free(door, TAILQ_FIRST(&door->guests));
	if (door->look)
		event_free(door->look);
	if (door->resume)
		event_free(door->resume);
	free(door);
}

size_t door_count(struct door *door)
{
	sweep(door);
	return door->n;
}
