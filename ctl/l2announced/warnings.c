// SPDX-License-Identifier: GPL-2.0
/*
 * What an operator should know before he has to find it out.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arp_rules.h"
#include "first_line.h"
#include "health.h"
#include "lib/address.h"
#include "links.h"
#include "warnings.h"
#include "warnings_priv.h"

#define CLOCK_FILE	"/sys/devices/system/clocksource/clocksource0/current_clocksource"

void warnings_add(struct names *found, const char *fmt, ...)
{
	char line[L2A_ERROR_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	names_add(found, line);
}

/* The clock. */

const char *warnings_clock(const char *name)
{
	static const char *const coarse[] = { "jiffies", "refined-jiffies", "pit" };
	static const char *const slow[] = { "hpet", "acpi_pm" };

	for (size_t i = 0; i < sizeof(coarse) / sizeof(coarse[0]); i++) {
		if (!strcmp(name, coarse[i]))
			return "ticks too rarely for a lease's margin";
	}
	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++) {
		if (!strcmp(name, slow[i]))
			return "is slow, and read for each answer: the processor's own was found unstable";
	}
	return NULL;
}

static void look_at_clock(struct names *found)
{
	char name[64];
	const char *what;

	if (!first_line(CLOCK_FILE, name, sizeof(name)))
		return;
	what = warnings_clock(name);
	if (what)
		warnings_add(found, "the clock source %s %s", name, what);
}

/* The devices of what this node stands by for. */

static void look_at_devices(const struct agent_info *info,
			    const struct el_now *now, struct names *found)
{
	struct warnings_devices devs = { .found = found };

	devs.links = links_list(info->links, &devs.n_links);
	devs.ports = links_ports(info->links, &devs.n_ports);
	devs.standby = xmalloc((devs.n_links + 1) * sizeof(*devs.standby));
	election_services(info->election, now, warnings_service, &devs);
	warnings_proxies(&devs);
	free(devs.standby);
}

/* The kernel and the store. */

/* A VIP of a service. */
struct claim {
	const char *vip;
	const struct warnings_held *of;
};

struct claims {
	struct claim *v;
	size_t n;
};

/* Of services that share a VIP first what is held here, then what is held. */
static int by_vip(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int c = strcmp(x->vip, y->vip);

	if (c)
		return c;
	if (x->of->mine != y->of->mine)
		return x->of->mine ? -1 : 1;
	return !x->of->holder - !y->of->holder;
}

/* Each VIP once, sorted. */
static void claims_take(struct claims *claims, const struct warnings_held *held,
			size_t n_held)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < n_held; i++)
		n += held[i].vips->n;
	claims->v = xmalloc((n + 1) * sizeof(*claims->v));
	for (size_t i = 0; i < n_held; i++) {
		for (size_t k = 0; k < held[i].vips->n; k++)
			claims->v[claims->n++] = (struct claim){
				held[i].vips->v[k], &held[i],
			};
	}
	qsort(claims->v, n, sizeof(*claims->v), by_vip);
	for (size_t i = 0; i < n; i++) {
		if (!kept || strcmp(claims->v[kept - 1].vip, claims->v[i].vip))
			claims->v[kept++] = claims->v[i];
	}
	claims->n = kept;
}

static int by_name(const void *vip, const void *claim)
{
	return strcmp(vip, ((const struct claim *)claim)->vip);
}

static const struct warnings_held *find_held(const struct claims *claims,
					     const char *vip)
{
	const struct claim *found = bsearch(vip, claims->v, claims->n,
					    sizeof(*claims->v), by_name);

	return found ? found->of : NULL;
}

static void take_active(struct names *active, const struct l2a_vip *vips,
			size_t n_vips)
{
	char text[L2A_ADDR_STRLEN];

	for (size_t i = 0; i < n_vips; i++) {
		if (vips[i].state == L2ANNOUNCE_VIP_STATE_ACTIVE)
			names_add(active, l2a_addr_format(&vips[i].addr, text));
	}
	names_sort(active);
}

void warnings_disagree(const struct warnings_held *held, size_t n_held,
		       const struct l2a_vip *vips, size_t n_vips,
		       struct names *found)
{
	struct names active = { 0, NULL };
	struct claims claims = { NULL, 0 };

	take_active(&active, vips, n_vips);
	claims_take(&claims, held, n_held);
	for (size_t i = 0; i < n_held; i++) {
		for (size_t k = 0; held[i].mine && k < held[i].vips->n; k++) {
			if (!names_has_sorted(&active, held[i].vips->v[k]))
				warnings_add(found, "%s: the store says that this node holds %s, but its kernel does not answer for it",
					     held[i].vips->v[k], held[i].name);
		}
	}
	for (size_t i = 0; i < active.n; i++) {
		const struct warnings_held *of = find_held(&claims, active.v[i]);

		if (!of || !of->mine)
			warnings_add(found, "%s: active in this node's kernel, but the store says that %s holds it",
				     active.v[i],
				     of && of->holder ? of->holder : "nobody");
	}
	free(claims.v);
	names_clear(&active);
}

struct held_list {
	struct warnings_held *v;
	size_t n;
	const struct agent_info *info;
};

static void add_held(const struct el_service_info *info, void *arg)
{
	struct held_list *list = arg;
	const char *holder = info->holder ? info->holder->node : NULL;
	uint64_t own = election_self(list->info->election).incarnation;

	list->v = xrealloc(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = (struct warnings_held){
		.name = info->name,
		.vips = &info->spec->vips,
		.holder = holder,
		.mine = holder && !strcmp(holder, list->info->config->node) &&
			info->holder->incarnation == own,
	};
}

static void look_at_kernel(const struct agent *agent,
			   const struct agent_info *info,
			   const struct el_now *now, struct names *found)
{
	struct held_list list = { .info = info };
	struct l2a_vip *vips;
	size_t n;

	if (!info->kernel || !election_settled(info->election))
		return;
	n = agent_vips(agent, &vips);
	election_services(info->election, now, add_held, &list);
	warnings_disagree(list.v, list.n, vips, n, found);
	free(list.v);
	free(vips);
}

static void look_at_check(const struct health_info *check, void *arg)
{
	if (check->verdict == HEALTH_BAD)
		warnings_add(arg, "service %s: check %s %s fails here: %s",
		    check->service, check_type_name(check->check->type),
		    check->check->target,
		    check->text ? check->text : "not well often enough yet");
}

void warnings_find(struct agent *agent, struct names *found)
{
	struct agent_info info = agent_info(agent);
	struct names rules = { 0, NULL };
	struct el_now now = agent_now();

	if (!info.kernel)
		warnings_add(found, "the kernel module l2announce is not there: nothing is answered");
	if (info.store_error)
		warnings_add(found, "the store is unreachable: leases run out");
	else if (election_self(info.election).member && !info.lease_left_ns)
		warnings_add(found, "the lease ran out: nothing is answered until the store confirms a renewal");
	look_at_kernel(agent, &info, &now, found);
	look_at_devices(&info, &now, found);
	health_each(info.health, look_at_check, found);
	arp_rules_find(&rules);
	for (size_t i = 0; i < rules.n; i++)
		warnings_add(found, "%s drops ARP: a VIP's requests or replies may be among it",
		    rules.v[i]);
	names_clear(&rules);
	look_at_clock(found);
	names_unique(found);
}
