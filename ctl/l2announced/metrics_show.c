// SPDX-License-Identifier: GPL-2.0
/*
 * The metrics: one function a group, each family whole before the next begins.
 * What there can be any number of is cut off at METRICS_MOST, the same ones each
 * time, and what is left out is counted: a series must not come and go.
 */
#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>

#include "exposition.h"
#include "first_line.h"
#include "health.h"
#include "hooks.h"
#include "lib/address.h"
#include "lib/clock.h"
#include "lib/object.h"
#include "metrics_show.h"

#define MODULE	"/sys/module/l2announce/"

static double seconds(uint64_t ns)
{
	return (double)ns / (double)L2A_NSEC_PER_SEC;
}

/* Builds. */

static void builds(struct evbuffer *buf, const struct agent_info *info)
{
	char version[64], srcversion[64];

	expo_family(buf, "build_info", "gauge",
		    "The controller that runs; its value is always 1.");
	expo_sample(buf, "build_info", 1, EXPO_LABELS("version", L2A_VERSION));
	expo_one(buf, "module_loaded", "gauge",
		 "Whether the kernel module can be used.", info->kernel);
	if (!info->kernel)
		return;
	first_line(MODULE "version", version, sizeof(version));
	first_line(MODULE "srcversion", srcversion, sizeof(srcversion));
	expo_family(buf, "module_info", "gauge",
		    "The kernel module that is loaded; its value is always 1.");
	expo_sample(buf, "module_info", 1,
		    EXPO_LABELS("version", version, "srcversion", srcversion));
}

/* This node. */

static void membership(struct evbuffer *buf, const struct agent_info *info)
{
	struct el_self_info self = election_self(info->election);
	const struct metrics *m = info->metrics;

	expo_one(buf, "member", "gauge",
		 "Whether this node takes part in the election.", self.member);
	expo_one(buf, "incarnation", "gauge",
		 "This node's incarnation, which is its lease's token.",
		 (double)self.incarnation);
	expo_one(buf, "lease_remaining_seconds", "gauge",
		 "Time until the kernel falls silent unless the lease is renewed.",
		 seconds(info->lease_left_ns));
	expo_one(buf, "lease_duration_seconds", "gauge",
		 "How long this node may be silent before the others fence it.",
		 info->config->duration_ms / 1000.0);
	expo_one(buf, "lease_expirations_total", "counter",
		 "Times the kernel's lease ran out.", (double)m->expiries);
	expo_one(buf, "fenced_total", "counter",
		 "Times the others have fenced this node.",
		 (double)(m->notes[EL_NOTE_FENCED] +
			  m->notes[EL_NOTE_SUPERSEDED]));
	expo_one(buf, "peers_fenced_total", "counter",
		 "Times this node has fenced another.",
		 (double)m->notes[EL_NOTE_FENCED_PEER]);
}

static void store(struct evbuffer *buf, const struct agent_info *info)
{
	const struct metrics *m = info->metrics;

	expo_one(buf, "store_up", "gauge", "Whether the store can be reached.",
		 info->store_seen && !info->store_error);
	expo_family(buf, "store_errors_total", "counter",
		    "Calls to the store that failed, or that perhaps were carried out (unknown).");
	expo_sample(buf, "store_errors_total", (double)m->store_failed,
		    EXPO_LABELS("result", "failed"));
	expo_sample(buf, "store_errors_total", (double)m->store_unknown,
		    EXPO_LABELS("result", "unknown"));
	expo_histogram(buf, "renewal_duration_seconds",
		       "Time from sending a renewal to the store's answer.",
		       &m->renewal);
	expo_histogram(buf, "renewal_lateness_seconds",
		       "How much later than its interval a renewal was sent.",
		       &m->lateness);
}

