// SPDX-License-Identifier: GPL-2.0
/*
 * One controller for a node, and one for a lease.
 */
#include <errno.h>
#include <event2/listener.h>
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
#include "log.h"

#define PATH_MOST	4096

/* The descriptors stay open until the process ends, however it ends. */
static int lease_fd = -1;

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

static socklen_t lease_address(uint32_t lease, struct sockaddr_un *addr)
{
	int n;

	*addr = (struct sockaddr_un){ .sun_family = AF_UNIX };
	n = snprintf(addr->sun_path + 1, sizeof(addr->sun_path) - 1,
		     "l2announce/lease/%u", lease);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			   (size_t)n);
}

/* Root, ourselves, and whom the folder for locks belongs to. */
static bool may_drive(const struct config *config, uid_t uid)
{
	struct stat st;

	return !uid || uid == geteuid() ||
	       (!stat(config->lockdir, &st) && uid == st.st_uid);
}

/*
 * Any user may take an abstract name, but nobody may keep us from driving a lease
 * who does not drive it: a controller listens there, and runs as one who may.
 */
static bool lease_is_driven(const struct config *config,
			    const struct sockaddr_un *addr, socklen_t len)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t size = sizeof(peer);
	bool driven;

	if (fd < 0)
		return true;
	driven = !connect(fd, (const struct sockaddr *)addr, len) &&
		 !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) &&
		 may_drive(config, peer.uid);
	close(fd);
	return driven;
}

static int lease_taken(const struct config *config,
		       const struct sockaddr_un *addr, socklen_t len,
		       struct l2a_error *err)
{
	if (lease_is_driven(config, addr, len))
		return l2a_fail(err, -EBUSY,
				"lease %u: another controller drives it in this network namespace",
				config->lease);
	log_warn("somebody who is no controller holds the name of lease %u's lock; going on without it",
		 config->lease);
	return 0;
}

static int lock_lease(const struct config *config, struct l2a_error *err)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un addr;
	socklen_t len = lease_address(config->lease, &addr);
	int error;

	if (fd < 0)
		return l2a_fail(err, -errno, "socket: %s", strerror(errno));
	if (!bind(fd, (const struct sockaddr *)&addr, len) &&
	    !listen(fd, SOMAXCONN)) {
		lease_fd = fd;
		return 0;
	}
	error = errno;
	close(fd);
	if (error == EADDRINUSE)
		return lease_taken(config, &addr, len, err);
	return l2a_fail(err, -error, "lease %u: %s", config->lease,
			strerror(error));
}

int lock_node(const struct config *config, struct l2a_error *err)
{
	int ret = lock_name(config, err);

	return ret ? ret : lock_lease(config, err);
}

/* That we were there to take the call is the answer. */
static void on_call(struct evconnlistener *listener, evutil_socket_t fd,
		    struct sockaddr *addr, int len, void *arg)
{
	(void)listener;
	(void)addr;
	(void)len;
	(void)arg;
	close(fd);
}

struct evconnlistener *lock_attend(struct event_base *base)
{
	if (lease_fd < 0)
		return NULL;
	evutil_make_socket_nonblocking(lease_fd);
	return evconnlistener_new(base, on_call, NULL, LEV_OPT_CLOSE_ON_EXEC,
				  0, lease_fd);
}
