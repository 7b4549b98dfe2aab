// SPDX-License-Identifier: GPL-2.0
/*
 * One controller for a node, and one for a lease.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lock.h"

#define PATH_MOST	4096

/* The descriptors stay open until the process ends, however it ends. */

static int locked_by(int fd, const struct config *config, struct l2a_error *err)
{
	char pid[32] = "";
	ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

	pid[n > 0 ? n : 0] = '\0';
	pid[strcspn(pid, "\n")] = '\0';
	close(fd);
	return l2a_fail(err, -EBUSY,
			"node %s: already run by process %s of this machine",
			config->node, pid[0] ? pid : "?");
}

static int lock_name(const struct config *config, struct l2a_error *err)
{
	char path[PATH_MOST], pid[32];
	int fd, n;

	if (mkdir(config->lockdir, 0755) && errno != EEXIST)
		return l2a_fail(err, -errno, "lockdir: %s: %s", config->lockdir,
				strerror(errno));
	snprintf(path, sizeof(path), "%s/%s.lock", config->lockdir, config->node);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return l2a_fail(err, -errno, "lockdir: %s: %s", path,
				strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB))
		return locked_by(fd, config, err);
	n = snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	/* The number is for people: without it the lock is none the worse. */
	if (ftruncate(fd, 0) || pwrite(fd, pid, (size_t)n, 0) != n)
		return 0;
	return 0;
}

static int lock_lease(const struct config *config, struct l2a_error *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int n;

	if (fd < 0)
		return l2a_fail(err, -errno, "socket: %s", strerror(errno));
	n = snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1,
		     "l2announce/lease/%u", config->lease);
	if (!bind(fd, (const struct sockaddr *)&addr,
		  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			      (size_t)n)))
		return 0;
	n = errno;
	close(fd);
	if (n != EADDRINUSE)
		return l2a_fail(err, -n, "lease %u: %s", config->lease,
				strerror(n));
	return l2a_fail(err, -EBUSY,
			"lease %u: another controller drives it in this network namespace",
			config->lease);
}

int lock_node(const struct config *config, struct l2a_error *err)
{
	int ret = lock_name(config, err);

	return ret ? ret : lock_lease(config, err);
}
