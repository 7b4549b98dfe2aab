// SPDX-License-Identifier: GPL-2.0
/*
 * The conversation with one node that a test of the election is: telling it what
 * happens, hearing what to do next.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "conversation.h"

struct election *e;
struct el_actions out;
uint64_t now_ms;
uint64_t rev;

/* What it asked of the store, by the request: the actions do not last. */
#define REQUESTS	128

static struct {
	enum record_kind kind;
	char name[64];
} asked[REQUESTS];

static void keep_request(const struct el_action *action)
{
	if (action->type != EL_PUT && action->type != EL_GET)
		return;
	asked[action->req % REQUESTS].kind = action->kind;
	snprintf(asked[action->req % REQUESTS].name, sizeof(asked[0].name),
		 "%s", action->name);
}

/* Talking to it. */

void step(const struct el_event *ev)
{
	const struct el_now now = {
		.boot = now_ms * MS + BOOT_AHEAD,
		.mono = now_ms * MS,
	};

	el_actions_clear(&out);
	election_step(e, ev, &now, &out);
	for (size_t i = 0; i < out.n; i++)
		keep_request(&out.v[i]);
}

void tick_at(uint64_t ms)
{
	const struct el_event ev = { .type = EL_EV_TICK };

	now_ms = ms;
	step(&ev);
}

void kernel(uint64_t token, const char *active)
{
	struct el_event ev = { .type = EL_EV_KERNEL };
	struct names names = { 0, NULL };

	if (active)
		names_add(&names, active);
	ev.kernel.there = true;
	ev.kernel.token = token;
	ev.kernel.active = &names;
	step(&ev);
	names_clear(&names);
}

void links(const char *dev)
{
	struct el_event ev = { .type = EL_EV_LINKS };
	struct names names = { 0, NULL };

	if (dev)
		names_add(&names, dev);
	ev.links = &names;
	step(&ev);
	names_clear(&names);
}

void shows_at(uint64_t version, enum record_kind kind, const char *name,
	      const char *json)
{
	struct el_item item = {
		.kind = kind, .name = name, .version = version,
	};
	struct el_event ev = { .type = EL_EV_VIEW };
	struct l2a_error err = { 0 };

	if (json) {
		item.rec = record_parse(kind, json, &err);
		if (!item.rec)
			fail_msg("%s", err.text);
	}
	ev.view.rev = version;
	ev.view.items = &item;
	ev.view.n = 1;
	step(&ev);
	record_put(item.rec);
}

void shows(enum record_kind kind, const char *name, const char *json)
{
	shows_at(++rev, kind, name, json);
}

void empty_view(void)
{
	struct el_event ev = { .type = EL_EV_VIEW };

	ev.view.full = true;
	ev.view.rev = rev;
	step(&ev);
}

/* What it said. */

struct el_action *find(enum el_action_type type)
{
	for (size_t i = 0; i < out.n; i++) {
		if (out.v[i].type == type)
			return &out.v[i];
	}
	return NULL;
}

struct el_action *find_put(enum record_kind kind, const char *name)
{
	for (size_t i = 0; i < out.n; i++) {
		if (out.v[i].type == EL_PUT && out.v[i].kind == kind &&
		    !strcmp(out.v[i].name, name))
			return &out.v[i];
	}
	return NULL;
}

struct el_action *find_note(enum el_note note)
{
	for (size_t i = 0; i < out.n; i++) {
		if (out.v[i].type == EL_NOTE && out.v[i].note == note)
			return &out.v[i];
	}
	return NULL;
}

/* The number of what serves() found. */
static uint64_t serve_seq;

bool serves(const char *service, enum el_serve how)
{
	for (size_t i = 0; i < out.n; i++) {
		if (out.v[i].type != EL_SERVE || strcmp(out.v[i].name, service) ||
		    out.v[i].serve != how)
			continue;
		serve_seq = out.v[i].seq;
		return true;
	}
	return false;
}

void served(const char *service, bool ok)
{
	struct el_event ev = { .type = EL_EV_SERVE_DONE };

	ev.serve.service = service;
	ev.serve.seq = serve_seq;
	ev.serve.ok = ok;
	step(&ev);
}

void answer(uint64_t req, enum el_result result)
{
	struct el_event ev = { .type = EL_EV_PUT_DONE };

	ev.done.req = req;
	ev.done.item.kind = asked[req % REQUESTS].kind;
	ev.done.item.name = asked[req % REQUESTS].name;
	ev.done.result = result;
	if (result == EL_OK)
		ev.done.item.version = ++rev;
	step(&ev);
}

void got(uint64_t req, enum record_kind kind, const char *name,
	 uint64_t version, struct record *rec)
{
	struct el_event ev = { .type = EL_EV_GOT };

	ev.done.req = req;
	ev.done.result = EL_OK;
	ev.done.item.kind = kind;
	ev.done.item.name = name;
	ev.done.item.version = version;
	ev.done.item.rec = rec;
	step(&ev);
}

uint64_t put_req(enum record_kind kind, const char *name)
{
	struct el_action *put = find_put(kind, name);

	assert_non_null(put);
	return put->req;
}

void live_until(uint64_t ms)
{
	while (now_ms < ms) {
		uint64_t wake = election_wake(e) / MS;

		tick_at(wake < ms ? (wake > now_ms ? wake : now_ms + 1) : ms);
		if (find_put(RECORD_NODE, "me") && now_ms < ms)
			answer(put_req(RECORD_NODE, "me"), EL_OK);
	}
}

/* Beginnings. */

int conversation_begin(void **state)
{
	const struct el_config config = {
		.node = "me", .boot = "boot", .run = "run", .host = "host",
		.duration_ms = DURATION, .renew_ms = RENEW,
		.margin_ms = MARGIN, .rebalance = true, .weight = 100,
		.move_rate = MOVE_RATE,
	};

	(void)state;
	e = election_new(&config);
	now_ms = 1000;
	rev = 100;
	return 0;
}

int conversation_end(void **state)
{
	(void)state;
	election_free(e);
	el_actions_clear(&out);
	return 0;
}

void ready(uint64_t token)
{
	kernel(token, NULL);
	links("eth0");
	empty_view();
}

void joined(void)
{
	ready(0);
	answer(put_req(RECORD_NODE, "me"), EL_OK);
	assert_non_null(find_note(EL_NOTE_JOINED));
}

void holding(void)
{
	uint64_t claim, news;

	joined();
	shows(RECORD_SERVICE, "s", SERVICE);
	assert_true(serves("s", EL_SERVE_STANDBY));
	claim = put_req(RECORD_HOLDER, "s");
	/* It has a device that somebody wants now, and says so. */
	news = put_req(RECORD_NODE, "me");
	assert_int_equal(find_put(RECORD_NODE, "me")->rec->node.devs.n, 1);
	answer(news, EL_OK);
	answer(claim, EL_OK);
	shows(RECORD_NODE, "bystander", PEER("1", "fenced", "1"));
	assert_true(serves("s", EL_SERVE_ACTIVE));
	served("s", true);
	assert_non_null(find_note(EL_NOTE_ACQUIRED));
}
