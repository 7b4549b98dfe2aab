// SPDX-License-Identifier: GPL-2.0
/*
 * failwalk: every command that changes something, with each of its allocations
 * failing in turn (/proc/thread-self/fail-nth), until none is left to fail.
 *
 * After each step the namespace must be as it was before the command, or as it
 * is after one that nothing disturbed, and the verdict must say which. Whoever
 * listens to events must have heard of a change, or of having missed one.
 *
 *	failwalk DEV		commands, for DEV in a namespace without VIPs; TAP
 *	failwalk -m FILE	loading the module FILE, which is not loaded; TAP
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "failwalk.h"
#include "lib/clock.h"

#define FAIL_NTH	"/proc/thread-self/fail-nth"

/* What a command must leave alone or change as a whole, in words. */
struct snapshot {
	char text[2048];
	size_t used;
};

static int tests, failures;

void die(const char *what, const char *why)
{
	printf("Bail out! %s: %s\n", what, why);
	exit(1);
}

void must(int ret, const char *what, const struct l2a_error *err)
{
	if (ret)
		die(what, err->text);
}

__attribute__((format(printf, 2, 3)))
static void result(bool good, const char *format, ...)
{
	va_list args;

	printf("%s %d ", good ? "ok" : "not ok", ++tests);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	failures += !good;
}

/* ---- the state of a namespace */

static long module_users(void)
{
	FILE *file = fopen("/sys/module/l2announce/refcnt", "r");
	long n = -1;

	if (!file || fscanf(file, "%ld", &n) != 1)
		die("refcnt", "cannot be read");
	fclose(file);
	return n;
}

__attribute__((format(printf, 2, 3)))
static void note(struct snapshot *s, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(s->text + s->used, sizeof(s->text) - s->used, format,
			args);
	va_end(args);
	s->used += (size_t)len;
	if (s->used >= sizeof(s->text))
		die("snapshot", "too long");
}

/* What goes by itself is no part of it: counters, time left. */
static void note_vips(struct walk *w, struct snapshot *s)
{
	struct l2a_error err = { 0 };
	struct l2a_vip *vips;
	size_t n;

	must(l2a_vip_dump(w->g, NULL, &vips, &n, &err), "dump of VIPs", &err);
	for (size_t i = 0; i < n; i++)
		note(s, "#   .%u on %s, %s, lease %d, token %llu, announce %u/%u, refresh %u, answering %d\n",
		     vips[i].addr.bytes[3], vips[i].ifname,
		     l2a_vip_state_name(vips[i].state), vips[i].lease != 0,
		     (unsigned long long)vips[i].token, vips[i].announce_count,
		     vips[i].announce_interval_ms, vips[i].refresh_ms,
		     vips[i].answering);
	free(vips);
}

static void note_lease(struct walk *w, struct snapshot *s)
{
	struct l2a_error err = { 0 };
	struct l2a_lease lease;
	int ret;

	ret = l2a_lease_get(w->g, w->lease, &lease, &err);
	if (ret && ret != -ENOENT)
		must(ret, "lease", &err);
	if (!ret)
		note(s, "#   lease until %llu, token %llu, valid %d, %u VIPs\n",
		     (unsigned long long)lease.deadline_ns,
		     (unsigned long long)lease.token, lease.valid, lease.vips);
}

static void take_snapshot(struct walk *w, struct snapshot *s)
{
	struct l2a_settings settings;
	struct l2a_error err = { 0 };
	struct l2a_stats stats;

	s->used = 0;
	note_vips(w, s);
	note_lease(w, s);
	must(l2a_settings_get(w->g, &settings, &err), "settings", &err);
	must(l2a_stats_get(w->g, &stats, &err), "stats", &err);
	note(s, "#   max-vips %u, rate %u, burst %u\n", settings.max_vips,
	     settings.announce_rate, settings.announce_burst);
	note(s, "#   %u VIPs, %u new leases, %ld users of the module\n",
	     stats.vips, stats.leases - w->leases, module_users());
}

/* ---- a command with one allocation failing */

