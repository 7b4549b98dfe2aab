// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 neighbour discovery: hooks, in and out, and announcements.
 *
 * What comes in is answered at PRE_ROUTING, after all rules that stand there: a
 * unicast solicitation, with which a neighbour looks whether we are still there,
 * goes to the VIP itself, and where that is no address of this host's it would
 * be routed away before LOCAL_IN. With br_netfilter a bridge takes what it
 * forwards through PRE_ROUTING too, before it has decided of which VLAN a frame is,
 * and whether to take it at all; there it is not ours, and what the bridge passes up
 * is met at LOCAL_IN instead: of groups those that the bridge has joined, as a network
 * card would have it, and what is unicast where this host has a local route to it.
 *
 * What goes out is guarded at LOCAL_OUT, where the stack and raw sockets pass.
 *
 * All hooks run under RCU; those for what comes in, in softirq or in the process that
 * gives a verdict of NFQUEUE's; the other in any context that the stack sends from.
 */
#include <linux/etherdevice.h>
#include <linux/icmpv6.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/checksum.h>
#include <net/dst_metadata.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include "conflict.h"
#include "guard.h"
#include "nd.h"
#include "nd_packet.h"
#include "net.h"
#include "reply.h"
#include "trace.h"
#include "vip.h"
#include "vip_lookup.h"

static unsigned int nd_local_out(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state);

/* Whether a bridge is taking the packet through hooks that are not its own. */
static bool nd_bridged(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	return nf_bridge_info_exists(skb);
#else
	return false;
#endif
}

static bool neigh_is_known(struct net_device *dev, const struct l2a_nd *nd)
{
	const struct neighbour *n = __ipv6_neigh_lookup_noref(dev, &nd->saddr);
	unsigned int seq;
	bool same;

	if (!n || !(READ_ONCE(n->nud_state) & NUD_VALID))
		return false;
	do {
		seq = read_seqbegin(&n->ha_lock);
		same = ether_addr_equal(n->ha, nd->lladdr);
	} while (read_seqretry(&n->ha_lock, seq));
	return same;
}

/* RFC 4861, section 7.2.3: as the stack enters who asks for an address of its. */
static void learn_asker(struct net_device *dev, const struct l2a_nd *nd)
{
	struct neighbour *n;

	if (neigh_is_known(dev, nd))
		return;
	n = __neigh_lookup(&nd_tbl, &nd->saddr, dev, 1);
	if (!n)
		return;
	neigh_update(n, nd->lladdr, NUD_STALE,
		     NEIGH_UPDATE_F_WEAK_OVERRIDE | NEIGH_UPDATE_F_OVERRIDE, 0);
	neigh_release(n);
}

/* ---- the way out of what we send, as the stack's own goes */

/*
 * Whether a rule may look at what this host sends here. Others that stand there are
 * our own guard, security modules, which judge by a socket and by labels, of which
 * our packets have none, and connection tracking, which leaves discovery alone.
 */
static bool nd_ruled_by(const struct nf_hook_entries *entries)
{
	int i;

	if (!entries)
		return false;
	for (i = 0; i < entries->num_hook_entries; i++) {
		const struct nf_hook_entry *entry = &entries->hooks[i];

		if (entry->hook != nd_local_out && l2a_nf_has_rules(entry))
			return true;
	}
	return false;
}

static bool nd_ruled(const struct net *net)
{
	struct nf_hook_entries __rcu *const *hooks = net->nf.hooks_ipv6;

	return nd_ruled_by(rcu_dereference(hooks[NF_INET_LOCAL_OUT])) ||
	       nd_ruled_by(rcu_dereference(hooks[NF_INET_POST_ROUTING]));
}

/*
 * A rule counts on a route, be it one that leads nowhere: it reads the policy from
 * it, or finds another after it changed a mark.
 */
static int nd_route(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	struct flowi6 fl6 = {
		.flowi6_oif = skb->dev->ifindex,
		.flowi6_proto = IPPROTO_ICMPV6,
		.saddr = ip6->saddr,
		.daddr = ip6->daddr,
	};
	struct dst_entry *dst;

	dst = ip6_route_output(dev_net(skb->dev), NULL, &fl6);
	if (!dst)
		return -ENOMEM;
	skb_dst_set(skb, dst);
	return 0;
}

