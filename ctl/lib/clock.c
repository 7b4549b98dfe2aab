// SPDX-License-Identifier: GPL-2.0
/*
 * Clocks: the one the kernel's leases count on, and deadlines on it.
 */
#include <stdio.h>

#include "clock.h"

uint64_t l2a_clock_ns(clockid_t id)
{
	struct timespec ts = { 0 };

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * L2A_NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

uint64_t l2a_boottime_ns(void)
{
	return l2a_clock_ns(CLOCK_BOOTTIME);
}

uint64_t l2a_deadline_after(uint64_t now, uint64_t ttl)
{
	uint64_t sum;

	if (__builtin_add_overflow(now, ttl, &sum))
		return UINT64_MAX;
	return sum;
}

uint64_t l2a_deadline_left(uint64_t deadline, uint64_t now)
{
	return deadline > now ? deadline - now : 0;
}

struct timeval l2a_timeval(uint64_t ns)
{
	uint64_t us = ns / L2A_NSEC_PER_USEC + !!(ns % L2A_NSEC_PER_USEC);

	return (struct timeval){
		.tv_sec = (time_t)(us / 1000000),
		.tv_usec = (suseconds_t)(us % 1000000),
	};
}

const char *l2a_time_text(char buf[L2A_TIME_STRLEN])
{
	struct timespec now;
	struct tm utc;
	size_t used;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	used = strftime(buf, L2A_TIME_STRLEN, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(buf + used, L2A_TIME_STRLEN - used, ".%06ldZ",
		 now.tv_nsec / 1000);
	return buf;
}
