/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration's part about metrics, for config.c.
 */
#ifndef L2A_CONFIG_METRICS_H
#define L2A_CONFIG_METRICS_H

#include "config_store.h"

/* The mapping as it stands in the file. */
struct raw_metrics {
	char *listen;
};

extern const cyaml_schema_field_t config_metrics_fields[];

/**
 * config_metrics_check() - check and take over where metrics are served
 * @c: where to complain
 * @raw: as it stands in the file; NULL where nothing does
 * @config: receives it
 *
 * Return: 0 or -EINVAL.
 */
int config_metrics_check(const struct config_checks *c,
			 const struct raw_metrics *raw, struct config *config);

#endif /* L2A_CONFIG_METRICS_H */
