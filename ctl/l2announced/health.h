/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The health of the services on this node: carries out their checks, and tells
 * what they say.
 */
#ifndef L2A_HEALTH_H
#define L2A_HEALTH_H

#include <stdbool.h>

#include "config.h"
#include "metrics.h"
#include "record.h"

struct event_base;
struct health;

enum health_verdict {
	HEALTH_UNKNOWN,
	HEALTH_GOOD,
	HEALTH_BAD,
};

/**
 * struct health_count - successes and failures in a row
 * @verdict: so far
 * @against: how many in a row have spoken against it
 */
struct health_count {
	enum health_verdict verdict;
	uint32_t against;
};

/**
 * health_take() - count an attempt
 * @count: changed
 * @ok: how it ended
 * @rise: successes in a row that make a bad one good
 * @fall: failures in a row that make a good one bad
 *
 * The first attempt decides alone.
 *
 * Return: whether the verdict has changed.
 */
bool health_take(struct health_count *count, bool ok, uint32_t rise,
		 uint32_t fall);

/**
 * health_new() - nothing to check yet
 * @base: event loop
 * @config: has the commands by name, and this node's
 * @fn: tells what the checks of a service say: when that changes, and once
 *	after each health_set(). From the event loop alone, of all services that
 *	have changed one after the other: it only notes what it is told
 * @arg: passed to @fn
 */
struct health *health_new(struct event_base *base, const struct config *config,
			  void (*fn)(void *arg, const char *service, bool ok),
			  void *arg);

/** health_free() - end all checks; NULL is fine */
void health_free(struct health *h);

/**
 * health_set() - check a service as its record says
 * @h: handle
 * @service: its name
 * @spec: its record; NULL: no more
 *
 * Checks that are the same as before go on as if nothing had happened.
 *
 * Context: not from within @fn.
 */
void health_set(struct health *h, const char *service, struct record *spec);

/**
 * struct health_info - a check as it stands
 * @service: of this service
 * @check: the check
 * @verdict: what it says
 * @text: how the last attempt ended, NULL where it was well or there was none
 */
struct health_info {
	const char *service;
	const struct check *check;
	enum health_verdict verdict;
	const char *text;
};

/** health_attempts() - how the checks of a type have gone */
const struct attempts *health_attempts(const struct health *h,
				       enum check_type type);

/** health_each() - call @fn for all checks, one after the other */
void health_each(const struct health *h,
		 void (*fn)(const struct health_info *info, void *arg), void *arg);

#endif /* L2A_HEALTH_H */