static int nd_transmit(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	/* A tunnel's metadata say where it goes; a route has done its part. */
	if (!skb_metadata_dst(skb))
		skb_dst_drop(skb);
	skb_push(skb, skb->data - skb_mac_header(skb));
	return dev_queue_xmit(skb);
}

static int nd_leave(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return NF_HOOK(NFPROTO_IPV6, NF_INET_POST_ROUTING, net, sk, skb, NULL,
		       skb->dev, nd_transmit);
}

/*
 * With the frame's header already before the packet: whoever looks on the way
 * sees the packet alone. A tunnel's metadata stand where the route would: such a
 * packet no rule is shown. On an error the packet is still the caller's.
 */
static int nd_send(struct sk_buff *skb, struct net_device *dev,
		   const u8 *lladdr)
{
	bool ruled = !skb_metadata_dst(skb) && nd_ruled(dev_net(dev));

	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	skb->dev = dev;
	skb->protocol = htons(ETH_P_IPV6);
	if (dev_hard_header(skb, dev, ETH_P_IPV6, lladdr, dev->dev_addr,
			    skb->len) < 0)
		return -EINVAL;
	skb_reset_mac_header(skb);
	skb_pull(skb, skb_network_offset(skb));
	if (likely(!ruled)) {
		nd_transmit(dev_net(dev), NULL, skb);
		return 0;
	}
	if (nd_route(skb))
		return -ENOMEM;
	NF_HOOK(NFPROTO_IPV6, NF_INET_LOCAL_OUT, dev_net(dev), NULL, skb, NULL,
		dev, nd_leave);
	return 0;
}

/* ---- answering */

/*
 * Make room for an advertisement in a solicitation's own buffer: it is as long
 * where the asker told its address and nothing else.
 */
static int nd_make_room(struct sk_buff *skb, const struct net_device *dev,
			unsigned int offset)
{
	int headroom, more;

	/* What stood before the message is not said back. */
	if (!pskb_pull(skb, offset - sizeof(struct ipv6hdr)))
		return -ENOMEM;
	skb_reset_network_header(skb);
	if (skb->len > L2A_ND_LEN && pskb_trim(skb, L2A_ND_LEN))
		return -ENOMEM;
	if (skb_linearize(skb))
		return -ENOMEM;
	more = L2A_ND_LEN - skb->len;
	headroom = max_t(int, 0, dev->hard_header_len - (int)skb_headroom(skb));
	/* A capture or another receiver may share the data. */
	if ((skb_cloned(skb) || headroom || more > skb_tailroom(skb)) &&
	    pskb_expand_head(skb, SKB_DATA_ALIGN(headroom), more, GFP_ATOMIC))
		return -ENOMEM;
	skb_put(skb, more);
	return 0;
}

/* RFC 4861, section 7.2.4: who has no address yet hears it with all others. */
static int nd_reply(struct sk_buff *skb, const struct l2a_vip *vip,
		    const struct l2a_nd *nd)
{
	bool probe = ipv6_addr_any(&nd->saddr);
	const struct in6_addr *to = probe ? &in6addr_linklocal_allnodes :
					    &nd->saddr;
	u8 lladdr[ETH_ALEN];

	if (nd_make_room(skb, vip->dev, nd->offset))
		return -ENOMEM;
	l2a_skb_turn(skb);
	l2a_nd_write(skb, vip->dev, &nd->target, to, !probe);
	if (probe)
		ipv6_eth_mc_map(to, lladdr);
	else
		ether_addr_copy(lladdr, nd->lladdr);
	return nd_send(skb, vip->dev, lladdr);
}

