// SPDX-License-Identifier: GPL-2.0
/*
 * Unit test of the judge: made-up frames with made-up times, so that every
 * figure is known beforehand. The last test goes through a pcap file and the
 * program itself, which the environment variable L2JUDGE names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <pcap/pcap.h>

#include "report.h"

#define VIP		0x0c000064U	/* 12.0.0.100 */
#define OTHER		0x0c000065U
#define NEIGHBOR	0x0c000001U
#define START		(INT64_C(1700000000) * NSEC_PER_SEC)
#define MS		NSEC_PER_MSEC
#define ARP_FRAME	42
#define ARP_REQUEST	1
#define ARP_REPLY	2

static const uint8_t asker[MAC_LEN] = { 2, 0, 0, 0, 0, 1 };
static const uint8_t asker2[MAC_LEN] = { 2, 0, 0, 0, 0, 2 };
static const uint8_t mac_a[MAC_LEN] = { 2, 0, 0, 0, 0, 0x11 };
static const uint8_t mac_b[MAC_LEN] = { 2, 0, 0, 0, 0, 0x12 };
static const uint8_t all[MAC_LEN] = { 255, 255, 255, 255, 255, 255 };

static const struct tally_filter one_vip = {
	.vip = { .version = 4, .bytes = { 12, 0, 0, 100 } }, .any_client = true, .any_announcer = true,
	.until = INT64_MAX,
};

static void put32(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 24);
	at[1] = (uint8_t)(value >> 16);
	at[2] = (uint8_t)(value >> 8);
	at[3] = (uint8_t)value;
}

/* An ARP frame as it stands on the wire. */
static void build(uint8_t data[ARP_FRAME], uint8_t op, const uint8_t *dst,
		  const uint8_t *sha, uint32_t sip, const uint8_t *tha,
		  uint32_t tip)
{
	static const uint8_t head[] = { 8, 6, 0, 1, 8, 0, 6, 4, 0 };

	memcpy(data, dst, MAC_LEN);
	memcpy(data + 6, sha, MAC_LEN);
	memcpy(data + 12, head, sizeof(head));
	data[21] = op;
	memcpy(data + 22, sha, MAC_LEN);
	put32(data + 28, sip);
	memcpy(data + 32, tha, MAC_LEN);
	put32(data + 38, tip);
}

static void feed(struct tally *tally, const uint8_t data[ARP_FRAME],
		 int64_t time)
{
	struct frame frame;

	assert_true(frame_parse(&frame, data, ARP_FRAME, START + time));
	tally_frame(tally, &frame);
}

static void request(struct tally *tally, int64_t time, const uint8_t *who,
		    uint32_t sip)
{
	static const uint8_t none[MAC_LEN];
	uint8_t data[ARP_FRAME];

	build(data, ARP_REQUEST, all, who, sip, none, VIP);
	feed(tally, data, time);
}

static void answer(struct tally *tally, int64_t time, const uint8_t *from,
		   const uint8_t *to, uint32_t tip)
{
	uint8_t data[ARP_FRAME];

	build(data, ARP_REPLY, to, from, VIP, to, tip);
	feed(tally, data, time);
}

static void announce(struct tally *tally, int64_t time, uint8_t op,
		     const uint8_t *from, const uint8_t *tha)
{
	uint8_t data[ARP_FRAME];

	build(data, op, all, from, VIP, tha, VIP);
	feed(tally, data, time);
}

static void expect(const struct tally *tally, const char *rule)
{
	struct json_object *report = report_vip(&tally->vips[0]);
	int verdict = report_expect(stderr, report, rule);

	json_object_put(report);
	assert_int_equal(verdict, 0);
}

static void test_answers(void **state)
{
	struct tally tally;

	(void)state;
	tally_init(&tally, &one_vip);
	request(&tally, 0, asker, NEIGHBOR);
	answer(&tally, 5 * MS, mac_a, asker, NEIGHBOR);
	request(&tally, 1000 * MS, asker, NEIGHBOR);
	request(&tally, 2000 * MS, asker, 0);
	answer(&tally, 2003 * MS, mac_a, asker, 0);
	request(&tally, 3000 * MS, asker, NEIGHBOR);
	tally_end(&tally);

	expect(&tally, "requests=4");
	expect(&tally, "probes=1");
	expect(&tally, "answered=2");
	expect(&tally, "probes_answered=1");
	expect(&tally, "unanswered=1");
	expect(&tally, "open=1");
	expect(&tally, "replies=2");
	expect(&tally, "malformed=0");
	expect(&tally, "dual_answers=0");
	expect(&tally, "longest_gap_ms=1998.000");
	expect(&tally, "first_answer=1700000000.005000000");
	expect(&tally, "sequence=02:00:00:00:00:11");
	tally_free(&tally);
}

