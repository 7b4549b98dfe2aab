// SPDX-License-Identifier: GPL-2.0
/*
 * What requests and notifications have in common: a socket to the family, and
 * the errors of the way there.
 */
#include <errno.h>
#include <linux/l2announce.h>
#include <linux/netlink.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/socket.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "socket.h"

/* Asked for, and granted as far as net.core.rmem_max and wmem_max go. */
#define BUFFER_BYTES	(1 << 20)

int l2a_socket_error(struct l2a_error *err, int nle, const char *doing)
{
	int code = -EIO;

	switch (-nle) {
	case NLE_NOMEM:
		/* libnl's word for ENOBUFS too, which is what a socket says. */
		code = -ENOBUFS;
		break;
	case NLE_AGAIN:
		code = -EAGAIN;
		break;
	case NLE_PERM:
	case NLE_NOACCESS:
		code = -EPERM;
		break;
	case NLE_DUMP_INTR:
		code = -EINTR;
		break;
	case NLE_OBJ_NOTFOUND:
		code = -ENOENT;
		break;
	}
	return l2a_fail(err, code, "netlink: %s: %s", doing, nl_geterror(nle));
}

static int no_family(struct l2a_error *err)
{
	struct utsname uts = { 0 };

	uname(&uts);
	return l2a_fail(err, -ENOENT,
			"the kernel does not know l2announce: is the module installed for kernel %s? \"modprobe l2announce\" as root loads it or says why it cannot",
			uts.release);
}

static void set_options(struct nl_sock *sock)
{
	int fd = nl_socket_get_fd(sock);
	int on = 1;

	/* Each only makes answers better; every kernel we run on has them. */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	nl_socket_set_buffer_size(sock, BUFFER_BYTES, BUFFER_BYTES);
}

int l2a_socket_open(struct nl_sock **out, int *id, struct l2a_error *err)
{
	struct nl_sock *sock = nl_socket_alloc();
	int ret;

	if (!sock)
		return l2a_fail(err, -ENOMEM, "netlink: out of memory");
	ret = genl_connect(sock);
	if (ret < 0) {
		ret = l2a_socket_error(err, ret, "cannot open a socket");
		goto free;
	}
	/* Makes the kernel load the module by the family's name. */
	ret = genl_ctrl_resolve(sock, L2ANNOUNCE_FAMILY_NAME);
	if (ret < 0) {
		ret = ret == -NLE_OBJ_NOTFOUND ? no_family(err) :
		      l2a_socket_error(err, ret, "cannot look l2announce up");
		goto free;
	}
	*id = ret;
	set_options(sock);
	*out = sock;
	return 0;

free:
	nl_socket_free(sock);
	return ret;
}
