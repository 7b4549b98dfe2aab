// SPDX-License-Identifier: GPL-2.0
/*
 * What every lease store must do, whatever it is made of: compare and swap,
 * races, a watch without gaps, and a true word about what became of a write
 * when the answer is lost, late, or the store is away. TAP on stdout.
 *
 * Records below node/conform- and holder/conform- are written and removed.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform.h"
#include "lib/clock.h"

#define WRITERS		8
#define ROUNDS		40

struct event_base *conform_base;
struct config conform_config;

static const char *stop_command, *start_command;
static const char *freeze_command, *thaw_command;
static const char *forget_command;

static const char usage[] =
	"usage: conform_store [OPTION...] CONFIG\n"
	"  --proxy HERE:THERE    ports; CONFIG names HERE, the store is at THERE\n"
	"  --beside CONFIG             with --proxy: leads to the store directly\n"
	"  --stop CMD --start CMD      take the store away, bring it back\n"
	"  --freeze CMD --thaw CMD     keep it from answering, let it\n"
	"  --forget CMD                make it forget old changes\n"
	"  --lost                      nothing else: with several endpoints, HERE first\n"
	"  --refused TEXT              nothing else: it lets nobody in, and says that\n";

static uint64_t now_ms(void)
{
	return l2a_clock_ns(CLOCK_MONOTONIC) / L2A_NSEC_PER_MSEC;
}

/* ------------------------------------------------------------ one by one */

static void test_swap(struct conform_store *s)
{
	struct conform_reply r, first, second;

	r = conform_get(s, RECORD);
	conform_check(r.result == EL_OK && !r.there, "a record that is not there");
	first = conform_put(s, RECORD, 0, "{\"n\":1}");
	conform_expect(&first, EL_OK, "is written where there is none");
	conform_check(first.version > r.version,
		      "and its version is later than when it was not there");
	r = conform_put(s, RECORD, 0, "{\"n\":9}");
	conform_expect(&r, EL_CONFLICT, "not a second time");
	r = conform_put(s, RECORD, first.version + 1000, "{\"n\":9}");
	conform_expect(&r, EL_CONFLICT, "not by a version it will have");
	second = conform_put(s, RECORD, first.version, "{\"n\":2}");
	conform_expect(&second, EL_OK, "written by its version");
	conform_check(second.version > first.version, "which grows");
	r = conform_put(s, RECORD, first.version, "{\"n\":9}");
	conform_expect(&r, EL_CONFLICT, "not by the version it had");
	r = conform_get(s, RECORD);
	conform_check(r.result == EL_OK && !strcmp(r.value, "{\"n\":2}") &&
		      r.version == second.version, "read as written");
	r = conform_put(s, RECORD, first.version, NULL);
	conform_expect(&r, EL_CONFLICT, "not deleted by the version it had");
	r = conform_put(s, RECORD, second.version, NULL);
	conform_expect(&r, EL_OK, "deleted by its version");
	r = conform_put(s, RECORD, second.version, "{\"n\":9}");
	conform_expect(&r, EL_CONFLICT, "a deleted record has no version");
	r = conform_put(s, RECORD, second.version, NULL);
	conform_expect(&r, EL_CONFLICT, "and is not deleted twice");
	first = conform_put(s, RECORD, 0, "{\"n\":3}");
	conform_check(first.result == EL_OK && first.version > second.version,
		      "written anew, its version is later than all it had");
	conform_clear(s);
}

static void test_list(struct conform_store *s)
{
	struct conform_reply r;

	conform_put(s, RECORD, 0, "{\"n\":1}");
	conform_put(s, OTHER, 0, "{\"n\":2}");
	conform_put(s, THIRD, 0, "{\"n\":3}");
	r = conform_list(s, "holder/conform-");
	conform_check(r.result == EL_OK && r.n == 2, "a list has what begins so");
	conform_check(r.rev >= r.version, "and its revision shows them");
	r = conform_list(s, "holder/conform-b");
	conform_check(r.n == 1 && !strcmp(r.value, "{\"n\":2}"),
		      "and nothing else");
	conform_clear(s);
}