static void test_open_ends_with_time(void **state)
{
	struct tally tally;

	(void)state;
	tally_init(&tally, &one_vip);
	request(&tally, 0, asker, NEIGHBOR);
	tally_time(&tally, START + 1000 * MS);
	tally_end(&tally);
	expect(&tally, "open=0");
	expect(&tally, "unanswered=1");
	tally_free(&tally);
}

static void test_dual(void **state)
{
	struct tally tally;

	(void)state;
	tally_init(&tally, &one_vip);
	/* Two MACs within one life, and a third answer that adds none. */
	request(&tally, 0, asker, NEIGHBOR);
	answer(&tally, 1 * MS, mac_a, asker, NEIGHBOR);
	answer(&tally, 900 * MS, mac_b, asker, NEIGHBOR);
	answer(&tally, 901 * MS, mac_a, asker, NEIGHBOR);
	/* One MAC twice is no dual answer. */
	request(&tally, 1000 * MS, asker, NEIGHBOR);
	answer(&tally, 1001 * MS, mac_a, asker, NEIGHBOR);
	answer(&tally, 1002 * MS, mac_a, asker, NEIGHBOR);
	tally_end(&tally);

	expect(&tally, "dual_answers=1");
	expect(&tally, "dual.0.request=1700000000.000000000");
	expect(&tally, "dual.0.time=1700000000.900000000");
	expect(&tally, "dual.0.first=02:00:00:00:00:11");
	expect(&tally, "dual.0.second=02:00:00:00:00:12");
	expect(&tally, "answered=2");
	expect(&tally, "replies=5");
	tally_free(&tally);
}

static void test_no_dual(void **state)
{
	struct tally tally;

	(void)state;
	tally_init(&tally, &one_vip);
	/* The asker's next request ends a life, */
	request(&tally, 0, asker, NEIGHBOR);
	answer(&tally, 1 * MS, mac_a, asker, NEIGHBOR);
	request(&tally, 100 * MS, asker, NEIGHBOR);
	answer(&tally, 101 * MS, mac_b, asker, NEIGHBOR);
	/* so does a second, */
	answer(&tally, 1101 * MS, mac_a, asker, NEIGHBOR);
	/* and another asker's request is another life. */
	request(&tally, 3000 * MS, asker, NEIGHBOR);
	request(&tally, 3001 * MS, asker2, 0x0c000002U);
	answer(&tally, 3002 * MS, mac_a, asker, NEIGHBOR);
	answer(&tally, 3003 * MS, mac_b, asker2, 0x0c000002U);
	tally_end(&tally);

	expect(&tally, "dual_answers=0");
	expect(&tally, "unsolicited=1");
	expect(&tally, "answered=4");
	expect(&tally, "macs=2");
	expect(&tally, "moves=3");
	tally_free(&tally);
}

static void test_sequence(void **state)
{
	struct tally tally;

	(void)state;
	tally_init(&tally, &one_vip);
	request(&tally, 0, asker, NEIGHBOR);
	answer(&tally, 1 * MS, mac_a, asker, NEIGHBOR);
	request(&tally, 500 * MS, asker, NEIGHBOR);
	answer(&tally, 501 * MS, mac_a, asker, NEIGHBOR);
	request(&tally, 1000 * MS, asker, NEIGHBOR);
	request(&tally, 1500 * MS, asker, NEIGHBOR);
	request(&tally, 2000 * MS, asker, NEIGHBOR);
	answer(&tally, 2002 * MS, mac_b, asker, NEIGHBOR);
	tally_end(&tally);

	expect(&tally, "sequence=02:00:00:00:00:11,02:00:00:00:00:12");
	expect(&tally, "answerer.0.answers=2");
	expect(&tally, "answerer.0.last=1700000000.501000000");
	expect(&tally, "answerer.1.gap_ms=1501.000");
	expect(&tally, "longest_gap_ms>=1501");
	expect(&tally, "unanswered=2");
	tally_free(&tally);
}

