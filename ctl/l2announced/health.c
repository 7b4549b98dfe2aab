// SPDX-License-Identifier: GPL-2.0
/*
 * The health of the services on this node. Each check is attempted at its
 * interval, whoever holds the service: another node has to know beforehand
 * whether it could serve.
 */
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "health.h"
#include "lib/clock.h"
#include "log.h"
#include "log_ids.h"
#include "probe.h"

#define PARALLEL	16	/* commands at a time */

struct patient;

/* A check of a service. */
struct exam {
	struct patient *of;
	const struct check *check;
	struct probe *probe;
	struct event *timer;
	uint64_t began;
	struct health_count count;
	char *text;
};

/* A service that has checks. */
struct patient {
	struct patient *next;
	struct health *health;
	char *name;
	struct record *spec;	/* whose checks are carried out */
	struct names env;
	struct exam *exams;
	size_t n;
	enum health_verdict told;
};

struct health {
	struct event_base *base;
	const struct config *config;
	void (*fn)(void *arg, const char *service, bool ok);
	void *arg;
	struct command_runner *runner;
	struct event *tell;
	struct patient *patients;
	struct attempts attempts[N_CHECK_TYPES];
};

bool health_take(struct health_count *count, bool ok, uint32_t rise,
		 uint32_t fall)
{
	enum health_verdict says = ok ? HEALTH_GOOD : HEALTH_BAD;

	if (count->verdict == says) {
		count->against = 0;
		return false;
	}
	count->against++;
	if (count->verdict != HEALTH_UNKNOWN &&
	    count->against < (ok ? rise : fall))
		return false;
	count->verdict = says;
	count->against = 0;
	return true;
}

/* One bad check is enough; before all have spoken nothing is good. */
static enum health_verdict verdict(const struct patient *p)
{
	enum health_verdict sum = HEALTH_GOOD;

	for (size_t i = 0; i < p->n; i++) {
		if (p->exams[i].count.verdict == HEALTH_BAD)
			return HEALTH_BAD;
		if (p->exams[i].count.verdict == HEALTH_UNKNOWN)
			sum = HEALTH_UNKNOWN;
	}
	return sum;
}

static void on_tell(evutil_socket_t fd, short what, void *arg)
{
	struct health *h = arg;

	(void)fd;
	(void)what;
	for (struct patient *p = h->patients; p; p = p->next) {
		enum health_verdict says = verdict(p);

		if (says == p->told || says == HEALTH_UNKNOWN)
			continue;
		p->told = says;
		h->fn(h->arg, p->name, says == HEALTH_GOOD);
	}
}

static void log_change(const struct exam *x)
{
	const struct check *check = x->check;
	bool well = x->count.verdict == HEALTH_GOOD;
	const struct log_facts facts = {
		.id = well ? LOG_ID_WELL : LOG_ID_SICK,
		.service = x->of->name,
		.node = x->of->health->config->node,
	};

	log_event(well ? LOG_NOTICE : LOG_WARNING, &facts,
		  "%s service=%s node=%s: check %s %s%s%s",
		  well ? "well" : "sick", facts.service, facts.node,
		  check_type_name(check->type), check->target,
		  well ? "" : ": ", well ? "" : x->text);
}

static void next_attempt(struct exam *x, uint64_t ns)
{
	const struct timeval tv = l2a_timeval(ns);

	event_add(x->timer, &tv);
}

static void on_attempt(void *arg, bool ok, const char *text)
{
	struct exam *x = arg;
	uint64_t due = x->began + x->check->interval_ms * L2A_NSEC_PER_MSEC;
	uint64_t now = l2a_clock_ns(CLOCK_MONOTONIC);

	attempts_add(&x->of->health->attempts[x->check->type], ok,
		     now - x->began);
	free(x->text);
	x->text = ok ? NULL : xstrdup(text);
	if (health_take(&x->count, ok, x->check->rise, x->check->fall)) {
		log_change(x);
		event_active(x->of->health->tell, 0, 0);
	}
	next_attempt(x, due > now ? due - now : 0);
}

static void on_due(evutil_socket_t fd, short what, void *arg)
{
	struct exam *x = arg;

	(void)fd;
	(void)what;
	x->began = l2a_clock_ns(CLOCK_MONOTONIC);
	probe_start(x->probe);
}

