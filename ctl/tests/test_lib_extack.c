// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's refusals, laid out byte by byte as a kernel lays them out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/l2announce.h>
#include <netlink/msg.h>
#include <string.h>

#include "lib/extack.h"
#include "lib/message.h"

#define ATTR_MSG	1
#define ATTR_OFFS	2
#define ATTR_POLICY	4
#define ATTR_MISS_TYPE	5

/* An answer under construction. */
struct answer {
	_Alignas(8) char bytes[1024];
	size_t len;
};

static void put(struct answer *a, const void *data, size_t len)
{
	assert_true(a->len + NLMSG_ALIGN(len) <= sizeof(a->bytes));
	memcpy(a->bytes + a->len, data, len);
	memset(a->bytes + a->len + len, 0, NLMSG_ALIGN(len) - len);
	a->len += NLMSG_ALIGN(len);
}

static struct nlmsghdr *header(struct answer *a)
{
	struct nlmsghdr *nlh = (void *)a->bytes;

	nlh->nlmsg_len = (uint32_t)a->len;
	return nlh;
}

static void begin(struct answer *a, uint16_t type, uint16_t flags, int error)
{
	struct nlmsghdr nlh = { .nlmsg_type = type, .nlmsg_flags = flags };

	a->len = 0;
	put(a, &nlh, sizeof(nlh));
	put(a, &error, sizeof(error));
}

/* What an error quotes: the request's header, and with @body all of it. */
static void quote(struct answer *a, struct nl_msg *request, bool body)
{
	struct nlmsghdr *nlh = nlmsg_hdr(request);

	put(a, nlh, body ? nlh->nlmsg_len : sizeof(*nlh));
}

static void attr(struct answer *a, uint16_t type, const void *data, size_t len)
{
	struct nlattr nla = {
		.nla_len = (uint16_t)(sizeof(nla) + len),
		.nla_type = type,
	};

	put(a, &nla, sizeof(nla));
	put(a, data, len);
}

static void text_attr(struct answer *a, const char *text)
{
	attr(a, ATTR_MSG, text, strlen(text) + 1);
}

static struct nl_msg *make_request(void)
{
	struct l2a_vip_request request = {
		.ifindex = 7,
		.set = L2A_VIP_STATE | L2A_VIP_LEASE,
		.state = L2ANNOUNCE_VIP_STATE_ACTIVE,
		.lease = 9,
	};
	struct nl_msg *msg;

	l2a_addr_parse("12.0.0.100", &request.addr, NULL);
	msg = l2a_msg_vip_new(30, NLM_F_CREATE | NLM_F_EXCL, &request);
	assert_non_null(msg);
	return msg;
}

/* Where in a request an attribute begins. */
static uint32_t offset_of(struct nl_msg *msg, int type)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct nlattr *nla = nlmsg_find_attr(nlh, GENL_HDRLEN, type);

	assert_non_null(nla);
	return (uint32_t)((char *)nla - (char *)nlh);
}

static void test_text_and_offset(void **state)
{
	struct nl_msg *request = make_request();
	uint32_t offset = offset_of(request, L2ANNOUNCE_A_VIP_LEASE);
	struct l2a_error err = { 0 };
	struct l2a_extack ack;
	struct answer a;

	(void)state;
	for (int body = 0; body < 2; body++) {
		begin(&a, NLMSG_ERROR, body ? NLM_F_ACK_TLVS :
		      NLM_F_ACK_TLVS | NLM_F_CAPPED, -ENOENT);
		quote(&a, request, body);
		/* As a kernel before 6.2 sends it, and as one after. */
		text_attr(&a, body ? "never renewed" : "never renewed   ");
		attr(&a, ATTR_OFFS, &offset, sizeof(offset));
		assert_int_equal(l2a_extack_parse(header(&a), a.len, &ack), 0);
		assert_int_equal(ack.error, -ENOENT);
		assert_string_equal(ack.text, "never renewed");
		assert_int_equal(ack.offset, offset);
		assert_int_equal(l2a_extack_describe(&ack, nlmsg_hdr(request),
						     &err), -ENOENT);
		assert_string_equal(err.text, "lease: never renewed");
		assert_int_equal(err.code, -ENOENT);
	}
	nlmsg_free(request);
}

static void test_name_is_not_said_twice(void **state)
{
	struct nl_msg *request = make_request();
	uint32_t offset = offset_of(request, L2ANNOUNCE_A_VIP_LEASE);
	struct l2a_error err = { 0 };
	struct l2a_extack ack;
	struct answer a;

	(void)state;
	begin(&a, NLMSG_ERROR, NLM_F_ACK_TLVS | NLM_F_CAPPED, -ENOENT);
	quote(&a, request, false);
	text_attr(&a, "l2announce: Lease was never renewed");
	attr(&a, ATTR_OFFS, &offset, sizeof(offset));
	assert_int_equal(l2a_extack_parse(header(&a), a.len, &ack), 0);
	l2a_extack_describe(&ack, nlmsg_hdr(request), &err);
	assert_string_equal(err.text, "Lease was never renewed");
	nlmsg_free(request);
}