static void test_watch(struct conform_store *s)
{
	struct conform_store watcher;
	struct conform_reply r;

	r = conform_put(s, RECORD, 0, "{\"n\":1}");
	conform_open(&watcher, true);
	conform_check(conform_wait(conform_has_view, &watcher.watch) &&
		      watcher.watch.fulls == 1,
		      "a watcher is told everything first");
	conform_expect_seen(&watcher, RECORD, "{\"n\":1}", r.version, "what was there");
	conform_check(conform_wait(conform_is_up, &watcher.watch), "that all is well");
	r = conform_put(s, RECORD, r.version, "{\"n\":2}");
	conform_expect_seen(&watcher, RECORD, "{\"n\":2}", r.version, "then changes");
	r = conform_put(s, OTHER, 0, "{\"n\":3}");
	conform_expect_seen(&watcher, OTHER, "{\"n\":3}", r.version, "and what is new");
	r = conform_put(s, OTHER, r.version, NULL);
	conform_expect_seen(&watcher, OTHER, NULL, r.version, "and what is gone");
	conform_check(!watcher.watch.backwards && watcher.watch.fulls == 1,
		      "in order, and all from one stream");
	conform_close(&watcher);
	conform_clear(s);
}

/* ------------------------------------------------------------ races */

struct writer {
	struct conform_store s;
	struct conform_reply reply;
	unsigned int wins, unknown, round;
	bool got, over;
};

/* Each writer on its own: read, then write the next round by that version. */
static bool race_on(void *arg)
{
	struct writer *writers = arg;
	bool all = true;

	for (int i = 0; i < WRITERS; i++) {
		struct writer *w = &writers[i];
		char value[32];

		if (w->over || !w->reply.over) {
			all = all && w->over;
			continue;
		}
		all = false;
		if (!w->got && w->reply.result == EL_OK)
			w->wins++;
		else if (!w->got && w->reply.result == EL_UNKNOWN)
			w->unknown++;
		if (!w->got) {
			w->reply = conform_get(&w->s, RECORD);
			w->got = true;
		}
		w->round = w->reply.there ?
			   (unsigned int)atoi(w->reply.value + 5) : 0;
		if (w->round >= ROUNDS) {
			w->over = true;
			continue;
		}
		snprintf(value, sizeof(value), "{\"n\":%u}", w->round + 1);
		w->got = false;
		conform_begin_put(&w->s, RECORD,
				  w->reply.there ? w->reply.version : 0, value,
				  &w->reply);
	}
	return all;
}

static void test_race(struct conform_store *s)
{
	static struct writer writers[WRITERS];
	struct conform_store watcher;
	struct conform_reply r;
	unsigned int wins = 0, unknown = 0;
	char last[32];

	conform_open(&watcher, true);
	conform_wait(conform_has_view, &watcher.watch);
	for (int i = 0; i < WRITERS; i++) {
		conform_open(&writers[i].s, false);
		writers[i].reply.over = true;
		writers[i].got = true;
	}
	conform_check(conform_wait(race_on, writers),
		      "%d writers on one record come to an end", WRITERS);
	for (int i = 0; i < WRITERS; i++) {
		if (!writers[i].reply.over)
			conform_wait_reply(&writers[i].reply);
		wins += writers[i].wins;
		unknown += writers[i].unknown;
		conform_close(&writers[i].s);
	}
	/* Whoever does not know may have won; one that was too slow has not. */
	if (!conform_check(wins <= ROUNDS && wins + unknown >= ROUNDS,
			   "each round has one winner"))
		conform_diag("%u won of %d rounds, %u answers unclear", wins,
			     ROUNDS, unknown);
	r = conform_get(s, RECORD);
	snprintf(last, sizeof(last), "{\"n\":%d}", ROUNDS);
	conform_expect_seen(&watcher, RECORD, last, r.version,
			    "and a watcher ends with the last");
	conform_check(!watcher.watch.backwards, "never having gone back");
	conform_close(&watcher);
	conform_clear(s);
}

