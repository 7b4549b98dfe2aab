// SPDX-License-Identifier: GPL-2.0
/*
 * The stream of the kernel's notifications.
 */
#include <errno.h>
#include <linux/l2announce.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/handlers.h>
#include <netlink/msg.h>
#include <netlink/socket.h>
#include <stdlib.h>

#include "genl.h"
#include "socket.h"

struct l2a_events {
	struct nl_sock *sock;
	struct nl_cb *cb;
	int id;
	/* Only while l2a_events_read() runs: */
	bool reading;
	bool closed;		/* by the one who is told */
	l2a_event_fn fn;
	void *arg;
};

/* A message we cannot read is none of ours, or of a newer kernel. */
static int on_valid(struct nl_msg *msg, void *arg)
{
	struct l2a_events *events = arg;
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct l2a_event event;

	if (nlh->nlmsg_type == events->id &&
	    !l2a_event_read(nlh, &event, NULL))
		events->fn(&event, events->arg);
	return events->closed ? NL_STOP : NL_OK;
}

/* Notifications answer no request. */
static int on_seq_check(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

static int join(struct l2a_events *events, struct l2a_error *err)
{
	int group = genl_ctrl_resolve_grp(events->sock, L2ANNOUNCE_FAMILY_NAME,
					  L2ANNOUNCE_MCGRP_EVENTS);
	int ret;

	if (group < 0)
		return l2a_socket_error(err, group,
					"cannot look the events up");
	ret = nl_socket_add_membership(events->sock, group);
	if (ret < 0)
		return l2a_socket_error(err, ret, "cannot receive events");
	ret = nl_socket_set_nonblocking(events->sock);
	if (ret < 0)
		return l2a_socket_error(err, ret, "cannot receive events");
	return 0;
}

int l2a_events_open(struct l2a_events **out, struct l2a_error *err)
{
	struct l2a_events *events = calloc(1, sizeof(*events));
	int ret;

	if (!events)
		return l2a_fail(err, -ENOMEM, "out of memory");
	events->cb = nl_cb_alloc(NL_CB_DEFAULT);
	if (!events->cb) {
		ret = l2a_fail(err, -ENOMEM, "out of memory");
		goto close;
	}
	nl_cb_set(events->cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_seq_check,
		  NULL);
	nl_cb_set(events->cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, events);
	ret = l2a_socket_open(&events->sock, &events->id, err);
	if (ret)
		goto close;
	ret = join(events, err);
	if (ret)
		goto close;
	*out = events;
	return 0;

close:
	l2a_events_close(events);
	return ret;
}

static void release(struct l2a_events *events)
{
	nl_socket_free(events->sock);
	nl_cb_put(events->cb);
	free(events);
}

void l2a_events_close(struct l2a_events *events)
{
	if (!events)
		return;
	if (events->reading)
		events->closed = true;
	else
		release(events);
}

int l2a_events_fd(const struct l2a_events *events)
{
	return nl_socket_get_fd(events->sock);
}

int l2a_events_read(struct l2a_events *events, l2a_event_fn fn, void *arg,
		    struct l2a_error *err)
{
	int ret;

	events->fn = fn;
	events->arg = arg;
	events->reading = true;
	do {
		ret = nl_recvmsgs(events->sock, events->cb);
	} while (ret >= 0 && !events->closed);
	events->reading = false;
	if (events->closed) {
		release(events);
		return 0;
	}
	if (ret == -NLE_AGAIN)
		return 0;
	if (ret == -NLE_NOMEM)
		return l2a_fail(err, -ENOBUFS,
				"events came faster than they were read: some are lost");
	return l2a_socket_error(err, ret, "cannot receive events");
}
