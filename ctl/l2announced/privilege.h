/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Giving up what root can do and this program need not.
 */
#ifndef L2A_PRIVILEGE_H
#define L2A_PRIVILEGE_H

#include "config.h"

/**
 * privilege_drop() - become the user of the configuration
 * @config: names the user; without one nothing is done
 * @err: says why not
 *
 * Keeps CAP_NET_ADMIN and nothing else. The folders this program writes to are
 * made before, where they are missing. Who is that user already stays as he is.
 *
 * Return: 0 or a negative errno.
 */
int privilege_drop(const struct config *config, struct l2a_error *err);

#endif /* L2A_PRIVILEGE_H */