static void test_range_of_the_policy(void **state)
{
	struct nl_msg *request = make_request();
	uint32_t offset = offset_of(request, L2ANNOUNCE_A_VIP_STATE);
	uint64_t min = 0, max = 1;
	struct l2a_error err = { 0 };
	struct l2a_extack ack;
	struct answer a, policy;

	(void)state;
	policy.len = 0;
	attr(&policy, NL_POLICY_TYPE_ATTR_MIN_VALUE_U, &min, sizeof(min));
	attr(&policy, NL_POLICY_TYPE_ATTR_MAX_VALUE_U, &max, sizeof(max));
	begin(&a, NLMSG_ERROR, NLM_F_ACK_TLVS | NLM_F_CAPPED, -ERANGE);
	quote(&a, request, false);
	text_attr(&a, "integer out of range");
	attr(&a, ATTR_OFFS, &offset, sizeof(offset));
	attr(&a, ATTR_POLICY | NLA_F_NESTED, policy.bytes, policy.len);
	assert_int_equal(l2a_extack_parse(header(&a), a.len, &ack), 0);
	l2a_extack_describe(&ack, nlmsg_hdr(request), &err);
	assert_string_equal(err.text, "state: integer out of range: 0 to 1");
	nlmsg_free(request);
}

static void test_missing_attribute(void **state)
{
	struct nl_msg *request = make_request();
	uint32_t type = L2ANNOUNCE_A_VIP_ADDRESS;
	struct l2a_error err = { 0 };
	struct l2a_extack ack;
	struct answer a;

	(void)state;
	begin(&a, NLMSG_ERROR, NLM_F_ACK_TLVS | NLM_F_CAPPED, -EINVAL);
	quote(&a, request, false);
	attr(&a, ATTR_MISS_TYPE, &type, sizeof(type));
	assert_int_equal(l2a_extack_parse(header(&a), a.len, &ack), 0);
	l2a_extack_describe(&ack, nlmsg_hdr(request), &err);
	assert_string_equal(err.text, "address missing: Invalid argument");
	nlmsg_free(request);
}

static void test_without_attributes(void **state)
{
	struct nl_msg *request = make_request();
	struct l2a_error err = { 0 };
	struct l2a_extack ack;
	struct answer a;

	(void)state;
	begin(&a, NLMSG_ERROR, 0, -EPERM);
	quote(&a, request, true);
	assert_int_equal(l2a_extack_parse(header(&a), a.len, &ack), 0);
	l2a_extack_describe(&ack, nlmsg_hdr(request), &err);
	assert_non_null(strstr(err.text, "CAP_NET_ADMIN"));

	/* Done well, with nothing to say. */
	begin(&a, NLMSG_ERROR, NLM_F_CAPPED, 0);
	quote(&a, request, false);
	assert_int_equal(l2a_extack_parse(header(&a), a.len, &ack), 0);
	assert_int_equal(ack.error, 0);
	nlmsg_free(request);
}

static void test_end_of_a_dump(void **state)
{
	struct l2a_error err = { 0 };
	struct l2a_extack ack;
	struct answer a;

	(void)state;
	begin(&a, NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS, -EAFNOSUPPORT);
	text_attr(&a, "IPv6 is not supported yet");
	assert_int_equal(l2a_extack_parse(header(&a), a.len, &ack), 0);
	assert_int_equal(l2a_extack_describe(&ack, NULL, &err), -EAFNOSUPPORT);
	assert_string_equal(err.text, "IPv6 is not supported yet");
}

/* Every cut of a whole answer is refused or read without harm. */
static void test_cut_short(void **state)
{
	struct nl_msg *request = make_request();
	struct l2a_extack ack;
	struct answer a;

	(void)state;
	begin(&a, NLMSG_ERROR, NLM_F_ACK_TLVS, -EINVAL);
	quote(&a, request, true);
	text_attr(&a, "words");
	header(&a);
	for (size_t len = 0; len < a.len; len++) {
		/* The header claims more than there is. */
		assert_int_equal(l2a_extack_parse((void *)a.bytes, len, &ack),
				 -EBADMSG);
	}
	for (uint32_t len = 0; len < sizeof(struct nlmsghdr) +
	     sizeof(struct nlmsgerr); len++) {
		((struct nlmsghdr *)a.bytes)->nlmsg_len = len;
		assert_int_equal(l2a_extack_parse((void *)a.bytes, a.len, &ack),
				 -EBADMSG);
	}
	nlmsg_free(request);
}

