/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Services that share a VIP are one unit, held by one node: so they must be able
 * to go to the same places. Pure.
 */
#ifndef L2A_UNITS_H
#define L2A_UNITS_H

#include <stdbool.h>
#include <stddef.h>

#include "record.h"

/**
 * struct unit_member - a service as it is, or as somebody wants it to be
 * @name: its name
 * @spec: what is wanted of it
 * @changed: whether that is new
 */
struct unit_member {
	const char *name;
	const struct service_record *spec;
	bool changed;
};

/**
 * units_check() - whether services that share a VIP are one unit
 * @list: all services there would be
 * @n: how many
 * @err: names a VIP, the two services and what they differ in
 *
 * They are where they have the same device patterns and the same node patterns,
 * in whatever order. Only units with a changed member are looked at: what was
 * let in before must not stand in the way of everybody else.
 *
 * Return: 0 or -EINVAL.
 */
int units_check(const struct unit_member *list, size_t n, struct l2a_error *err);

#endif /* L2A_UNITS_H */