static void set_fail_nth(struct walk *w, unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(w->fail_nth, text, (size_t)len, 0) != len)
		die(FAIL_NTH, strerror(errno));
}

/* How many allocations were left until the one that should fail; 0: it did. */
static unsigned int fail_nth_left(struct walk *w)
{
	char text[16] = "";

	if (pread(w->fail_nth, text, sizeof(text) - 1, 0) <= 0)
		die(FAIL_NTH, strerror(errno));
	return (unsigned int)strtoul(text, NULL, 10);
}

/* The verdict on a request: 0, a negative errno, or 1 where it was lost. */
static int verdict(struct walk *w, uint32_t seq)
{
	char buf[8192] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsgerr *body;
	struct nlmsghdr *nlh;
	ssize_t len;

	while (true) {
		len = recv(w->fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (len < 0)
			return 1;
		nlh = (struct nlmsghdr *)buf;
		if (!NLMSG_OK(nlh, (size_t)len) || nlh->nlmsg_seq != seq ||
		    nlh->nlmsg_type != NLMSG_ERROR)
			continue;
		body = NLMSG_DATA(nlh);
		return body->error;
	}
}

/* Send with the nth allocation failing, 0 for none; *failed: one did. */
static int send_failing(struct walk *w, struct nl_msg *msg, unsigned int n,
			bool *failed)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	ssize_t sent;
	int error;

	nlh->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = ++w->seq;
	nlh->nlmsg_pid = 0;
	set_fail_nth(w, n);
	sent = send(w->fd, nlh, nlh->nlmsg_len, 0);
	error = errno;
	*failed = n && !fail_nth_left(w);
	set_fail_nth(w, 0);
	nlmsg_free(msg);
	return sent < 0 ? -error : verdict(w, w->seq);
}

static void count_event(const struct l2a_event *event, void *arg)
{
	(void)event;
	++*(long *)arg;
}

/* Whether something was heard, or that something was missed. */
static bool heard(struct walk *w)
{
	struct l2a_error err = { 0 };
	bool missed = false;
	long n = 0;
	int ret;

	while ((ret = l2a_events_read(w->events, count_event, &n, &err))) {
		if (ret != -ENOBUFS)
			must(ret, "events", &err);
		missed = true;
	}
	return n || missed;
}

static void prepare(struct walk *w, const struct command *c)
{
	struct l2a_settings_request settings = {
		.set = L2A_SETTINGS_MAX_VIPS | L2A_SETTINGS_ANNOUNCE_RATE |
		       L2A_SETTINGS_ANNOUNCE_BURST,
		.max_vips = 1000,
		.announce_rate = 1000,
		.announce_burst = 100,
	};
	struct l2a_error err = { 0 };
	struct l2a_stats stats;

	must(l2a_vip_flush(w->g, NULL, &err), "flush", &err);
	must(l2a_settings_set(w->g, &settings, &err), "settings", &err);
	must(l2a_stats_get(w->g, &stats, &err), "stats", &err);
	w->leases = stats.leases;
	w->lease++;
	if (c->prepare)
		c->prepare(w);
	heard(w);
}

static bool same(const struct snapshot *a, const struct snapshot *b)
{
	return a->used == b->used && !memcmp(a->text, b->text, a->used);
}

/* One step; false where the outcome is neither of the two. */
static bool step(struct walk *w, const struct command *c, unsigned int n,
		 const struct snapshot *done, bool *failed)
{
	struct snapshot before, after;
	bool told, good;
	int v;

	prepare(w, c);
	take_snapshot(w, &before);
	v = send_failing(w, c->build(w), n, failed);
	take_snapshot(w, &after);
	told = heard(w);

	if (v < 0)
		good = same(&after, &before);
	else if (v == 0)
		good = same(&after, done);
	else
		good = same(&after, done) || same(&after, &before);
	if (good && same(&after, done) && !same(&before, done))
		good = told || c->silent;
	if (!good) {
		printf("# %s, allocation %u failing: verdict %d, told %d\n",
		       c->name, n, v, told);
		printf("# before:\n%s# after:\n%s# undisturbed:\n%s",
		       before.text, after.text, done->text);
	}
	return good;
}

