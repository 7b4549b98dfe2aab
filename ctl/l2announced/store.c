// SPDX-License-Identifier: GPL-2.0
/*
 * Which stores there are, and what they share.
 */
#include <stdlib.h>
#include <string.h>

#include "names.h"
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

bool store_state_news(struct store_state *told, const char *error)
{
	if (error ? told->error && !strcmp(told->error, error) : told->up)
		return false;
	free(told->error);
	told->error = xstrdup(error);
	told->up = !error;
	return true;
}

void store_state_clear(struct store_state *told)
{
	free(told->error);
	told->error = NULL;
	told->up = false;
}
