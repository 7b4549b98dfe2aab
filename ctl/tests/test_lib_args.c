// SPDX-License-Identifier: GPL-2.0
/*
 * The grammar of l2ctl: words into requests, and the refusal of wrong ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <json-c/json.h>
#include <linux/l2announce.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "l2ctl/args.h"
#include "l2ctl/batch.h"
#include "l2ctl/http.h"
#include "l2ctl/service_args.h"
#include "l2ctl/vip_args.h"

/* clang-format off */
#define WORDS(...) \
	(struct args) { .words = (char *[]){ __VA_ARGS__ __VA_OPT__(,) NULL } }
/* clang-format on */

static void test_vip_options(void **state)
{
	struct args args = WORDS("state", "standby", "lease", "7", "token",
				 "18446744073709551615", "announce", "3/500ms",
				 "refresh", "1m");
	struct l2a_vip_request r = { 0 };

	(void)state;
	assert_int_equal(vip_args_options(&args, &r, NULL), 0);
	assert_int_equal(r.set, L2A_VIP_STATE | L2A_VIP_LEASE | L2A_VIP_TOKEN |
			 L2A_VIP_ANNOUNCE_COUNT | L2A_VIP_ANNOUNCE_INTERVAL |
			 L2A_VIP_REFRESH);
	assert_int_equal(r.state, L2ANNOUNCE_VIP_STATE_STANDBY);
	assert_int_equal(r.lease, 7);
	assert_int_equal(r.token, UINT64_MAX);
	assert_int_equal(r.announce_count, 3);
	assert_int_equal(r.announce_interval_ms, 500);
	assert_int_equal(r.refresh_ms, 60000);
}

static void test_vip_options_alone(void **state)
{
	struct l2a_vip_request r = { 0 };
	struct args args = WORDS("announce", "5");

	(void)state;
	assert_int_equal(vip_args_options(&args, &r, NULL), 0);
	assert_int_equal(r.set, L2A_VIP_ANNOUNCE_COUNT);
	assert_int_equal(r.announce_count, 5);

	r = (struct l2a_vip_request){ .lease = 9 };
	args = WORDS("lease", "none");
	assert_int_equal(vip_args_options(&args, &r, NULL), 0);
	assert_int_equal(r.set, L2A_VIP_LEASE);
	assert_int_equal(r.lease, 0);
}

struct bad {
	char *words[8];
	int code;
	const char *says;
};