static unsigned int answer(const struct l2a_net *ln, const struct l2a_vip *vip,
			   struct sk_buff *skb, const struct l2a_nd *nd)
{
	if (nd->told)
		learn_asker(vip->dev, nd);
	if (unlikely(nd_reply(skb, vip, nd))) {
		l2a_total_count(ln->totals, L2A_TOTAL_REPLY_ERRORS);
		return NF_DROP;
	}
	l2a_vip_count(vip->stats, L2A_VIP_REPLIES);
	l2a_total_count(ln->totals, L2A_TOTAL_REPLIES);
	trace_reply(vip, nd->lladdr, AF_INET6, &nd->saddr);
	return NF_STOLEN;
}

/*
 * A valid solicitation for a VIP never reaches the stack, which would answer by
 * its own rules wherever the address is configured. One that is not, no stack
 * answers.
 */
static unsigned int question(struct l2a_net *ln, struct sk_buff *skb,
			     const struct nf_hook_state *state, struct l2a_nd *nd)
{
	const struct l2a_vip *vip = l2a_vip_lookup6(ln, &nd->target,
						    state->in->ifindex);
	enum l2a_total reason;

	if (!vip || !l2a_nd_valid(skb, state->hook, nd))
		return NF_ACCEPT;
	if (l2a_must_be_silent(vip, nd->lladdr, &reason))
		return l2a_suppress(ln, vip, reason);
	return answer(ln, vip, skb, nd);
}

/* An advertisement of a VIP, or a question asked in its name. */
static void claim(struct l2a_net *ln, struct sk_buff *skb,
		  const struct nf_hook_state *state, struct l2a_nd *nd)
{
	const struct in6_addr *claimed = nd->kind == L2A_ND_TELLS ?
					 &nd->target : &nd->saddr;
	struct l2a_vip *vip = l2a_vip_lookup6(ln, claimed, state->in->ifindex);

	if (unlikely(vip) && l2a_nd_valid(skb, state->hook, nd))
		l2a_conflict(ln, vip, nd->lladdr);
}

static noinline unsigned int take_in(struct l2a_net *ln, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	unsigned int verdict = NF_ACCEPT;
	struct l2a_nd nd;

	l2a_nd_read(skb, &nd);
	/* What this host says to a group comes back to it, with no frame around. */
	if (likely(nd.kind == L2A_ND_OTHER) || skb->pkt_type == PACKET_LOOPBACK)
		return NF_ACCEPT;
	local_bh_disable();
	if (!nd_bridged(skb)) {
		claim(ln, skb, state, &nd);
		if (nd.kind == L2A_ND_ASKS)
			verdict = question(ln, skb, state, &nd);
	}
	if (verdict == NF_ACCEPT)
		verdict = l2a_pass(ln);
	local_bh_enable();
	return verdict;
}

/*
 * Every IPv6 packet comes here and, to this host, to nd_local_in(). Who traces sees
 * take_in() and deliver(), and so what is looked into.
 */
static notrace unsigned int nd_pre_routing(void *priv, struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	return likely(l2a_nd_unlikely_in(skb)) ? NF_ACCEPT :
						 take_in(priv, skb, state);
}

/*
 * The stack takes an advertisement of an address of its own for a duplicate: it
 * gives the address up while it still probes for it, and complains afterwards.
 * For a VIP that is how it should be: the holder speaks.
 */
static bool own_vip(struct l2a_net *ln, const struct net_device *dev,
		    const struct in6_addr *addr)
{
	return l2a_vip_lookup6(ln, addr, dev->ifindex) &&
	       ipv6_chk_addr_and_flags(ln->net, addr, dev, false, 1, 0);
}

static noinline unsigned int deliver(struct l2a_net *ln, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	bool own = skb->pkt_type == PACKET_LOOPBACK;
	unsigned int verdict = NF_ACCEPT;
	struct l2a_nd nd;

	l2a_nd_read(skb, &nd);
	if (likely(nd.kind == L2A_ND_OTHER))
		return NF_ACCEPT;
	local_bh_disable();
	if (!own && nd_bridged(skb))
		claim(ln, skb, state, &nd);
	if (nd.kind == L2A_ND_TELLS && own_vip(ln, state->in, &nd.target))
		verdict = NF_DROP;
	else if (nd.kind == L2A_ND_ASKS && !own)
		verdict = question(ln, skb, state, &nd);
	local_bh_enable();
	return verdict;
}

