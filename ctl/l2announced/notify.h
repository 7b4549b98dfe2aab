/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Telling the service manager how we are, as sd_notify(3) describes it.
 */
#ifndef L2A_NOTIFY_H
#define L2A_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/** notify_wanted() - there is a manager who wants to hear of us */
bool notify_wanted(void);

/**
 * notify_watchdog_us() - how long it waits for a sign of life
 *
 * Return: microseconds; 0 where it does not watch this process.
 */
uint64_t notify_watchdog_us(void);

/**
 * notify_manager() - send a state
 * @state: "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=..."
 *
 * Does nothing where no manager listens.
 */
void notify_manager(const char *state);

/**
 * notify_more_time() - ask the manager to wait for the end
 * @us: so many microseconds, and a little more, be it beyond its own limit
 */
void notify_more_time(uint64_t us);

#endif /* L2A_NOTIFY_H */
