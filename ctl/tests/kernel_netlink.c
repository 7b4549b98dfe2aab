// SPDX-License-Identifier: GPL-2.0
/*
 * What the family makes of a request's flags, and of very many requests in one
 * system call: on a socket of the test's own, since the library uses but a part.
 *
 *	kernel_netlink DEV
 *
 * DEV is an Ethernet-like device of a network namespace that has no VIPs. The VIPs
 * that the tests add they remove.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/genl.h"

#define MANY	2000

static uint32_t ifindex;
static struct l2a_genl *genl;

static struct nl_msg *request(uint32_t n, int flags)
{
	const struct l2a_vip_request vip = {
		.addr = {
			.family = AF_INET,
			.bytes = { 12, 0, (uint8_t)(n >> 8), (uint8_t)n },
		},
		.ifindex = ifindex,
		.set = L2A_VIP_STATE,
		.state = L2ANNOUNCE_VIP_STATE_STANDBY,
	};
	struct nl_msg *msg = l2a_msg_vip_new(l2a_genl_id(genl), flags, &vip);

	assert_non_null(msg);
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_ACK;
	nlmsg_hdr(msg)->nlmsg_seq = n;
	return msg;
}

static int open_socket(void **state)
{
	static int fd;
	const int room = 8 << 20;	/* for MANY answers and requests */

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)))
		return -1;
	*state = &fd;
	return 0;
}

static int close_socket(void **state)
{
	close(*(int *)*state);
	return l2a_vip_flush(genl, NULL, NULL);
}

/* What came back: how many notes of a VIP, and how many acknowledgements. */
struct answers {
	int notes;
	int acks;
	int refused;
	int error;		/* the last that was one */
};

static void take(struct answers *a, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genlh = NLMSG_DATA(nlh);
	const struct nlmsgerr *ack = NLMSG_DATA(nlh);

	if (nlh->nlmsg_type != NLMSG_ERROR) {
		assert_int_equal(nlh->nlmsg_type, l2a_genl_id(genl));
		assert_int_equal(genlh->cmd, L2ANNOUNCE_CMD_VIP_NTF);
		a->notes++;
	} else if (ack->error) {
		a->error = ack->error;
		a->refused++;
	} else {
		a->acks++;
	}
}

/* Read until so many requests are acknowledged or refused. */
static struct answers answers(int fd, int n)
{
	static char buf[1 << 16] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct answers a = { 0 };

	while (a.acks + a.refused < n) {
		struct nlmsghdr *nlh = (struct nlmsghdr *)(void *)buf;
		int left = (int)recv(fd, buf, sizeof(buf), 0);

		assert_true(left > 0);
		for (; nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left))
			take(&a, nlh);
	}
	return a;
}

static struct answers ask(int fd, uint32_t n, int flags)
{
	struct nl_msg *msg = request(n, flags);
	struct nlmsghdr *nlh = nlmsg_hdr(msg);

	assert_int_equal(send(fd, nlh, nlh->nlmsg_len, 0), nlh->nlmsg_len);
	nlmsg_free(msg);
	return answers(fd, 1);
}

/* What may be added, what changed, and what neither: as with addresses. */
static void test_flags(void **state)
{
	static const struct {
		int flags;
		int fresh;	/* where there is no such VIP */
		int known;	/* where there is */
	} rows[] = {
		{ 0, -ENOENT, 0 },
		{ NLM_F_REPLACE, -ENOENT, 0 },
		{ NLM_F_EXCL, -ENOENT, -EEXIST },
		{ NLM_F_CREATE, 0, -EEXIST },
		{ NLM_F_CREATE | NLM_F_REPLACE, 0, 0 },
		{ NLM_F_CREATE | NLM_F_EXCL, 0, -EEXIST },
	};
	int fd = *(int *)*state;

	assert_int_equal(ask(fd, 0, NLM_F_CREATE).acks, 1);
	for (uint32_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(ask(fd, i + 1, rows[i].flags).error,
				 rows[i].fresh);
		assert_int_equal(ask(fd, 0, rows[i].flags).error, rows[i].known);
	}
}

/* Who did not join the group hears of what it did itself, where it says so. */
static void test_echo(void **state)
{
	int fd = *(int *)*state;

	assert_int_equal(ask(fd, 1, NLM_F_CREATE).notes, 0);
	assert_int_equal(ask(fd, 2, NLM_F_CREATE | NLM_F_ECHO).notes, 1);
	assert_int_equal(ask(fd, 2, NLM_F_REPLACE | NLM_F_ECHO).notes, 1);
	/* Nothing was done. */
	assert_int_equal(ask(fd, 2, NLM_F_CREATE | NLM_F_ECHO).notes, 0);
}

static void test_one_system_call(void **state)
{
	int fd = *(int *)*state;
	struct l2a_error err = { 0 };
	struct answers a;
	struct l2a_vip *vips;
	size_t len = 0, n;
	char *buf = NULL;

	for (uint32_t i = 0; i < MANY; i++) {
		struct nl_msg *msg = request(i, NLM_F_CREATE | NLM_F_EXCL);
		struct nlmsghdr *nlh = nlmsg_hdr(msg);
		size_t room = NLMSG_ALIGN(nlh->nlmsg_len);

		buf = realloc(buf, len + room);
		assert_non_null(buf);
		memset(buf + len, 0, room);
		memcpy(buf + len, nlh, nlh->nlmsg_len);
		len += room;
		nlmsg_free(msg);
	}
	assert_int_equal(send(fd, buf, len, 0), len);
	free(buf);
	a = answers(fd, MANY);
	assert_int_equal(a.acks, MANY);
	assert_int_equal(l2a_vip_dump(genl, NULL, &vips, &n, &err), 0);
	assert_int_equal(n, MANY);
	free(vips);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_socket, close_socket)
		TEST(test_flags),
		TEST(test_echo),
		TEST(test_one_system_call),
	};
	struct l2a_error err = { 0 };
	int ret;

	ifindex = argc == 2 ? if_nametoindex(argv[1]) : 0;
	if (!ifindex) {
		fprintf(stderr, "kernel_netlink: the name of a device expected\n");
		return 2;
	}
	if (l2a_genl_open(&genl, &err)) {
		fprintf(stderr, "# %s\n", err.text);
		return 1;
	}
	ret = cmocka_run_group_tests_name("kernel_netlink", tests, NULL, NULL);
	l2a_genl_close(genl);
	return ret;
}
