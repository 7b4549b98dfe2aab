// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to the family: sending, and matching answers to what was sent.
 */
#include <errno.h>
#include <limits.h>
#include <netlink/errno.h>
#include <netlink/genl/genl.h>
#include <netlink/handlers.h>
#include <netlink/msg.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "extack.h"
#include "genl.h"
#include "socket.h"

/*
 * Requests in one sendmsg(): every one may be refused, and the refusals of one
 * lot have to fit the receive buffer, for they are read after all are done.
 */
#define LOT_MESSAGES	128
#define LOT_BYTES	16384

struct l2a_genl {
	struct nl_sock *sock;
	int id;
};

/* One lot of requests under way: what was sent, and what came back so far. */
struct exchange {
	struct nl_msg *const *msgs;
	size_t n;
	uint32_t first_seq;
	struct l2a_error *errs;
	long refused;
	bool done;
	l2a_genl_fn fn;
	void *arg;
	int fn_error;
	struct l2a_error *fn_err;
};

int l2a_genl_open(struct l2a_genl **out, struct l2a_error *err)
{
	struct l2a_genl *g = calloc(1, sizeof(*g));
	int ret;

	if (!g)
		return l2a_fail(err, -ENOMEM, "out of memory");
	ret = l2a_socket_open(&g->sock, &g->id, err);
	if (ret) {
		free(g);
		return ret;
	}
	nl_socket_disable_auto_ack(g->sock);
	*out = g;
	return 0;
}

void l2a_genl_close(struct l2a_genl *g)
{
	if (!g)
		return;
	nl_socket_free(g->sock);
	free(g);
}

int l2a_genl_id(const struct l2a_genl *g)
{
	return g->id;
}

/* Which of the lot an answer is about; n or more: none of it. */
static size_t which(const struct exchange *x, const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_seq - x->first_seq;
}

static void verdict(struct exchange *x, const struct nlmsghdr *nlh)
{
	size_t i = which(x, nlh);
	struct l2a_extack ack;

	if (l2a_extack_parse(nlh, nlh->nlmsg_len, &ack))
		ack = (struct l2a_extack){ .error = -EBADMSG };
	if (ack.error) {
		x->refused++;
		l2a_extack_describe(&ack, nlmsg_hdr(x->msgs[i]),
				    x->errs ? &x->errs[i] : NULL);
	}
	/* Answers come in the order of the requests. */
	if (i == x->n - 1)
		x->done = true;
}

/* Answers to something given up earlier are nobody's. */
static int on_seq_check(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	return which(x, nlmsg_hdr(msg)) < x->n ? NL_OK : NL_SKIP;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	if (x->fn && !x->fn_error)
		x->fn_error = x->fn(nlmsg_hdr(msg), x->arg, x->fn_err);
	return NL_OK;
}

static int on_verdict(struct nl_msg *msg, void *arg)
{
	verdict(arg, nlmsg_hdr(msg));
	return NL_OK;
}

/*
 * libnl hands over the message's body; its header stands right before it, and
 * libnl has checked that there is all of both.
 */
static int on_error(struct sockaddr_nl *from, struct nlmsgerr *body, void *arg)
{
	struct exchange *x = arg;
	const struct nlmsghdr *nlh;

	(void)from;
	nlh = (const struct nlmsghdr *)((const char *)body - NLMSG_HDRLEN);
	if (which(x, nlh) < x->n)
		verdict(x, nlh);
	return NL_SKIP;
}

static struct nl_cb *make_callbacks(struct exchange *x)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);

	if (!cb)
		return NULL;
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_seq_check, x);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, x);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_verdict, x);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_verdict, x);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, x);
	return cb;
}

/* Only the last of a lot asks for a verdict in any case; refusals come anyway. */
static int send_lot(struct l2a_genl *g, struct exchange *x)
{
	struct iovec iov[LOT_MESSAGES];
	int ret;

	for (size_t i = 0; i < x->n; i++) {
		struct nlmsghdr *nlh = nlmsg_hdr(x->msgs[i]);

		nlh->nlmsg_pid = NL_AUTO_PORT;
		nlh->nlmsg_seq = NL_AUTO_SEQ;
		nl_complete_msg(g->sock, x->msgs[i]);
		if (i == x->n - 1)
			nlh->nlmsg_flags |= NLM_F_ACK;
		iov[i].iov_base = nlh;
		iov[i].iov_len = NLMSG_ALIGN(nlh->nlmsg_len);
	}
	x->first_seq = nlmsg_hdr(x->msgs[0])->nlmsg_seq;
	ret = nl_send_iovec(g->sock, x->msgs[0], iov, (unsigned int)x->n);
	return ret < 0 ? ret : 0;
}

static int run_lot(struct l2a_genl *g, struct exchange *x,
		   struct l2a_error *err)
{
	struct nl_cb *cb = make_callbacks(x);
	int ret;

	if (!cb)
		return l2a_fail(err, -ENOMEM, "out of memory");
	ret = send_lot(g, x);
	while (ret >= 0 && !x->done)
		ret = nl_recvmsgs(g->sock, cb);
	nl_cb_put(cb);
	return ret < 0 ? l2a_socket_error(err, ret, "request") : 0;
}

int l2a_genl_send(struct l2a_genl *g, struct nl_msg *msg, l2a_genl_fn fn,
		  void *arg, struct l2a_error *err)
{
	struct l2a_error refusal = { 0 };
	struct exchange x = {
		.msgs = &msg,
		.n = 1,
		.errs = &refusal,
		.fn = fn,
		.arg = arg,
		.fn_err = err,
	};
	int ret;

	if (!msg)
		return l2a_fail(err, -ENOMEM, "out of memory");
	ret = run_lot(g, &x, err);
	nlmsg_free(msg);
	if (ret)
		return ret;
	if (refusal.code)
		return l2a_fail(err, refusal.code, "%s", refusal.text);
	return x.fn_error;
}

/* How many of the requests go into the next lot: at least one. */
static size_t lot_size(struct nl_msg *const *msgs, size_t n)
{
	size_t bytes = 0;
	size_t i;

	for (i = 0; i < n && i < LOT_MESSAGES; i++) {
		bytes += NLMSG_ALIGN(nlmsg_hdr(msgs[i])->nlmsg_len);
		if (i && bytes > LOT_BYTES)
			break;
	}
	return i;
}

long l2a_genl_batch(struct l2a_genl *g, struct nl_msg *const *msgs, size_t n,
		    struct l2a_error *errs, struct l2a_error *err)
{
	long refused = 0;

	if (errs)
		memset(errs, 0, n * sizeof(*errs));
	while (n) {
		struct exchange x = {
			.msgs = msgs,
			.n = lot_size(msgs, n),
			.errs = errs,
		};
		int ret = run_lot(g, &x, err);

		if (ret)
			return ret;
		refused += x.refused;
		msgs += x.n;
		n -= x.n;
		if (errs)
			errs += x.n;
	}
	return refused;
}