static notrace unsigned int nd_local_in(void *priv, struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	return likely(l2a_nd_unlikely_in(skb)) ? NF_ACCEPT :
						 deliver(priv, skb, state);
}

/* ---- the guard of what goes out */

/* An IPv4 VIP's name is no address on a wire. */
static bool may_send_as(struct l2a_net *ln, struct net_device *dev, bool bonding,
			const struct in6_addr *addr)
{
	return unlikely(ipv6_addr_v4mapped(addr)) ||
	       l2a_may_send_as(ln, dev, bonding, addr);
}

/*
 * The address that a solicitation uses instead of a VIP that is not ours to use:
 * the one the stack would choose, else any other of the device's.
 */
static bool own_source(struct l2a_net *ln, struct net_device *dev, bool bonding,
		       const struct in6_addr *to, struct in6_addr *source)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;
	bool found = false;

	if (!ipv6_dev_get_saddr(dev_net(dev), dev, to, 0, source) &&
	    may_send_as(ln, dev, bonding, source))
		return true;
	if (!idev)
		return false;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa, &idev->addr_list, if_list) {
		if (ifa->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED) ||
		    !may_send_as(ln, dev, bonding, &ifa->addr))
			continue;
		*source = ifa->addr;
		found = true;
		break;
	}
	read_unlock_bh(&idev->lock);
	return found;
}

static unsigned int change_source(struct l2a_net *ln, struct sk_buff *skb,
				  struct net_device *dev, bool bonding,
				  const struct l2a_nd *nd)
{
	struct in6_addr source;
	struct icmp6hdr *icmp;

	if (!own_source(ln, dev, bonding, &nd->target, &source) ||
	    skb_ensure_writable(skb, nd->offset + sizeof(struct nd_msg)))
		return NF_DROP;
	icmp = (struct icmp6hdr *)(skb_network_header(skb) + nd->offset);
	inet_proto_csum_replace16(&icmp->icmp6_cksum, skb,
				  nd->saddr.s6_addr32, source.s6_addr32, true);
	ipv6_hdr(skb)->saddr = source;
	return NF_ACCEPT;
}

static void count_guarded(const struct l2a_net *ln)
{
	local_bh_disable();
	l2a_total_count(ln->totals, L2A_TOTAL_GUARDED);
	local_bh_enable();
}

/* A host or router that speaks as a VIP which it does not hold is entered as it. */
static unsigned int guard_others(struct l2a_net *ln, const struct sk_buff *skb,
				 struct net_device *dev)
{
	if (!l2a_nd_routers(skb) ||
	    may_send_as(ln, dev, false, &ipv6_hdr(skb)->saddr))
		return NF_ACCEPT;
	count_guarded(ln);
	return NF_DROP;
}

/*
 * What says "this address is mine" of a VIP this node does not hold would point the
 * LAN's caches here; and a probe for one that is configured here (RFC 4862) would
 * be answered by the holder, and the stack give the address up.
 */
static noinline unsigned int guard_out(struct l2a_net *ln, struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	struct net_device *dev = l2a_speaker(state->out, skb);
	bool bonding = dev != state->out, probe, claims;
	struct l2a_nd nd;

	l2a_nd_read(skb, &nd);
	if (likely(nd.kind == L2A_ND_OTHER))
		return guard_others(ln, skb, state->out);
	probe = nd.kind == L2A_ND_ASKS && ipv6_addr_any(&nd.saddr);
	claims = (probe || nd.kind == L2A_ND_TELLS) &&
		 !may_send_as(ln, dev, bonding, &nd.target);
	if (!claims && may_send_as(ln, dev, bonding, &nd.saddr))
		return NF_ACCEPT;

	count_guarded(ln);
	if (claims || nd.kind == L2A_ND_TELLS)
		return NF_DROP;
	return change_source(ln, skb, dev, bonding, &nd);
}

/*
 * What we send ourselves was judged this moment. A rule that queues it to a program
 * before this hook delays it as a qdisc after it would: nobody judges it again.
 */
