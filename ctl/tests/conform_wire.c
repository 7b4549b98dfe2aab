// SPDX-License-Identifier: GPL-2.0
/*
 * What a store must do where the wire to it is bad: say truly what became of a write,
 * and miss no change.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conform.h"

/* Of a wire. */
static bool is_dropped(void *arg)
{
	return ((const struct wire *)arg)->dropped();
}

static void wait_dropped(const struct wire *wire)
{
	conform_wait(is_dropped, (void *)(uintptr_t)wire);
}

void conform_test_lost_answer(struct conform_store *s, const struct wire *wire)
{
	struct conform_reply r, lost;

	r = conform_put(s, RECORD, 0, "{\"n\":1}");
	wire->set(WIRE_DROP_ANSWERS, false);
	conform_begin_put(s, RECORD, r.version, "{\"n\":2}", &lost);
	wait_dropped(wire);
	wire->set(WIRE_REFUSE, true);
	conform_wait_reply(&lost);
	conform_expect(&lost, EL_UNKNOWN, "a write whose answer is lost is unknown");
	wire->set(WIRE_PASS, true);
	lost = conform_get_back(s, RECORD);
	conform_check(!strcmp(lost.value, "{\"n\":2}"),
		      "and reading again shows that it was done");
	conform_check(lost.version > r.version, "once");
	r = conform_put(s, RECORD, lost.version, "{\"n\":3}");
	conform_expect(&r, EL_OK, "it goes on from there");
	conform_clear(s);
}

static void test_lost_question(struct conform_store *s, const struct wire *wire)
{
	struct conform_reply r, lost;

	r = conform_put(s, RECORD, 0, "{\"n\":1}");
	wire->set(WIRE_DROP_QUESTIONS, false);
	conform_begin_put(s, RECORD, r.version, "{\"n\":2}", &lost);
	conform_wait_reply(&lost);
	conform_check(lost.result == EL_UNKNOWN || lost.result == EL_FAILED,
		      "a write that does not arrive is not said to be done");
	wire->set(WIRE_PASS, true);
	lost = conform_get_back(s, RECORD);
	conform_check(lost.version == r.version,
		      "and reading again shows that it was not");
	wire->set(WIRE_REFUSE, true);
	r = conform_put(s, RECORD, r.version, "{\"n\":2}");
	conform_expect(&r, EL_FAILED, "a store that nobody reaches: surely not done");
	wire->set(WIRE_PASS, true);
	r = conform_get_back(s, RECORD);
	conform_check(r.version == lost.version, "nor when it is back");
	conform_clear(s);
}

/* A second process whose wire is good writes while the watcher's is cut. */
static void write_beside(const char *config, const char *values)
{
	char command[512];

	snprintf(command, sizeof(command), "\"%s\" --write \"%s\" \"%s\"",
		 program_invocation_name, values, config);
	conform_must(command);
}

static void test_gap(struct conform_store *s, const struct wire *wire,
		     const char *beside, const char *forget)
{
	struct conform_store watcher;
	struct conform_reply r;
	unsigned int fulls;

	conform_put(s, OTHER, 0, "{\"n\":1}");
	conform_open(&watcher, true);
	conform_expect_seen(&watcher, OTHER, "{\"n\":1}", 0, "a watcher sees a record");
	wire->set(WIRE_REFUSE, true);
	r = conform_get(&watcher, RECORD);
	conform_expect(&r, EL_FAILED, "its wire is cut: nothing is read");
	write_beside(beside, "5");
	if (forget)
		conform_must(forget);
	fulls = watcher.watch.fulls;
	wire->set(WIRE_PASS, true);
	r = conform_get_back(s, RECORD);
	conform_expect_seen(&watcher, RECORD, "{\"n\":5}", r.version,
			    forget ? "the changes forgotten, it ends with what is" :
			    "it ends with what is");
	conform_expect_seen(&watcher, OTHER, NULL, r.version, "also of what is gone");
	conform_check(!watcher.watch.backwards && !watcher.watch.resets,
		      "and the store is the same to it");
	if (forget)
		conform_check(watcher.watch.fulls > fulls,
			      "it was told everything anew");
	conform_close(&watcher);
	conform_clear(s);
}

/*
 * A server that is cut off from the others keeps its streams, and has nothing more to
 * say on them: no end, and no change either.
 */
static void test_silent(struct conform_store *s, const struct wire *wire,
			const char *beside)
{
	struct conform_store watcher;
	struct conform_reply r;

	conform_put(s, OTHER, 0, "{\"n\":1}");
	conform_open(&watcher, true);
	conform_expect_seen(&watcher, OTHER, "{\"n\":1}", 0,
			    "a watcher sees a record");
	wire->silence();
	write_beside(beside, "5");
	wait_dropped(wire);
	conform_check(wire->dropped() && conform_seen(&watcher.watch, OTHER),
		      "its stream falls silent, and does not end");
	r = conform_get_back(&watcher, RECORD);
	r = conform_put(&watcher, RECORD, r.version, "{\"n\":6}");
	conform_expect(&r, EL_OK, "it writes by itself, on another connection");
	conform_expect_seen(&watcher, RECORD, "{\"n\":6}", r.version,
			    "and is told so by another stream");
	conform_expect_seen(&watcher, OTHER, NULL, r.version,
			    "and of what is gone");
	conform_check(!watcher.watch.backwards && !watcher.watch.resets,
		      "with the store it was");
	conform_close(&watcher);
	wire->set(WIRE_PASS, true);
	conform_clear(s);
}

void conform_test_wire(struct conform_store *s, const struct wire *wire,
		       const char *beside, const char *forget)
{
	conform_test_lost_answer(s, wire);
	test_lost_question(s, wire);
	test_gap(s, wire, beside, NULL);
	if (wire->silence)
		test_silent(s, wire, beside);
	if (forget)
		test_gap(s, wire, beside, forget);
}

/* For write_beside(): up to that number, and OTHER is gone. */
int conform_write_some(int values)
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