static void begin_exam(struct exam *x, struct patient *p,
		       const struct check *check)
{
	const struct probe_config config = {
		.base = p->health->base,
		.runner = p->health->runner,
		.config = p->health->config,
		.check = check,
		.env = &p->env,
		.done = on_attempt,
		.arg = x,
	};

	x->of = p;
	x->check = check;
	x->probe = probe_new(&config);
	x->timer = evtimer_new(p->health->base, on_due, x);
	if (!x->timer)
		abort();
	next_attempt(x, 0);
}

static void set_env(struct patient *p, const struct record *spec)
{
	char *vips = names_join(&spec->service.vips, " ");

	names_clear(&p->env);
	command_env(&p->env, "SERVICE", p->name);
	command_env(&p->env, "NODE", p->health->config->node);
	command_env(&p->env, "VIPS", vips);
	free(vips);
}

static void begin(struct patient *p, struct record *spec)
{
	const struct check_list *checks = &spec->service.checks;

	p->spec = record_get(spec);
	p->n = checks->n;
	p->exams = xmalloc((p->n + 1) * sizeof(*p->exams));
	for (size_t i = 0; i < p->n; i++)
		begin_exam(&p->exams[i], p, &checks->v[i]);
}

static void end(struct patient *p)
{
	for (size_t i = 0; i < p->n; i++) {
		probe_free(p->exams[i].probe);
		event_free(p->exams[i].timer);
		free(p->exams[i].text);
	}
	free(p->exams);
	names_clear(&p->env);
	record_put(p->spec);
	p->exams = NULL;
	p->spec = NULL;
	p->n = 0;
}

static void forget(struct health *h, const char *service)
{
	struct patient **at = &h->patients, *p;

	while (*at && strcmp((*at)->name, service))
		at = &(*at)->next;
	p = *at;
	if (!p)
		return;
	*at = p->next;
	end(p);
	free(p->name);
	free(p);
}

static struct patient *find(struct health *h, const char *service)
{
	struct patient *p = h->patients;

	while (p && strcmp(p->name, service))
		p = p->next;
	if (p)
		return p;
	p = xmalloc(sizeof(*p));
	p->health = h;
	p->name = xstrdup(service);
	p->next = h->patients;
	h->patients = p;
	return p;
}

static bool same(const struct patient *p, const struct record *spec)
{
	return p->spec && checks_equal(&p->spec->service.checks,
				       &spec->service.checks);
}

void health_set(struct health *h, const char *service, struct record *spec)
{
	struct patient *p;

	if (!spec || !spec->service.checks.n) {
		forget(h, service);
		return;
	}
	p = find(h, service);
	if (!same(p, spec)) {
		end(p);
		begin(p, spec);
	}
	set_env(p, spec);
	/* Who asks may have forgotten what it was told. */
	p->told = HEALTH_UNKNOWN;
	event_active(h->tell, 0, 0);
}

const struct attempts *health_attempts(const struct health *h,
				       enum check_type type)
{
	return &h->attempts[type];
}

void health_each(const struct health *h,
		 void (*fn)(const struct health_info *info, void *arg), void *arg)
{
	for (const struct patient *p = h->patients; p; p = p->next) {
		for (size_t i = 0; i < p->n; i++) {
			const struct exam *x = &p->exams[i];
			const struct health_info info = {
				.service = p->name,
				.check = x->check,
				.verdict = x->count.verdict,
				.text = x->text,
			};

			fn(&info, arg);
		}
	}
}

struct health *health_new(struct event_base *base, const struct config *config,
			  void (*fn)(void *arg, const char *service, bool ok),
			  void *arg)
{
	struct health *h = xmalloc(sizeof(*h));

	h->base = base;
	h->config = config;
	h->fn = fn;
	h->arg = arg;
	h->runner = command_runner_new(base, PARALLEL);
	h->tell = event_new(base, -1, 0, on_tell, h);
	if (!h->tell)
		abort();
	return h;
}

void health_free(struct health *h)
{
	if (!h)
		return;
	while (h->patients)
		forget(h, h->patients->name);
	command_runner_free(h->runner);
	event_free(h->tell);
	free(h);
}
