// SPDX-License-Identifier: GPL-2.0
/*
 * A node's kernel: a lease with a deadline and a token, and the VIPs that were
 * activated under it. What it answers for follows from these alone.
 */
#include <errno.h>
#include <string.h>

#include "sim.h"

/* Which VIPs are answered, one bit each. */
unsigned int host_answers(const struct world *w, const struct host *h)
{
	const struct kernel *k = h->kernel;

	return k->link && host_boottime(w, h) < k->lease_deadline ? k->bound : 0;
}

/* After each change to the kernel's tables. */
static void kernel_bind(struct kernel *k)
{
	k->bound = 0;
	for (int v = 0; v < MAX_VIPS; v++) {
		const struct kernel_vip *vip = &k->vips[v];

		if (vip->active && (vip->unbound || vip->token == k->lease_token))
			k->bound |= 1u << v;
	}
}

int kernel_renew(struct kernel *k, uint64_t deadline, uint64_t token)
{
	if (token < k->lease_token)
		return -ESTALE;
	k->lease = true;
	k->lease_token = token;
	k->lease_deadline = deadline;
	kernel_bind(k);
	return 0;
}

int kernel_set(struct kernel *k, int v, const struct kernel_vip *vip)
{
	if (vip->active && !vip->unbound && vip->token != k->lease_token)
		return -ESTALE;
	k->vips[v] = *vip;
	k->vips[v].known = true;
	kernel_bind(k);
	return 0;
}

int kernel_remove(struct kernel *k, int v)
{
	if (!k->vips[v].known)
		return -ENOENT;
	memset(&k->vips[v], 0, sizeof(k->vips[v]));
	kernel_bind(k);
	return 0;
}

/* The module is another than before, and knows nothing. */
void kernel_forget(struct kernel *k)
{
	memset(k->vips, 0, sizeof(k->vips));
	k->loads++;
	k->lease = false;
	k->lease_token = 0;
	k->lease_deadline = 0;
	kernel_bind(k);
}

void kernel_boot(struct host *h)
{
	struct kernel *k = h->kernel;

	kernel_forget(k);
	k->unloaded = false;
	snprintf(k->boot, sizeof(k->boot), "boot-%d-%llu", h->number,
		 (unsigned long long)h->life);
}
