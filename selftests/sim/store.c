// SPDX-License-Identifier: GPL-2.0
/*
 * The lease store, and the way to it, on which requests and answers are late,
 * lost, or there twice. A lost answer is reported as "unknown" when the client's
 * patience ends; the request may arrive even after that.
 */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#define PATIENCE	(400 * MS)

struct request {
	enum el_action_type type;
	uint64_t req;
	enum record_kind kind;
	const char *name;
	uint64_t version;
	struct record *rec;
	bool answered;
	int refs;
};

const struct change *store_find(const struct store *s, enum record_kind kind,
				const char *name)
{
	size_t last = s->last[kind][number_of(name)];

	return last ? &s->log[last - 1] : NULL;
}

static void append(struct store *s, enum record_kind kind, const char *name,
		   struct record *rec)
{
	struct change *c;

	s->log = room(s->log, s->n_log, sizeof(*s->log));
	c = &s->log[s->n_log++];
	c->kind = kind;
	c->name = name;
	c->version = ++s->rev;
	c->rec = record_get(rec);
	s->last[kind][number_of(name)] = s->n_log;
}

bool store_write(struct world *w, enum record_kind kind, const char *name,
		 uint64_t version, struct record *rec)
{
	const struct change *c = store_find(&w->store, kind, name);
	struct record *was = c ? c->rec : NULL;

	/* An impossible version is how a fault asks to overwrite blindly. */
	if (version != NO_TIME && (was ? c->version : 0) != version)
		return false;
	check_write(w, kind, name, was, rec);
	append(&w->store, kind, known_name(w, kind, name), rec);
	store_notify(w);
	return true;
}

void store_drop(struct store *s)
{
	for (size_t i = 0; i < s->n_log; i++)
		record_put(s->log[i].rec);
	free(s->log);
}

/* Mostly quick; while there is trouble, sometimes very slow. */
static uint64_t delay(struct world *w)
{
	if (w->trouble && w->slow && chance(w, 15))
		return between(w, MS, w->slow);
	return between(w, w->quick / 40, w->quick);
}

static bool reachable(const struct world *w, const struct host *h)
{
	return !w->store.down && !h->cut;
}

/* It cannot have been written: nothing has left. */
static bool refused(const struct world *w, const struct host *h)
{
	return (h->cut && h->refused) || (w->store.down && w->store.refuses);
}

static bool lost(struct world *w, const struct host *h)
{
	return !reachable(w, h) || (w->trouble && chance(w, 2));
}

static bool twice(struct world *w)
{
	return w->trouble && chance(w, 3);
}

/* All changes after a revision, or the last of each record. */
static struct message *view_after(struct world *w, uint64_t rev, bool full)
{
	struct message *msg = message_new(EL_EV_VIEW);
	struct store *s = &w->store;
	size_t n = 0;

	for (size_t i = full ? 0 : rev; i < s->n_log; i++) {
		const struct change *c = &s->log[i];

		if (full && (!c->rec || store_find(s, c->kind, c->name) != c))
			continue;
		msg->items = room(msg->items, n, sizeof(*msg->items));
		msg->items[n++] = (struct el_item){
			.kind = c->kind,
			.name = c->name,
			.version = c->version,
			.rec = record_get(c->rec),
		};
	}
	msg->ev.view.rev = s->rev;
	msg->ev.view.full = full;
	msg->ev.view.items = msg->items;
	msg->ev.view.n = n;
	return msg;
}

static void watch(struct world *w, struct host *h);

/* The answer to a watch has come back; ask for the next. */
static void watched(struct world *w, struct happening *hp)
{
	struct host *h = hp->host;

	if (h->life != hp->life || h->round != hp->round) {
		message_free(hp->msg);
		return;
	}
	h->watching = false;
	if (hp->msg && reachable(w, h)) {
		h->cursor = hp->msg->ev.view.rev;
		tell(w, h, "sees revision %llu", (unsigned long long)h->cursor);
		host_deliver(w, h, hp->msg, 0);
	} else {
		message_free(hp->msg);
	}
	watch(w, h);
}

static void answer_watch(struct world *w, struct happening *hp)
{
	struct host *h = hp->host;
	struct message *msg = NULL;
	struct happening *back;
	uint64_t wait = 20 * MS;

	if (h->life != hp->life || h->round != hp->round)
		return;
	if (reachable(w, h) && w->store.rev > h->cursor) {
		msg = view_after(w, h->cursor, !h->cursor);
		wait = delay(w);
	}
	back = later(w, wait, watched);
	back->host = h;
	back->life = h->life;
	back->round = h->round;
	back->msg = msg;
}

static void watch(struct world *w, struct host *h)
{
	struct happening *hp;

	if (h->watching || !h->election)
		return;
	/* Nothing new: store_notify() will call again. */
	if (reachable(w, h) && w->store.rev <= h->cursor)
		return;
	h->watching = true;
	hp = later(w, reachable(w, h) ? delay(w) : 20 * MS, answer_watch);
	hp->host = h;
	hp->life = h->life;
	hp->round = h->round;
}

void store_notify(struct world *w)
{
	for (int i = 0; i < w->n_processes; i++)
		watch(w, &w->hosts[i]);
}

/* What it knows may be of another store. Of this one it has heard nothing yet. */
static void reset(struct world *w, struct host *h)
{
	w->resets++;
	h->round++;
	h->watching = false;
	h->cursor = 0;
	tell(w, h, "is told that the store is another");
	host_deliver(w, h, message_new(EL_EV_RESET), 0);
}

/*
 * After a gap a watch goes on where it was; or that place is forgotten, and all is
 * listed again; or it cannot be told whether it is the same store.
 */
