// SPDX-License-Identifier: GPL-2.0
/*
 * Who may change things over the control socket. Who may connect is the socket's
 * mode, so that its group can read.
 */
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api_priv.h"

#define BODY_MOST	(16 * 1024 * 1024)	/* 10,000 services are 2 MiB */
#define BODY_REFUSED	65536			/* of who may not write */

static bool may_write(int fd, struct ucred *peer)
{
	socklen_t len = sizeof(*peer);

	peer->uid = (uid_t)-1;
	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, peer, &len) &&
	       (!peer->uid || peer->uid == geteuid());
}

/* A body is there as a whole before the request is: it must not be just anybody's. */
size_t api_body_most(int fd)
{
	struct ucred peer;

	return may_write(fd, &peer) ? BODY_MOST : BODY_REFUSED;
}

static bool reads(struct evhttp_request *req)
{
	enum evhttp_cmd_type command = evhttp_request_get_command(req);

	return command == EVHTTP_REQ_GET || command == EVHTTP_REQ_HEAD;
}

bool api_permits(struct evhttp_request *req)
{
	struct evhttp_connection *conn = evhttp_request_get_connection(req);
	struct bufferevent *bev = evhttp_connection_get_bufferevent(conn);
	struct ucred peer;

	if (reads(req) || may_write(bufferevent_getfd(bev), &peer))
		return true;
	api_refuse(req, 403, "not permitted: uid %d may read, changes are for root",
		   (int)peer.uid);
	return false;
}
