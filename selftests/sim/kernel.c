// SPDX-License-Identifier: GPL-2.0
/*
 * A node's kernel: a lease with a deadline and a token, and the VIPs that were
 * activated under it. What it answers for follows from these alone.
 */
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
	for (int s = 0; s < MAX_SERVICES; s++) {
		for (int v = 0; v < MAX_VIPS; v++) {
			const struct kernel_vip *vip = &k->vips[s][v];

			if (vip->active &&
			    (vip->unbound || vip->token == k->lease_token))
				k->bound |= 1u << v;
		}
	}
}

bool kernel_lease(struct world *w, struct host *h,
		  const struct el_action *a)
{
	struct kernel *k = h->kernel;

	if (k->unloaded || a->token < k->lease_token)
		return false;
	k->lease_token = a->token;
	k->lease_deadline = a->deadline;
	if (w->own_faults & SIM_FAULT_RELATIVE_TTL)
		k->lease_deadline += host_boottime(w, h) - h->decided;
	kernel_bind(k);
	tell(w, h, "kernel: lease token %llu for %.3f ms",
	     (unsigned long long)a->token,
	     ((double)k->lease_deadline - (double)host_boottime(w, h)) / 1e6);
	return true;
}

bool kernel_serve(struct world *w, struct host *h,
		  const struct el_action *a)
{
	struct kernel *k = h->kernel;
	int s = number_of(a->name);
	bool stale = false;

	if (k->unloaded)
		return false;
	for (int v = 0; v < MAX_VIPS; v++) {
		struct kernel_vip *vip = &k->vips[s][v];
		bool named = a->rec && names_has(&a->rec->service.vips,
						 vip_name(v));

		if (!named) {
			memset(vip, 0, sizeof(*vip));
			continue;
		}
		vip->known = true;
		vip->active = a->serve == EL_SERVE_ACTIVE;
		if (!vip->active)
			continue;
		/* The kernel refuses a token that is not the lease's. */
		stale = a->token && a->token != k->lease_token;
		vip->token = a->token;
		vip->unbound = !a->token;
		vip->active = !stale;
	}
	kernel_bind(k);
	tell(w, h, "kernel: %s %s token %llu%s", a->name,
	     a->serve == EL_SERVE_ACTIVE ? "active" :
	     a->serve == EL_SERVE_STANDBY ? "standby" : "gone",
	     (unsigned long long)a->token, stale ? ": refused" : "");
	return !stale;
}

/* The module is another than before, and knows nothing. */
void kernel_forget(struct kernel *k)
{
	memset(k->vips, 0, sizeof(k->vips));
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
