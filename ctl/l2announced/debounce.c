// SPDX-License-Identifier: GPL-2.0
/*
 * Devices that go up and down. What goes down has to count at once, for nobody
 * is answered there; what comes up may have to prove itself, lest a service
 * follows a loose plug to and fro.
 */
#include <stdlib.h>
#include <string.h>

#include "debounce.h"

struct debounced {
	char *name;
	bool up;
	bool counts;
	uint64_t since;		/* it has been up, or down */
};

static struct debounced *find(struct debounce *d, const char *name)
{
	for (size_t i = 0; i < d->n; i++) {
		if (!strcmp(d->v[i].name, name))
			return &d->v[i];
	}
	return NULL;
}

static struct debounced *add(struct debounce *d, const char *name)
{
	struct debounced *dev;

	d->v = xrealloc(d->v, d->n + 1, sizeof(*d->v));
	dev = &d->v[d->n++];
	memset(dev, 0, sizeof(*dev));
	dev->name = xstrdup(name);
	return dev;
}

static void set(struct debounced *dev, bool up, uint64_t now)
{
	if (dev->up != up)
		dev->since = now;
	dev->up = up;
}

void debounce_take(struct debounce *d, const struct names *up, uint64_t now)
{
	for (size_t i = 0; i < d->n; i++) {
		if (!names_has(up, d->v[i].name))
			set(&d->v[i], false, now);
	}
	for (size_t i = 0; i < up->n; i++) {
		struct debounced *dev = find(d, up->v[i]);

		if (!dev)
			dev = add(d, up->v[i]);
		set(dev, true, now);
		dev->counts |= !d->begun;
	}
	d->begun = true;
}

/* Down, and not counted: as if it had never been there. */
static void drop_idle(struct debounce *d)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->n; i++) {
		if (d->v[i].up || d->v[i].counts)
			d->v[kept++] = d->v[i];
		else
			free(d->v[i].name);
	}
	d->n = kept;
}

uint64_t debounce_counts(struct debounce *d, uint64_t now, uint64_t up_ns,
			 uint64_t down_ns, struct names *counts)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < d->n; i++) {
		struct debounced *dev = &d->v[i];
		uint64_t due = dev->since + (dev->up ? up_ns : down_ns);

		if (dev->up != dev->counts && now >= due)
			dev->counts = dev->up;
		if (dev->up != dev->counts && due < next)
			next = due;
		if (dev->counts)
			names_add(counts, dev->name);
	}
	names_sort(counts);
	drop_idle(d);
	return next;
}

void debounce_clear(struct debounce *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->v[i].name);
	free(d->v);
	memset(d, 0, sizeof(*d));
}