static void walk_command(struct walk *w, const struct command *c)
{
	struct snapshot done;
	bool failed, good = true;
	unsigned int n = 0;
	int v;

	prepare(w, c);
	v = send_failing(w, c->build(w), 0, &failed);
	take_snapshot(w, &done);
	if (v) {
		result(false, "%s: refused undisturbed: %s", c->name,
		       strerror(v < 0 ? -v : ENOBUFS));
		return;
	}
	do {
		good &= step(w, c, ++n, &done, &failed);
	} while (failed);
	/* The request and its verdict alone take two. */
	result(good && n > 2, "%s: %u allocations, each failing", c->name,
	       n - 1);
}

/* ---- all of it */

static void open_all(struct walk *w, const char *dev)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct l2a_error err = { 0 };

	w->ifindex = if_nametoindex(dev);
	if (!w->ifindex)
		die(dev, "no such device");
	must(l2a_genl_open(&w->g, &err), "open", &err);
	must(l2a_events_open(&w->events, &err), "events", &err);
	w->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (w->fd < 0 ||
	    connect(w->fd, (struct sockaddr *)&kernel, sizeof(kernel)))
		die("netlink", strerror(errno));
	/* One that does not end before the walk does. */
	w->deadline = l2a_deadline_after(l2a_boottime_ns(),
					 24 * 3600 * L2A_NSEC_PER_SEC);
}

static int walk_commands(struct walk *w, const char *dev)
{
	struct l2a_error err = { 0 };

	open_all(w, dev);
	printf("1..%zu\n", n_commands);
	for (size_t i = 0; i < n_commands; i++)
		walk_command(w, &commands[i]);
	must(l2a_vip_flush(w->g, NULL, &err), "flush", &err);
	l2a_events_close(w->events);
	l2a_genl_close(w->g);
	close(w->fd);
	return failures != 0;
}

/* ---- loading the module */

static char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	char *data = NULL;
	long len;

	if (!file || fseek(file, 0, SEEK_END) || (len = ftell(file)) <= 0)
		die(path, strerror(errno));
	rewind(file);
	*size = (size_t)len;
	data = malloc(*size);
	if (!data || fread(data, 1, *size, file) != *size)
		die(path, "cannot be read");
	fclose(file);
	return data;
}

static bool loaded(void)
{
	return !access("/sys/module/l2announce", F_OK);
}

static void unload(void)
{
	if (syscall(SYS_delete_module, "l2announce", O_NONBLOCK))
		die("unload", strerror(errno));
}

/* A load that fails must leave nothing, and one that succeeds be unloadable. */
static bool load_step(struct walk *w, const void *image, size_t size,
		      unsigned int n, bool *failed)
{
	long ret;
	int error;

	set_fail_nth(w, n);
	ret = syscall(SYS_init_module, image, size, "");
	error = errno;
	*failed = n && !fail_nth_left(w);
	set_fail_nth(w, 0);
	if (ret && *failed && !loaded())
		return true;
	if (ret) {
		printf("# allocation %u failing: %s, %s\n", n, strerror(error),
		       loaded() ? "there all the same" : "not loaded");
		return false;
	}
	unload();
	return !loaded();
}

static int walk_module(struct walk *w, const char *path)
{
	bool failed, good = true;
	unsigned int n = 0;
	size_t size;
	char *image = read_file(path, &size);

	printf("1..1\n");
	if (loaded())
		die("l2announce", "is loaded");
	do {
		good &= load_step(w, image, size, ++n, &failed);
	} while (failed);
	result(good && n > 1, "loading the module: %u allocations, each failing",
	       n - 1);
	free(image);
	return failures != 0;
}

int main(int argc, char **argv)
{
	struct walk w = { 0 };
	bool module = argc == 3 && !strcmp(argv[1], "-m");

	if (argc != 2 && !module) {
		fprintf(stderr, "usage: failwalk DEV | -m FILE\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	w.fail_nth = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	if (w.fail_nth < 0)
		die(FAIL_NTH, strerror(errno));
	printf("TAP version 13\n");
	return module ? walk_module(&w, argv[2]) : walk_commands(&w, argv[1]);
}