static unsigned int nd_local_out(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	if (likely(l2a_nd_unlikely(skb)) || state->okfn == nd_leave)
		return NF_ACCEPT;
	return guard_out(priv, skb, state);
}

/* ---- announcements */

/**
 * l2a_nd_announce - send an unsolicited advertisement of a VIP
 * @vip: the VIP
 *
 * RFC 4861, section 7.2.6. Under RCU, softirqs off.
 *
 * Return: 0 or -ENOMEM.
 */
int l2a_nd_announce(struct l2a_vip *vip)
{
	const struct in6_addr *to = &in6addr_linklocal_allnodes;
	struct net_device *dev = vip->dev;
	u8 lladdr[ETH_ALEN];
	struct sk_buff *skb;

	skb = alloc_skb(LL_RESERVED_SPACE(dev) + L2A_ND_LEN +
			dev->needed_tailroom, GFP_ATOMIC);
	if (!skb)
		return -ENOMEM;
	skb_reserve(skb, LL_RESERVED_SPACE(dev));
	skb_reset_network_header(skb);
	skb_put(skb, L2A_ND_LEN);
	l2a_nd_write(skb, dev, &vip->key.addr, to, false);
	ipv6_eth_mc_map(to, lladdr);
	if (!nd_send(skb, dev, lladdr))
		return 0;
	kfree_skb(skb);
	return -ENOMEM;
}

/* ---- hooks */

/**
 * l2a_nd_usable - whether this host has IPv6
 * @extack: where to say that it has none
 *
 * Return: 0 or -EAFNOSUPPORT.
 */
int l2a_nd_usable(struct netlink_ext_ack *extack)
{
	if (ipv6_mod_enabled())
		return 0;
	NL_SET_ERR_MSG_MOD(extack, "IPv6 is switched off on this host (ipv6.disable)");
	return -EAFNOSUPPORT;
}

static struct nf_hook_ops nd_hook(struct l2a_net *ln, nf_hookfn *hook,
				  unsigned int hooknum)
{
	return (struct nf_hook_ops){
		.hook = hook,
		.priv = ln,
		.pf = NFPROTO_IPV6,
		.hooknum = hooknum,
		.priority = INT_MAX,
	};
}

/**
 * l2a_nd_net_init - lay a namespace's hooks ready
 * @ln: the namespace
 */
void l2a_nd_net_init(struct l2a_net *ln)
{
	ln->nd_ops[0] = nd_hook(ln, nd_pre_routing, NF_INET_PRE_ROUTING);
	ln->nd_ops[1] = nd_hook(ln, nd_local_in, NF_INET_LOCAL_IN);
	ln->nd_ops[2] = nd_hook(ln, nd_local_out, NF_INET_LOCAL_OUT);
}

/**
 * l2a_nd_start - put the hooks up, before a namespace's first IPv6 VIP is linked
 * @ln: the namespace, its lock held
 *
 * May sleep.
 *
 * Return: 0 or an error of the netfilter core's.
 */
int l2a_nd_start(struct l2a_net *ln)
{
	return nf_register_net_hooks(ln->net, ln->nd_ops,
				     ARRAY_SIZE(ln->nd_ops));
}

/**
 * l2a_nd_stop - take the hooks down, after the last IPv6 VIP is unlinked
 * @ln: the namespace, its lock held
 *
 * May sleep; when it returns no hook is running, none of what it was reading is in
 * use, and no packet that is to go on from here waits for a verdict of NFQUEUE's.
 */
void l2a_nd_stop(struct l2a_net *ln)
{
	/* Without VIPs nobody begins to send; who did is through, or queued. */
	synchronize_net();
	/*
	 * Each drops what is queued. What was let go from one queue this moment may
	 * have come to the next one, that behind POST_ROUTING, by the second time.
	 */
	nf_unregister_net_hook(ln->net, &ln->nd_ops[0]);
	synchronize_net();
	nf_unregister_net_hooks(ln->net, &ln->nd_ops[1],
				ARRAY_SIZE(ln->nd_ops) - 1);
	synchronize_net();
}
