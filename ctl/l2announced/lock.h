/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One controller for a node, and one for a lease.
 */
#ifndef L2A_LOCK_H
#define L2A_LOCK_H

#include "config.h"

/**
 * lock_node() - keep a second controller of this node away
 * @config: names the node, its lease and where the lock file is
 * @err: says who is there already
 *
 * The lock file keeps a second controller of the same name away; a socket in
 * the network namespace's own abstract names keeps one away that would drive
 * the same kernel lease under another name. Both go with the process.
 *
 * Return: 0 or a negative errno.
 */
int lock_node(const struct config *config, struct l2a_error *err);

#endif /* L2A_LOCK_H */