static void changes(struct evbuffer *buf, const struct agent_info *info)
{
	static const char *const reasons[EL_REASONS] = {
		[EL_REASON_RETURN] = "return",
		[EL_REASON_NEW] = "new",
		[EL_REASON_HANDOVER] = "handover",
		[EL_REASON_FAILURE] = "failure",
	};
	const struct metrics *m = info->metrics;

	expo_family(buf, "takeovers_total", "counter",
		    "Services this node has begun to answer for, by what had become of the last holder.");
	for (size_t i = 0; i < EL_REASONS; i++)
		expo_sample(buf, "takeovers_total", (double)m->takeovers[i],
			    EXPO_LABELS("reason", reasons[i]));
	expo_one(buf, "releases_total", "counter",
		 "Services this node has handed over.",
		 (double)m->notes[EL_NOTE_RELEASED]);
	expo_one(buf, "losses_total", "counter",
		 "Services this node has lost without handing them over.",
		 (double)m->notes[EL_NOTE_LOST]);
	expo_one(buf, "conflicts_total", "counter",
		 "Claims of other stations to VIPs this node answers for, as the kernel reported them.",
		 (double)m->conflicts);
	expo_one(buf, "mends_total", "counter",
		 "VIPs that were not in the kernel what they should be.",
		 (double)info->mends);
}

/* What runs for the services on this node. */

static void runs(struct evbuffer *buf, const char *name, const char *label,
		 const char *value, const struct attempts *a)
{
	expo_sample(buf, name, (double)a->ok,
		    EXPO_LABELS(label, value, "result", "ok"));
	expo_sample(buf, name, (double)a->failed,
		    EXPO_LABELS(label, value, "result", "failed"));
}

static void checks(struct evbuffer *buf, const struct health *health)
{
	expo_family(buf, "check_runs_total", "counter",
		    "Attempts of the services' checks on this node.");
	for (enum check_type i = 0; i < N_CHECK_TYPES; i++)
		runs(buf, "check_runs_total", "type", check_type_name(i),
		     health_attempts(health, i));
	expo_family(buf, "check_duration_seconds", "histogram",
		    "Time from beginning an attempt of a check to its end.");
	for (enum check_type i = 0; i < N_CHECK_TYPES; i++)
		expo_buckets(buf, "check_duration_seconds", "type",
			     check_type_name(i),
			     &health_attempts(health, i)->duration);
}

static void hooks(struct evbuffer *buf, const struct hooks *list)
{
	const struct attempts *a;
	uint64_t left_out;

	expo_family(buf, "hook_runs_total", "counter",
		    "Runs of the hooks on this node, and those left out as too many waited.");
	for (enum config_hook i = 0; i < N_HOOKS; i++) {
		a = hooks_attempts(list, i, &left_out);
		runs(buf, "hook_runs_total", "hook", config_hook_name(i), a);
		expo_sample(buf, "hook_runs_total", (double)left_out,
			    EXPO_LABELS("hook", config_hook_name(i),
					"result", "left_out"));
	}
	expo_family(buf, "hook_duration_seconds", "histogram",
		    "Time from beginning a hook to its end.");
	for (enum config_hook i = 0; i < N_HOOKS; i++)
		expo_buckets(buf, "hook_duration_seconds", "hook",
			     config_hook_name(i),
			     &hooks_attempts(list, i, &left_out)->duration);
}

/* Services and nodes: a walk for each family. */

struct walk {
	struct evbuffer *buf;
	const struct agent_info *info;
	const struct family *family;
	size_t n;
};

struct family {
	const char *name;
	const char *help;
	void (*show)(const struct walk *w, const struct el_service_info *s);
};

static void held(const struct walk *w, const struct el_service_info *s)
{
	expo_sample(w->buf, w->family->name, s->held,
		    EXPO_LABELS("service", s->name));
}

static void holder(const struct walk *w, const struct el_service_info *s)
{
	if (s->held)
		expo_sample(w->buf, w->family->name, 1,
			    EXPO_LABELS("service", s->name, "node",
					s->holder->node));
}

static void token(const struct walk *w, const struct el_service_info *s)
{
	expo_sample(w->buf, w->family->name,
		    s->holder ? (double)s->holder->token : 0,
		    EXPO_LABELS("service", s->name));
}

static void active(const struct walk *w, const struct el_service_info *s)
{
	bool answers = s->serve == EL_SERVE_ACTIVE && w->info->lease_left_ns;

	expo_sample(w->buf, w->family->name, answers,
		    EXPO_LABELS("service", s->name));
}

static void on_service(const struct el_service_info *s, void *arg)
{
	struct walk *w = arg;

	if (w->n++ < METRICS_MOST)
		w->family->show(w, s);
}