static void test_lying_lengths(void **state)
{
	struct nl_msg *request = make_request();
	struct l2a_extack ack;
	struct nlmsgerr *quoted;
	struct answer a;

	(void)state;
	begin(&a, NLMSG_ERROR, NLM_F_ACK_TLVS, -EINVAL);
	quote(&a, request, true);
	text_attr(&a, "words");
	quoted = (void *)(a.bytes + sizeof(struct nlmsghdr));
	quoted->msg.nlmsg_len = UINT32_MAX;
	assert_int_equal(l2a_extack_parse(header(&a), a.len, &ack), -EBADMSG);
	quoted->msg.nlmsg_len = 1;
	assert_int_equal(l2a_extack_parse(header(&a), a.len, &ack), -EBADMSG);
	quoted->msg.nlmsg_len = (uint32_t)(a.len - sizeof(struct nlmsghdr));
	assert_int_equal(l2a_extack_parse(header(&a), a.len, &ack), 0);
	assert_string_equal(ack.text, "");

	/* No errno is positive, or that far below. */
	begin(&a, NLMSG_ERROR, NLM_F_CAPPED, 1);
	quote(&a, request, false);
	assert_int_equal(l2a_extack_parse(header(&a), a.len, &ack), -EBADMSG);
	begin(&a, NLMSG_ERROR, NLM_F_CAPPED, INT32_MIN);
	quote(&a, request, false);
	assert_int_equal(l2a_extack_parse(header(&a), a.len, &ack), -EBADMSG);

	begin(&a, NLMSG_NOOP, 0, 0);
	assert_int_equal(l2a_extack_parse(header(&a), a.len, &ack), -EBADMSG);
	nlmsg_free(request);
}

/* Text without an end, an offset beyond the request, a name nobody knows. */
static void test_strange_attributes(void **state)
{
	struct nl_msg *request = make_request();
	uint32_t offset = UINT32_MAX;
	struct l2a_error err = { 0 };
	struct l2a_extack ack;
	char big[400];
	struct answer a;

	(void)state;
	memset(big, 'w', sizeof(big));
	begin(&a, NLMSG_ERROR, NLM_F_ACK_TLVS | NLM_F_CAPPED, -EINVAL);
	quote(&a, request, false);
	attr(&a, ATTR_MSG, big, sizeof(big));
	attr(&a, ATTR_OFFS, &offset, sizeof(offset));
	assert_int_equal(l2a_extack_parse(header(&a), a.len, &ack), 0);
	assert_int_equal(strlen(ack.text), sizeof(ack.text) - 1);
	assert_int_equal(l2a_extack_describe(&ack, nlmsg_hdr(request), &err),
			 -EINVAL);
	assert_string_equal(err.text, ack.text);

	begin(&a, NLMSG_ERROR, NLM_F_ACK_TLVS | NLM_F_CAPPED, -EINVAL);
	quote(&a, request, false);
	attr(&a, ATTR_OFFS, "", 1);
	assert_int_equal(l2a_extack_parse(header(&a), a.len, &ack), 0);
	assert_int_equal(ack.offset, 0);
	nlmsg_free(request);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(l2a_attr_name(L2ANNOUNCE_CMD_VIP_NEW,
					  L2ANNOUNCE_A_VIP_TOKEN), "token");
	assert_string_equal(l2a_attr_name(L2ANNOUNCE_CMD_VIP_CHANGE,
					  L2ANNOUNCE_A_VIP_ANNOUNCE_COUNT),
			    "announce count");
	assert_string_equal(l2a_attr_name(L2ANNOUNCE_CMD_LEASE_RENEW,
					  L2ANNOUNCE_A_LEASE_DEADLINE),
			    "deadline");
	assert_string_equal(l2a_attr_name(L2ANNOUNCE_CMD_SETTINGS_SET,
					  L2ANNOUNCE_A_SETTINGS_MAX_VIPS),
			    "max-vips");
	assert_null(l2a_attr_name(L2ANNOUNCE_CMD_VIP_NEW, 0));
	assert_null(l2a_attr_name(L2ANNOUNCE_CMD_VIP_NEW, 5000));
	assert_null(l2a_attr_name(0, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_and_offset),
		cmocka_unit_test(test_name_is_not_said_twice),
		cmocka_unit_test(test_range_of_the_policy),
		cmocka_unit_test(test_missing_attribute),
		cmocka_unit_test(test_without_attributes),
		cmocka_unit_test(test_end_of_a_dump),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_lying_lengths),
		cmocka_unit_test(test_strange_attributes),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("lib_extack", tests, NULL, NULL);
}
