// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a service that is to fall silent has answered once more, by the kernel's
 * count of each VIP's replies.
 */
#include "answered.h"
#include "lib/genl.h"

#define LOOKS_MOST	4	/* a VIP on a device is one */

static uint64_t replies(struct l2a_genl *genl, const struct l2a_addr *addr,
			uint32_t ifindex)
{
	struct l2a_vip vip;

	/* Of what is gone there is no answer to wait for. */
	return l2a_vip_get(genl, addr, ifindex, &vip, NULL) ? 0 : vip.replies;
}

static uint64_t count(struct l2a_genl *genl, const struct served *s,
		      const struct links *links)
{
	const struct link *list;
	unsigned int looks = 0;
	uint64_t total = 0;
	size_t n;

	list = links_list(links, &n);
	for (size_t k = 0; k < n && looks < LOOKS_MOST; k++) {
		if (!list[k].up || !names_match(&s->spec->service.devs, list[k].name))
			continue;
		for (size_t i = 0; i < s->n_vips && looks < LOOKS_MOST; i++) {
			total += replies(genl, &s->vips[i], list[k].ifindex);
			looks++;
		}
	}
	return total;
}

bool answered_again(struct l2a_genl *genl, struct served *s,
		    const struct links *links)
{
	uint64_t now = count(genl, s, links);

	if (s->answered == NOT_COUNTED)
		s->answered = now;
	return now != s->answered;
}
