/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Real-time manners: not to wait for a processor that others use, nor for memory
 * that has been paged out.
 */
#ifndef L2A_REALTIME_H
#define L2A_REALTIME_H

#include "config.h"
#include "lib/error.h"

/**
 * realtime_begin() - take the priority and lock the memory that are configured
 * @config: @priority, @lock_memory
 * @err: one line that names the key, and what is missing
 *
 * For all threads started from now on, while there are no others, and while this
 * process still may: privilege_drop() comes after it. Commands that are run do not
 * inherit it.
 *
 * Return: 0 or a negative errno.
 */
int realtime_begin(const struct config *config, struct l2a_error *err);

#endif /* L2A_REALTIME_H */
