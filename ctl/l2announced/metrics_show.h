/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that /metrics shows. l2announced(8) lists it.
 */
#ifndef L2A_METRICS_SHOW_H
#define L2A_METRICS_SHOW_H

#include "agent.h"

struct evbuffer;

/* Most services, nodes and VIPs that are shown; the rest is only counted. */
#define METRICS_MOST	1000

/** metrics_show() - write all metrics of an agent */
void metrics_show(struct evbuffer *buf, const struct agent *agent);

#endif /* L2A_METRICS_SHOW_H */
