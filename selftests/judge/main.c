// SPDX-License-Identifier: GPL-2.0
/*
 * l2judge: read a capture, say who answered ARP requests or neighbour
 * solicitations for an address, how long nobody did, and whether two ever did at
 * once. It knows packets only.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <pcap/pcap.h>

#include "report.h"

#define MAX_RULES	64

enum {
	EXIT_DONE,
	EXIT_REFUSED,
	EXIT_USAGE,
};

enum {
	OPT_EXPECT_MAC = 256,
	OPT_MAX_DUAL,
};

struct options {
	struct tally_filter filter;
	const char *file;
	const char *get;
	char *rules[MAX_RULES];
	size_t n_rules;
	bool json;
	bool events;
};

static const char usage_text[] =
"usage: l2judge [OPTIONS] FILE      (FILE: a pcap file, or - for a live capture)\n"
"  -v, --vip ADDR          judge this address (else every one that is asked for)\n"
"  -c, --client MAC        requests of this asker only\n"
"  -a, --announcer MAC     announcements of this MAC only\n"
"  -s, --since TIME        requests and announcements from TIME on (seconds since\n"
"  -u, --until TIME        1970, with a fraction) and before TIME\n"
"  -g, --get KEY           print this value alone; needs --vip\n"
"  -x, --expect RULE       KEY OP VALUE with OP one of = != < <= > >=, may be\n"
"                          given many times; needs --vip; unmet: exit status 1\n"
"      --expect-mac MAC    all answers from MAC, and at least one\n"
"      --max-dual N        at most N dual answers\n"
"  -e, --events            print each frame about the address as it is read\n"
"  -j, --json              JSON instead of key=value lines\n"
"  -h, --help              this text\n"
"With --get, --expect or --events the whole report is printed only with --json.\n";

static const struct option long_options[] = {
	{ "vip", required_argument, NULL, 'v' },
	{ "client", required_argument, NULL, 'c' },
	{ "announcer", required_argument, NULL, 'a' },
	{ "since", required_argument, NULL, 's' },
	{ "until", required_argument, NULL, 'u' },
	{ "get", required_argument, NULL, 'g' },
	{ "expect", required_argument, NULL, 'x' },
	{ "expect-mac", required_argument, NULL, OPT_EXPECT_MAC },
	{ "max-dual", required_argument, NULL, OPT_MAX_DUAL },
	{ "events", no_argument, NULL, 'e' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void bad(const char *what, const char *text)
{
	fprintf(stderr, "l2judge: %s: %s\n", what, text);
	exit(EXIT_USAGE);
}

static void parse_address(struct tally_filter *filter, const char *text)
{
	if (!ip_parse(&filter->vip, text))
		bad("not an IPv4 or IPv6 address", text);
	filter->any_vip = false;
}

static void parse_mac(uint8_t mac[MAC_LEN], const char *text)
{
	if (!mac_parse(mac, text))
		bad("not a MAC address", text);
}

/* SECONDS[.FRACTION], read without rounding: doubles end at microseconds. */
static int64_t parse_time(const char *text)
{
	int64_t unit = NSEC_PER_SEC;
	int64_t seconds, ns;
	char *end;

	errno = 0;
	seconds = strtoll(text, &end, 10);
	if (end == text || errno || seconds < 0 ||
	    seconds > INT64_MAX / NSEC_PER_SEC - 1)
		bad("not a time in seconds", text);
	ns = seconds * NSEC_PER_SEC;
	if (*end == '.')
		for (end++; *end >= '0' && *end <= '9'; end++) {
			unit /= 10;
			ns += (*end - '0') * unit;
		}
	if (*end)
		bad("not a time in seconds", text);
	return ns;
}

static void add_rule(struct options *options, const char *key, const char *op,
		     const char *value)
{
	char *rule;
	size_t size = strlen(key) + strlen(op) + strlen(value) + 1;

	if (options->n_rules == MAX_RULES)
		bad("too many expectations", value);
	rule = malloc(size);
	if (!rule)
		bad("out of memory", value);
	snprintf(rule, size, "%s%s%s", key, op, value);
	options->rules[options->n_rules++] = rule;
}

