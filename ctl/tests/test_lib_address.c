// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses, and the line that a refusal is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/address.h"

static void test_reads_back(void **state)
{
	static const struct {
		const char *text;
		uint16_t family;
		const char *again;
	} good[] = {
		{ "12.0.0.100", AF_INET, "12.0.0.100" },
		{ "0.0.0.0", AF_INET, "0.0.0.0" },
		{ "255.255.255.255", AF_INET, "255.255.255.255" },
		{ "2001:db8::1", AF_INET6, "2001:db8::1" },
		{ "2001:DB8:0:0::1", AF_INET6, "2001:db8::1" },
		{ "::ffff:192.0.2.1", AF_INET6, "::ffff:192.0.2.1" },
	};
	char buf[L2A_ADDR_STRLEN];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct l2a_error err = { 0 };
		struct l2a_addr addr;

		memset(&addr, 0xff, sizeof(addr));
		assert_int_equal(l2a_addr_parse(good[i].text, &addr, &err), 0);
		assert_int_equal(addr.family, good[i].family);
		assert_string_equal(l2a_addr_format(&addr, buf),
				    good[i].again);
	}
}

static void test_hosts(void **state)
{
	static const char *const hosts[] = {
		"12.0.0.100", "169.254.0.1", "1.0.0.0", "2001:db8::100",
		"fe80::1", "fd00::1", "::2", "64:ff9b::1",
	};
	static const char *const others[] = {
		"0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.255.255",
		"224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255",
		"::", "::1", "ff02::1", "ff0e::1", "::ffff:12.0.0.100",
	};
	struct l2a_addr addr;

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		assert_int_equal(l2a_addr_parse(hosts[i], &addr, NULL), 0);
		if (!l2a_addr_is_host(&addr))
			fail_msg("%s is a host's", hosts[i]);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(l2a_addr_parse(others[i], &addr, NULL), 0);
		if (l2a_addr_is_host(&addr))
			fail_msg("%s is no host's", others[i]);
	}
}

static void test_unused_bytes_are_zero(void **state)
{
	static const uint8_t zero[12];
	struct l2a_addr addr;

	(void)state;
	memset(&addr, 0xff, sizeof(addr));
	assert_int_equal(l2a_addr_parse("1.2.3.4", &addr, NULL), 0);
	assert_memory_equal(addr.bytes, "\x01\x02\x03\x04", 4);
	assert_memory_equal(addr.bytes + 4, zero, sizeof(zero));
}

static void test_refuses(void **state)
{
	static const struct {
		const char *text;
		const char *says;
	} bad[] = {
		{ "", "not an IPv4 or IPv6 address" },
		{ "1.2.3", "not an IPv4 or IPv6 address" },
		{ "1.2.3.4.5", "not an IPv4 or IPv6 address" },
		{ "1.2.3.256", "not an IPv4 or IPv6 address" },
		{ "01.2.3.4 ", "not an IPv4 or IPv6 address" },
		{ "host", "not an IPv4 or IPv6 address" },
		{ "2001:db8::1::2", "not an IPv4 or IPv6 address" },
		{ "1.2.3.4/32", "prefix length" },
		{ "fe80::1%eth0", "zone" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct l2a_addr addr = { .family = 77 };
		struct l2a_error err = { 0 };

		assert_int_equal(l2a_addr_parse(bad[i].text, &addr, &err),
				 -EINVAL);
		assert_non_null(strstr(err.text, bad[i].says));
		assert_non_null(strstr(err.text, bad[i].text));
		assert_int_equal(addr.family, 77);
	}
}

static void test_equal(void **state)
{
	struct l2a_addr a, b, c;

	(void)state;
	l2a_addr_parse("1.2.3.4", &a, NULL);
	l2a_addr_parse("1.2.3.4", &b, NULL);
	l2a_addr_parse("102:304::", &c, NULL);
	assert_true(l2a_addr_equal(&a, &b));
	assert_false(l2a_addr_equal(&a, &c));
	b.bytes[3]++;
	assert_false(l2a_addr_equal(&a, &b));
}

static void test_formats_no_address(void **state)
{
	struct l2a_addr none = { 0 };
	char buf[L2A_ADDR_STRLEN] = "x";

	(void)state;
	assert_string_equal(l2a_addr_format(&none, buf), "");
	assert_int_equal(l2a_addr_len(AF_UNSPEC), 0);
}

static void test_mac(void **state)
{
	static const uint8_t mac[] = { 0x52, 0x54, 0x00, 0x0a, 0xff, 0x01 };
	char buf[L2A_MAC_STRLEN];

	(void)state;
	assert_string_equal(l2a_mac_format(mac, buf), "52:54:00:0a:ff:01");
}

static void test_error_is_one_line(void **state)
{
	struct l2a_error err = { 0 };
	char big[2 * L2A_ERROR_TEXT];

	(void)state;
	assert_int_equal(l2a_fail(&err, -EINVAL, "a\nb\033[1m%s", "\r"),
			 -EINVAL);
	assert_string_equal(err.text, "a?b?[1m?");
	assert_int_equal(l2a_prefix(&err, "vip %s", "add"), -EINVAL);
	assert_string_equal(err.text, "vip add: a?b?[1m?");

	/* UTF-8's own controls, and what only looks like them. */
	l2a_fail(&err, -EINVAL, "\xc2\x80\xc2\x9b\x31m\xc2\x9f|\xc2\xa0\xc3\x80\xc3\x9b|\xc2");
	assert_string_equal(err.text, "??1m?|\xc2\xa0\xc3\x80\xc3\x9b|\xc2");

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	l2a_fail(&err, -EINVAL, "%s", big);
	assert_int_equal(strlen(err.text), L2A_ERROR_TEXT - 1);
	l2a_prefix(&err, "%s", big);
	assert_true(strlen(err.text) < L2A_ERROR_TEXT);
	assert_int_equal(l2a_fail(NULL, -ENOMEM, "nobody listens"), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_back),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_unused_bytes_are_zero),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_formats_no_address),
		cmocka_unit_test(test_mac),
		cmocka_unit_test(test_error_is_one_line),
	};

	return cmocka_run_group_tests_name("lib_address", tests, NULL, NULL);
}