/* ------------------------------------------------------------ the store away */

static void test_restart(struct conform_store *s)
{
	struct conform_store watcher;
	struct conform_reply r, away, back;
	uint64_t begun;

	r = conform_put(s, RECORD, 0, "{\"n\":1}");
	conform_open(&watcher, true);
	conform_wait(conform_has_view, &watcher.watch);
	conform_must(stop_command);
	/* A store may last for a moment, as an open file does. */
	do {
		begun = now_ms();
		away = conform_put(&watcher, RECORD, r.version, "{\"n\":2}");
		if (away.result == EL_OK)
			r = away;
	} while (away.result == EL_OK);
	conform_check(away.result == EL_FAILED || away.result == EL_UNKNOWN,
		      "the store is away: a write is not done");
	conform_check(away.error[0], "and it is said why");
	if (!conform_check(now_ms() - begun <= 2 * conform_config.duration_ms,
			   "in bounded time"))
		conform_diag("%llu ms", (unsigned long long)(now_ms() - begun));
	away = conform_get(&watcher, RECORD);
	conform_expect(&away, EL_FAILED, "nor is anything read");
	conform_check(conform_wait(conform_is_down, &watcher.watch),
		      "the watcher is told that it cannot be reached");
	conform_must(start_command);
	back = conform_get_back(&watcher, RECORD);
	conform_check(back.there && back.version == r.version,
		      "it is back, with what it had");
	conform_check(conform_wait(conform_is_up, &watcher.watch),
		      "and the watcher is told so");
	/* Who else has it open finds it back in a time of its own. */
	conform_get_back(s, RECORD);
	r = conform_put(s, RECORD, r.version, "{\"n\":3}");
	conform_expect(&r, EL_OK, "it is written to");
	conform_expect_seen(&watcher, RECORD, "{\"n\":3}", r.version,
			    "and the watcher goes on by itself");
	conform_check(!watcher.watch.backwards && !watcher.watch.resets,
		      "with the store it was");
	conform_close(&watcher);
	conform_clear(s);
}

static void test_frozen(struct conform_store *s)
{
	struct conform_reply r, slow, next;
	uint64_t begun, took;

	r = conform_put(s, RECORD, 0, "{\"n\":1}");
	conform_must(freeze_command);
	begun = now_ms();
	conform_begin_put(s, RECORD, r.version, "{\"n\":2}", &slow);
	conform_run(conform_config.duration_ms);
	conform_wait_reply(&slow);
	took = now_ms() - begun;
	conform_check(slow.result == EL_UNKNOWN || slow.result == EL_FAILED,
		      "an answer slower than the lease is none");
	if (!conform_check(took <= 2 * conform_config.duration_ms,
			   "the caller does not wait for longer"))
		conform_diag("%llu ms", (unsigned long long)took);
	conform_must(thaw_command);
	next = conform_get_back(s, RECORD);
	/* It may still come; it comes by its version, or not at all. */
	conform_check(next.there && (next.version == r.version ||
				     !strcmp(next.value, "{\"n\":2}")),
		      "what is read afterwards is one or the other");
	if (slow.result == EL_FAILED)
		conform_check(next.version == r.version, "surely not done is not done");
	do {
		r = conform_get(s, RECORD);
		r = conform_put(s, RECORD, r.version, "{\"n\":3}");
	} while (r.result == EL_CONFLICT);
	conform_expect(&r, EL_OK, "and a write by that version is the last");
	conform_run(conform_config.renew_ms);
	next = conform_get(s, RECORD);
	conform_check(next.version == r.version && !strcmp(next.value, "{\"n\":3}"),
		      "whatever comes late");
	conform_clear(s);
}

/* ------------------------------------------------------------ all of them */