static void parse_option(struct options *options, int option)
{
	uint8_t mac[MAC_LEN];
	char text[MAC_TEXT];

	switch (option) {
	case 'v':
		parse_address(&options->filter, optarg);
		return;
	case 'c':
		parse_mac(options->filter.client, optarg);
		options->filter.any_client = false;
		return;
	case 'a':
		parse_mac(options->filter.announcer, optarg);
		options->filter.any_announcer = false;
		return;
	case 's':
		options->filter.since = parse_time(optarg);
		return;
	case 'u':
		options->filter.until = parse_time(optarg);
		return;
	case 'g':
		options->get = optarg;
		return;
	case 'x':
		add_rule(options, "", "", optarg);
		return;
	case OPT_EXPECT_MAC:
		parse_mac(mac, optarg);
		mac_text(text, mac);
		add_rule(options, "sequence", "=", text);
		return;
	case OPT_MAX_DUAL:
		add_rule(options, "dual_answers", "<=", optarg);
		return;
	case 'e':
		options->events = true;
		return;
	case 'j':
		options->json = true;
		return;
	case 'h':
		fputs(usage_text, stdout);
		exit(EXIT_DONE);
	default:
		fputs(usage_text, stderr);
		exit(EXIT_USAGE);
	}
}

static void parse_options(struct options *options, int argc, char **argv)
{
	int option;

	options->filter.any_vip = true;
	options->filter.any_client = true;
	options->filter.any_announcer = true;
	options->filter.until = INT64_MAX;
	while ((option = getopt_long(argc, argv, "v:c:a:s:u:g:x:ejh",
				     long_options, NULL)) != -1)
		parse_option(options, option);
	if (optind + 1 != argc) {
		fputs(usage_text, stderr);
		exit(EXIT_USAGE);
	}
	options->file = argv[optind];
	if ((options->get || options->n_rules) && options->filter.any_vip)
		bad("--get and --expect need --vip", options->file);
}

static const char *frame_kind(const struct frame *frame)
{
	bool six = frame->sip.version == 6;

	if (frame->gratuitous && six)
		return "announce";
	if (frame->gratuitous)
		return frame->op == FRAME_TELL ? "announce-reply" :
						 "announce-request";
	if (frame->op == FRAME_TELL)
		return "answer";
	if (six && frame->faults)
		return "invalid";
	return ip_is_none(&frame->sip) ? "probe" : "request";
}

static bool is_about(const struct frame *frame, const struct ip *ip)
{
	return ip_same(&frame->sip, ip) || ip_same(&frame->tip, ip) ||
	       ip_same(&frame->source, ip);
}

static void print_event(const struct options *options,
			const struct frame *frame)
{
	char src[MAC_TEXT], dst[MAC_TEXT], clock[16];
	char sip[IP_TEXT], tip[IP_TEXT];
	time_t seconds = (time_t)(frame->time / NSEC_PER_SEC);
	struct tm tm;

	if (!options->filter.any_vip &&
	    !is_about(frame, &options->filter.vip))
		return;
	if (frame->time < options->filter.since ||
	    frame->time >= options->filter.until)
		return;
	mac_text(src, frame->sha);
	mac_text(dst, frame->dst);
	ip_text(sip, &frame->sip);
	ip_text(tip, &frame->tip);
	strftime(clock, sizeof(clock), "%H:%M:%S", gmtime_r(&seconds, &tm));
	printf("%s.%06ld %-16s %s (%s) -> %s (%s)\n", clock,
	       (long)(frame->time % NSEC_PER_SEC / 1000), frame_kind(frame),
	       src, sip, dst, tip);
	fflush(stdout);
}

struct report_at {
	struct tally *tally;
	int64_t time;
};

