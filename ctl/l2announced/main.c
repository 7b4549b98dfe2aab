// SPDX-License-Identifier: GPL-2.0
/*
 * l2announced: elects, with the other nodes, one holder for each service, and
 * has this node's kernel answer for the VIPs of those it holds.
 */
#include <errno.h>
#include <event2/event.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "api.h"
#include "config.h"
#include "lock.h"
#include "log.h"
#include "manager.h"
#include "privilege.h"

enum {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1,
	EXIT_MISUSED = 2,
};

struct options {
	const char *file;
	const char *node;
	bool check;
};

/* What the signals need. */
struct daemon {
	struct config config;
	const struct options *options;
	struct agent *agent;
};

static const char help[] =
	"Usage: l2announced [-c FILE] [--node NAME] [--check-config]\n"
	"Elects one holder for each service and has the kernel answer for it.\n"
	"\n"
	"  -c, --config FILE   configuration (" CONFIG_DEFAULT_FILE ")\n"
	"      --node NAME     this node's name, instead of the file's\n"
	"      --check-config  read and check the configuration, then end\n"
	"  -h, --help          show this\n"
	"  -V, --version       show the version\n"
	"\n"
	"SIGTERM, SIGINT: hand everything over and end. SIGHUP: read the\n"
	"configuration again; log and linger take effect at once.\n";

static void on_stop(evutil_socket_t number, short what, void *arg)
{
	struct daemon *d = arg;

	(void)what;
	log_notice("signal %d: handing over node=%s", (int)number,
		   d->config.node);
	agent_stop(d->agent);
}

static bool needs_restart(const struct config *a, const struct config *b)
{
	return strcmp(a->node, b->node) || a->lease != b->lease ||
	       strcmp(a->socket, b->socket) || strcmp(a->lockdir, b->lockdir) ||
	       strcmp(a->store_text, b->store_text) ||
	       strcmp(a->user ? a->user : "", b->user ? b->user : "") ||
	       a->duration_ms != b->duration_ms || a->renew_ms != b->renew_ms ||
	       a->margin_ms != b->margin_ms || a->rebalance != b->rebalance ||
	       a->move_rate != b->move_rate;
}

static void on_reload(evutil_socket_t number, short what, void *arg)
{
	struct daemon *d = arg;
	struct config config;
	struct l2a_error err;

	(void)number;
	(void)what;
	if (config_load(d->options->file, d->options->node, &config, &err)) {
		log_err("not reloaded: %s", err.text);
		return;
	}
	d->config.linger_ms = config.linger_ms;
	d->config.reconcile_ms = config.reconcile_ms;
	d->config.log = config.log;
	log_level(config.log);
	log_notice("reloaded %s%s", d->options->file,
		   needs_restart(&d->config, &config) ?
		   ": some changes need a restart" : "");
	config_free(&config);
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
	struct event *evs[3] = { NULL, NULL, NULL };
	int status = EXIT_REFUSED;

	if (add_signal(base, &evs[0], SIGTERM, on_stop, d) ||
	    add_signal(base, &evs[1], SIGINT, on_stop, d) ||
	    add_signal(base, &evs[2], SIGHUP, on_reload, d)) {
		log_err("cannot wait for signals");
	} else {
		event_base_dispatch(base);
		status = agent_status(d->agent);
	}
	for (size_t i = 0; i < 3; i++) {
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
	api = api_open(d->agent, base, &err);
	if (api)
		manager = manager_open(d->agent, base, &err);
	status = manager ? loop(d, base) : refused(&err);
	manager_close(manager);
	api_close(api);
	agent_free(d->agent);
	return status;
}

static int run(struct daemon *d)
{
	struct event_base *base;
	struct l2a_error err;
	int status;

	if (privilege_drop(&d->config, &err) || lock_node(&d->config, &err))
		return refused(&err);
	signal(SIGPIPE, SIG_IGN);
	base = event_base_new();
	if (!base) {
		log_err("cannot make an event loop");
		return EXIT_REFUSED;
	}
	log_notice("l2announced %s node=%s lease=%u duration=%ums renew=%ums margin=%ums store: %s",
		   L2A_VERSION, d->config.node, d->config.lease,
		   d->config.duration_ms, d->config.renew_ms,
		   d->config.margin_ms, d->config.store_text);
	status = serve(d, base);
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
	struct daemon d = { .options = &options };
	struct l2a_error err;
	int status = parse(argc, argv, &options);

	if (status >= 0)
		return status;
	if (config_load(options.file, options.node, &d.config, &err)) {
		fprintf(stderr, "l2announced: %s\n", err.text);
		return EXIT_REFUSED;
	}
	log_level(d.config.log);
	if (options.check)
		printf("%s: ok\n", options.file);
	else
		status = run(&d);
	config_free(&d.config);
	return options.check ? EXIT_DONE : status;
}
