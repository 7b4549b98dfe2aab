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

#define RECORD		"holder/conform-a"
#define OTHER		"holder/conform-b"
#define THIRD		"node/conform-c"

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

static void must(const char *command)
{
	int status = system(command);

	if (!status)
		return;
	printf("Bail out! failed: %s\n", command);
	exit(1);
}

static uint64_t now_ms(void)
{
	return l2a_clock_ns(CLOCK_MONOTONIC) / L2A_NSEC_PER_MSEC;
}

static void check_result(const struct conform_reply *r, enum el_result expected,
			 const char *what)
{
	if (!conform_check(r->result == expected, "%s", what))
		conform_diag("it is %s, expected %s %s",
			     conform_result(r->result),
			     conform_result(expected), r->error);
}

/* ------------------------------------------------------------ conditions */

static bool is_up(void *arg)
{
	const struct conform_watch *w = arg;

	return w->told && !w->down;
}

static bool is_down(void *arg)
{
	return ((const struct conform_watch *)arg)->down;
}

static bool has_view(void *arg)
{
	return ((const struct conform_watch *)arg)->fulls;
}

struct expected {
	const struct conform_watch *watch;
	const char *key;
	const char *value;	/* NULL: gone */
	uint64_t rev;
};

static bool is_seen(void *arg)
{
	const struct expected *e = arg;
	const char *seen = conform_seen(e->watch, e->key);

	if (e->watch->rev < e->rev)
		return false;
	return e->value ? seen && !strcmp(seen, e->value) : !seen;
}

static void check_seen(struct conform_store *s, const char *key,
		       const char *value, uint64_t rev, const char *what)
{
	struct expected e = { &s->watch, key, value, rev };
	const char *seen;

	if (conform_check(conform_wait(is_seen, &e), "%s", what))
		return;
	seen = conform_seen(&s->watch, key);
	conform_diag("%s is %s, expected %s; revision %llu, expected %llu", key,
		     seen ? seen : "(none)", value ? value : "(none)",
		     (unsigned long long)s->watch.rev, (unsigned long long)rev);
}

/* What an earlier run has left. */
static void clear(struct conform_store *s)
{
	static const char *const keys[] = { RECORD, OTHER, THIRD };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct conform_reply r = conform_get(s, keys[i]);

		if (r.result == EL_OK && r.there)
			r = conform_put(s, keys[i], r.version, NULL);
		if (r.result == EL_OK)
			continue;
		printf("Bail out! the store is not usable: %s\n", r.error);
		exit(1);
	}
}

/* ------------------------------------------------------------ one by one */

static void test_swap(struct conform_store *s)
{
	struct conform_reply r, first, second;

	r = conform_get(s, RECORD);
	conform_check(r.result == EL_OK && !r.there, "a record that is not there");
	first = conform_put(s, RECORD, 0, "{\"n\":1}");
	check_result(&first, EL_OK, "is written where there is none");
	conform_check(first.version > r.version,
		      "and its version is later than when it was not there");
	r = conform_put(s, RECORD, 0, "{\"n\":9}");
	check_result(&r, EL_CONFLICT, "not a second time");
	r = conform_put(s, RECORD, first.version + 1000, "{\"n\":9}");
	check_result(&r, EL_CONFLICT, "not by a version it will have");
	second = conform_put(s, RECORD, first.version, "{\"n\":2}");
	check_result(&second, EL_OK, "written by its version");
	conform_check(second.version > first.version, "which grows");
	r = conform_put(s, RECORD, first.version, "{\"n\":9}");
	check_result(&r, EL_CONFLICT, "not by the version it had");
	r = conform_get(s, RECORD);
	conform_check(r.result == EL_OK && !strcmp(r.value, "{\"n\":2}") &&
		      r.version == second.version, "read as written");
	r = conform_put(s, RECORD, first.version, NULL);
	check_result(&r, EL_CONFLICT, "not deleted by the version it had");
	r = conform_put(s, RECORD, second.version, NULL);
	check_result(&r, EL_OK, "deleted by its version");
	r = conform_put(s, RECORD, second.version, "{\"n\":9}");
	check_result(&r, EL_CONFLICT, "a deleted record has no version");
	r = conform_put(s, RECORD, second.version, NULL);
	check_result(&r, EL_CONFLICT, "and is not deleted twice");
	first = conform_put(s, RECORD, 0, "{\"n\":3}");
	conform_check(first.result == EL_OK && first.version > second.version,
		      "written anew, its version is later than all it had");
	clear(s);
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
	clear(s);
}

