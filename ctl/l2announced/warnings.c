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

#define CLOCK_FILE	"/sys/devices/system/clocksource/clocksource0/current_clocksource"

static void add(struct names *found, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void add(struct names *found, const char *fmt, ...)
{
	char line[L2A_ERROR_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (!names_has(found, line))
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
		add(found, "the clock source %s %s", name, what);
}

/* The devices of what this node stands by for. */

static bool is_on(const char *dev)
{
	char path[128], value[16];

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/proxy_arp", dev);
	return first_line(path, value, sizeof(value)) && strcmp(value, "0");
}

static bool has_ipv4(const struct names *vips)
{
	for (size_t i = 0; i < vips->n; i++) {
		if (!strchr(vips->v[i], ':'))
			return true;
	}
	return false;
}

struct look {
	const struct links *links;
	struct names *found;
	bool proxy_all;
};

static void look_at_proxy(const struct look *look, const char *dev)
{
	if (!look->proxy_all && !is_on(dev))
		return;
	add(look->found, "%s: proxy_arp is on (net.ipv4.conf.%s.proxy_arp): without the module this standby answers for VIPs that others hold",
	    dev, look->proxy_all ? "all" : dev);
}

static void look_at_ports(const struct look *look,
			  const struct el_service_info *info)
{
	const struct link_port *ports;
	size_t n;

	ports = links_ports(look->links, &n);
	for (size_t i = 0; i < n; i++) {
		if (names_match(&info->spec->devs, ports[i].name))
			add(look->found, "%s: belongs to %s, which gets its ARP: service %s can have its VIPs there, not here",
			    ports[i].name, ports[i].master, info->name);
	}
}

/* A port is no matter where the service has another device. */
static void look_at_service(const struct el_service_info *info, void *arg)
{
	const struct look *look = arg;
	const struct link *list;
	bool any = false;
	size_t n;

	list = links_list(look->links, &n);
	for (size_t i = 0; i < n; i++) {
		if (!names_match(&info->spec->devs, list[i].name))
			continue;
		any = true;
		if (info->serve == EL_SERVE_STANDBY && has_ipv4(&info->spec->vips))
			look_at_proxy(look, list[i].name);
	}
	if (!any)
		look_at_ports(look, info);
}

/* The kernel and the store. */

static const struct warnings_held *find_held(const struct warnings_held *held,
					     size_t n, const char *vip)
{
	const struct warnings_held *found = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!names_has(held[i].vips, vip))
			continue;
		if (held[i].mine)
			return &held[i];
		found = &held[i];
	}
	return found;
}

static bool is_active(const struct l2a_vip *vips, size_t n, const char *vip)
{
	char text[L2A_ADDR_STRLEN];

	for (size_t i = 0; i < n; i++) {
		if (vips[i].state == L2ANNOUNCE_VIP_STATE_ACTIVE &&
		    !strcmp(l2a_addr_format(&vips[i].addr, text), vip))
			return true;
	}
	return false;
}

void warnings_disagree(const struct warnings_held *held, size_t n_held,
		       const struct l2a_vip *vips, size_t n_vips,
		       struct names *found)
{
	char text[L2A_ADDR_STRLEN];

	for (size_t i = 0; i < n_held; i++) {
		for (size_t k = 0; held[i].mine && k < held[i].vips->n; k++) {
			if (!is_active(vips, n_vips, held[i].vips->v[k]))
				add(found, "%s: the store says that this node holds %s, but its kernel does not answer for it",
				    held[i].vips->v[k], held[i].name);
		}
	}
	for (size_t i = 0; i < n_vips; i++) {
		const struct warnings_held *of;

		if (vips[i].state != L2ANNOUNCE_VIP_STATE_ACTIVE)
			continue;
		l2a_addr_format(&vips[i].addr, text);
		of = find_held(held, n_held, text);
		if (!of || !of->mine)
			add(found, "%s: active in this node's kernel, but the store says that %s holds it",
			    text, of && of->holder ? of->holder : "nobody");
	}
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
		add(arg, "service %s: check %s %s fails here: %s",
		    check->service, check_type_name(check->check->type),
		    check->check->target,
		    check->text ? check->text : "not well often enough yet");
}

void warnings_find(struct agent *agent, struct names *found)
{
	struct agent_info info = agent_info(agent);
	struct look look = { .links = info.links, .found = found };
	struct names rules = { 0, NULL };
	struct el_now now = agent_now();

	if (!info.kernel)
		add(found, "the kernel module l2announce is not there: nothing is answered");
	if (info.store_error)
		add(found, "the store is unreachable: leases run out");
	else if (election_self(info.election).member && !info.lease_left_ns)
		add(found, "the lease ran out: nothing is answered until the store confirms a renewal");
	look_at_kernel(agent, &info, &now, found);
	look.proxy_all = is_on("all");
	election_services(info.election, &now, look_at_service, &look);
	health_each(info.health, look_at_check, found);
	arp_rules_find(&rules);
	for (size_t i = 0; i < rules.n; i++)
		add(found, "%s drops ARP: a VIP's requests or replies may be among it",
		    rules.v[i]);
	names_clear(&rules);
	look_at_clock(found);
}
