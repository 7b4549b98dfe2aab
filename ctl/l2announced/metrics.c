// SPDX-License-Identifier: GPL-2.0
/*
 * Counting for /metrics.
 */
#include "lib/clock.h"
#include "metrics.h"

/* From a store in memory to one that is barely there. */
static const double bounds[METRICS_BUCKETS] = {
	0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
	0.1, 0.25, 0.5, 1, 2.5, 5, 10,
};

double metrics_bucket(size_t i)
{
	return bounds[i];
}

void histogram_add(struct histogram *h, uint64_t ns)
{
	double seconds = (double)ns / (double)L2A_NSEC_PER_SEC;
	size_t i = 0;

	while (i < METRICS_BUCKETS && seconds > bounds[i])
		i++;
	h->counts[i]++;
	h->sum += ns;
}

void attempts_add(struct attempts *a, bool ok, uint64_t ns)
{
	a->ok += ok;
	a->failed += !ok;
	histogram_add(&a->duration, ns);
}

void metrics_sent(struct metrics *m, uint64_t now, uint64_t interval)
{
	if (m->due)
		histogram_add(&m->lateness, now > m->due ? now - m->due : 0);
	m->due = now + interval;
}

void metrics_answered(struct metrics *m, enum el_result result)
{
	m->store_failed += result == EL_FAILED;
	m->store_unknown += result == EL_UNKNOWN;
}

void metrics_action(struct metrics *m, const struct el_action *action)
{
	switch (action->type) {
	case EL_NOTE:
		m->notes[action->note]++;
		if (action->note == EL_NOTE_ACQUIRED)
			m->takeovers[action->reason]++;
		break;
	case EL_LEASE_END:
		/* What this life had yet to renew is void. */
		m->due = 0;
		break;
	default:
		break;
	}
}