static void test_told(void **state)
{
	struct tally tally;

	(void)state;
	tally_init(&tally, &one_vip);
	/* Told and never answered, */
	request(&tally, 0, asker, NEIGHBOR);
	announce(&tally, 50 * MS, ARP_REQUEST, mac_b, mac_b);
	announce(&tally, 51 * MS, ARP_REPLY, mac_b, mac_b);
	/* told and then answered, */
	request(&tally, 100 * MS, asker, NEIGHBOR);
	announce(&tally, 110 * MS, ARP_REPLY, mac_b, mac_b);
	answer(&tally, 120 * MS, mac_b, asker, NEIGHBOR);
	/* answered before, */
	request(&tally, 200 * MS, asker, NEIGHBOR);
	answer(&tally, 210 * MS, mac_b, asker, NEIGHBOR);
	announce(&tally, 220 * MS, ARP_REPLY, mac_b, mac_b);
	/* and told too late. */
	request(&tally, 300 * MS, asker, NEIGHBOR);
	announce(&tally, 1301 * MS, ARP_REPLY, mac_b, mac_b);
	tally_end(&tally);

	expect(&tally, "told=1");
	expect(&tally, "unanswered=2");
	expect(&tally, "answered=2");
	tally_free(&tally);
}

static void test_announcements(void **state)
{
	struct tally tally;
	int i;

	(void)state;
	tally_init(&tally, &one_vip);
	for (i = 0; i < 3; i++) {
		announce(&tally, i * 1100 * MS, ARP_REQUEST, mac_a, mac_a);
		announce(&tally, i * 1100 * MS + 1, ARP_REPLY, mac_a, mac_a);
	}
	tally_end(&tally);

	expect(&tally, "announcements=6");
	expect(&tally, "announcements_request=3");
	expect(&tally, "announcements_reply=3");
	expect(&tally, "announcements_unaccepted=0");
	expect(&tally, "rounds=3");
	expect(&tally, "rounds_whole=3");
	expect(&tally, "round_gap_min_ms=1100.000");
	expect(&tally, "round_gap_max_ms=1100.000");
	expect(&tally, "round.0.gap_ms=-1");
	expect(&tally, "announcement.5.round=2");
	/* An announcement asks nothing and answers nobody. */
	expect(&tally, "requests=0");
	expect(&tally, "replies=0");
	tally_free(&tally);
}

static void test_announcement_faults(void **state)
{
	static const uint8_t zero[MAC_LEN];
	struct tally_filter filter = one_vip;
	struct tally tally;

	(void)state;
	filter.any_announcer = false;
	memcpy(filter.announcer, mac_b, MAC_LEN);
	tally_init(&tally, &filter);
	announce(&tally, 0, ARP_REQUEST, mac_a, zero);
	announce(&tally, 1, ARP_REQUEST, mac_b, zero);
	tally_end(&tally);
	expect(&tally, "announcements=1");
	tally_free(&tally);

	tally_init(&tally, &one_vip);
	/* One form only, */
	announce(&tally, 0, ARP_REQUEST, mac_a, zero);
	announce(&tally, 500 * MS, ARP_REQUEST, mac_a, zero);
	/* and a reply form that Linux would not take. */
	announce(&tally, 600 * MS, ARP_REPLY, mac_b, zero);
	tally_end(&tally);

	expect(&tally, "rounds=3");
	expect(&tally, "rounds_whole=0");
	expect(&tally, "round_gap_min_ms=500.000");
	expect(&tally, "announcements_unaccepted=1");
	expect(&tally, "announcement.2.mac=02:00:00:00:00:12");
	tally_free(&tally);
}

static void test_window_and_client(void **state)
{
	struct tally_filter filter = one_vip;
	struct tally tally;

	(void)state;
	filter.any_client = false;
	memcpy(filter.client, asker, MAC_LEN);
	filter.since = START + 1000 * MS;
	filter.until = START + 2000 * MS;
	tally_init(&tally, &filter);
	request(&tally, 500 * MS, asker, NEIGHBOR);
	answer(&tally, 1001 * MS, mac_a, asker, NEIGHBOR);
	announce(&tally, 900 * MS, ARP_REQUEST, mac_a, mac_a);
	request(&tally, 1500 * MS, asker2, NEIGHBOR);
	answer(&tally, 1501 * MS, mac_b, asker2, NEIGHBOR);
	request(&tally, 1999 * MS, asker, NEIGHBOR);
	answer(&tally, 2005 * MS, mac_a, asker, NEIGHBOR);
	request(&tally, 2500 * MS, asker, NEIGHBOR);
	answer(&tally, 2501 * MS, mac_b, asker, NEIGHBOR);
	tally_end(&tally);

	expect(&tally, "requests=1");
	expect(&tally, "replies=1");
	expect(&tally, "answered=1");
	expect(&tally, "announcements=0");
	expect(&tally, "sequence=02:00:00:00:00:11");
	tally_free(&tally);
}

