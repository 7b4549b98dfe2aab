/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Talking to the module: a socket to its generic netlink family, one call a
 * command, and the stream of its notifications.
 *
 * Everything concerns the network namespace the calling thread was in when the
 * socket was opened. The calls block no longer than the kernel takes to carry
 * them out. None is safe to run on one handle from two threads at once.
 *
 * Unless said otherwise a call returns 0, or a negative errno with *err (which
 * may be NULL) filled in: the kernel's own, as <linux/l2announce.h> tells for
 * each command, or -ENOMEM, -ENOBUFS, -EIO from the way there.
 */
#ifndef L2A_LIB_GENL_H
#define L2A_LIB_GENL_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "message.h"
#include "object.h"

struct l2a_genl;
struct l2a_events;
struct nl_msg;
struct nlmsghdr;

/**
 * l2a_genl_open() - open a socket to the family
 * @g: receives the handle, to be closed with l2a_genl_close()
 * @err: filled in on failure
 *
 * Looking the family up makes the kernel load the module where it may.
 *
 * Return: 0; -ENOENT where the kernel has no such family, with a line that
 * says what to do.
 */
int l2a_genl_open(struct l2a_genl **g, struct l2a_error *err);

/** l2a_genl_close() - close a handle; NULL is fine */
void l2a_genl_close(struct l2a_genl *g);

/** l2a_genl_id() - the family's number, for the message builders */
int l2a_genl_id(const struct l2a_genl *g);

/**
 * typedef l2a_genl_fn - receives each object a request is answered with
 * @nlh: the message
 * @arg: what was passed along
 * @err: to be filled in on failure
 *
 * Return: 0, or a negative errno, which the request then ends with.
 */
typedef int (*l2a_genl_fn)(struct nlmsghdr *nlh, void *arg,
			   struct l2a_error *err);

/**
 * l2a_genl_send() - send one request and wait for its verdict
 * @g: handle
 * @msg: the request; freed, whatever happens. NULL, as a builder returns it,
 *	is -ENOMEM
 * @fn: receives what it is answered with; NULL where that is nothing
 * @arg: passed to @fn
 * @err: filled in on failure
 *
 * Return: 0, or a negative errno; -EINTR where what was dumped changed
 * meanwhile.
 */
int l2a_genl_send(struct l2a_genl *g, struct nl_msg *msg, l2a_genl_fn fn,
		  void *arg, struct l2a_error *err);

/**
 * l2a_genl_batch() - send many requests in as few system calls as possible
 * @g: handle
 * @msgs: the requests, none of them a dump or a get; they stay the caller's
 * @n: how many
 * @errs: @n verdicts in the same order; code 0 for done. May be NULL
 * @err: filled in where the way to the kernel failed
 *
 * The kernel carries out each one whatever became of those before it.
 *
 * Return: how many were refused; or a negative errno where the way to the
 * kernel failed, and then which were carried out is not known.
 */
long l2a_genl_batch(struct l2a_genl *g, struct nl_msg *const *msgs, size_t n,
		    struct l2a_error *errs, struct l2a_error *err);

/* VIPs. Add refuses one that exists, set one that does not, put takes both. */
int l2a_vip_add(struct l2a_genl *g, const struct l2a_vip_request *request,
		struct l2a_error *err);
int l2a_vip_set(struct l2a_genl *g, const struct l2a_vip_request *request,
		struct l2a_error *err);
int l2a_vip_put(struct l2a_genl *g, const struct l2a_vip_request *request,
		struct l2a_error *err);
/* All VIPs of a lease, or none of them. */
int l2a_vip_change(struct l2a_genl *g, const struct l2a_vip_request *request,
		   struct l2a_error *err);
int l2a_vip_del(struct l2a_genl *g, const struct l2a_addr *addr,
		uint32_t ifindex, struct l2a_error *err);
int l2a_vip_get(struct l2a_genl *g, const struct l2a_addr *addr,
		uint32_t ifindex, struct l2a_vip *vip, struct l2a_error *err);
int l2a_vip_flush(struct l2a_genl *g, const struct l2a_vip_filter *filter,
		  struct l2a_error *err);

/**
 * l2a_vip_dump() - all VIPs, or those that match
 * @g: handle
 * @filter: NULL for all
 * @vips: receives the list, to be freed with free()
 * @n: receives its length
 * @err: filled in on failure
 *
 * A dump during which the table changed is made anew, a few times; what is
 * returned was true at one instant.
 *
 * Return: 0, or a negative errno; -EAGAIN where it changed every time.
 */
int l2a_vip_dump(struct l2a_genl *g, const struct l2a_vip_filter *filter,
		 struct l2a_vip **vips, size_t *n, struct l2a_error *err);

/* Leases. @deadline_ns: CLOCK_BOOTTIME; @token: NULL keeps the lease's. */
int l2a_lease_renew(struct l2a_genl *g, uint32_t id, uint64_t deadline_ns,
		    const uint64_t *token, struct l2a_error *err);
int l2a_lease_release(struct l2a_genl *g, uint32_t id, struct l2a_error *err);
int l2a_lease_get(struct l2a_genl *g, uint32_t id, struct l2a_lease *lease,
		  struct l2a_error *err);

/** l2a_lease_dump() - all leases, as l2a_vip_dump() does it */
int l2a_lease_dump(struct l2a_genl *g, struct l2a_lease **leases, size_t *n,
		   struct l2a_error *err);

/* @filter: which of the VIPs that are answering, NULL for all */
int l2a_announce(struct l2a_genl *g, const struct l2a_vip_filter *filter,
		 struct l2a_error *err);

int l2a_settings_get(struct l2a_genl *g, struct l2a_settings *settings,
		     struct l2a_error *err);
int l2a_settings_set(struct l2a_genl *g,
		     const struct l2a_settings_request *request,
		     struct l2a_error *err);
int l2a_stats_get(struct l2a_genl *g, struct l2a_stats *stats,
		  struct l2a_error *err);

/**
 * l2a_events_open() - begin to receive the kernel's notifications
 * @events: receives the handle, to be closed with l2a_events_close()
 * @err: filled in on failure
 *
 * What happens from the return on is received; so open first, then dump.
 *
 * Return: 0, or a negative errno as l2a_genl_open().
 */
int l2a_events_open(struct l2a_events **events, struct l2a_error *err);

/** l2a_events_close() - stop receiving; NULL is fine, as is who is told just now */
void l2a_events_close(struct l2a_events *events);

/** l2a_events_fd() - a descriptor that is readable while events wait */
int l2a_events_fd(const struct l2a_events *events);

/** typedef l2a_event_fn - receives one event */
typedef void (*l2a_event_fn)(const struct l2a_event *event, void *arg);

/**
 * l2a_events_read() - receive every event that waits, without waiting
 * @events: handle
 * @fn: called for each
 * @arg: passed to @fn
 * @err: filled in on failure
 *
 * Return: 0; -ENOBUFS where events came faster than they were read and some
 * are lost, so that the state has to be dumped anew (the handle stays good);
 * another negative errno.
 */
int l2a_events_read(struct l2a_events *events, l2a_event_fn fn, void *arg,
		    struct l2a_error *err);

#endif /* L2A_LIB_GENL_H */
