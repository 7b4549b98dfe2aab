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

static bool peer_of(struct evhttp_request *req, struct ucred *peer)
{
	struct evhttp_connection *conn = evhttp_request_get_connection(req);
	struct bufferevent *bev = evhttp_connection_get_bufferevent(conn);
	socklen_t len = sizeof(*peer);

	return !getsockopt(bufferevent_getfd(bev), SOL_SOCKET, SO_PEERCRED,
			   peer, &len);
}

static bool reads(struct evhttp_request *req)
{
	enum evhttp_cmd_type command = evhttp_request_get_command(req);

	return command == EVHTTP_REQ_GET || command == EVHTTP_REQ_HEAD;
}

bool api_permits(struct evhttp_request *req)
{
	struct ucred peer = { .uid = (uid_t)-1 };

	if (reads(req))
		return true;
	if (peer_of(req, &peer) && (!peer.uid || peer.uid == geteuid()))
		return true;
	api_refuse(req, 403, "not permitted: uid %d may read, changes are for root",
		   (int)peer.uid);
	return false;
}