static void test_watch(struct conform_store *s)
{
	struct conform_store watcher;
	struct conform_reply r;

	r = conform_put(s, RECORD, 0, "{\"n\":1}");
	conform_open(&watcher, true);
	conform_check(conform_wait(has_view, &watcher.watch) &&
		      watcher.watch.fulls == 1,
		      "a watcher is told everything first");
	check_seen(&watcher, RECORD, "{\"n\":1}", r.version, "what was there");
	conform_check(conform_wait(is_up, &watcher.watch), "that all is well");
	r = conform_put(s, RECORD, r.version, "{\"n\":2}");
	check_seen(&watcher, RECORD, "{\"n\":2}", r.version, "then changes");
	r = conform_put(s, OTHER, 0, "{\"n\":3}");
	check_seen(&watcher, OTHER, "{\"n\":3}", r.version, "and what is new");
	r = conform_put(s, OTHER, r.version, NULL);
	check_seen(&watcher, OTHER, NULL, r.version, "and what is gone");
	conform_check(!watcher.watch.backwards && watcher.watch.fulls == 1,
		      "in order, and all from one stream");
	conform_close(&watcher);
	clear(s);
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
	conform_wait(has_view, &watcher.watch);
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
	check_seen(&watcher, RECORD, last, r.version,
		   "and a watcher ends with the last");
	conform_check(!watcher.watch.backwards, "never having gone back");
	conform_close(&watcher);
	clear(s);
}

/* ------------------------------------------------------------ a bad wire */

static bool is_dropped(void *arg)
{
	(void)arg;
	return proxy_dropped();
}

static void test_lost_answer(struct conform_store *s)
{
	struct conform_reply r, lost;

	r = conform_put(s, RECORD, 0, "{\"n\":1}");
	proxy_set(PROXY_DROP_ANSWERS, false);
	conform_begin_put(s, RECORD, r.version, "{\"n\":2}", &lost);
	conform_wait(is_dropped, NULL);
	proxy_set(PROXY_REFUSE, true);
	conform_wait_reply(&lost);
	check_result(&lost, EL_UNKNOWN, "a write whose answer is lost is unknown");
	proxy_set(PROXY_PASS, true);
	lost = conform_get(s, RECORD);
	conform_check(lost.result == EL_OK && !strcmp(lost.value, "{\"n\":2}"),
		      "and reading again shows that it was done");
	conform_check(lost.version > r.version, "once");
	r = conform_put(s, RECORD, lost.version, "{\"n\":3}");
	check_result(&r, EL_OK, "it goes on from there");
	clear(s);
}

static void test_lost_question(struct conform_store *s)
{
	struct conform_reply r, lost;

	r = conform_put(s, RECORD, 0, "{\"n\":1}");
	proxy_set(PROXY_DROP_QUESTIONS, false);
	conform_begin_put(s, RECORD, r.version, "{\"n\":2}", &lost);
	conform_wait_reply(&lost);
	conform_check(lost.result == EL_UNKNOWN || lost.result == EL_FAILED,
		      "a write that does not arrive is not said to be done");
	proxy_set(PROXY_PASS, true);
	lost = conform_get(s, RECORD);
	conform_check(lost.result == EL_OK && lost.version == r.version,
		      "and reading again shows that it was not");
	proxy_set(PROXY_REFUSE, true);
	r = conform_put(s, RECORD, r.version, "{\"n\":2}");
	check_result(&r, EL_FAILED, "a store that nobody reaches: surely not done");
	proxy_set(PROXY_PASS, true);
	clear(s);
}

/* A second process whose wire is good writes while the watcher's is cut. */
static void write_beside(const char *config, const char *values)
{
	char command[512];

	snprintf(command, sizeof(command), "\"%s\" --write \"%s\" \"%s\"",
		 program_invocation_name, values, config);
	must(command);
}

static void test_gap(struct conform_store *s, const char *beside, bool forget)
{
	struct conform_store watcher;
	struct conform_reply r;
	unsigned int fulls;

	conform_put(s, OTHER, 0, "{\"n\":1}");
	conform_open(&watcher, true);
	check_seen(&watcher, OTHER, "{\"n\":1}", 0, "a watcher sees a record");
	proxy_set(PROXY_REFUSE, true);
	write_beside(beside, "5");
	if (forget)
		must(forget_command);
	fulls = watcher.watch.fulls;
	proxy_set(PROXY_PASS, true);
	r = conform_get(s, RECORD);
	check_seen(&watcher, RECORD, "{\"n\":5}", r.version,
		   forget ? "its wire cut, and the changes forgotten, it ends with what is" :
		   "its wire cut meanwhile, it ends with what is");
	check_seen(&watcher, OTHER, NULL, r.version, "also of what is gone");
	conform_check(!watcher.watch.backwards && !watcher.watch.resets,
		      "and the store is the same to it");
	if (forget)
		conform_check(watcher.watch.fulls > fulls,
			      "it was told everything anew");
	conform_close(&watcher);
	clear(s);
}

