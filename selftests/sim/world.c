// SPDX-License-Identifier: GPL-2.0
/*
 * Time, chance and the queue of what happens next.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

/* splitmix64: https://prng.di.unimi.it/splitmix64.c describes it */
static uint64_t draw(struct world *w)
{
	uint64_t z = w->rng += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

uint64_t chance_below(struct world *w, uint64_t n)
{
	return n ? draw(w) % n : 0;
}

bool chance(struct world *w, unsigned int percent)
{
	return chance_below(w, 100) < percent;
}

uint64_t between(struct world *w, uint64_t lo, uint64_t hi)
{
	return lo + chance_below(w, hi - lo + 1);
}

void *room(void *list, size_t n, size_t size)
{
	/* Full at each power of two. */
	return n & (n - 1) ? list : xrealloc(list, n ? 2 * n : 1, size);
}

static bool before(const struct happening *a, const struct happening *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

struct happening *later(struct world *w, uint64_t delay,
			void (*run)(struct world *, struct happening *))
{
	struct happening new = {
		.at = w->now + delay,
		.order = ++w->order,
		.run = run,
	};
	size_t i = w->n_heap++;

	/* The pointer is good until the next call. */
	w->heap = room(w->heap, i, sizeof(*w->heap));
	for (; i && before(&new, &w->heap[(i - 1) / 2]); i = (i - 1) / 2)
		w->heap[i] = w->heap[(i - 1) / 2];
	w->heap[i] = new;
	return &w->heap[i];
}

static struct happening next(struct world *w)
{
	struct happening first = w->heap[0];
	const struct happening *last = &w->heap[--w->n_heap];
	size_t i = 0;

	for (size_t c = 1; c < w->n_heap; c = 2 * i + 1) {
		if (c + 1 < w->n_heap && before(&w->heap[c + 1], &w->heap[c]))
			c++;
		if (!before(&w->heap[c], last))
			break;
		w->heap[i] = w->heap[c];
		i = c;
	}
	w->heap[i] = *last;
	return first;
}

void tell(struct world *w, const struct host *h, const char *fmt, ...)
{
	va_list ap;

	if (!w->trace)
		return;
	printf("%10.3f ms  %-4s ", (double)w->now / 1e6, h ? h->name : "");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void broken(struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (w->verdict[0])
		return;
	va_start(ap, fmt);
	vsnprintf(w->verdict, sizeof(w->verdict), fmt, ap);
	va_end(ap);
	tell(w, NULL, "BROKEN: %s", w->verdict);
}

/* A history has some hundreds of steps in a second, not without end. */
#define STEPS_MOST	5000

bool world_run(struct world *w)
{
	trouble_start(w);
	while (w->n_heap && !w->verdict[0]) {
		struct happening h = next(w);

		if (h.at > w->end) {
			message_free(h.msg);
			trip_free(h.trip);
			break;
		}
		w->now = h.at;
		w->steps++;
		h.run(w, &h);
		check(w);
		if (w->steps > STEPS_MOST * (w->end / SEC + 1))
			broken(w, "I7: %lu steps by %.3f ms", w->steps,
			       (double)w->now / 1e6);
	}
	for (size_t i = 0; i < w->n_heap; i++) {
		message_free(w->heap[i].msg);
		trip_free(w->heap[i].trip);
	}
	free(w->heap);
	for (int i = 0; i < w->n_processes; i++)
		host_drop(&w->hosts[i]);
	store_drop(&w->store);
	return !w->verdict[0];
}
