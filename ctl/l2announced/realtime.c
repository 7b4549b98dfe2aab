// SPDX-License-Identifier: GPL-2.0
/*
 * The priority and the locked memory that the configuration asks for, or which
 * limit is in the way.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "realtime.h"

/*
 * With a limit, an allocation would fail one day: those who may lift it do, the
 * others must have none.
 */
static int lift_limit(struct l2a_error *err)
{
	const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit))
		return l2a_fail(err, -errno, "realtime: lock_memory: %s",
				strerror(errno));
	if (limit.rlim_cur == RLIM_INFINITY)
		return 0;
	if (setrlimit(RLIMIT_MEMLOCK, &none))
		return l2a_fail(err, -EPERM, "realtime: lock_memory: not permitted: the limit is %llu kB, and must be unlimited (LimitMEMLOCK=infinity)",
				(unsigned long long)limit.rlim_cur / 1024);
	return 0;
}

/*
 * What there is now is read in and stays. What comes is locked as it is touched, for
 * a thread's stack is large and hardly used.
 */
static int lock_all(struct l2a_error *err)
{
	int ret = lift_limit(err);

	if (ret)
		return ret;
	if (mlockall(MCL_CURRENT) || mlockall(MCL_FUTURE | MCL_ONFAULT))
		return l2a_fail(err, -errno, "realtime: lock_memory: %s",
				strerror(errno));
	return 0;
}

static int take_priority(int priority, struct l2a_error *err)
{
	const struct sched_param param = { .sched_priority = priority };
	struct rlimit limit = { 0, 0 };

	if (!sched_setscheduler(0, SCHED_FIFO, &param))
		return 0;
	if (errno != EPERM)
		return l2a_fail(err, -errno, "realtime: priority: %s",
				strerror(errno));
	getrlimit(RLIMIT_RTPRIO, &limit);
	return l2a_fail(err, -EPERM, "realtime: priority: %d is not permitted: the limit is %llu (LimitRTPRIO=%d, RestrictRealtime=no)",
			priority, (unsigned long long)limit.rlim_cur, priority);
}

int realtime_begin(const struct config *config, struct l2a_error *err)
{
	int ret = config->lock_memory ? lock_all(err) : 0;

	if (!ret && config->priority)
		ret = take_priority(config->priority, err);
	return ret;
}