/* ------------------------------------------------------------ the store away */

static void test_restart(struct conform_store *s)
{
	struct conform_store watcher;
	struct conform_reply r, away, back;
	uint64_t begun;

	r = conform_put(s, RECORD, 0, "{\"n\":1}");
	conform_open(&watcher, true);
	conform_wait(has_view, &watcher.watch);
	must(stop_command);
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
	check_result(&away, EL_FAILED, "nor is anything read");
	conform_check(conform_wait(is_down, &watcher.watch),
		      "the watcher is told that it cannot be reached");
	must(start_command);
	do {
		back = conform_get(&watcher, RECORD);
	} while (back.result != EL_OK);
	conform_check(back.there && back.version == r.version,
		      "it is back, with what it had");
	conform_check(conform_wait(is_up, &watcher.watch),
		      "and the watcher is told so");
	r = conform_put(s, RECORD, r.version, "{\"n\":3}");
	check_result(&r, EL_OK, "it is written to");
	check_seen(&watcher, RECORD, "{\"n\":3}", r.version,
		   "and the watcher goes on by itself");
	conform_check(!watcher.watch.backwards && !watcher.watch.resets,
		      "with the store it was");
	conform_close(&watcher);
	clear(s);
}

static void test_frozen(struct conform_store *s)
{
	struct conform_reply r, slow, next;
	uint64_t begun, took;

	r = conform_put(s, RECORD, 0, "{\"n\":1}");
	must(freeze_command);
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
	must(thaw_command);
	do {
		next = conform_get(s, RECORD);
	} while (next.result != EL_OK);
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
	check_result(&r, EL_OK, "and a write by that version is the last");
	conform_run(conform_config.renew_ms);
	next = conform_get(s, RECORD);
	conform_check(next.version == r.version && !strcmp(next.value, "{\"n\":3}"),
		      "whatever comes late");
	clear(s);
}

/* ------------------------------------------------------------ all of them */

static void run(const char *beside)
{
	struct conform_store s;

	conform_open(&s, false);
	clear(&s);
	test_swap(&s);
	test_list(&s);
	test_watch(&s);
	test_race(&s);
	if (proxy_there()) {
		test_lost_answer(&s);
		test_lost_question(&s);
		test_gap(&s, beside, false);
	} else {
		conform_skip("lost answers", "there is no wire to this store");
	}
	if (proxy_there() && forget_command)
		test_gap(&s, beside, true);
	if (stop_command && start_command)
		test_restart(&s);
	if (freeze_command && thaw_command)
		test_frozen(&s);
	conform_close(&s);
}

/* What may have been written is not asked of another endpoint. */
static void run_lost(void)
{
	struct conform_store s;

	conform_open(&s, false);
	clear(&s);
	test_lost_answer(&s);
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
	conform_check(conform_wait(is_down, &s.watch) &&
		      strstr(s.watch.error, text), "the watcher is told the same");
	conform_close(&s);
}

/* For write_beside(): up to that number, and OTHER is gone. */
static int write_some(int values)
{
	struct conform_store s;
	struct conform_reply r;
	char value[32];

	conform_open(&s, false);
	for (int i = 1; i <= values; i++) {
		r = conform_get(&s, RECORD);
		snprintf(value, sizeof(value), "{\"n\":%d}", i);
		r = conform_put(&s, RECORD, r.there ? r.version : 0, value);
		if (r.result != EL_OK)
			return 1;
	}
	r = conform_get(&s, OTHER);
	r = conform_put(&s, OTHER, r.version, NULL);
	conform_close(&s);
	return r.result != EL_OK;
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
	if (proxy && !proxy_open(proxy)) {
		fprintf(stderr, "--proxy %s: cannot listen there\n", proxy);
		return 2;
	}
	if (values) {
		status = write_some(values);
	} else {
		puts("TAP version 13");
		if (refused)
			run_refused(refused);
		else if (lost)
			run_lost();
		else
			run(beside);
		status = conform_end();
	}
	proxy_close();
	event_base_free(conform_base);
	config_free(&conform_config);
	return status;
}
