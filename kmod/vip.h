/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The VIP table: add, change, remove, look up on the packet path.
 */
#ifndef L2A_VIP_H
#define L2A_VIP_H

#include <linux/if.h>
#include <linux/in6.h>
#include <linux/netdevice.h>
#include <linux/rhashtable.h>
#include <net/ipv6.h>
#include "announce.h"
#include "nd.h"
#include "stats.h"
#include "term.h"

struct l2a_lease;
struct l2a_net;

/**
 * struct l2a_vip_key - what names a VIP
 * @addr: the address; IPv4 in its mapped form (RFC 4291, section 2.5.5.2)
 * @ifindex: the device
 */
struct l2a_vip_key {
	struct in6_addr addr;
	int ifindex;
};

/**
 * struct l2a_vip_config - what the administrator says of a VIP
 * @active: answer, or be silent
 * @lease: the lease to answer under, NULL for none
 * @announce: rounds and refresh
 */
struct l2a_vip_config {
	bool active;
	struct l2a_lease *lease;
	struct l2a_announce_config announce;
};

/**
 * struct l2a_vip - a virtual address on a device
 * @node: in &l2a_net.vips
 * @key: address and device
 * @dev: the device; valid while the VIP is linked, and for RCU readers
 * @term: what it answers under, NULL while standby; changed under the
 *	namespace's lock, read under RCU
 * @stats: counters
 * @list: in &l2a_net.vip_list; changed under the lock, read under RCU
 * @seq: place in @list, grows along it
 * @lease_node: in &l2a_lease.vips, where @lease is not NULL
 * @lease: the lease it names, NULL for none; a lease outlives its VIPs
 * @announce: how to announce it
 * @queued: its place in the announcer's queue
 * @defend_after: seconds of uptime before which no conflict is met with an
 *	announcement
 * @event_after: seconds of uptime before which no conflict is reported
 * @rcu: delays freeing
 *
 * The first members are what the packet path reads.
 */
struct l2a_vip {
	struct rhash_head node;
	struct l2a_vip_key key;
	struct net_device *dev;
	struct l2a_term __rcu *term;
	struct l2a_vip_stats __percpu *stats;

	struct list_head list;
	u64 seq;
	struct list_head lease_node;
	struct l2a_lease *lease;
	struct l2a_announce_config announce;
	struct l2a_announce_entry queued;
	u32 defend_after;
	u32 event_after;
	struct rcu_head rcu;
};

/**
 * l2a_vip_key4 - make the key of an IPv4 VIP
 * @key: out
 * @addr: the address
 * @ifindex: the device
 */
static inline void l2a_vip_key4(struct l2a_vip_key *key, __be32 addr, int ifindex)
{
	ipv6_addr_set_v4mapped(addr, &key->addr);
	key->ifindex = ifindex;
}

/**
 * l2a_vip_addr4 - the address of an IPv4 VIP
 * @vip: the VIP
 *
 * Return: the address.
 */
static inline __be32 l2a_vip_addr4(const struct l2a_vip *vip)
{
	return vip->key.addr.s6_addr32[3];
}

/**
 * l2a_vip_is6 - whether a VIP's address is an IPv6 one
 * @key: what names the VIP
 *
 * Return: true where it is.
 */
static inline bool l2a_vip_is6(const struct l2a_vip_key *key)
{
	return !ipv6_addr_v4mapped(&key->addr);
}

/**
 * l2a_dev_does_arp - whether a device takes part in ARP, or neighbour discovery, now
 * @dev: the device
 *
 * Return: true while it is up and has not been told to do none.
 */
static inline bool l2a_dev_does_arp(const struct net_device *dev)
{
	return (READ_ONCE(dev->flags) & (IFF_UP | IFF_NOARP)) == IFF_UP;
}

/**
 * l2a_vip_answering - whether this node answers for a VIP now
 * @vip: the VIP; RCU or the namespace's lock held
 *
 * Any context but NMI.
 *
 * Return: true while it does: the VIP is active, its term lasts, and the device is
 * up and does ARP, or has IPv6 where the VIP is of that.
 */
static inline bool l2a_vip_answering(const struct l2a_vip *vip)
{
	const struct l2a_term *term;
	bool answering;

	/* For those who hold the lock instead. */
	rcu_read_lock();
	term = rcu_dereference(vip->term);
	answering = term && l2a_term_valid(term) && l2a_dev_does_arp(vip->dev) &&
		    (!l2a_vip_is6(&vip->key) || l2a_nd_heard(vip->dev));
	rcu_read_unlock();
	return answering;
}

int l2a_vip_init(void);
void l2a_vip_uninit(void);
int l2a_vip_net_init(struct l2a_net *ln);
void l2a_vip_net_exit(struct l2a_net *ln);

struct l2a_vip *l2a_vip_lookup(struct l2a_net *ln, const struct l2a_vip_key *key);
struct l2a_vip *l2a_vip_next(struct l2a_net *ln, const struct l2a_vip_key *key,
			     u64 seq);
struct l2a_vip *l2a_vip_add(struct l2a_net *ln, const struct l2a_vip_key *key,
			    struct net_device *dev,
			    const struct l2a_vip_config *config);
void l2a_vip_set_announce(struct l2a_net *ln, struct l2a_vip *vip,
			  const struct l2a_announce_config *announce);
void l2a_vip_activate(struct l2a_net *ln, struct l2a_vip *vip,
		      const struct l2a_vip_config *config);
void l2a_vip_remove(struct l2a_net *ln, struct l2a_vip *vip);

#endif /* L2A_VIP_H */
