// SPDX-License-Identifier: GPL-2.0
/*
 * Prometheus' text format.
 */
#include <event2/buffer.h>
#include <stdio.h>
#include <string.h>

#include "exposition.h"
#include "lib/clock.h"

#define PREFIX	"l2announce_"

void expo_family(struct evbuffer *buf, const char *name, const char *type,
		 const char *help)
{
	evbuffer_add_printf(buf, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n",
			    name, help, name, type);
}

static void label(struct evbuffer *buf, char before, const char *name,
		  const char *value)
{
	evbuffer_add_printf(buf, "%c%s=\"", before, name);
	for (const char *p = value; *p; p++) {
		if (*p == '\n')
			evbuffer_add(buf, "\\n", 2);
		else
			evbuffer_add_printf(buf, *p == '"' || *p == '\\' ?
					    "\\%c" : "%c", *p);
	}
	evbuffer_add(buf, "\"", 1);
}

void expo_sample(struct evbuffer *buf, const char *name, double value,
		 const char *const *labels)
{
	char before = '{';

	evbuffer_add_printf(buf, PREFIX "%s", name);
	for (; labels && *labels; labels += 2) {
		label(buf, before, labels[0], labels[1]);
		before = ',';
	}
	evbuffer_add_printf(buf, "%s %.17g\n", before == ',' ? "}" : "", value);
}

void expo_one(struct evbuffer *buf, const char *name, const char *type,
	      const char *help, double value)
{
	expo_family(buf, name, type, help);
	expo_sample(buf, name, value, NULL);
}

void expo_buckets(struct evbuffer *buf, const char *name, const char *label,
		  const char *value, const struct histogram *h)
{
	/* "le" stands first, so that it can stand alone. */
	const char *labels[] = { "le", NULL, label, value, NULL };
	uint64_t count = 0;
	char part[128], le[32];

	snprintf(part, sizeof(part), "%s_bucket", name);
	labels[1] = le;
	for (size_t i = 0; i < METRICS_BUCKETS; i++) {
		count += h->counts[i];
		snprintf(le, sizeof(le), "%g", metrics_bucket(i));
		expo_sample(buf, part, (double)count, labels);
	}
	count += h->counts[METRICS_BUCKETS];
	strcpy(le, "+Inf");
	expo_sample(buf, part, (double)count, labels);
	snprintf(part, sizeof(part), "%s_sum", name);
	expo_sample(buf, part, (double)h->sum / (double)L2A_NSEC_PER_SEC,
		    labels + 2);
	snprintf(part, sizeof(part), "%s_count", name);
	expo_sample(buf, part, (double)count, labels + 2);
}

void expo_histogram(struct evbuffer *buf, const char *name, const char *help,
		    const struct histogram *h)
{
	expo_family(buf, name, "histogram", help);
	expo_buckets(buf, name, NULL, NULL, h);
}