static void test_sourced_and_malformed(void **state)
{
	uint8_t data[ARP_FRAME];
	struct tally tally;

	(void)state;
	tally_init(&tally, &one_vip);
	build(data, ARP_REQUEST, all, mac_b, VIP, all, NEIGHBOR);
	feed(&tally, data, 0);
	request(&tally, 10 * MS, asker, NEIGHBOR);
	build(data, ARP_REPLY, asker, mac_a, VIP, asker, NEIGHBOR);
	memcpy(data + MAC_LEN, mac_b, MAC_LEN);
	feed(&tally, data, 11 * MS);
	tally_end(&tally);
	expect(&tally, "sourced=1");
	expect(&tally, "malformed=1");
	expect(&tally, "answered=1");
	tally_free(&tally);
}

static void test_other_address(void **state)
{
	struct tally_filter filter = one_vip;
	uint8_t data[ARP_FRAME];
	struct tally tally;

	(void)state;
	build(data, ARP_REQUEST, all, asker, NEIGHBOR, all, OTHER);
	tally_init(&tally, &filter);
	feed(&tally, data, 0);
	tally_end(&tally);
	expect(&tally, "vip=12.0.0.100");
	expect(&tally, "requests=0");
	tally_free(&tally);

	filter.any_vip = true;
	tally_init(&tally, &filter);
	feed(&tally, data, 0);
	tally_end(&tally);
	expect(&tally, "vip=12.0.0.101");
	expect(&tally, "requests=1");
	tally_free(&tally);
}

static void assert_ip(const struct ip *ip, const char *text)
{
	char seen[IP_TEXT];

	ip_text(seen, ip);
	assert_string_equal(seen, text);
}

static void test_parse(void **state)
{
	uint8_t data[ARP_FRAME], tagged[ARP_FRAME + 4];
	struct frame frame;
	size_t len;

	(void)state;
	build(data, ARP_REQUEST, all, asker, NEIGHBOR, all, VIP);
	for (len = 0; len < ARP_FRAME; len++)
		assert_false(frame_parse(&frame, data, len, 0));
	assert_true(frame_parse(&frame, data, ARP_FRAME, 7));
	assert_int_equal(frame.time, 7);
	assert_int_equal(frame.op, FRAME_ASK);
	assert_ip(&frame.sip, "12.0.0.1");
	assert_ip(&frame.tip, "12.0.0.100");

	memcpy(tagged, data, 12);
	memcpy(tagged + 12, "\x81\x00\x00\x05", 4);
	memcpy(tagged + 16, data + 12, ARP_FRAME - 12);
	for (len = 0; len < sizeof(tagged); len++)
		assert_false(frame_parse(&frame, tagged, len, 0));
	assert_true(frame_parse(&frame, tagged, sizeof(tagged), 0));
	assert_ip(&frame.tip, "12.0.0.100");

	data[17] = 1;	/* protocol type: not IPv4 */
	assert_false(frame_parse(&frame, data, ARP_FRAME, 0));
	build(data, 3, all, asker, NEIGHBOR, all, VIP);
	assert_false(frame_parse(&frame, data, ARP_FRAME, 0));
}

static void test_mac_parse(void **state)
{
	uint8_t mac[MAC_LEN];

	(void)state;
	assert_true(mac_parse(mac, "02:00:00:00:00:11"));
	assert_memory_equal(mac, mac_a, MAC_LEN);
	assert_false(mac_parse(mac, "02:00:00:00:00"));
	assert_false(mac_parse(mac, "02:00:00:00:00:11:"));
	assert_false(mac_parse(mac, "worker1"));
}

