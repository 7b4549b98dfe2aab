// SPDX-License-Identifier: GPL-2.0
/*
 * l2announced: elects, with the other nodes, one holder for each service, and
 * has this node's kernel answer for the VIPs of those it holds.
 */
#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "api.h"
#include "config.h"
#include "journal.h"
#include "lock.h"
#include "log.h"
#include "manager.h"
#include "privilege.h"
#include "realtime.h"
#include "reload.h"

enum {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1,
	EXIT_MISUSED = 2,
};

struct options {
	const char *file;
	const char *node;
	bool check;
	bool keep;
};

/* What the signals need. */
struct daemon {
	struct config config;
	struct reload reload;
	struct agent *agent;
	bool keep;
};

static const char help[] =
	"Usage: l2announced [-c FILE] [--node NAME] [--keep] [--check-config]\n"
	"Elects one holder for each service and has the kernel answer for it.\n"
	"\n"
	"  -c, --config FILE   configuration (" CONFIG_DEFAULT_FILE ")\n"
	"      --node NAME     this node's name, instead of the file's\n"
	"      --keep          SIGTERM and SIGINT end it as SIGUSR1 does\n"
	"      --check-config  read and check the configuration, then end\n"
	"  -h, --help          show this\n"
	"  -V, --version       show the version\n"
	"\n"
	"SIGTERM, SIGINT: hand everything over, deliver for a while to who has not\n"
	"heard of it, and end. SIGQUIT: without that while. SIGUSR1: end, and keep\n"
	"everything for the next start, within the lease. SIGHUP: read the\n"
	"configuration again.\n";

static void on_stop(evutil_socket_t number, short what, void *arg)
{
	struct daemon *d = arg;
	bool keep = number == SIGUSR1 || (d->keep && number != SIGQUIT);

	(void)what;
	log_notice("signal %d: %s node=%s", (int)number,
		   keep ? "leaving everything to the next start" : "handing over",
		   d->config.node);
	if (keep)
		agent_leave(d->agent);
	else
		agent_stop(d->agent, number == SIGQUIT);
}

static void on_reload(evutil_socket_t number, short what, void *arg)
{
	struct names changed = { 0, NULL };
	struct daemon *d = arg;
	struct l2a_error err;

	(void)number;
	(void)what;
	/* It says itself how it went. */
	reload_config(&d->reload, &changed, &err);
	names_clear(&changed);
}

static int add_signal(struct event_base *base, struct event **ev, int number,
		      event_callback_fn fn, struct daemon *d)
{
	*ev = evsignal_new(base, number, fn, d);
	return !*ev || event_add(*ev, NULL);
}

static int refused(const struct l2a_error *err)
{
	log_err("%s", err->text);
	return EXIT_REFUSED;
}

/* From here on everything is in place: run until there is nothing to do. */
static int loop(struct daemon *d, struct event_base *base)
{
	struct event *evs[5] = { NULL, NULL, NULL, NULL, NULL };
	int status = EXIT_REFUSED;

	if (add_signal(base, &evs[0], SIGTERM, on_stop, d) ||
	    add_signal(base, &evs[1], SIGINT, on_stop, d) ||
	    add_signal(base, &evs[2], SIGQUIT, on_stop, d) ||
	    add_signal(base, &evs[3], SIGUSR1, on_stop, d) ||
	    add_signal(base, &evs[4], SIGHUP, on_reload, d)) {
		log_err("cannot wait for signals");
	} else {
		event_base_dispatch(base);
		status = agent_status(d->agent);
	}
	for (size_t i = 0; i < 5; i++) {
		if (evs[i])
			event_free(evs[i]);
	}
	return status;
}

static int serve(struct daemon *d, struct event_base *base)
{
	struct manager *manager = NULL;
	struct api *api = NULL;
	struct l2a_error err;
	int status;

	d->agent = agent_new(&d->config, base, &err);
	if (!d->agent)
		return refused(&err);
	d->reload.agent = d->agent;
	api = api_open(d->agent, &d->reload, base, &err);
	if (api)
		manager = manager_open(d->agent, base, &err);
	status = manager ? loop(d, base) : refused(&err);
	manager_close(manager);
	api_close(api);
	agent_free(d->agent);
	return status;
}

static int run(struct daemon *d, const struct options *options)
{
	struct evconnlistener *calls;
	struct event_base *base;
	struct l2a_error err;
	int status;

	if (realtime_begin(&d->config, &err) ||
	    privilege_drop(&d->config, &err) || lock_node(&d->config, &err))
		return refused(&err);
	signal(SIGPIPE, SIG_IGN);
	d->keep = options->keep;
	d->reload.config = &d->config;
	d->reload.file = options->file;
	d->reload.node = options->node;
	base = event_base_new();
	if (!base) {
		log_err("cannot make an event loop");
		return EXIT_REFUSED;
	}
	log_notice("l2announced %s node=%s lease=%u duration=%ums renew=%ums margin=%ums store: %s",
		   L2A_VERSION, d->config.node, d->config.lease,
		   d->config.duration_ms, d->config.renew_ms,
		   d->config.margin_ms, d->config.store_text);
	calls = lock_attend(base);
	status = serve(d, base);
	if (calls)
		evconnlistener_free(calls);
	event_base_free(base);
	libevent_global_shutdown();
	return status;
}

/* Return: a status to end with, or -1 to go on. */
static int parse(int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "node", required_argument, NULL, 'n' },
		{ "keep", no_argument, NULL, 'K' },
		{ "check-config", no_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:hV", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->file = optarg;
			break;
		case 'n':
			o->node = optarg;
			break;
		case 'K':
			o->keep = true;
			break;
		case 'k':
			o->check = true;
			break;
		case 'h':
			fputs(help, stdout);
			return EXIT_DONE;
		case 'V':
			puts("l2announced " L2A_VERSION);
			return EXIT_DONE;
		default:
			return EXIT_MISUSED;
		}
	}
	if (optind == argc)
		return -1;
	fprintf(stderr, "l2announced: \"%s\": no such argument\n", argv[optind]);
	return EXIT_MISUSED;
}

int main(int argc, char **argv)
{
	struct options options = { .file = CONFIG_DEFAULT_FILE };
	struct daemon d = { .agent = NULL };
	struct l2a_error err;
	int status = parse(argc, argv, &options);

	if (status >= 0)
		return status;
	if (config_load(options.file, options.node, &d.config, &err)) {
		fprintf(stderr, "l2announced: %s\n", err.text);
		return EXIT_REFUSED;
	}
	log_level(d.config.log);
	journal_open(JOURNAL_SOCKET);
	if (options.check)
		printf("%s: ok\n", options.file);
	else
		status = run(&d, &options);
	config_free(&d.config);
	return options.check ? EXIT_DONE : status;
}
