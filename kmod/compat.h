/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one place that knows kernel versions: makes 5.10 and later look alike.
 */
#ifndef L2A_COMPAT_H
#define L2A_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/version.h>
#include <net/genetlink.h>

#if !IS_ENABLED(CONFIG_NETFILTER_FAMILY_ARP)
#error "l2announce needs CONFIG_NETFILTER_FAMILY_ARP (any of nf_tables_arp, arptables)"
#endif

/* The attributes of a dump's request. */
static inline struct nlattr **l2a_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	return genl_dumpit_info(cb)->info.attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/*
 * From 6.1 on a family's operations take NLM_F_CREATE, EXCL and REPLACE only below
 * its first "reserved" command; a member of struct genl_family.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
#define L2A_GENL_ALL_FLAGS(last_cmd)	.resv_start_op = (last_cmd) + 1,
#else
#define L2A_GENL_ALL_FLAGS(last_cmd)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void l2a_hrtimer_setup(struct hrtimer *timer,
				     enum hrtimer_restart (*function)(struct hrtimer *),
				     clockid_t clock_id, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock_id, mode);
	timer->function = function;
}

#define hrtimer_setup l2a_hrtimer_setup
#endif

/* __assign_str() lost its second argument in 6.10: it is the __string()'s. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define l2a_assign_str(dst, src) __assign_str(dst)
#else
#define l2a_assign_str(dst, src) __assign_str(dst, src)
#endif

/*
 * Whether a hook carries out rules. What nf_tables, ip6tables, NAT and BPF put up
 * comes with what it is to work by; security modules and connection tracking come
 * without. Before 5.16 so did ip6tables.
 */
static inline bool l2a_nf_has_rules(const struct nf_hook_entry *entry)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 16, 0)
	return entry->priv;
#else
	return true;
#endif
}

/*
 * Refusals that name something. Before 6.2 an extack has no room for text of its
 * own: it goes to a ring of buffers, so that a message lives until it is sent
 * unless that many refusals pass in between.
 */
#ifdef NL_SET_ERR_MSG_FMT
#define l2a_set_err_msg_fmt(extack, fmt, args...) \
	NL_SET_ERR_MSG_FMT((extack), KBUILD_MODNAME ": " fmt, ##args)
#else
__printf(2, 3)
void l2a_set_err_msg(struct netlink_ext_ack *extack, const char *fmt, ...);

#define l2a_set_err_msg_fmt(extack, fmt, args...) \
	l2a_set_err_msg((extack), KBUILD_MODNAME ": " fmt, ##args)
#endif

#endif /* L2A_COMPAT_H */