static void test_rules(void **state)
{
	struct json_object *report;
	FILE *null = fopen("/dev/null", "w");
	struct tally tally;

	(void)state;
	assert_non_null(null);
	tally_init(&tally, &one_vip);
	request(&tally, 0, asker, NEIGHBOR);
	tally_end(&tally);
	report = report_vip(&tally.vips[0]);
	assert_int_equal(report_expect(null, report, "requests>0"), 0);
	assert_int_equal(report_expect(null, report, "requests>=1"), 0);
	assert_int_equal(report_expect(null, report, "requests<2"), 0);
	assert_int_equal(report_expect(null, report, "requests!=2"), 0);
	assert_int_equal(report_expect(null, report, "requests<=0"), 1);
	assert_int_equal(report_expect(null, report, "requests>1"), 1);
	assert_int_equal(report_expect(null, report, "vip=12.0.0.100"), 0);
	assert_int_equal(report_expect(null, report, "vip!=12.0.0.100"), 1);
	assert_int_equal(report_expect(null, report, "vip<12.0.0.101"), 1);
	assert_int_equal(report_expect(null, report, "sequence=x"), 1);
	/* A gap that was never measured meets no lower bound. */
	assert_int_equal(report_expect(null, report, "longest_gap_ms>=0"), 1);
	assert_int_equal(report_expect(null, report, "nothing=1"), 1);
	assert_int_equal(report_expect(null, report, "answerer.0.mac!=x"), 1);
	assert_int_equal(report_expect(null, report, "requests"), 2);
	assert_int_equal(report_expect(null, report, "requests=="), 2);
	assert_int_equal(report_expect(null, report, "requests=>1"), 2);
	assert_int_equal(report_expect(null, report, "=1"), 2);
	json_object_put(report);
	tally_free(&tally);
	fclose(null);
}

static void dump(pcap_dumper_t *dumper, const uint8_t *data, int64_t time)
{
	struct pcap_pkthdr header = {
		.ts.tv_sec = (time_t)((START + time) / NSEC_PER_SEC),
		.ts.tv_usec = (suseconds_t)((START + time) % NSEC_PER_SEC / 1000),
		.caplen = ARP_FRAME,
		.len = ARP_FRAME,
	};

	pcap_dump((u_char *)dumper, &header, data);
}

static int judge(const char *file, const char *arguments)
{
	char command[1024];
	int status;

	snprintf(command, sizeof(command), "%s %s %s 2>/dev/null >&2",
		 getenv("L2JUDGE"), arguments, file);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The same through a file and the program: what scripts see. */
static void test_program(void **state)
{
	char file[] = "/tmp/test_judge.XXXXXX";
	uint8_t data[ARP_FRAME];
	pcap_dumper_t *dumper;
	pcap_t *pcap;
	int fd;

	(void)state;
	if (!getenv("L2JUDGE"))
		skip();
	fd = mkstemp(file);
	assert_true(fd >= 0);
	pcap = pcap_open_dead(DLT_EN10MB, 65535);
	dumper = pcap_dump_fopen(pcap, fdopen(fd, "w"));
	assert_non_null(dumper);
	build(data, ARP_REQUEST, all, asker, NEIGHBOR, all, VIP);
	dump(dumper, data, 0);
	build(data, ARP_REPLY, asker, mac_a, VIP, asker, NEIGHBOR);
	dump(dumper, data, 1 * MS);
	build(data, ARP_REPLY, asker, mac_b, VIP, asker, NEIGHBOR);
	dump(dumper, data, 2 * MS);
	pcap_dump_close(dumper);
	pcap_close(pcap);

	assert_int_equal(judge(file, ""), 0);
	assert_int_equal(judge(file, "-j -e"), 0);
	assert_int_equal(judge(file, "--vip 12.0.0.100 --max-dual 1"), 0);
	assert_int_equal(judge(file, "--vip 12.0.0.100 --max-dual 0"), 1);
	assert_int_equal(judge(file, "-v 12.0.0.100 -x answered=1 -x macs=2"),
			 0);
	assert_int_equal(judge(file, "-v 12.0.0.100 --expect-mac 02:00:00:00:00:11"),
			 1);
	assert_int_equal(judge(file, "-v 12.0.0.100 -u 1700000000.002 -g answered"),
			 0);
	assert_int_equal(judge(file, "-v 12.0.0.100 -s 1700000000.000500 -x answered=0"),
			 0);
	assert_int_equal(judge(file, "-v 12.0.0.100 -g nothing"), 1);
	assert_int_equal(judge(file, "-v 12.0.0.100 -x requests"), 2);
	assert_int_equal(judge(file, "-v 12.0.0 -g requests"), 2);
	assert_int_equal(judge(file, "-g requests"), 2);
	assert_int_equal(judge("/nonexistent", ""), 2);
	assert_int_equal(judge("/etc/hostname", ""), 2);
	unlink(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_open_ends_with_time),
		cmocka_unit_test(test_dual),
		cmocka_unit_test(test_no_dual),
		cmocka_unit_test(test_sequence),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_announcements),
		cmocka_unit_test(test_announcement_faults),
		cmocka_unit_test(test_window_and_client),
		cmocka_unit_test(test_sourced_and_malformed),
		cmocka_unit_test(test_other_address),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_mac_parse),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
