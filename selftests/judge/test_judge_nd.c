// SPDX-License-Identifier: GPL-2.0
/*
 * Unit test of the judge, IPv6: made-up solicitations, advertisements and
 * listener reports, each right but for the one thing its test is about.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report.h"

#define VIP		"2001:db8::100"
#define NEIGHBOR	"2001:db8::1"
#define WORKER		"2001:db8::11"
#define OTHER		"2001:db8::101"
#define NOBODY		"::"
#define ALL		"ff02::1"
#define GROUP		"ff02::1:ff00:100"
#define START		(INT64_C(1700000000) * NSEC_PER_SEC)
#define MS		NSEC_PER_MSEC
#define FRAME_MAX	256
#define IPV6		14
#define ICMP6		54

#define SOLICITATION	135
#define ADVERTISEMENT	136
#define ROUTER		0x80
#define SOLICITED	0x40
#define OVERRIDE	0x20

static const uint8_t asker[MAC_LEN] = { 2, 0, 0, 0, 0, 1 };
static const uint8_t asker2[MAC_LEN] = { 2, 0, 0, 0, 0, 2 };
static const uint8_t mac_a[MAC_LEN] = { 2, 0, 0, 0, 0, 0x11 };
static const uint8_t mac_b[MAC_LEN] = { 2, 0, 0, 0, 0, 0x12 };
static const uint8_t all_nodes[MAC_LEN] = { 0x33, 0x33, 0, 0, 0, 1 };
static const uint8_t to_group[MAC_LEN] = { 0x33, 0x33, 0xff, 0, 1, 0 };

/* A packet under construction: an Ethernet frame and its length. */
struct packet {
	uint8_t data[FRAME_MAX];
	size_t len;
};

static void put_ip(uint8_t *at, const char *text)
{
	struct ip ip;

	assert_true(ip_parse(&ip, text));
	memcpy(at, ip.bytes, sizeof(ip.bytes));
}

static void put16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static size_t message_at(const struct packet *packet)
{
	return packet->data[IPV6 + 6] == 0 ? ICMP6 + 8 : ICMP6;
}

