/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prometheus' text format, version 0.0.4: families of samples with labels.
 */
#ifndef L2A_EXPOSITION_H
#define L2A_EXPOSITION_H

#include <stdint.h>

#include "metrics.h"

struct evbuffer;

#define EXPOSITION_TYPE	"text/plain; version=0.0.4; charset=utf-8"

/**
 * expo_family() - begin a family; its samples follow, and no other's
 * @buf: receives the text
 * @name: without the prefix "l2announce_"
 * @type: "gauge", "counter" or "histogram"
 * @help: one line
 */
void expo_family(struct evbuffer *buf, const char *name, const char *type,
		 const char *help);

/**
 * expo_sample() - one sample
 * @buf: receives the text
 * @name: without the prefix
 * @value: whole numbers up to 2^53 come out as they are
 * @labels: EXPO_LABELS(), or NULL
 */
void expo_sample(struct evbuffer *buf, const char *name, double value,
		 const char *const *labels);

/* Of a label its name and its value, and so on. */
#define EXPO_LABELS(...)	((const char *const[]){ __VA_ARGS__, NULL })

/** expo_one() - a family of one sample without labels */
void expo_one(struct evbuffer *buf, const char *name, const char *type,
	      const char *help, double value);

/**
 * expo_buckets() - one histogram of a family that has several, in seconds
 * @buf: receives the text
 * @name: without the prefix
 * @label: what tells it from the others; NULL where there are none
 * @value: of the label
 * @h: the histogram
 */
void expo_buckets(struct evbuffer *buf, const char *name, const char *label,
		  const char *value, const struct histogram *h);

/** expo_histogram() - a family of one histogram, in seconds */
void expo_histogram(struct evbuffer *buf, const char *name, const char *help,
		    const struct histogram *h);

#endif /* L2A_EXPOSITION_H */
