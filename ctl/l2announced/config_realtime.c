// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration's "realtime": a priority, and whether memory is locked.
 */
#include <sched.h>

#include "config_realtime.h"

#define OPTIONAL	(CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

const cyaml_schema_field_t config_realtime_fields[] = {
	CYAML_FIELD_UINT_PTR("priority", OPTIONAL, struct raw_realtime,
			     priority),
	CYAML_FIELD_ENUM_PTR("lock_memory", OPTIONAL | CYAML_FLAG_STRICT,
			     struct raw_realtime, lock_memory, config_booleans,
			     CONFIG_N_BOOLEANS),
	CYAML_FIELD_END
};

int config_realtime_check(const struct config_checks *c,
			  const struct raw_realtime *raw, struct config *config)
{
	int least = sched_get_priority_min(SCHED_FIFO);
	int most = sched_get_priority_max(SCHED_FIFO);

	if (!raw)
		return 0;
	config->lock_memory = raw->lock_memory && *raw->lock_memory;
	if (!raw->priority)
		return 0;
	config->priority = (int)*raw->priority;
	if (config->priority < least || config->priority > most)
		return config_bad(c, "priority", "%u is out of range, %d to %d",
				  *raw->priority, least, most);
	return 0;
}