/* Lengths and checksum, once everything else is in place. */
static void seal(struct packet *packet)
{
	size_t at = message_at(packet), i;
	uint32_t sum = 58 + (uint32_t)(packet->len - at);

	put16(packet->data + IPV6 + 4, packet->len - ICMP6);
	put16(packet->data + at + 2, 0);
	for (i = IPV6 + 8; i < ICMP6; i += 2)
		sum += (uint32_t)(packet->data[i] << 8 | packet->data[i + 1]);
	for (i = at; i < packet->len; i += 2)
		sum += (uint32_t)(packet->data[i] << 8 | packet->data[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(packet->data + at + 2, ~sum & 0xffff);
}

static void head(struct packet *packet, const uint8_t *src, const uint8_t *dst,
		 const char *from, const char *to)
{
	memset(packet, 0, sizeof(*packet));
	memcpy(packet->data, dst, MAC_LEN);
	memcpy(packet->data + MAC_LEN, src, MAC_LEN);
	put16(packet->data + 12, 0x86dd);
	packet->data[IPV6] = 0x60;
	packet->data[IPV6 + 6] = 58;
	packet->data[IPV6 + 7] = 255;
	put_ip(packet->data + IPV6 + 8, from);
	put_ip(packet->data + IPV6 + 24, to);
	packet->len = ICMP6;
}

static void body(struct packet *packet, uint8_t type, uint8_t flags,
		 const char *target)
{
	packet->data[ICMP6] = type;
	packet->data[ICMP6 + 4] = flags;
	put_ip(packet->data + ICMP6 + 8, target);
	packet->len = ICMP6 + 24;
}

static void option(struct packet *packet, uint8_t type, const uint8_t *mac)
{
	packet->data[packet->len] = type;
	packet->data[packet->len + 1] = 1;
	memcpy(packet->data + packet->len + 2, mac, MAC_LEN);
	packet->len += 8;
}

static void solicitation(struct packet *packet, const uint8_t *who,
			 const char *from, const char *target)
{
	head(packet, who, to_group, from, GROUP);
	body(packet, SOLICITATION, 0, target);
	if (strcmp(from, NOBODY) != 0)
		option(packet, 1, who);
	seal(packet);
}

static void advertisement(struct packet *packet, const uint8_t *who,
			  const uint8_t *dst, const char *to, uint8_t flags)
{
	head(packet, who, dst, VIP, to);
	body(packet, ADVERTISEMENT, flags, VIP);
	option(packet, 2, who);
	seal(packet);
}

static void feed(struct tally *tally, const struct packet *packet, int64_t time)
{
	struct frame frame;

	assert_true(frame_parse(&frame, packet->data, packet->len,
				START + time));
	tally_frame(tally, &frame);
}

static void ask(struct tally *tally, int64_t time, const uint8_t *who,
		const char *from)
{
	struct packet packet;

	solicitation(&packet, who, from, VIP);
	feed(tally, &packet, time);
}

static void answer(struct tally *tally, int64_t time, const uint8_t *who,
		   const uint8_t *to)
{
	struct packet packet;

	advertisement(&packet, who, to, NEIGHBOR, SOLICITED | OVERRIDE);
	feed(tally, &packet, time);
}

static void announce(struct tally *tally, int64_t time, const uint8_t *who)
{
	struct packet packet;

	advertisement(&packet, who, all_nodes, ALL, OVERRIDE);
	feed(tally, &packet, time);
}

static void start(struct tally *tally)
{
	struct tally_filter filter = {
		.any_client = true, .any_announcer = true, .until = INT64_MAX,
	};

	assert_true(ip_parse(&filter.vip, VIP));
	tally_init(tally, &filter);
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
	start(&tally);
	ask(&tally, 0, asker, NEIGHBOR);
	answer(&tally, 5 * MS, mac_a, asker);
	ask(&tally, 1000 * MS, asker, NEIGHBOR);
	answer(&tally, 1002 * MS, mac_a, asker);
	answer(&tally, 1003 * MS, mac_b, asker);
	ask(&tally, 3000 * MS, asker, NEIGHBOR);
	ask(&tally, 3100 * MS, asker2, NEIGHBOR);
	answer(&tally, 5000 * MS, mac_a, asker);
	tally_end(&tally);

	expect(&tally, "vip=2001:db8::100");
	expect(&tally, "requests=4");
	expect(&tally, "probes=0");
	expect(&tally, "answered=2");
	expect(&tally, "unanswered=2");
	expect(&tally, "replies=4");
	expect(&tally, "dual_answers=1");
	expect(&tally, "dual.0.second=02:00:00:00:00:12");
	expect(&tally, "unsolicited=1");
	expect(&tally, "malformed=0");
	expect(&tally, "macs=2");
	expect(&tally, "announcements=0");
	tally_free(&tally);
}

/* Duplicate address detection asks from ::, and is answered to all nodes. */
static void test_probes(void **state)
{
	struct tally tally;

	(void)state;
	start(&tally);
	ask(&tally, 0, asker, NOBODY);
	announce(&tally, 2 * MS, mac_a);
	/* Answered once already: the same again is an announcement, */
	announce(&tally, 500 * MS, mac_a);
	/* and so is what comes too late. */
	ask(&tally, 1000 * MS, asker, NOBODY);
	announce(&tally, 2001 * MS, mac_a);
	/* Two MACs answer one probe. */
	ask(&tally, 3000 * MS, asker, NOBODY);
	announce(&tally, 3001 * MS, mac_a);
	announce(&tally, 3002 * MS, mac_b);
	tally_end(&tally);

	expect(&tally, "requests=3");
	expect(&tally, "probes=3");
	expect(&tally, "probes_answered=2");
	expect(&tally, "announcements=2");
	expect(&tally, "replies=3");
	expect(&tally, "dual_answers=1");
	expect(&tally, "malformed=0");
	tally_free(&tally);
}

/* An answer to a probe for any other group, or to one host's MAC. */
static void test_probe_answered_elsewhere(void **state)
{
	struct packet packet;
	struct tally tally;

	(void)state;
	start(&tally);
	ask(&tally, 0, asker, NOBODY);
	advertisement(&packet, mac_a, to_group, GROUP, OVERRIDE);
	feed(&tally, &packet, 2 * MS);
	ask(&tally, 1000 * MS, asker, NOBODY);
	advertisement(&packet, mac_a, asker, ALL, OVERRIDE);
	feed(&tally, &packet, 1002 * MS);
	tally_end(&tally);

	expect(&tally, "probes_answered=2");
	expect(&tally, "malformed=2");
	expect(&tally, "fault_destination=2");
	tally_free(&tally);
}

static void test_announcements(void **state)
{
	struct packet packet;
	struct tally tally;

	(void)state;
	start(&tally);
	announce(&tally, 0, mac_a);
	announce(&tally, 1100 * MS, mac_a);
	/* To the wrong group, and without Override. */
	advertisement(&packet, mac_a, to_group, GROUP, OVERRIDE);
	feed(&tally, &packet, 2200 * MS);
	advertisement(&packet, mac_a, all_nodes, ALL, 0);
	feed(&tally, &packet, 3300 * MS);
	tally_end(&tally);

	expect(&tally, "announcements=4");
	expect(&tally, "announcements_request=0");
	expect(&tally, "announcements_reply=0");
	expect(&tally, "announcements_unaccepted=2");
	expect(&tally, "announcement.0.form=advertisement");
	expect(&tally, "announcement.0.accepted=true");
	expect(&tally, "rounds=4");
	expect(&tally, "rounds_whole=4");
	expect(&tally, "round_gap_min_ms=1100.000");
	expect(&tally, "replies=0");
	tally_free(&tally);
}

static void test_told(void **state)
{
	struct tally tally;

	(void)state;
	start(&tally);
	ask(&tally, 0, asker, NEIGHBOR);
	announce(&tally, 50 * MS, mac_b);
	ask(&tally, 1500 * MS, asker, NEIGHBOR);
	tally_end(&tally);
	expect(&tally, "told=1");
	expect(&tally, "open=1");
	expect(&tally, "answered=0");
	tally_free(&tally);
}

/* One answer that something is wrong with, to one request. */
static void one_fault(struct packet *packet, const char *key)
{
	struct tally tally;
	char rule[64];

	start(&tally);
	ask(&tally, 0, asker, NEIGHBOR);
	feed(&tally, packet, 1 * MS);
	tally_end(&tally);
	expect(&tally, "malformed=1");
	expect(&tally, "answered=1");
	snprintf(rule, sizeof(rule), "%s=1", key);
	expect(&tally, rule);
	tally_free(&tally);
}

static void right(struct packet *packet)
{
	advertisement(packet, mac_a, asker, NEIGHBOR, SOLICITED | OVERRIDE);
}

static void test_faults_of_answers(void **state)
{
	struct packet packet;

	(void)state;
	right(&packet);
	packet.data[ICMP6 + 2] ^= 1;
	one_fault(&packet, "fault_checksum");

	right(&packet);
	packet.data[IPV6 + 7] = 64;
	one_fault(&packet, "fault_hop_limit");

	right(&packet);
	packet.data[ICMP6 + 1] = 1;
	seal(&packet);
	one_fault(&packet, "fault_code");

	right(&packet);
	packet.data[ICMP6 + 25] = 0;
	seal(&packet);
	one_fault(&packet, "fault_options");

	advertisement(&packet, mac_a, asker, NEIGHBOR, SOLICITED);
	one_fault(&packet, "fault_override");

	advertisement(&packet, mac_a, asker, NEIGHBOR, OVERRIDE);
	one_fault(&packet, "fault_solicited");

	advertisement(&packet, mac_a, asker, OTHER, SOLICITED | OVERRIDE);
	one_fault(&packet, "fault_destination");

	right(&packet);
	put_ip(packet.data + IPV6 + 8, NOBODY);
	seal(&packet);
	one_fault(&packet, "fault_source");

	right(&packet);
	packet.len -= 8;
	seal(&packet);
	one_fault(&packet, "fault_lladdr");

	right(&packet);
	memcpy(packet.data + MAC_LEN, mac_b, MAC_LEN);
	one_fault(&packet, "fault_lladdr");
}

/* An advertisement to all nodes that says it was solicited answers nobody. */
static void test_solicited_to_all(void **state)
{
	struct packet packet;
	struct tally tally;

	(void)state;
	start(&tally);
	ask(&tally, 0, asker, NEIGHBOR);
	advertisement(&packet, mac_a, all_nodes, ALL, SOLICITED | OVERRIDE);
	feed(&tally, &packet, 1 * MS);
	tally_end(&tally);
	expect(&tally, "answered=0");
	expect(&tally, "unsolicited=1");
	expect(&tally, "fault_solicited=1");
	expect(&tally, "announcements=0");
	tally_free(&tally);
}

static void test_router(void **state)
{
	struct packet packet;
	struct tally tally;

	(void)state;
	start(&tally);
	ask(&tally, 0, asker, NEIGHBOR);
	advertisement(&packet, mac_a, asker, NEIGHBOR,
		      ROUTER | SOLICITED | OVERRIDE);
	feed(&tally, &packet, 1 * MS);
	tally_end(&tally);
	expect(&tally, "routers=1");
	expect(&tally, "malformed=0");
	tally_free(&tally);
}

/* A solicitation that must be dropped is no request; its answer is nobody's. */
static void one_invalid(struct packet *packet)
{
	struct tally tally;

	start(&tally);
	feed(&tally, packet, 0);
	answer(&tally, 1 * MS, mac_a, asker);
	tally_end(&tally);
	expect(&tally, "invalid=1");
	expect(&tally, "requests=0");
	expect(&tally, "unsolicited=1");
	tally_free(&tally);
}

static void test_invalid_solicitations(void **state)
{
	struct packet packet;

	(void)state;
	solicitation(&packet, asker, NEIGHBOR, VIP);
	packet.data[IPV6 + 7] = 254;
	one_invalid(&packet);

	solicitation(&packet, asker, NEIGHBOR, VIP);
	packet.data[ICMP6 + 2] ^= 1;
	one_invalid(&packet);

	solicitation(&packet, asker, NEIGHBOR, VIP);
	packet.data[ICMP6 + 1] = 1;
	seal(&packet);
	one_invalid(&packet);

	solicitation(&packet, asker, NEIGHBOR, VIP);
	packet.data[ICMP6 + 25] = 0;
	seal(&packet);
	one_invalid(&packet);

	solicitation(&packet, asker, NEIGHBOR, VIP);
	packet.data[ICMP6 + 25] = 2;
	seal(&packet);
	one_invalid(&packet);

	solicitation(&packet, asker, NOBODY, VIP);
	option(&packet, 1, asker);
	seal(&packet);
	one_invalid(&packet);

	solicitation(&packet, asker, NOBODY, VIP);
	put_ip(packet.data + IPV6 + 24, ALL);
	seal(&packet);
	one_invalid(&packet);

	solicitation(&packet, asker, ALL, VIP);
	one_invalid(&packet);
}

static void test_sourced(void **state)
{
	struct packet packet;
	struct tally tally;

	(void)state;
	start(&tally);
	/* A question for something else, */
	solicitation(&packet, mac_b, VIP, OTHER);
	feed(&tally, &packet, 0);
	/* an advertisement of something else, */
	head(&packet, mac_b, asker, VIP, NEIGHBOR);
	body(&packet, ADVERTISEMENT, SOLICITED | OVERRIDE, OTHER);
	option(&packet, 2, mac_b);
	seal(&packet);
	feed(&tally, &packet, 1);
	/* and an answer that comes from the address it is about. */
	head(&packet, mac_a, asker, VIP, NEIGHBOR);
	body(&packet, ADVERTISEMENT, SOLICITED | OVERRIDE, VIP);
	option(&packet, 2, mac_a);
	seal(&packet);
	feed(&tally, &packet, 2);
	tally_end(&tally);
	expect(&tally, "sourced=2");
	expect(&tally, "replies=1");
	tally_free(&tally);
}

/* Allowed by RFC 4861, so nothing is wrong with it; but it is told. */
static void test_other_source(void **state)
{
	struct packet packet;
	struct tally tally;

	(void)state;
	start(&tally);
	head(&packet, mac_a, all_nodes, WORKER, ALL);
	body(&packet, ADVERTISEMENT, OVERRIDE, VIP);
	option(&packet, 2, mac_a);
	seal(&packet);
	feed(&tally, &packet, 0);
	ask(&tally, 1 * MS, asker, NEIGHBOR);
	head(&packet, mac_a, asker, WORKER, NEIGHBOR);
	body(&packet, ADVERTISEMENT, SOLICITED | OVERRIDE, VIP);
	option(&packet, 2, mac_a);
	seal(&packet);
	feed(&tally, &packet, 2 * MS);
	expect(&tally, "other_source=2");
	/* What comes from the address itself is none. */
	announce(&tally, 1100 * MS, mac_a);
	ask(&tally, 1200 * MS, asker, NEIGHBOR);
	answer(&tally, 1201 * MS, mac_a, asker);
	tally_end(&tally);
	expect(&tally, "other_source=2");
	expect(&tally, "announcements=2");
	expect(&tally, "announcements_unaccepted=0");
	expect(&tally, "answered=2");
	expect(&tally, "malformed=0");
	tally_free(&tally);
}

/* The link-layer address in the option is the asker's, whoever carried it. */
static void test_asker(void **state)
{
	struct packet packet;
	struct tally tally;

	(void)state;
	start(&tally);
	solicitation(&packet, asker, NEIGHBOR, VIP);
	memcpy(packet.data + MAC_LEN, asker2, MAC_LEN);
	feed(&tally, &packet, 0);
	answer(&tally, 1 * MS, mac_a, asker);
	tally_end(&tally);
	expect(&tally, "answered=1");
	tally_free(&tally);
}

static void test_parse(void **state)
{
	struct packet packet, tagged;
	struct frame frame;
	char text[IP_TEXT];
	size_t len;

	(void)state;
	right(&packet);
	for (len = 0; len < packet.len; len++)
		assert_false(frame_parse(&frame, packet.data, len, 0));
	assert_true(frame_parse(&frame, packet.data, packet.len, 0));
	/* Padding to Ethernet's least length is no part of it. */
	assert_true(frame_parse(&frame, packet.data, packet.len + 10, 0));
	assert_int_equal(frame.faults, 0);
	ip_text(text, &frame.sip);
	assert_string_equal(text, VIP);

	memcpy(tagged.data, packet.data, 12);
	memcpy(tagged.data + 12, "\x81\x00\x00\x05", 4);
	memcpy(tagged.data + 16, packet.data + 12, packet.len - 12);
	assert_true(frame_parse(&frame, tagged.data, packet.len + 4, 0));
	assert_int_equal(frame.faults, 0);

	packet.data[ICMP6] = 128;	/* an echo request */
	seal(&packet);
	assert_false(frame_parse(&frame, packet.data, packet.len, 0));
	/* A message too short to name its target. */
	solicitation(&packet, asker, NEIGHBOR, VIP);
	packet.len = ICMP6 + 20;
	seal(&packet);
	assert_false(frame_parse(&frame, packet.data, packet.len, 0));
}

/* A report as Linux sends it: behind a hop-by-hop header with router alert. */
static void report_head(struct packet *packet, uint8_t type)
{
	static const uint8_t alert[] = { 58, 0, 5, 2, 0, 0, 1, 0 };

	head(packet, asker, all_nodes, "fe80::1", "ff02::16");
	packet->data[IPV6 + 6] = 0;
	packet->data[IPV6 + 7] = 1;
	memcpy(packet->data + ICMP6, alert, sizeof(alert));
	packet->data[ICMP6 + 8] = type;
	packet->len = ICMP6 + 16;
}

static void record(struct packet *packet, uint8_t type, const char *group,
		   uint8_t sources)
{
	packet->data[packet->len] = type;
	packet->data[packet->len + 3] = sources;
	put_ip(packet->data + packet->len + 4, group);
	packet->len += 20 + 16 * (size_t)sources;
	packet->data[ICMP6 + 8 + 7]++;
}

static void count(void *arg, const struct ip *group, bool joined)
{
	tally_group(arg, START, group, joined);
}

static void report(struct tally *tally, struct packet *packet)
{
	seal(packet);
	mld_report(packet->data, packet->len, count, tally);
}

static void test_listener_reports(void **state)
{
	struct packet packet;
	struct tally tally;

	(void)state;
	start(&tally);
	report_head(&packet, 143);
	record(&packet, 4, "ff02::fb", 0);
	record(&packet, 1, GROUP, 1);	/* from one source: neither */
	record(&packet, 4, GROUP, 0);	/* joined */
	report(&tally, &packet);
	expect(&tally, "mld_joins=1");
	expect(&tally, "mld_leaves=0");

	report_head(&packet, 143);
	record(&packet, 2, GROUP, 0);	/* still in it */
	report(&tally, &packet);
	expect(&tally, "mld_joins=2");

	report_head(&packet, 143);
	record(&packet, 3, GROUP, 0);	/* left */
	report(&tally, &packet);
	expect(&tally, "mld_leaves=1");

	report_head(&packet, 143);
	record(&packet, 3, GROUP, 1);	/* from one source only now */
	report(&tally, &packet);
	expect(&tally, "mld_leaves=1");

	/* More records promised than there are. */
	report_head(&packet, 143);
	record(&packet, 4, GROUP, 0);
	packet.data[ICMP6 + 8 + 7] = 200;
	report(&tally, &packet);
	expect(&tally, "mld_joins=3");

	/* No router believes one that was damaged, */
	report_head(&packet, 143);
	record(&packet, 4, GROUP, 0);
	seal(&packet);
	packet.data[ICMP6 + 10] ^= 1;
	mld_report(packet.data, packet.len, count, &tally);
	expect(&tally, "mld_joins=3");
	/* or one that came from afar. */
	report_head(&packet, 143);
	record(&packet, 4, GROUP, 0);
	packet.data[IPV6 + 7] = 64;
	report(&tally, &packet);
	expect(&tally, "mld_joins=3");

	/* The older version: one group, in the place of a target. */
	report_head(&packet, 131);
	put_ip(packet.data + packet.len, GROUP);
	packet.len += 16;
	report(&tally, &packet);
	expect(&tally, "mld_joins=4");
	packet.data[ICMP6 + 8] = 132;
	report(&tally, &packet);
	expect(&tally, "mld_leaves=2");
	tally_free(&tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_probes),
		cmocka_unit_test(test_probe_answered_elsewhere),
		cmocka_unit_test(test_announcements),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_faults_of_answers),
		cmocka_unit_test(test_solicited_to_all),
		cmocka_unit_test(test_router),
		cmocka_unit_test(test_invalid_solicitations),
		cmocka_unit_test(test_sourced),
		cmocka_unit_test(test_other_source),
		cmocka_unit_test(test_asker),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_listener_reports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
