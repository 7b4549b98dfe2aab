/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Clocks: the one the kernel's leases count on, and deadlines on it.
 */
#ifndef L2A_LIB_CLOCK_H
#define L2A_LIB_CLOCK_H

#include <stdint.h>
#include <sys/time.h>
#include <time.h>

#define L2A_NSEC_PER_USEC	1000ULL
#define L2A_NSEC_PER_MSEC	1000000ULL
#define L2A_NSEC_PER_SEC	1000000000ULL

/**
 * l2a_clock_ns() - read a clock
 * @id: one that every Linux has (CLOCK_BOOTTIME, CLOCK_MONOTONIC ...)
 *
 * Return: nanoseconds.
 */
uint64_t l2a_clock_ns(clockid_t id);

/** l2a_boottime_ns() - nanoseconds since boot, suspend included */
uint64_t l2a_boottime_ns(void);

/**
 * l2a_deadline_after() - a deadline some time after an instant
 * @now: ns
 * @ttl: ns
 *
 * Return: the sum, or the latest instant there is where it would wrap.
 */
uint64_t l2a_deadline_after(uint64_t now, uint64_t ttl);

/**
 * l2a_deadline_left() - how long a deadline is away
 * @deadline: ns
 * @now: ns on the same clock
 *
 * Return: ns; 0 where it has passed.
 */
uint64_t l2a_deadline_left(uint64_t deadline, uint64_t now);

/** l2a_timeval() - some nanoseconds for a timer, which is not to come early */
struct timeval l2a_timeval(uint64_t ns);

#define L2A_TIME_STRLEN	32

/**
 * l2a_time_text() - the time of day as people and programs read it
 * @buf: receives it
 *
 * Return: @buf, RFC 3339 in UTC with microseconds.
 */
const char *l2a_time_text(char buf[L2A_TIME_STRLEN]);

#endif /* L2A_LIB_CLOCK_H */
