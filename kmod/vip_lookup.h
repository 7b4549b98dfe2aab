/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The VIP table's hash, and the look-up that every packet of ARP or neighbour
 * discovery makes twice.
 */
#ifndef L2A_VIP_LOOKUP_H
#define L2A_VIP_LOOKUP_H

#include <linux/hash.h>
#include <linux/rhashtable.h>
#include "net.h"
#include "vip.h"

/* Odd, and with no pattern: the fraction of the square root of three. */
#define L2A_VIP_MIX_DEVICE	0xbb67ae8584caa73bULL

/*
 * Multiply and shift (Dietzfelbinger et al. 1997, "A reliable randomized algorithm
 * for the closest-pair problem"): the table's seed makes the multiplier, and the
 * bucket comes from the lowest bits of the product's upper half. A product's bit
 * depends on those below it alone: so that all of a name is heard, also what lies
 * high in a word, or the device, the sum is folded before it is multiplied. A third
 * of what jhash costs.
 */
static __always_inline u32 l2a_vip_mix(u64 upper, u64 lower, int ifindex,
				       u32 seed)
{
	u64 multiplier = GOLDEN_RATIO_64 ^ (u64)seed << 1;
	u64 x = upper * multiplier + lower +
		(u64)ifindex * L2A_VIP_MIX_DEVICE;

	x ^= x >> 32;
	return (x * multiplier) >> 32;
}

/* Two of an address's words. */
static __always_inline u64 l2a_vip_words(__be32 first, __be32 second)
{
	return (__force u64)first << 32 | (__force u32)second;
}

/**
 * l2a_vip_hash - the hash of a VIP's name
 * @key: address and device
 * @seed: the table's
 *
 * Return: the hash.
 */
static inline u32 l2a_vip_hash(const struct l2a_vip_key *key, u32 seed)
{
	const __be32 *word = key->addr.s6_addr32;

	return l2a_vip_mix(l2a_vip_words(word[0], word[1]),
			   l2a_vip_words(word[2], word[3]), key->ifindex, seed);
}

static __always_inline bool l2a_vip_is(const struct l2a_vip *vip,
				       const __be32 word[4], int ifindex)
{
	const __be32 *own = vip->key.addr.s6_addr32;

	return own[3] == word[3] && vip->key.ifindex == ifindex &&
	       own[2] == word[2] && own[1] == word[1] && own[0] == word[0];
}

/*
 * What rhashtable_lookup() does, at half its cost: the name stays in registers. A
 * chain that does not end as it began was moved to the table's successor under the
 * walk.
 */
static __always_inline struct l2a_vip *l2a_vip_find(struct l2a_net *ln,
						    const __be32 word[4],
						    int ifindex)
{
	struct bucket_table *tbl = rcu_dereference(ln->vips.tbl);
	struct rhash_lock_head __rcu *const *bkt;
	struct rhash_head *pos;
	struct l2a_vip *vip;
	u32 hash;

	do {
		hash = l2a_vip_mix(l2a_vip_words(word[0], word[1]),
				   l2a_vip_words(word[2], word[3]), ifindex,
				   tbl->hash_rnd) & (tbl->size - 1);
		bkt = rht_bucket(tbl, hash);
		do {
			rht_for_each_rcu_from(pos, rht_ptr_rcu(bkt), tbl, hash) {
				vip = container_of(pos, struct l2a_vip, node);
				if (l2a_vip_is(vip, word, ifindex))
					return vip;
			}
		} while (pos != RHT_NULLS_MARKER(bkt));

		/* The order of rhashtable's own look-up: this one, then the next. */
		smp_rmb();
		tbl = rcu_dereference(tbl->future_tbl);
	} while (unlikely(tbl));
	return NULL;
}

/**
 * l2a_vip_lookup4 - find an IPv4 VIP on the packet path
 * @ln: the namespace
 * @addr: the address
 * @ifindex: the device
 *
 * Under RCU. Any context.
 *
 * Return: the VIP, or NULL.
 */
static inline struct l2a_vip *l2a_vip_lookup4(struct l2a_net *ln, __be32 addr,
					      int ifindex)
{
	const __be32 word[4] = { 0, 0, htonl(0xffff), addr };

	return l2a_vip_find(ln, word, ifindex);
}

/**
 * l2a_vip_lookup6 - find an IPv6 VIP on the packet path
 * @ln: the namespace
 * @addr: the address
 * @ifindex: the device
 *
 * Under RCU. Any context.
 *
 * Return: the VIP, or NULL: also where the address is an IPv4 VIP's name, which is
 * no IPv6 address on a wire.
 */
static inline struct l2a_vip *l2a_vip_lookup6(struct l2a_net *ln,
					      const struct in6_addr *addr,
					      int ifindex)
{
	if (unlikely(ipv6_addr_v4mapped(addr)))
		return NULL;
	return l2a_vip_find(ln, addr->s6_addr32, ifindex);
}

#endif /* L2A_VIP_LOOKUP_H */
