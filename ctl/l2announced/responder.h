/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel module, seen from the controller: the lease, and every VIP on
 * every device as it should be and as it was last seen to be.
 */
#ifndef L2A_RESPONDER_H
#define L2A_RESPONDER_H

#include "lib/genl.h"
#include "served.h"

struct event_base;
struct responder;

/**
 * struct responder_hooks - what the responder tells
 * @there: the module can be used: its lease's token, and the VIPs active under
 *	it; or it is gone (@there false)
 * @served: what had not worked for a service at first works now
 * @conflict: another station claims a VIP
 * @expired: the lease ran out
 * @arg: passed to all of them
 */
struct responder_hooks {
	void (*there)(void *arg, bool there, uint64_t token,
		      const struct names *active);
	void (*served)(void *arg, const struct served *s);
	void (*conflict)(void *arg, const char *vip, const uint8_t *mac);
	void (*expired)(void *arg);
	void *arg;
};

/**
 * responder_new() - a responder that knows nothing yet
 * @base: event loop
 * @lease: id of the lease to use
 * @links: the devices
 * @list: what should be done for each service
 * @hooks: whom to tell
 */
struct responder *responder_new(struct event_base *base, uint32_t lease,
				struct links *links, struct served_list *list,
				const struct responder_hooks *hooks);

/** responder_free() - let go of the module; what it does stays as it is */
void responder_free(struct responder *r);

/**
 * responder_check() - see whether the module is there, and mend what differs
 * @r: responder
 * @mend: also compare each VIP with the kernel's, and remove extra ones
 *
 * Opens the module where it was not. Costs one dump where it is.
 */
void responder_check(struct responder *r, bool mend);

/**
 * responder_lease() - renew the lease
 * @stale: set where the kernel knows a newer token
 *
 * Return: whether the kernel took it.
 */
bool responder_lease(struct responder *r, uint64_t deadline, uint64_t token,
		     bool *stale);

/** responder_lease_end() - end the lease now */
void responder_lease_end(struct responder *r);

/** responder_lease_left() - ns until it runs out; 0 where it has */
uint64_t responder_lease_left(const struct responder *r);

/** responder_sync() - do what the list says: it, or the devices, have changed */
void responder_sync(struct responder *r);

/** responder_served() - whether that is done for a service, by now */
bool responder_served(struct responder *r, struct served *s);

/**
 * responder_part() - make silent what may be by now
 * @r: responder
 * @now: CLOCK_MONOTONIC ns
 *
 * A service with silent_by set is: once it has answered again, at that time, or when many
 * others wait. The hook served tells of each.
 *
 * Return: ns until this should be done again; 0 where nothing waits.
 */
uint64_t responder_part(struct responder *r, uint64_t now);

/**
 * responder_vips() - the VIPs under the lease, as the kernel has them now
 * @r: responder
 * @vips: receives the list, to be freed with free(); NULL where there are none
 *
 * Return: how many; 0 also where they cannot be had.
 */
size_t responder_vips(const struct responder *r, struct l2a_vip **vips);

/**
 * responder_left() - whether an earlier process's VIPs may still be active
 * @r: responder
 *
 * Until responder_check() has compared them with what should be, no service is known
 * to be silent.
 */
bool responder_left(const struct responder *r);

/** responder_mends() - how often the kernel was found to differ */
uint64_t responder_mends(const struct responder *r);

#endif /* L2A_RESPONDER_H */
