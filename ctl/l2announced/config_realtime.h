/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the configuration says about real-time manners.
 */
#ifndef L2A_CONFIG_REALTIME_H
#define L2A_CONFIG_REALTIME_H

#include "config_store.h"

struct raw_realtime {
	uint32_t *priority;
	int *lock_memory;
};

extern const cyaml_schema_field_t config_realtime_fields[];

/**
 * config_realtime_check() - take what the file says over
 * @c: for the refusal
 * @raw: as read; NULL: the file does not say
 * @config: where to
 *
 * Return: 0 or a negative errno.
 */
int config_realtime_check(const struct config_checks *c,
			  const struct raw_realtime *raw,
			  struct config *config);

#endif /* L2A_CONFIG_REALTIME_H */