static void test_wrong_vip_options(void **state)
{
	static struct bad bad[] = {
		{ { "stat" }, -EINVAL, "\"stat\": state, lease, token" },
		{ { "state" }, -EINVAL, "\"state\" needs a value" },
		{ { "state", "up" }, -EINVAL, "\"up\": a state is active" },
		{ { "state", "active", "state", "active" }, -EINVAL,
		  "\"state\" may be given only once" },
		{ { "lease", "0" }, -EINVAL, "1 or more" },
		{ { "lease", "-1" }, -EINVAL, "\"-1\": lease is a whole" },
		{ { "lease", "4294967296" }, -ERANGE, "at most 4294967295" },
		{ { "token", "18446744073709551616" }, -ERANGE,
		  "at most 18446744073709551615" },
		{ { "token", "0x1" }, -EINVAL, "\"0x1\": token is a whole" },
		{ { "token", "" }, -EINVAL, "\"\": token is a whole" },
		{ { "announce", "/1s" }, -EINVAL, "COUNT/INTERVAL" },
		{ { "announce", "3/" }, -EINVAL, "duration" },
		{ { "announce", "3/1" }, -EINVAL, "units" },
		{ { "announce", "3/1s/2" }, -EINVAL, "units" },
		{ { "announce", "x" }, -EINVAL, "\"x\": announce count" },
		{ { "announce", "11111111111111111111111111" }, -EINVAL,
		  "COUNT/INTERVAL" },
		{ { "refresh", "1" }, -EINVAL, "units" },
		{ { "refresh", "9999999999s" }, -ERANGE, "too long" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct args args = { .words = bad[i].words };
		struct l2a_vip_request r = { 0 };
		struct l2a_error err = { 0 };

		assert_int_equal(vip_args_options(&args, &r, &err),
				 bad[i].code);
		if (!strstr(err.text, bad[i].says))
			fail_msg("says '%s', not '%s'", err.text, bad[i].says);
	}
}

static void test_vip_key(void **state)
{
	struct l2a_error err = { 0 };
	struct l2a_vip_request r;
	struct args args = WORDS("12.0.0.100", "dev", "lo");

	(void)state;
	assert_int_equal(vip_args_request(&args, &r, &err), 0);
	assert_int_equal(r.addr.family, AF_INET);
	assert_true(r.ifindex > 0);
	assert_int_equal(r.set, 0);

	args = WORDS("12.0.0.100");
	assert_int_equal(vip_args_request(&args, &r, &err), -EINVAL);
	assert_string_equal(err.text, "\"dev\" and a device expected");
	args = WORDS("12.0.0.100", "lo");
	assert_int_equal(vip_args_request(&args, &r, &err), -EINVAL);
	assert_string_equal(err.text, "\"lo\": \"dev\" and a device expected");
	args = WORDS("12.0.0.100", "dev", "no-such-device-x");
	assert_int_equal(vip_args_request(&args, &r, &err), -ENODEV);
	args = WORDS();
	assert_int_equal(vip_args_request(&args, &r, &err), -EINVAL);
}

static void test_filter(void **state)
{
	const unsigned int all = VIP_FILTER_ADDR | VIP_FILTER_DEV |
				 VIP_FILTER_LEASE;
	struct l2a_vip_filter f = { 0 };
	struct l2a_error err = { 0 };
	struct args args = WORDS("12.0.0.100", "dev", "lo", "lease", "7");

	(void)state;
	assert_int_equal(vip_args_filter(&args, all, &f, &err), 0);
	assert_int_equal(f.addr.family, AF_INET);
	assert_true(f.ifindex > 0);
	assert_true(f.by_lease);
	assert_int_equal(f.lease, 7);

	f = (struct l2a_vip_filter){ 0 };
	args = WORDS("lease", "none");
	assert_int_equal(vip_args_filter(&args, all, &f, &err), 0);
	assert_true(f.by_lease);
	assert_int_equal(f.lease, 0);

	args = WORDS("12.0.0.100");
	assert_int_equal(vip_args_filter(&args, VIP_FILTER_DEV, &f, &err),
			 -EINVAL);
	assert_string_equal(err.text,
			    "\"12.0.0.100\": dev or lease expected");
	args = WORDS("dev", "lo", "dev", "lo");
	assert_int_equal(vip_args_filter(&args, all, &f, &err), -EINVAL);
	assert_non_null(strstr(err.text, "only once"));
}

static void test_service(void **state)
{
	struct args args = WORDS("vip", "12.0.0.100", "2001:DB8::1", "dev",
				 "eth*", "bond0", "node", "node", "prefer",
				 "a", "b", "deliver", "none", "vip", "1.2.3.4");
	struct json_object *body, *wanted;

	(void)state;
	assert_int_equal(service_args_body(&args, &body, NULL), 0);
	wanted = json_tokener_parse("{\"vips\":[\"12.0.0.100\",\"2001:db8::1\","
		"\"1.2.3.4\"],\"devs\":[\"eth*\",\"bond0\"],"
		"\"nodes\":[\"node\"],\"prefer\":[\"a\",\"b\"],"
		"\"deliver\":\"none\"}");
	assert_true(json_object_equal(body, wanted));
	json_object_put(wanted);
	json_object_put(body);
}

static void test_service_checks(void **state)
{
	struct args args = WORDS("check", "tcp", "80", "vip", "12.0.0.100",
				 "check", "http", "http://[::1]/", "status",
				 "200-399", "interval", "2s", "timeout",
				 "500ms", "rise", "1", "fall", "4", "dev",
				 "eth0", "check", "command", "check");
	struct json_object *body, *wanted;

	(void)state;
	assert_int_equal(service_args_body(&args, &body, NULL), 0);
	wanted = json_tokener_parse("{\"checks\":[{\"tcp\":\"80\"},"
		"{\"http\":\"http://[::1]/\",\"status\":\"200-399\","
		"\"interval\":\"2s\",\"timeout\":\"500ms\","
		"\"rise\":1,\"fall\":4},{\"command\":\"check\"}],"
		"\"vips\":[\"12.0.0.100\"],\"devs\":[\"eth0\"]}");
	assert_true(json_object_equal(body, wanted));
	json_object_put(wanted);
	json_object_put(body);

	args = WORDS("check", "none");
	assert_int_equal(service_args_change(&args, &body, NULL), 0);
	wanted = json_tokener_parse("{\"checks\":[]}");
	assert_true(json_object_equal(body, wanted));
	json_object_put(wanted);
	json_object_put(body);
}

static void test_wrong_services(void **state)
{
	static struct bad bad[] = {
		{ { NULL }, -EINVAL, "\"vip\" and an address expected" },
		{ { "vip" }, -EINVAL, "\"vip\" needs an address" },
		{ { "vip", "eth0" }, -EINVAL, "\"eth0\": not an IPv4" },
		{ { "vip", "1.2.3.4" }, -EINVAL, "\"dev\" and a device" },
		{ { "dev", "eth0" }, -EINVAL, "\"vip\" and an address" },
		{ { "1.2.3.4" }, -EINVAL, "\"1.2.3.4\": vip, dev, node" },
		{ { "vip", "1.2.3.4", "dev", "" }, -EINVAL,
		  "\"\": a device pattern expected" },
		{ { "deliver", "x" }, -EINVAL, "\"x\": deliver is route" },
		{ { "deliver" }, -EINVAL, "\"deliver\" needs a value" },
		{ { "deliver", "none", "deliver", "none" }, -EINVAL,
		  "only once" },
		{ { "check" }, -EINVAL, "\"check\" needs a value" },
		{ { "check", "ping", "x" }, -EINVAL,
		  "\"ping\": check is command, tcp, http or none" },
		{ { "check", "tcp" }, -EINVAL, "\"tcp\" needs a value" },
		{ { "check", "tcp", "80", "interval" }, -EINVAL,
		  "\"interval\" needs a value" },
		{ { "check", "tcp", "80", "interval", "2" }, -EINVAL,
		  "interval: " },
		{ { "check", "tcp", "80", "rise", "few" }, -EINVAL, "few" },
		{ { "check", "tcp", "80", "fall", "2", "fall", "2" }, -EINVAL,
		  "\"fall\" may be given only once for a check" },
		{ { "check", "tcp", "80", "81" }, -EINVAL, "\"81\": vip, dev" },
		{ { "interval", "2s" }, -EINVAL, "\"interval\": vip, dev" },
		{ { "check", "tcp", "80", "check", "none" }, -EINVAL,
		  "\"check none\" stands alone" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct args args = { .words = bad[i].words };
		struct json_object *body = NULL;
		struct l2a_error err = { 0 };

		assert_int_equal(service_args_body(&args, &body, &err),
				 bad[i].code);
		assert_null(body);
		if (!strstr(err.text, bad[i].says))
			fail_msg("says '%s', not '%s'", err.text, bad[i].says);
	}
}

/* Only at the end, and never what has to be a noun. */
static void test_output(void **state)
{
	static struct {
		char *words[6];
		size_t left;
		unsigned int flags;
	} of[] = {
		{ { NULL }, 0, 0 },
		{ { "-j" }, 1, 0 },
		{ { "monitor", "-j" }, 1, L2A_WRITER_JSON },
		{ { "vip", "show", "-s", "--json", "-p" }, 2, L2A_WRITER_STATS |
		  L2A_WRITER_JSON | L2A_WRITER_PRETTY },
		{ { "vip", "show", "--pretty", "--statistics" }, 2,
		  L2A_WRITER_PRETTY | L2A_WRITER_STATS },
		{ { "vip", "-j", "show" }, 3, 0 },
		{ { "apply", "-f", "-" }, 3, 0 },
		{ { "service", "show", "-jp" }, 3, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		size_t n = 0;

		assert_int_equal(args_output(of[i].words), of[i].flags);
		while (of[i].words[n])
			n++;
		assert_int_equal(n, of[i].left);
	}
}

static void check_refusal(long status, const char *body, const char *says)
{
	struct json_object *answer = body ? json_tokener_parse(body) : NULL;
	struct l2a_error err = { 0 };

	assert_int_equal(http_refusal(status, answer, &err), -EREMOTEIO);
	assert_string_equal(err.text, says);
	json_object_put(answer);
}

static void test_refusals_of_the_controller(void **state)
{
	(void)state;
	check_refusal(409, "{\"error\":\"it\\nexists\"}", "it?exists");
	check_refusal(409, "{\"error\":7}",
		      "the controller refused with HTTP status 409");
	check_refusal(409, "[]", "the controller refused with HTTP status 409");
	check_refusal(409, NULL, "the controller refused with HTTP status 409");
	/* libevent says it in HTML, before anybody is asked who may. */
	check_refusal(413, NULL,
		      "not permitted, or too large: who may only read sends 64 KiB at the most, root 16 MiB");
}

/* Refused before anything could be sent elsewhere. */
static void test_wrong_sockets(void **state)
{
	struct l2a_error err = { 0 };
	char path[200];

	(void)state;
	assert_int_equal(http_call("", "GET", "/v1/node", NULL, NULL, NULL,
				   &err), -EINVAL);
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(http_call(path, "GET", "/v1/node", NULL, NULL, NULL,
				   &err), -ENAMETOOLONG);
	assert_int_equal(http_call("/nonexistent/socket", "GET", "/v1/node",
				   NULL, NULL, NULL, &err), -ENOENT);
	assert_string_equal(err.text,
			    "cannot reach the controller at /nonexistent/socket: No such file or directory: is l2announced running?");
}

static void test_batch_split(void **state)
{
	static const struct {
		const char *line;
		const char *words[4];
	} rows[] = {
		{ "", { NULL } },
		{ "  \t \r\n", { NULL } },
		{ "# vip show", { NULL } },
		{ "vip show # all", { "vip", "show" } },
		{ "vip\tshow\n", { "vip", "show" } },
		{ "a#b \"c d\" '#'", { "a#b", "c d", "#" } },
		{ "\"\" ''", { "", "" } },
		{ "a'b", { "a'b" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *line = strdup(rows[i].line);
		char *words[16];
		size_t n = 0;

		assert_int_equal(batch_split(line, words, NULL), 0);
		for (; words[n]; n++)
			assert_string_equal(words[n], rows[i].words[n]);
		assert_null(rows[i].words[n]);
		free(line);
	}
}

static void test_batch_split_refuses(void **state)
{
	char line[] = "vip add \"12.0.0.100 dev eth0";
	struct l2a_error err = { 0 };
	char *words[16];

	(void)state;
	assert_int_equal(batch_split(line, words, &err), -EINVAL);
	assert_non_null(strstr(err.text, "quote"));
}

static void test_vip_change(void **state)
{
	struct args args = WORDS("lease", "7", "state", "standby");
	struct l2a_error err = { 0 };
	struct l2a_vip_request r;

	(void)state;
	assert_int_equal(vip_args_change(&args, &r, NULL), 0);
	assert_int_equal(r.set, L2A_VIP_LEASE | L2A_VIP_STATE);
	assert_int_equal(r.lease, 7);
	assert_int_equal(r.ifindex, 0);

	args = WORDS("lease", "7");
	assert_int_equal(vip_args_change(&args, &r, &err), -EINVAL);
	args = WORDS("lease", "0", "state", "standby");
	assert_int_equal(vip_args_change(&args, &r, &err), -EINVAL);
	args = WORDS("lease", "7", "lease", "8");
	assert_int_equal(vip_args_change(&args, &r, &err), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batch_split),
		cmocka_unit_test(test_batch_split_refuses),
		cmocka_unit_test(test_vip_change),
		cmocka_unit_test(test_vip_options),
		cmocka_unit_test(test_vip_options_alone),
		cmocka_unit_test(test_wrong_vip_options),
		cmocka_unit_test(test_vip_key),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_service),
		cmocka_unit_test(test_service_checks),
		cmocka_unit_test(test_wrong_services),
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_refusals_of_the_controller),
		cmocka_unit_test(test_wrong_sockets),
	};

	return cmocka_run_group_tests_name("lib_args", tests, NULL, NULL);
}