void store_found_again(struct world *w, struct host *h)
{
	if (h->election) {
		switch (chance_below(w, 4)) {
		case 0:
			reset(w, h);
			break;
		case 1:
			h->cursor = 0;
			break;
		default:
			break;
		}
	}
	store_notify(w);
}

/* All find it again, each in its own way. */
void store_back(struct world *w)
{
	for (int i = 0; i < w->n_processes; i++)
		store_found_again(w, &w->hosts[i]);
}

static void list_arrives(struct world *w, struct happening *hp)
{
	if (hp->host->life != hp->life || hp->host->round != hp->round)
		message_free(hp->msg);
	else
		host_deliver(w, hp->host, hp->msg, 0);
}

/* A list taken now, which arrives when much else may have. */
void store_list(struct world *w, struct host *h)
{
	struct message *msg;
	struct happening *hp;
	uint64_t late = between(w, MS, w->slow + MS);

	if (!h->election || !reachable(w, h))
		return;
	msg = view_after(w, 0, true);
	hp = later(w, late, list_arrives);
	hp->host = h;
	hp->life = h->life;
	hp->round = h->round;
	hp->msg = msg;
	tell(w, h, "list of revision %llu on its way",
	     (unsigned long long)msg->ev.view.rev);
}

/* One way of a request: to the store, back from it, or into a time-out. */
struct trip {
	struct request *r;
	enum el_result result;
	struct change found;
};

static struct trip *trip_new(struct request *r, enum el_result result)
{
	struct trip *t = xmalloc(sizeof(*t));

	t->r = r;
	t->result = result;
	r->refs++;
	return t;
}

void trip_free(struct trip *t)
{
	if (!t)
		return;
	record_put(t->found.rec);
	if (!--t->r->refs) {
		record_put(t->r->rec);
		free(t->r);
	}
	free(t);
}

/* What the client makes of silence. Nothing was read; something may be written. */
static enum el_result gives_up_with(const struct request *r)
{
	return r->type == EL_GET ? EL_FAILED : EL_UNKNOWN;
}

static struct message *answer(const struct trip *t)
{
	const struct request *r = t->r;
	struct message *msg;

	msg = message_new(r->type == EL_PUT ? EL_EV_PUT_DONE : EL_EV_GOT);
	msg->ev.done.req = r->req;
	msg->ev.done.result = t->result;
	msg->ev.done.item.kind = r->kind;
	msg->ev.done.item.name = r->name;
	msg->ev.done.item.version = t->found.version;
	msg->ev.done.item.rec = record_get(t->found.rec);
	return msg;
}

static const char *const results[] = {
	[EL_OK] = "done", [EL_CONFLICT] = "another version",
	[EL_FAILED] = "failed", [EL_UNKNOWN] = "none",
};

/* The first is what counts; that is for the election to know. */
static void answer_arrives(struct world *w, struct happening *hp)
{
	struct request *r = hp->trip->r;
	bool gave_up = hp->trip->result == gives_up_with(r);

	if (hp->host->life == hp->life && !(r->answered && gave_up)) {
		r->answered = true;
		tell(w, hp->host, "answer to request %llu: %s",
		     (unsigned long long)r->req, results[hp->trip->result]);
		host_deliver(w, hp->host, answer(hp->trip), 0);
	}
	trip_free(hp->trip);
}

static void travel(struct world *w, struct host *h, uint64_t life, struct trip *t,
		   uint64_t wait, void (*run)(struct world *, struct happening *))
{
	struct happening *hp = later(w, wait, run);

	hp->host = h;
	hp->life = life;
	hp->trip = t;
}

static void perform(struct world *w, struct trip *t)
{
	struct request *r = t->r;
	const struct change *c;

	if (r->type == EL_PUT) {
		t->result = store_write(w, r->kind, r->name, r->version, r->rec) ?
			    EL_OK : EL_CONFLICT;
		t->found.version = w->store.rev;
		return;
	}
	c = store_find(&w->store, r->kind, r->name);
	t->result = EL_OK;
	t->found.version = c && c->rec ? c->version : w->store.rev;
	t->found.rec = c ? record_get(c->rec) : NULL;
}

static struct trip *trip_again(const struct trip *t)
{
	struct trip *again = trip_new(t->r, t->result);

	again->found = t->found;
	record_get(again->found.rec);
	return again;
}

/* A request that is under way arrives, whatever became of its sender. */
static void request_arrives(struct world *w, struct happening *hp)
{
	struct trip *t = hp->trip;

	if (w->store.down) {
		trip_free(t);
		return;
	}
	perform(w, t);
	if (twice(w))
		travel(w, hp->host, hp->life, trip_again(t), delay(w), answer_arrives);
	if (lost(w, hp->host))
		trip_free(t);
	else
		travel(w, hp->host, hp->life, t, delay(w), answer_arrives);
}

void store_request(struct world *w, struct host *h, const struct el_action *a)
{
	struct request *r = xmalloc(sizeof(*r));

	r->type = a->type;
	r->req = a->req;
	r->kind = a->kind;
	r->name = known_name(w, a->kind, a->name);
	r->version = a->version;
	r->rec = record_get(a->rec);
	/* A list taken just before may show after it what was before it. */
	if (r->type == EL_PUT && w->trouble && chance(w, 5))
		store_list(w, h);
	if (refused(w, h)) {
		w->refusals++;
		travel(w, h, h->life, trip_new(r, EL_FAILED), delay(w), answer_arrives);
		return;
	}
	travel(w, h, h->life, trip_new(r, gives_up_with(r)), PATIENCE, answer_arrives);
	if (!lost(w, h))
		travel(w, h, h->life, trip_new(r, EL_OK), delay(w), request_arrives);
	if (reachable(w, h) && twice(w))
		travel(w, h, h->life, trip_new(r, EL_OK), delay(w), request_arrives);
}
