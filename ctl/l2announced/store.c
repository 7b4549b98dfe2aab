// SPDX-License-Identifier: GPL-2.0
/*
 * Which stores there are.
 */
#include <string.h>

#include "store.h"

static const struct store_ops *const stores[] = {
	&store_sqlite,
	&store_etcd,
	&store_kubernetes,
};

const struct store_ops *store_find(const char *type)
{
	for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]); i++) {
		if (!strcmp(stores[i]->type, type))
			return stores[i];
	}
	return NULL;
}