static void count_group(void *arg, const struct ip *group, bool joined)
{
	struct report_at *at = arg;

	tally_group(at->tally, at->time, group, joined);
}

static void read_frame(const struct options *options, struct tally *tally,
		       const u_char *data, size_t len, int64_t time)
{
	struct report_at at = { .tally = tally, .time = time };
	struct frame frame;

	tally_time(tally, time);
	if (!frame_parse(&frame, data, len, time)) {
		mld_report(data, len, count_group, &at);
		return;
	}
	if (options->events)
		print_event(options, &frame);
	tally_frame(tally, &frame);
}

static pcap_t *open_capture(const char *file)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap;

	pcap = pcap_open_offline_with_tstamp_precision(file,
				PCAP_TSTAMP_PRECISION_NANO, error);
	if (!pcap) {
		fprintf(stderr, "l2judge: %s\n", error);
		exit(EXIT_USAGE);
	}
	if (pcap_datalink(pcap) != DLT_EN10MB) {
		fprintf(stderr, "l2judge: %s: link type %s, only Ethernet can be judged: capture on one device\n",
			file, pcap_datalink_val_to_name(pcap_datalink(pcap)));
		exit(EXIT_USAGE);
	}
	return pcap;
}

/* A capture that was cut off in the middle of a packet is judged up to there. */
static void read_capture(const struct options *options, struct tally *tally)
{
	pcap_t *pcap = open_capture(options->file);
	struct pcap_pkthdr *header;
	const u_char *data;
	int64_t time;
	int got;

	while ((got = pcap_next_ex(pcap, &header, &data)) == 1) {
		time = (int64_t)header->ts.tv_sec * NSEC_PER_SEC +
		       header->ts.tv_usec;
		read_frame(options, tally, data, header->caplen, time);
	}
	if (got == PCAP_ERROR)
		fprintf(stderr, "l2judge: %s: %s\n", options->file,
			pcap_geterr(pcap));
	pcap_close(pcap);
}

static void print_json(const struct tally *tally)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < tally->n_vips; i++)
		json_object_array_add(list, report_vip(&tally->vips[i]));
	printf("%s\n", json_object_to_json_string_ext(list,
						JSON_C_TO_STRING_PRETTY));
	json_object_put(list);
}

static void print_lines(const struct tally *tally)
{
	size_t i;

	for (i = 0; i < tally->n_vips; i++) {
		struct json_object *report = report_vip(&tally->vips[i]);

		report_lines(stdout, report);
		json_object_put(report);
	}
}

static int print_value(struct json_object *report, const char *key)
{
	char value[4096];

	if (!report_get(report, key, value, sizeof(value))) {
		fprintf(stderr, "l2judge: no %s in the report\n", key);
		return EXIT_REFUSED;
	}
	printf("%s\n", value);
	return EXIT_DONE;
}

/* --get and --expect, about the one address that --vip names. */
static int answer_questions(const struct options *options,
			    const struct tally *tally)
{
	struct json_object *report = report_vip(&tally->vips[0]);
	int status = EXIT_DONE;
	size_t i;

	if (options->get)
		status = print_value(report, options->get);
	for (i = 0; i < options->n_rules; i++) {
		int verdict = report_expect(stderr, report, options->rules[i]);

		if (verdict == EXIT_USAGE)
			bad("not a rule", options->rules[i]);
		if (verdict)
			status = verdict;
	}
	json_object_put(report);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct tally tally;
	int status = EXIT_DONE;

	parse_options(&options, argc, argv);
	tally_init(&tally, &options.filter);
	read_capture(&options, &tally);
	tally_end(&tally);

	if (options.json)
		print_json(&tally);
	else if (!options.get && !options.n_rules && !options.events)
		print_lines(&tally);
	if (options.get || options.n_rules)
		status = answer_questions(&options, &tally);

	tally_free(&tally);
	while (options.n_rules > 0)
		free(options.rules[--options.n_rules]);
	return status;
}
