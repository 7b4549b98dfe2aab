/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The figures of an address as one JSON object, and that object read three
 * ways: as JSON, as flat key=value lines, and against expectations.
 */
#ifndef JUDGE_REPORT_H
#define JUDGE_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include <json-c/json.h>

#include "tally.h"

struct json_object *report_vip(const struct vip *vip);
void report_lines(FILE *out, struct json_object *report);
bool report_get(struct json_object *report, const char *key, char *value,
		size_t size);
int report_expect(FILE *err, struct json_object *report, const char *rule);

#endif /* JUDGE_REPORT_H */
