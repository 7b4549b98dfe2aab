/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One controller for a node, and one for a lease.
 */
#ifndef L2A_LOCK_H
#define L2A_LOCK_H

#include "config.h"

struct event_base;
struct evconnlistener;

/**
 * lock_node() - keep a second controller of this node away
 * @config: names the node, its lease and where the lock file is
 * @err: says who is there already
 *
 * The lock file keeps a second controller of the same name away; a socket in
 * the network namespace's own abstract names keeps one away that would drive
 * the same kernel lease under another name. Both go with the process. Such a name can
 * be taken by any local user: one that is held by neither root, nor the own user, nor
 * the owner of the folder for locks is passed over with a warning.
 *
 * Return: 0 or a negative errno.
 */
int lock_node(const struct config *config, struct l2a_error *err);

/**
 * lock_attend() - hear out those who want to know whether the lease is driven
 * @base: event loop
 *
 * So that no number of them fills the socket's queue, which would look as if nobody
 * were there.
 *
 * Return: to be freed before @base; NULL where there is nothing to attend to.
 */
struct evconnlistener *lock_attend(struct event_base *base);

#endif /* L2A_LOCK_H */
