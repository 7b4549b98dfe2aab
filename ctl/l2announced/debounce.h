/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices that go up and down: when a change counts. Pure: it is given the time.
 */
#ifndef L2A_DEBOUNCE_H
#define L2A_DEBOUNCE_H

#include <stdbool.h>
#include <stdint.h>

#include "names.h"

struct debounced;

/**
 * struct debounce - the devices, and since when they are as they are
 * @v: one each for those that are up, or count as up
 * @n: how many
 * @begun: debounce_take() was called
 */
struct debounce {
	struct debounced *v;
	size_t n;
	bool begun;
};

/**
 * debounce_take() - these devices are up now, and no others
 * @d: zeroed in the beginning
 * @up: their names
 * @now: ns
 *
 * What is up the first time counts at once.
 */
void debounce_take(struct debounce *d, const struct names *up, uint64_t now);

/**
 * debounce_counts() - the devices that count as up
 * @d: the devices
 * @now: ns
 * @up_ns: how long one has to be up before it counts
 * @down_ns: how long one has to be down before it does not
 * @counts: an empty list, receives their names in byte order
 *
 * Return: the instant at which it will be otherwise, if nothing changes until
 * then; UINT64_MAX: never.
 */
uint64_t debounce_counts(struct debounce *d, uint64_t now, uint64_t up_ns,
			 uint64_t down_ns, struct names *counts);

/** debounce_clear() - forget all */
void debounce_clear(struct debounce *d);

#endif /* L2A_DEBOUNCE_H */
