// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl monitor: the kernel's events as they happen, and the cluster's for as long
 * as there is a controller to tell them.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "l2ctl/l2ctl.h"
#include "l2ctl/stream.h"
#include "lib/clock.h"

struct monitor {
	const struct ctl *ctl;
	struct l2a_events *events;
	struct stream *stream;
	struct l2a_writer *w;
	char *node;		/* the controller's, once it has said it */
};

/* The kernel's. */

static void show_event(const struct l2a_event *event, void *arg)
{
	struct l2a_writer *w = arg;
	char mac[L2A_MAC_STRLEN];
	char time[L2A_TIME_STRLEN];

	l2a_row_begin(w);
	l2a_write_string(w, "time", l2a_time_text(time));
	l2a_write_string(w, "event", l2a_event_name(event->type));
	switch (event->type) {
	case L2A_EVENT_LEASE:
	case L2A_EVENT_EXPIRED:
		lease_fields(w, &event->lease, l2a_boottime_ns());
		break;
	case L2A_EVENT_CONFLICT:
		l2a_write_string(w, "lladdr",
				 l2a_mac_format(event->lladdr, mac));
		vip_fields(w, &event->vip);
		break;
	case L2A_EVENT_VIP:
	case L2A_EVENT_VIP_DEL:
	case L2A_EVENT_DEVICE_GONE:
		vip_fields(w, &event->vip);
		break;
	}
	l2a_row_end(w);
}

/* The cluster's: as they come, whatever a newer controller adds. */

static void show_cluster_event(struct json_object *event, void *arg)
{
	struct json_object *node = json_object_object_get(event, "node");
	struct monitor *m = arg;

	if (json_object_is_type(node, json_type_string)) {
		free(m->node);
		m->node = strdup(json_object_get_string(node));
	}
	l2a_row_begin(m->w);
	l2a_write_json(m->w, "time", json_object_object_get(event, "time"));
	l2a_write_json(m->w, "event", json_object_object_get(event, "event"));
	json_object_object_foreach(event, key, value) {
		if (strcmp(key, "time") && strcmp(key, "event"))
			l2a_write_json(m->w, key, value);
	}
	l2a_row_end(m->w);
}

/* A listener has to know from when on it hears of the cluster no more. */
static void show_end(void *arg)
{
	char time[L2A_TIME_STRLEN];
	struct monitor *m = arg;

	l2a_row_begin(m->w);
	l2a_write_string(m->w, "time", l2a_time_text(time));
	l2a_write_string(m->w, "event", "controller");
	l2a_write_string(m->w, "node", m->node);
	l2a_write_string(m->w, "state", "unreachable");
	l2a_row_end(m->w);
}

static void show_trouble(const struct l2a_error *err, void *arg)
{
	const struct monitor *m = arg;

	ctl_refused(m->ctl, err);
}

/* Until interrupted, or until nobody reads stdout any more. */
static int follow(struct monitor *m)
{
	struct pollfd fds[] = {
		{ .fd = l2a_events_fd(m->events), .events = POLLIN },
		/* Only to hear of a pipe's reader that is gone: */
		{ .fd = fileno(stdout), .events = 0 },
	};
	struct l2a_error err = { 0 };
	int ret;

	while (!(fds[1].revents & (POLLERR | POLLHUP)) && !ferror(stdout)) {
		ret = stream_wait(m->stream, fds, 2);
		if (ret == -EINTR)
			continue;
		if (ret) {
			l2a_fail(&err, ret, "poll: %s", strerror(-ret));
			return ctl_refused(m->ctl, &err);
		}
		if (!fds[0].revents)
			continue;
		ret = l2a_events_read(m->events, show_event, m->w, &err);
		if (ret)
			ctl_refused(m->ctl, &err);
		if (ret && ret != -ENOBUFS)
			return CTL_REFUSED;
	}
	return CTL_OK;
}

static int monitor(struct ctl *ctl, struct args *args)
{
	struct monitor m = { .ctl = ctl };
	const struct stream_hooks hooks = {
		.event = show_cluster_event,
		.ended = show_end,
		.trouble = show_trouble,
		.arg = &m,
	};
	struct l2a_error err = { 0 };
	int ret;

	if (args_end(args, &err))
		return ctl_misused(ctl, &err);
	if (l2a_events_open(&m.events, &err))
		return ctl_refused(ctl, &err);
	m.w = ctl_writer(ctl, L2A_WRITER_LINES);
	m.stream = stream_open(ctl->socket, &hooks);
	if (m.stream) {
		ret = follow(&m);
	} else {
		l2a_fail(&err, -ENOMEM, "out of memory");
		ret = ctl_refused(ctl, &err);
	}
	stream_close(m.stream);
	l2a_events_close(m.events);
	free(m.node);
	return ctl_written(ctl, m.w) ?: ret;
}

static const struct verb verbs[] = {
	{ NULL, "", "show what happens to VIPs, leases, services and nodes until interrupted",
	  monitor },
	{ 0 },
};

const struct noun noun_monitor = {
	"monitor", "the kernel's and the cluster's events as they happen", verbs,
};
