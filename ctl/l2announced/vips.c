// SPDX-License-Identifier: GPL-2.0
/*
 * The VIPs on their devices: what each should be, and what it is.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "vips.h"

static int compare(const struct l2a_addr *addr, uint32_t ifindex,
		   const struct vip *vip)
{
	int c = memcmp(addr, &vip->addr, sizeof(*addr));

	if (c)
		return c;
	return ifindex < vip->ifindex ? -1 : ifindex > vip->ifindex;
}

static size_t place(const struct vips *vips, const struct l2a_addr *addr,
		    uint32_t ifindex, bool *found)
{
	size_t lo = 0, hi = vips->n;

	*found = false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = compare(addr, ifindex, &vips->v[mid]);

		if (!c) {
			*found = true;
			return mid;
		}
		if (c > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct vip *vips_find(const struct vips *vips, const struct l2a_addr *addr,
		      uint32_t ifindex)
{
	bool found;
	size_t at = place(vips, addr, ifindex, &found);

	return found ? &vips->v[at] : NULL;
}

static struct vip *add(struct vips *vips, const struct l2a_addr *addr,
		       uint32_t ifindex)
{
	bool found;
	size_t at = place(vips, addr, ifindex, &found);

	if (found)
		return &vips->v[at];
	vips->v = xrealloc(vips->v, vips->n + 1, sizeof(*vips->v));
	memmove(&vips->v[at + 1], &vips->v[at],
		(vips->n - at) * sizeof(*vips->v));
	vips->n++;
	memset(&vips->v[at], 0, sizeof(*vips->v));
	vips->v[at].addr = *addr;
	vips->v[at].ifindex = ifindex;
	return &vips->v[at];
}

/* One service that wants it active outweighs those that want it standby. */
static void want(struct vips *vips, const struct l2a_addr *addr,
		 const struct link *link, enum vip_state state, uint64_t token)
{
	struct vip *vip = add(vips, addr, link->ifindex);

	if (state < vip->want)
		return;
	vip->want = state;
	if (state == VIP_ACTIVE)
		vip->token = token;
}

/*
 * Where traffic is delivered by a local route the stack would answer ARP for the
 * VIP on every device: keep it silent on those that are none of the service's. For
 * IPv6 it answers on a device for that one's own addresses only.
 */
static void want_service(struct vips *vips, const struct served *s,
			 const struct links *links)
{
	const struct service_record *spec = &s->spec->service;
	const struct link *list;
	size_t n;

	list = links_list(links, &n);
	for (size_t k = 0; k < n; k++) {
		bool own = names_match(&spec->devs, list[k].name);

		for (size_t i = 0; i < s->n_vips; i++) {
			if (own)
				want(vips, &s->vips[i], &list[k],
				     s->serve == EL_SERVE_ACTIVE ? VIP_ACTIVE :
				     VIP_STANDBY, s->token);
			else if (spec->deliver && s->vips[i].family == AF_INET)
				want(vips, &s->vips[i], &list[k], VIP_STANDBY, 0);
		}
	}
}

void vips_want(struct vips *vips, const struct served_list *list,
	       const struct links *links)
{
	for (size_t i = 0; i < vips->n; i++)
		vips->v[i].want = VIP_NONE;
	for (size_t i = 0; i < list->n; i++) {
		if (list->v[i].spec && list->v[i].serve != EL_SERVE_GONE)
			want_service(vips, &list->v[i], links);
	}
}

bool vips_settled(const struct vip *vip)
{
	if (vip->has != vip->want)
		return false;
	return vip->want != VIP_ACTIVE || vip->has_token == vip->token;
}

void vips_forget(struct vips *vips)
{
	for (size_t i = 0; i < vips->n; i++) {
		vips->v[i].has = VIP_NONE;
		vips->v[i].refused = false;
	}
}

void vips_prune(struct vips *vips)
{
	size_t kept = 0;

	for (size_t i = 0; i < vips->n; i++) {
		if (vips->v[i].want != VIP_NONE || vips->v[i].has != VIP_NONE)
			vips->v[kept++] = vips->v[i];
	}
	vips->n = kept;
}

static bool active_somewhere(const struct vips *vips, const struct served *s,
			     const struct l2a_addr *addr,
			     const struct links *links)
{
	const struct link *list;
	size_t n;

	list = links_list(links, &n);
	for (size_t i = 0; i < n; i++) {
		const struct vip *vip = vips_find(vips, addr, list[i].ifindex);

		if (vip && vip->has == VIP_ACTIVE && vip->has_token == s->token)
			return true;
	}
	return false;
}

bool vips_silent(const struct vips *vips)
{
	for (size_t i = 0; i < vips->n; i++) {
		const struct vip *vip = &vips->v[i];

		if (vip->want != VIP_ACTIVE &&
		    (vip->has == VIP_ACTIVE || vip->has == VIP_UNKNOWN))
			return false;
	}
	return true;
}

bool vips_active(const struct vips *vips, const struct served *s,
		 const struct links *links)
{
	for (size_t i = 0; i < s->n_vips; i++) {
		if (!active_somewhere(vips, s, &s->vips[i], links))
			return false;
	}
	return s->n_vips == s->spec->service.vips.n;
}

void vips_clear(struct vips *vips)
{
	free(vips->v);
	vips->v = NULL;
	vips->n = 0;
}
