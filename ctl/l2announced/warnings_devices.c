// SPDX-License-Identifier: GPL-2.0
/*
 * Warnings about devices: each is looked at once, however many services are there.
 */
#include <stdio.h>
#include <string.h>

#include "first_line.h"
#include "links.h"
#include "warnings.h"
#include "warnings_priv.h"

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

static void look_at_ports(const struct warnings_devices *devs,
			  const struct el_service_info *info)
{
	for (size_t i = 0; i < devs->n_ports; i++) {
		const struct link_port *port = &devs->ports[i];

		if (names_match(&info->spec->devs, port->name))
			warnings_add(devs->found, "%s: belongs to %s, which gets its ARP: service %s can have its VIPs there, not here",
				     port->name, port->master, info->name);
	}
}

/* A port is no matter where the service has another device. */
void warnings_service(const struct el_service_info *info, void *arg)
{
	struct warnings_devices *devs = arg;
	bool standby = info->serve == EL_SERVE_STANDBY &&
		       has_ipv4(&info->spec->vips);
	bool any = false;

	for (size_t i = 0; i < devs->n_links; i++) {
		if (!names_match(&info->spec->devs, devs->links[i].name))
			continue;
		any = true;
		devs->standby[i] |= standby;
	}
	if (!any)
		look_at_ports(devs, info);
}

void warnings_proxies(const struct warnings_devices *devs)
{
	bool all = is_on("all");

	for (size_t i = 0; i < devs->n_links; i++) {
		const char *dev = devs->links[i].name;

		if (!devs->standby[i] || (!all && !is_on(dev)))
			continue;
		warnings_add(devs->found, "%s: proxy_arp is on (net.ipv4.conf.%s.proxy_arp): without the module this standby answers for VIPs that others hold",
			     dev, all ? "all" : dev);
	}
}