static size_t services(struct evbuffer *buf, const struct agent_info *info,
		       const struct el_now *now)
{
	static const struct family families[] = {
		{ "service_held", "Whether any node holds the service, as this node sees it.",
		  held },
		{ "service_holder", "The node that holds the service, as this node sees it; its value is always 1.",
		  holder },
		{ "service_token", "How often the service was claimed.", token },
		{ "service_active", "Whether this node answers for the service.",
		  active },
	};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		struct walk w = {
			.buf = buf, .info = info, .family = &families[i],
		};

		expo_family(buf, families[i].name, "gauge", families[i].help);
		election_services(info->election, now, on_service, &w);
		n = w.n;
	}
	return n;
}

static void on_node(const struct el_node_info *node, void *arg)
{
	struct walk *w = arg;

	if (w->n++ < METRICS_MOST)
		expo_sample(w->buf, "node_ready", !strcmp(node->state, "ready"),
			    EXPO_LABELS("node", node->name));
}

static size_t nodes(struct evbuffer *buf, const struct agent_info *info,
		    const struct el_now *now)
{
	struct walk w = { .buf = buf };

	expo_family(buf, "node_ready", "gauge",
		    "Whether a node takes services, as this node sees it.");
	election_nodes(info->election, now, on_node, &w);
	return w.n;
}

/* VIPs. */

static int by_key(const void *a, const void *b)
{
	const struct l2a_vip *x = a, *y = b;
	int c = memcmp(&x->addr, &y->addr, sizeof(x->addr));

	if (c)
		return c;
	return x->ifindex < y->ifindex ? -1 : x->ifindex > y->ifindex;
}

static double answering(const struct l2a_vip *vip)
{
	return vip->answering;
}

static double replies(const struct l2a_vip *vip)
{
	return (double)vip->replies;
}

static double suppressed(const struct l2a_vip *vip)
{
	return (double)vip->suppressed;
}

static double announcements(const struct l2a_vip *vip)
{
	return (double)vip->announcements;
}

static double conflicts(const struct l2a_vip *vip)
{
	return (double)vip->conflicts;
}

static void show_vips(struct evbuffer *buf, const struct l2a_vip *vips, size_t n)
{
	static const struct {
		const char *name;
		const char *type;
		const char *help;
		double (*value)(const struct l2a_vip *vip);
	} families[] = {
		{ "vip_answering", "gauge", "Whether the kernel answers for the VIP on this device.",
		  answering },
		{ "vip_replies_total", "counter", "Requests for the VIP that were answered.",
		  replies },
		{ "vip_suppressed_total", "counter", "Requests for the VIP that were kept from the host's own stack.",
		  suppressed },
		{ "vip_announcements_total", "counter", "Announcements of the VIP that were sent.",
		  announcements },
		{ "vip_conflicts_total", "counter", "Frames in which another station claimed the VIP.",
		  conflicts },
	};
	char text[L2A_ADDR_STRLEN];

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		expo_family(buf, families[i].name, families[i].type,
			    families[i].help);
		for (size_t k = 0; k < n; k++)
			expo_sample(buf, families[i].name,
				    families[i].value(&vips[k]),
				    EXPO_LABELS("vip",
						l2a_addr_format(&vips[k].addr, text),
						"dev", vips[k].ifname));
	}
}

static size_t vips(struct evbuffer *buf, const struct agent *agent)
{
	struct l2a_vip *list = NULL;
	size_t n = agent_vips(agent, &list);

	if (n)
		qsort(list, n, sizeof(*list), by_key);
	show_vips(buf, list, n < METRICS_MOST ? n : METRICS_MOST);
	free(list);
	return n;
}

static void omitted(struct evbuffer *buf, const char *what, size_t n)
{
	expo_sample(buf, "omitted", n > METRICS_MOST ?
		    (double)(n - METRICS_MOST) : 0, EXPO_LABELS("what", what));
}

void metrics_show(struct evbuffer *buf, const struct agent *agent)
{
	struct agent_info info = agent_info(agent);
	struct el_now now = agent_now();
	size_t n_services, n_nodes, n_vips;

	builds(buf, &info);
	membership(buf, &info);
	store(buf, &info);
	changes(buf, &info);
	checks(buf, info.health);
	hooks(buf, info.hooks);
	n_services = services(buf, &info, &now);
	n_nodes = nodes(buf, &info, &now);
	n_vips = vips(buf, agent);
	expo_family(buf, "omitted", "gauge",
		    "Services, nodes and VIPs that are too many to be shown.");
	omitted(buf, "services", n_services);
	omitted(buf, "nodes", n_nodes);
	omitted(buf, "vips", n_vips);
}
