// SPDX-License-Identifier: GPL-2.0
/*
 * Where metrics are served beside the control socket: nowhere, unless it says so;
 * on the loopback device, unless it names an address.
 */
#include <event2/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "config_metrics.h"
#include "names.h"

#define LOOPBACK	"127.0.0.1"

const cyaml_schema_field_t config_metrics_fields[] = {
	CYAML_FIELD_STRING_PTR("listen", CYAML_FLAG_POINTER, struct raw_metrics,
			       listen, 1, CYAML_UNLIMITED),
	CYAML_FIELD_END
};

static bool is_port(const char *text)
{
	size_t len = strlen(text);
	long port = strtol(text, NULL, 10);

	return len && len <= 5 && strspn(text, "0123456789") == len && port &&
	       port <= 65535;
}

/* "PORT", "ADDRESS:PORT", "[ADDRESS]:PORT". */
static bool is_listen(const char *text)
{
	const char *colon = strrchr(text, ':');
	struct sockaddr_storage addr;
	int len = sizeof(addr);

	if (!colon)
		return is_port(text);
	return is_port(colon + 1) &&
	       (text[0] == '[' || memchr(text, ':', (size_t)(colon - text)) == NULL) &&
	       !evutil_parse_sockaddr_port(text, (struct sockaddr *)&addr, &len);
}

int config_metrics_check(const struct config_checks *c,
			 const struct raw_metrics *raw, struct config *config)
{
	if (!raw)
		return 0;
	if (!is_listen(raw->listen))
		return config_bad(c, "listen", "\"%s\" is not PORT, ADDRESS:PORT or [ADDRESS]:PORT",
				  raw->listen);
	if (strchr(raw->listen, ':'))
		config->metrics_listen = xstrdup(raw->listen);
	else if (asprintf(&config->metrics_listen, LOOPBACK ":%s", raw->listen) < 0)
		abort();
	return 0;
}