static void run(const struct wire *wire, const char *beside)
{
	struct conform_store s;

	conform_open(&s, false);
	conform_clear(&s);
	test_swap(&s);
	test_list(&s);
	test_watch(&s);
	test_race(&s);
	if (wire)
		conform_test_wire(&s, wire, beside, forget_command);
	else
		conform_skip("lost answers", "there is no wire to this store");
	if (stop_command && start_command)
		test_restart(&s);
	if (freeze_command && thaw_command)
		test_frozen(&s);
	conform_close(&s);
}

/* What may have been written is not asked of another endpoint. */
static void run_lost(const struct wire *wire)
{
	struct conform_store s;

	conform_open(&s, false);
	conform_clear(&s);
	conform_test_lost_answer(&s, wire);
	conform_close(&s);
}

/* Neither reading nor writing is let through, and the error says why. */
static void run_refused(const char *text)
{
	struct conform_store s;
	struct conform_reply r;

	conform_open(&s, true);
	r = conform_get(&s, RECORD);
	if (!conform_check(r.result == EL_FAILED && strstr(r.error, text),
			   "not let in: %s", text))
		conform_diag("%s %s", conform_result(r.result), r.error);
	r = conform_put(&s, RECORD, 0, "{\"n\":1}");
	/* TLS 1.3 may have sent the question when the server says no. */
	conform_check(r.result == EL_FAILED || r.result == EL_UNKNOWN,
		      "and nothing is said to be written");
	conform_check(conform_wait(conform_is_down, &s.watch) &&
		      strstr(s.watch.error, text), "the watcher is told the same");
	conform_close(&s);
}

/* Return: NULL where there is none that can be bad. */
static const struct wire *open_wire(const char *proxy)
{
	const struct wire *wire = NULL;

	if (proxy)
		wire = proxy_open(proxy);
	else if (!strcmp(conform_config.store_type, "sqlite"))
		wire = file_open();
	else
		return NULL;
	if (wire)
		return wire;
	fprintf(stderr, "%s cannot be opened\n", proxy ? proxy : "SQLite's files");
	exit(2);
}

static int load(const char *file)
{
	struct l2a_error err;

	if (!config_load(file, "conform", &conform_config, &err))
		return 0;
	fprintf(stderr, "%s\n", err.text);
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "proxy", required_argument, NULL, 'p' },
		{ "beside", required_argument, NULL, 'b' },
		{ "stop", required_argument, NULL, 's' },
		{ "start", required_argument, NULL, 'S' },
		{ "freeze", required_argument, NULL, 'f' },
		{ "thaw", required_argument, NULL, 't' },
		{ "forget", required_argument, NULL, 'F' },
		{ "lost", no_argument, NULL, 'l' },
		{ "refused", required_argument, NULL, 'r' },
		{ "write", required_argument, NULL, 'w' },
		{ NULL, 0, NULL, 0 },
	};
	const char *proxy = NULL, *beside = NULL, *refused = NULL;
	const struct wire *wire;
	int c, values = 0, status;
	bool lost = false;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'p': proxy = optarg; break;
		case 'b': beside = optarg; break;
		case 's': stop_command = optarg; break;
		case 'S': start_command = optarg; break;
		case 'f': freeze_command = optarg; break;
		case 't': thaw_command = optarg; break;
		case 'F': forget_command = optarg; break;
		case 'l': lost = true; break;
		case 'r': refused = optarg; break;
		case 'w': values = atoi(optarg); break;
		default: fputs(usage, stderr); return 2;
		}
	}
	if (optind != argc - 1 || !proxy != !beside) {
		fputs(usage, stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	status = load(argv[optind]);
	if (status)
		return status;
	conform_base = event_base_new();
	wire = open_wire(proxy);
	if (values) {
		status = conform_write_some(values);
	} else {
		puts("TAP version 13");
		if (refused)
			run_refused(refused);
		else if (lost)
			run_lost(wire);
		else
			run(wire, beside ? beside : argv[optind]);
		status = conform_end();
	}
	proxy_close();
	event_base_free(conform_base);
	config_free(&conform_config);
	return status;
}
