/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A conversation with one node: each test of the election tells it what happens,
 * and looks at what it says to do next. The interplay of several nodes is simulated
 * in selftests/sim.
 *
 * The words are short, and what is spoken of is global: there is one node a test.
 */
#ifndef L2A_TESTS_CONVERSATION_H
#define L2A_TESTS_CONVERSATION_H

#include "l2announced/election.h"

#define MS		1000000ULL
#define DURATION	2000
#define RENEW		500
#define MARGIN		200
#define MOVE_RATE	10	/* a second */
#define BOOT_AHEAD	(77 * 1000 * MS)	/* the two clocks differ */

/* The node, what its last step asked for, the time, the store's newest revision. */
extern struct election *e;
extern struct el_actions out;
extern uint64_t now_ms;
extern uint64_t rev;

/* Talking to it. */

/* Whatever happens, at now_ms; what it says to that is in @out. */
void step(const struct el_event *ev);
void tick_at(uint64_t ms);
/* The module is there, with that token; @active: a VIP it answers for, or NULL. */
void kernel(uint64_t token, const char *active);
/* The one device that is up; NULL: none is. */
void links(const char *dev);

/* The store shows one record, at the next revision; JSON NULL: deleted. */
void shows(enum record_kind kind, const char *name, const char *json);
/* The same at a revision of its own. */
void shows_at(uint64_t version, enum record_kind kind, const char *name,
	      const char *json);
/* A full list of nothing. */
void empty_view(void);

/* What it said: NULL if it did not. */

struct el_action *find(enum el_action_type type);
struct el_action *find_put(enum record_kind kind, const char *name);
struct el_action *find_note(enum el_note note);

/* Whether it serves a service so; remembers the number for served(). */
bool serves(const char *service, enum el_serve how);
/* The kernel did, or did not, what serves() found. */
void served(const char *service, bool ok);

/* The request of a put that it must have made. */
uint64_t put_req(enum record_kind kind, const char *name);
/* A put it made. */
void answer(uint64_t req, enum el_result result);
/* A record it asked for. */
void got(uint64_t req, enum record_kind kind, const char *name,
	 uint64_t version, struct record *rec);

/*
 * Time passes, the store confirms every renewal, and nobody else is heard of. One
 * that is due at the very end is not answered.
 */
void live_until(uint64_t ms);

/* Beginnings. */

int conversation_begin(void **state);
int conversation_end(void **state);

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, conversation_begin, \
					conversation_end)

/* It knows all it waits for: the module, its links, an empty store. */
void ready(uint64_t token);
/* And is a member. */
void joined(void);
/* And holds service "s" for sure. */
void holding(void);

#define SERVICE	"{\"vips\":[\"192.0.2.1\"],\"devs\":[\"eth*\"]}"
#define PEER(incarnation, state, seq) \
	"{\"incarnation\":" incarnation ",\"seq\":" seq ",\"duration_ms\":2000," \
	"\"state\":\"" state "\",\"devs\":[\"eth0\"],\"run\":\"other\"," \
	"\"boot\":\"elsewhere\",\"host\":\"elsewhere\"}"
#define HOLDER(node, incarnation, token) \
	"{\"node\":\"" node "\",\"incarnation\":" incarnation ",\"token\":" token \
	",\"vips\":[\"192.0.2.1\"]}"

#endif /* L2A_TESTS_CONVERSATION_H */
