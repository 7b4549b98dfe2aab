// SPDX-License-Identifier: GPL-2.0
/*
 * The VIPs on their devices: what each should be, and what it is.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "vips.h"

int vips_order(const struct l2a_addr *a, uint32_t a_dev, const struct l2a_addr *b,
	       uint32_t b_dev)
{
	int c = memcmp(a, b, sizeof(*a));

	if (c)
		return c;
	return a_dev < b_dev ? -1 : a_dev > b_dev;
}

struct vip *vips_find(const struct vips *vips, const struct l2a_addr *addr,
		      uint32_t ifindex)
{
	size_t lo = 0, hi = vips->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct vip *vip = &vips->v[mid];
		int c = vips_order(addr, ifindex, &vip->addr, vip->ifindex);

		if (!c)
			return &vips->v[mid];
		if (c > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* One service that wants it active outweighs those that want it standby. */
static void outweigh(struct vip *vip, enum vip_state state, uint64_t token)
{
	if (state < vip->want)
		return;
	vip->want = state;
	if (state == VIP_ACTIVE)
		vip->token = token;
}

static void append(struct vips *vips, const struct vip *vip)
{
	vips->v = xrealloc(vips->v, vips->n + 1, sizeof(*vips->v));
	vips->v[vips->n++] = *vip;
}

static void want(struct vips *vips, struct vips *more,
		 const struct l2a_addr *addr, const struct link *link,
		 enum vip_state state, uint64_t token)
{
	struct vip *vip = vips_find(vips, addr, link->ifindex);
	struct vip new = { .addr = *addr, .ifindex = link->ifindex };

	outweigh(vip ? vip : &new, state, token);
	if (!vip)
		append(more, &new);
}

static int by_place(const void *a, const void *b)
{
	const struct vip *x = a, *y = b;

	return vips_order(&x->addr, x->ifindex, &y->addr, y->ifindex);
}

/* Put in one by one, each of many would have half of the others moved. */
static void take_in(struct vips *vips, const struct vips *more)
{
	size_t kept = 0;

	if (!more->n)
		return;
	for (size_t i = 0; i < more->n; i++)
		append(vips, &more->v[i]);
	qsort(vips->v, vips->n, sizeof(*vips->v), by_place);
	/* Two services may have wanted the same. */
	for (size_t i = 1; i < vips->n; i++) {
		if (by_place(&vips->v[kept], &vips->v[i]))
			vips->v[++kept] = vips->v[i];
		else
			outweigh(&vips->v[kept], vips->v[i].want,
				 vips->v[i].token);
	}
	vips->n = kept + 1;
}

/*
 * Where traffic is delivered by a local route the stack would answer ARP for the
 * VIP on every device: keep it silent on those that are none of the service's. For
 * IPv6 it answers on a device for that one's own addresses only.
 */
static void want_service(struct vips *vips, struct vips *more,
			 const struct served *s, const struct links *links)
{
	const struct service_record *spec = &s->spec->service;
	const struct link *list;
	size_t n;

	list = links_list(links, &n);
	for (size_t k = 0; k < n; k++) {
		bool own = names_match(&spec->devs, list[k].name);

		for (size_t i = 0; i < s->n_vips; i++) {
			if (own)
				want(vips, more, &s->vips[i], &list[k],
				     served_answers(s) ? VIP_ACTIVE : VIP_STANDBY,
				     s->token);
			else if (spec->deliver && s->vips[i].family == AF_INET)
				want(vips, more, &s->vips[i], &list[k],
				     VIP_STANDBY, 0);
		}
	}
}

void vips_want(struct vips *vips, const struct served_list *list,
	       const struct links *links)
{
	struct vips more = { 0 };

	for (size_t i = 0; i < vips->n; i++)
		vips->v[i].want = VIP_NONE;
	for (size_t i = 0; i < list->n; i++) {
		if (list->v[i].spec && list->v[i].serve != EL_SERVE_GONE)
			want_service(vips, &more, &list->v[i], links);
	}
	take_in(vips, &more);
	vips_clear(&more);
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
