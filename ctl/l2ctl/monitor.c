// SPDX-License-Identifier: GPL-2.0
/*
 * l2ctl monitor: the kernel's events as they happen.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "l2ctl/l2ctl.h"
#include "lib/clock.h"

/* RFC 3339, UTC, microseconds */
static void format_now(char *buf, size_t size)
{
	struct timespec now;
	struct tm utc;
	size_t used;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	used = strftime(buf, size, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(buf + used, size - used, ".%06ldZ", now.tv_nsec / 1000);
}

static void show_event(const struct l2a_event *event, void *arg)
{
	struct l2a_writer *w = arg;
	char mac[L2A_MAC_STRLEN];
	char time[64];

	format_now(time, sizeof(time));
	l2a_row_begin(w);
	l2a_write_string(w, "time", time);
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

/* Until interrupted, or until nobody reads stdout any more. */
static int follow(struct ctl *ctl, struct l2a_events *events,
		  struct l2a_writer *w)
{
	struct pollfd fds[] = {
		{ .fd = l2a_events_fd(events), .events = POLLIN },
		/* Only to hear of a pipe's reader that is gone: */
		{ .fd = fileno(stdout), .events = 0 },
	};
	struct l2a_error err = { 0 };
	int ret;

	while (!(fds[1].revents & (POLLERR | POLLHUP))) {
		if (poll(fds, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			l2a_fail(&err, -errno, "poll: %s", strerror(errno));
			return ctl_refused(ctl, &err);
		}
		if (!fds[0].revents)
			continue;
		ret = l2a_events_read(events, show_event, w, &err);
		if (ret)
			ctl_refused(ctl, &err);
		if (ret && ret != -ENOBUFS)
			return CTL_REFUSED;
		if (ferror(stdout))
			break;
	}
	return CTL_OK;
}

static int monitor(struct ctl *ctl, struct args *args)
{
	struct l2a_events *events;
	struct l2a_error err = { 0 };
	struct l2a_writer *w;
	int ret;

	if (args_end(args, &err))
		return ctl_misused(ctl, &err);
	if (l2a_events_open(&events, &err))
		return ctl_refused(ctl, &err);
	w = ctl_writer(ctl, L2A_WRITER_LINES);
	ret = follow(ctl, events, w);
	l2a_events_close(events);
	return ctl_written(ctl, w) ?: ret;
}

static const struct verb verbs[] = {
	{ NULL, "", "show what happens to VIPs and leases until interrupted",
	  monitor },
	{ 0 },
};

const struct noun noun_monitor = {
	"monitor", "the kernel's events as they happen", verbs,
};
